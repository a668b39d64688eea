#include "singleton.h"

#include <criterion/criterion.h>
#include <stdatomic.h>
#include <time.h>

enum { THREADS = 16, ROUNDS = 12, NAPS = 6000 };

struct thing {
    int serial; /* counts what its shop built, from 1; -1: destroyed */
    int marks[THREADS];
};

/* A type with what its builder and destructor need and note. */
struct shop {
    struct singleton_type type;
    int failures;                         /* attempts that are still to fail */
    void (*meanwhile)(struct shop *shop); /* during each build, or NULL */
    void (*at_end)(struct shop *shop);    /* during each destroy, or NULL */
    struct singleton_cell *cell;          /* for these two */
    struct singleton_version *part;       /* what meanwhile acquired */
    int attempts, building, most_building;
    atomic_int built, destroyed;
    int answers[3], seen; /* what meanwhile and at_end noted */
    atomic_int marks;     /* the sum of those that destructors saw */
    atomic_int step;
    struct thing half, things[THREADS * ROUNDS];
};

static int build_thing(void *context, void **instance)
{
    struct shop *shop = context;
    int number;

    shop->attempts++;
    *instance = &shop->half;
    if (++shop->building > shop->most_building)
        shop->most_building = shop->building;
    if (shop->meanwhile)
        shop->meanwhile(shop);
    shop->building--;
    if (shop->failures > 0) {
        shop->failures--;
        return 40 + shop->attempts;
    }
    number = atomic_load(&shop->built) % (THREADS * ROUNDS);
    shop->things[number] =
        (struct thing){.serial = atomic_fetch_add(&shop->built, 1) + 1};
    *instance = &shop->things[number];
    return 0;
}

static void destroy_thing(void *instance, void *context)
{
    struct shop *shop = context;
    struct thing *thing = instance;

    for (int i = 0; thing && i < THREADS; i++)
        atomic_fetch_add_explicit(&shop->marks, thing->marks[i],
                                  memory_order_relaxed);
    if (thing)
        thing->serial = -1;
    if (shop->at_end)
        shop->at_end(shop);
    atomic_fetch_add(&shop->destroyed, 1);
}

static void open_shop(struct shop *shop)
{
    *shop = (struct shop){.type = {"thing", build_thing, destroy_thing, shop}};
}

static void pause_us(long us)
{
    struct timespec time = {0, us * 1000};

    nanosleep(&time, NULL);
}

static struct singleton_version *acquire(struct singleton_cell *cell)
{
    struct singleton_version *version = NULL;
    int error = singleton_acquire(cell, &version);

    cr_assert_eq(error, 0, "singleton_acquire: got error %d, want 0", error);
    cr_assert_not_null(version, "singleton_acquire: stored no version");
    cr_assert_not_null(singleton_instance(version), "it has no instance");
    return version;
}

static void expect_serial(struct singleton_version *version, int want)
{
    const struct thing *thing = singleton_instance(version);

    cr_assert_eq(thing->serial, want, "got instance %d, want %d", thing->serial,
                 want);
}

/* Of what is current. */
static void expect_current(struct singleton_cell *cell, int want)
{
    struct singleton_version *version = acquire(cell);

    expect_serial(version, want);
    singleton_release(version);
}

static void expect_destroyed(struct shop *shop, int want)
{
    int got = atomic_load(&shop->destroyed);

    cr_assert_eq(got, want, "destroyed: got %d, want %d", got, want);
}

static void replace(struct singleton_cell *cell, struct shop *shop,
                    struct singleton_version **replaced)
{
    int error = singleton_replace(cell, shop ? &shop->type : NULL, replaced);

    cr_assert_eq(error, 0, "singleton_replace: got error %d, want 0", error);
}

static void restore(struct singleton_cell *cell,
                    struct singleton_version *version)
{
    int error = singleton_restore(cell, version);

    cr_assert_eq(error, 0, "singleton_restore: got error %d, want 0", error);
}

/* Locks twice, as a builder does that acquires; and another thread, or the next
   test, would wait for ever for a lock that was not given back. */
static void expect_recursive_lock(void)
{
    int first, second;

    cr_assert_not_null(singleton_lock(), "singleton_lock: got NULL");
    cr_assert_eq(singleton_lock(), singleton_lock(), "two locks");
    first = pthread_mutex_trylock(singleton_lock());
    second = pthread_mutex_trylock(singleton_lock());
    cr_assert_eq(first, 0, "locking: got %d, want 0", first);
    cr_assert_eq(second, 0, "locking a second time: got %d, want 0", second);
    pthread_mutex_unlock(singleton_lock());
    pthread_mutex_unlock(singleton_lock());
}

/* Asks for the lock as another thread would. */
static void *try_lock(void *result)
{
    *(int *)result = pthread_mutex_trylock(singleton_lock());
    if (*(int *)result == 0)
        pthread_mutex_unlock(singleton_lock());
    return NULL;
}

static void expect_free_lock(void)
{
    pthread_t thread;
    int got = -1;

    cr_assert_not_null(singleton_lock(), "singleton_lock: got NULL");
    cr_assert_eq(pthread_create(&thread, NULL, try_lock, &got), 0);
    pthread_join(thread, NULL);
    cr_assert_eq(got, 0, "the lock is still held after a call has returned");
}

/* Threads that start together. */

struct racer {
    struct race *race;
    int number, error;
    const void *got;
};

struct race {
    void (*run)(struct racer *racer);
    struct singleton_cell *cell;
    pthread_barrier_t barrier;
    atomic_int left;
    struct racer racers[THREADS];
};

static void *start_racer(void *argument)
{
    struct racer *racer = argument;

    pthread_barrier_wait(&racer->race->barrier);
    racer->race->run(racer);
    return NULL;
}

static void start_race(struct race *race, pthread_t *threads)
{
    pthread_barrier_init(&race->barrier, NULL, THREADS);
    for (int i = 0; i < THREADS; i++) {
        race->racers[i] = (struct racer){.race = race, .number = i};
        if (pthread_create(&threads[i], NULL, start_racer, &race->racers[i]))
            cr_assert_fail("no thread %d", i);
    }
}

static void end_race(struct race *race, const pthread_t *threads)
{
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&race->barrier);
    for (int i = 0; i < THREADS; i++)
        cr_assert_eq(race->racers[i].error, 0, "thread %d: error %d", i,
                     race->racers[i].error);
}

static void get_lock(struct racer *racer)
{
    racer->got = singleton_lock();
}

/* First by its name, so that where all tests run in one process none before it
   has made the lock. */
Test(singleton, a_brand_new_lock_is_made_once)
{
    static struct race race;
    pthread_t threads[THREADS];

    race = (struct race){.run = get_lock};
    start_race(&race, threads);
    end_race(&race, threads);
    for (int i = 1; i < THREADS; i++)
        cr_assert_eq(race.racers[i].got, race.racers[0].got,
                     "thread %d: another lock", i);
    expect_recursive_lock();
    expect_free_lock();
}

Test(singleton, the_first_builds_and_the_cell_keeps_it)
{
    static struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);
    struct singleton_version *first, *second;

    open_shop(&shop);
    first = acquire(&cell);
    second = acquire(&cell);
    cr_assert_eq(singleton_instance(first), singleton_instance(second),
                 "two instances");
    singleton_release(first);
    singleton_release(second);
    expect_destroyed(&shop, 0);
    expect_current(&cell, 1);
    restore(&cell, NULL);
    expect_destroyed(&shop, 1);
    expect_current(&cell, 2);
    restore(&cell, NULL);
    expect_destroyed(&shop, 2);
    expect_free_lock();
}

Test(singleton, who_holds_the_old_one_keeps_it)
{
    static struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);
    struct singleton_version *old, *again;

    open_shop(&shop);
    old = acquire(&cell);
    again = acquire(&cell);
    replace(&cell, NULL, NULL);
    expect_serial(old, 1);
    expect_current(&cell, 2);
    singleton_release(old);
    expect_destroyed(&shop, 0);
    expect_serial(again, 1);
    singleton_release(again);
    expect_destroyed(&shop, 1);
    replace(&cell, NULL, NULL);
    expect_destroyed(&shop, 2);
    restore(&cell, NULL);
    expect_destroyed(&shop, 3);
}

Test(singleton, a_fake_and_the_real_one_back)
{
    static struct shop shop, fakes;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);
    struct singleton_version *real = NULL, *fake;

    open_shop(&shop);
    open_shop(&fakes);
    fakes.failures = 0;
    expect_current(&cell, 1);
    replace(&cell, &fakes, &real);
    cr_assert_not_null(real, "what was replaced was not given");
    fake = acquire(&cell);
    cr_assert_eq(singleton_instance(fake), &fakes.things[0], "no fake");
    cr_assert_eq(singleton_instance(real), &shop.things[0], "another one");
    restore(&cell, real);
    singleton_release(real);
    expect_destroyed(&fakes, 0);
    singleton_release(fake);
    expect_destroyed(&fakes, 1);
    expect_current(&cell, 1);
    cr_assert_eq(shop.attempts, 1, "built %d times, want 1", shop.attempts);
    expect_destroyed(&shop, 0);
    restore(&cell, NULL);
    expect_destroyed(&shop, 1);
    cr_assert_eq(atomic_load(&fakes.destroyed), 1, "the fake twice");
}

Test(singleton, an_empty_cell_can_be_replaced_and_restored)
{
    static struct shop shop, fakes;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);
    struct singleton_version *before;

    open_shop(&shop);
    open_shop(&fakes);
    before = (void *)&shop;
    replace(&cell, &fakes, &before);
    cr_assert_null(before, "there was none before");
    cr_assert_eq(fakes.attempts, 1, "fakes built: %d, want 1", fakes.attempts);
    restore(&cell, before);
    singleton_release(before);
    expect_destroyed(&fakes, 1);
    expect_current(&cell, 1);
    cr_assert_eq(shop.attempts, 1, "the cell's own type: %d", shop.attempts);
    restore(&cell, NULL);
    restore(&cell, NULL);
    expect_destroyed(&shop, 1);
}

Test(singleton, a_failed_replacement_leaves_the_old_one)
{
    static struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);
    struct singleton_version *none = (void *)&shop, *replaced = none;
    int error;

    open_shop(&shop);
    expect_current(&cell, 1);
    shop.failures = 2;
    error = singleton_replace(&cell, NULL, &replaced);
    cr_assert_eq(error, 42, "failing: got %d, want 42", error);
    cr_assert_eq(replaced, none, "a failed call stored something");
    error = singleton_replace(&cell, &shop.type, NULL);
    cr_assert_eq(error, 43, "failing: got %d, want 43", error);
    expect_destroyed(&shop, 0);
    expect_current(&cell, 1);
    expect_free_lock();
    replace(&cell, NULL, NULL);
    expect_current(&cell, 2);
    restore(&cell, NULL);
    expect_destroyed(&shop, 2);
}

Test(singleton, a_failed_first_build_can_be_tried_again)
{
    static struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);
    struct singleton_version *none = (void *)&shop, *version = none;
    int error;

    open_shop(&shop);
    shop.failures = 1;
    error = singleton_acquire(&cell, &version);
    cr_assert_eq(error, 41, "failing: got %d, want 41", error);
    cr_assert_eq(version, none, "a failed call stored something");
    expect_free_lock();
    expect_current(&cell, 1);
    restore(&cell, NULL);
    expect_destroyed(&shop, 1);
}

Test(singleton, restoring_what_is_current_changes_nothing)
{
    static struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);
    struct singleton_cell other = SINGLETON_CELL(&shop.type);
    struct singleton_version *version;

    open_shop(&shop);
    version = acquire(&cell);
    restore(&cell, version);
    restore(&other, version);
    singleton_release(version);
    expect_current(&cell, 1);
    expect_current(&other, 1);
    restore(&cell, NULL);
    expect_destroyed(&shop, 0);
    expect_current(&other, 1);
    restore(&other, NULL);
    expect_destroyed(&shop, 1);
    cr_assert_eq(shop.attempts, 1, "built %d times, want 1", shop.attempts);
}

Test(singleton, each_is_destroyed_as_its_own_type_says)
{
    static struct shop shop, quiet;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);

    open_shop(&shop);
    open_shop(&quiet);
    quiet.type.destroy = NULL;
    expect_current(&cell, 1);
    replace(&cell, &quiet, NULL);
    expect_destroyed(&shop, 1);
    replace(&cell, &shop, NULL);
    expect_destroyed(&quiet, 0);
    expect_destroyed(&shop, 1);
    restore(&cell, NULL);
    expect_destroyed(&shop, 2);
}

static void acquire_part(struct shop *shop)
{
    shop->answers[0] = singleton_acquire(shop->cell, &shop->part);
}

static void release_part(struct shop *shop)
{
    singleton_release(shop->part);
    shop->part = NULL;
}

Test(singleton, a_builder_may_wrap_what_is_current)
{
    static struct shop shop, wrappers;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);

    expect_recursive_lock();
    open_shop(&shop);
    open_shop(&wrappers);
    wrappers.meanwhile = acquire_part;
    wrappers.at_end = release_part;
    wrappers.cell = &cell;
    expect_current(&cell, 1);
    replace(&cell, &wrappers, NULL);
    cr_assert_eq(wrappers.answers[0], 0, "acquire: %d", wrappers.answers[0]);
    cr_assert_not_null(wrappers.part, "nothing to wrap");
    cr_assert_eq(singleton_instance(wrappers.part), &shop.things[0]);
    expect_destroyed(&shop, 0);
    restore(&cell, NULL);
    expect_destroyed(&wrappers, 1);
    expect_destroyed(&shop, 1);
    expect_free_lock();
}

static void ask_everything(struct shop *shop)
{
    struct singleton_version *version = NULL;

    shop->answers[0] = singleton_acquire(shop->cell, &version);
    singleton_release(version);
    shop->answers[1] = singleton_replace(shop->cell, NULL, NULL);
    shop->answers[2] = singleton_restore(shop->cell, NULL);
}

static void expect_answers(const struct shop *shop, int first)
{
    cr_assert_eq(shop->answers[0], first, "acquire: got %d, want %d",
                 shop->answers[0], first);
    for (int i = 1; i < 3; i++)
        cr_assert_eq(shop->answers[i], SINGLETON_ECYCLE, "%s: got %d",
                     i == 1 ? "replace" : "restore", shop->answers[i]);
}

Test(singleton, a_builder_cannot_change_its_own_cell)
{
    static struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);

    expect_recursive_lock();
    open_shop(&shop);
    shop.meanwhile = ask_everything;
    shop.cell = &cell;
    expect_current(&cell, 1);
    expect_answers(&shop, SINGLETON_ECYCLE);
    replace(&cell, NULL, NULL);
    expect_answers(&shop, 0);
    expect_current(&cell, 2);
    cr_assert_eq(shop.attempts, 2, "builds: got %d, want 2", shop.attempts);
    expect_destroyed(&shop, 1);
    restore(&cell, NULL);
    replace(&cell, NULL, NULL);
    expect_answers(&shop, SINGLETON_ECYCLE);
    restore(&cell, NULL);
    expect_destroyed(&shop, 3);
    expect_free_lock();
}

static void see_current(struct shop *shop)
{
    struct singleton_version *version = NULL;

    if (!shop->cell)
        return;
    shop->answers[0] = singleton_acquire(shop->cell, &version);
    if (version)
        shop->seen = ((struct thing *)singleton_instance(version))->serial;
    singleton_release(version);
}

/* Also in the way back: restoring lets go of a version, too. */
Test(singleton, destructors_see_the_new_one)
{
    static struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);
    struct singleton_version *first = NULL;

    expect_recursive_lock();
    open_shop(&shop);
    shop.at_end = see_current;
    shop.cell = &cell;
    expect_current(&cell, 1);
    replace(&cell, NULL, &first);
    replace(&cell, NULL, NULL);
    cr_assert_eq(shop.seen, 3, "at the end of 2: %d, want 3", shop.seen);
    restore(&cell, first);
    cr_assert_eq(shop.seen, 1, "at the end of 3: %d, want 1", shop.seen);
    shop.cell = NULL;
    singleton_release(first);
    restore(&cell, NULL);
    expect_destroyed(&shop, 3);
}

static void *release_version(void *version)
{
    singleton_release(version);
    return NULL;
}

/* Builds until the main thread is done with what is current, or for too
   long. */
static void wait_for_main(struct shop *shop)
{
    atomic_store(&shop->step, 1);
    for (int i = 0; i < NAPS && atomic_load(&shop->step) != 2; i++)
        pause_us(500);
    shop->answers[0] = atomic_load(&shop->step) == 2 ? 0 : 77;
}

static void *replace_cell(void *argument)
{
    struct shop *shop = argument;

    shop->answers[1] = singleton_replace(shop->cell, &shop->type, NULL);
    return NULL;
}

Test(singleton, what_is_current_waits_for_no_builder)
{
    static struct shop shop, slow;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);
    pthread_t builder, other;
    struct singleton_version *version, *first;

    expect_free_lock();
    open_shop(&shop);
    open_shop(&slow);
    slow.meanwhile = wait_for_main;
    slow.cell = &cell;
    first = acquire(&cell);
    cr_assert_eq(pthread_create(&builder, NULL, replace_cell, &slow), 0);
    for (int i = 0; i < NAPS && atomic_load(&slow.step) == 0; i++)
        pause_us(500);
    version = acquire(&cell);
    expect_serial(version, 1);
    cr_assert_eq(pthread_create(&other, NULL, release_version, first), 0);
    pthread_join(other, NULL);
    atomic_store(&slow.step, 2);
    pthread_join(builder, NULL);
    cr_assert_eq(slow.answers[1], 0, "replacing: got %d", slow.answers[1]);
    cr_assert_eq(slow.answers[0], 0, "what is current waited for a builder");
    expect_serial(version, 1);
    singleton_release(version);
    expect_destroyed(&shop, 1);
    restore(&cell, NULL);
    expect_destroyed(&slow, 1);
}

static void acquire_once(struct racer *racer)
{
    struct singleton_version *version = NULL;

    racer->error = singleton_acquire(racer->race->cell, &version);
    if (version)
        racer->got = singleton_instance(version);
    singleton_release(version);
}

static void take_a_while(struct shop *shop)
{
    (void)shop;
    pause_us(3000);
}

Test(singleton, the_first_build_is_waited_for)
{
    static struct race race;
    static struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);
    pthread_t threads[THREADS];

    expect_free_lock();
    open_shop(&shop);
    shop.meanwhile = take_a_while;
    race = (struct race){.run = acquire_once, .cell = &cell};
    start_race(&race, threads);
    end_race(&race, threads);
    for (int i = 0; i < THREADS; i++)
        cr_assert_eq(race.racers[i].got, &shop.things[0], "thread %d: another",
                     i);
    cr_assert_eq(shop.attempts, 1, "builds: got %d, want 1", shop.attempts);
    restore(&cell, NULL);
    expect_destroyed(&shop, 1);
}

/* Every fourth replaces in each round; all use what they get. */
static void use_and_replace(struct racer *racer)
{
    struct singleton_cell *cell = racer->race->cell;

    for (int i = 0; i < ROUNDS; i++) {
        struct singleton_version *version = NULL;

        racer->error |= singleton_acquire(cell, &version);
        if (!version)
            return;
        if (racer->number % 4 == 0)
            racer->error |= singleton_replace(cell, NULL, NULL);
        if (((struct thing *)singleton_instance(version))->serial < 1)
            racer->error = 99;
        ((struct thing *)singleton_instance(version))->marks[racer->number]++;
        singleton_release(version);
    }
}

Test(singleton, sixteen_threads_while_it_is_replaced)
{
    static struct race race;
    static struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);
    pthread_t threads[THREADS];

    expect_free_lock();
    open_shop(&shop);
    race = (struct race){.run = use_and_replace, .cell = &cell};
    start_race(&race, threads);
    end_race(&race, threads);
    restore(&cell, NULL);
    cr_assert_eq(shop.most_building, 1, "builders at a time: %d",
                 shop.most_building);
    cr_assert_eq(atomic_load(&shop.built), 1 + THREADS / 4 * ROUNDS,
                 "built: got %d", atomic_load(&shop.built));
    expect_destroyed(&shop, 1 + THREADS / 4 * ROUNDS);
    cr_assert_eq(atomic_load(&shop.marks), THREADS * ROUNDS,
                 "marks that destructors saw: got %d, want %d",
                 atomic_load(&shop.marks), THREADS * ROUNDS);
}

/* Each leaves a mark; that it is gone is told with an order that says nothing
   of the mark. */
static void mark_and_go(struct racer *racer)
{
    struct singleton_version *version = NULL;

    racer->error = singleton_acquire(racer->race->cell, &version);
    if (!version)
        return;
    ((struct thing *)singleton_instance(version))->marks[racer->number] = 1;
    singleton_release(version);
    atomic_fetch_sub_explicit(&racer->race->left, 1, memory_order_relaxed);
}

Test(singleton, the_destructor_sees_what_holders_wrote)
{
    static struct race race;
    static struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);
    pthread_t threads[THREADS];
    struct singleton_version *mine;

    expect_free_lock();
    open_shop(&shop);
    race = (struct race){.run = mark_and_go, .cell = &cell, .left = THREADS};
    mine = acquire(&cell);
    start_race(&race, threads);
    for (int i = 0;
         i < NAPS && atomic_load_explicit(&race.left, memory_order_relaxed) > 0;
         i++)
        pause_us(500);
    replace(&cell, NULL, NULL);
    singleton_release(mine);
    end_race(&race, threads);
    expect_destroyed(&shop, 1);
    cr_assert_eq(atomic_load(&shop.marks), THREADS, "marks: got %d, want %d",
                 atomic_load(&shop.marks), THREADS);
    restore(&cell, NULL);
}
