#include "singleton.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdatomic.h>
#include <time.h>

enum { THREADS = 8, ROUNDS = 30, NAPS = 6000 };

struct thing {
    int serial; /* counts what its shop built, from 1; -1: destroyed */
    int marks[THREADS];
};

/* A type with what its builder and destructor need and note. */
struct shop {
    struct singleton_type type;
    int failures;                         /* attempts that are still to fail */
    struct singleton_cell *asks;          /* acquired while building, or NULL */
    struct singleton_cell *asks_at_end;   /* while destroying, or NULL */
    void (*meanwhile)(struct shop *shop); /* during each build, or NULL */
    void (*at_end)(struct shop *shop);    /* during each destroy, or NULL */
    int attempts, answer; /* builds begun; what acquiring answered */
    int built, destroyed, alive, most_alive;
    int marks; /* the sum of those that the destructor saw last */
    atomic_int step;
    struct thing half, thing;
};

static int build_thing(void *context, void **instance)
{
    struct shop *shop = context;
    void *part;

    shop->attempts++;
    *instance = &shop->half;
    if (++shop->alive > shop->most_alive)
        shop->most_alive = shop->alive;
    if (shop->asks)
        shop->answer = singleton_acquire(shop->asks, &part);
    if (shop->meanwhile)
        shop->meanwhile(shop);
    if (shop->failures > 0) {
        shop->failures--;
        shop->alive--;
        return 40 + shop->attempts;
    }
    shop->thing = (struct thing){.serial = ++shop->built};
    *instance = &shop->thing;
    return 0;
}

static void destroy_thing(void *instance, void *context)
{
    struct shop *shop = context;
    struct thing *thing = instance;
    void *part;

    shop->destroyed++;
    shop->marks = 0;
    for (int i = 0; thing && i < THREADS; i++)
        shop->marks += thing->marks[i];
    if (thing)
        thing->serial = -1;
    if (shop->asks_at_end)
        shop->answer = singleton_acquire(shop->asks_at_end, &part);
    if (shop->at_end)
        shop->at_end(shop);
    shop->alive--;
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

static struct thing *acquire(struct singleton_cell *cell)
{
    void *instance = NULL;
    int error = singleton_acquire(cell, &instance);

    cr_assert_eq(error, 0, "singleton_acquire: got error %d, want 0", error);
    cr_assert_not_null(instance, "singleton_acquire: got no instance");
    return instance;
}

static void release(struct singleton_cell *cell)
{
    int error = singleton_release(cell);

    cr_assert_eq(error, 0, "singleton_release: got %d, want 0", error);
}

static void expect_users(struct singleton_cell *cell, size_t want)
{
    size_t got = singleton_users(cell);

    cr_assert_eq(got, want, "users: got %zu, want %zu", got, want);
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

Test(singleton, the_first_user_builds_and_the_last_destroys)
{
    struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);
    struct thing *first, *second;

    open_shop(&shop);
    expect_users(&cell, 0);
    first = acquire(&cell);
    second = acquire(&cell);
    cr_assert_eq(first, second, "two instances");
    cr_assert_eq(shop.attempts, 1, "builds: got %d, want 1", shop.attempts);
    expect_users(&cell, 2);
    release(&cell);
    cr_assert_eq(shop.destroyed, 0, "destroyed while it was in use");
    expect_users(&cell, 1);
    release(&cell);
    cr_assert_eq(shop.destroyed, 1, "destroyed: got %d", shop.destroyed);
    expect_users(&cell, 0);
    expect_free_lock();
}

Test(singleton, the_next_user_has_it_built_again)
{
    struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);

    open_shop(&shop);
    for (int i = 1; i <= 3; i++) {
        cr_assert_eq(acquire(&cell)->serial, i, "round %d: another", i);
        release(&cell);
        cr_assert_eq(shop.destroyed, i, "round %d: destroyed %d", i,
                     shop.destroyed);
    }
    shop.type.destroy = NULL;
    acquire(&cell);
    release(&cell);
    cr_assert_eq(acquire(&cell)->serial, 5, "without a destructor");
    release(&cell);
}

Test(singleton, two_cells_of_a_type_hold_an_instance_each)
{
    struct shop shop;
    struct singleton_cell one = SINGLETON_CELL(&shop.type);
    struct singleton_cell two = SINGLETON_CELL(&shop.type);

    open_shop(&shop);
    cr_assert_eq(acquire(&one)->serial, 1, "first cell");
    cr_assert_eq(acquire(&two)->serial, 2, "second cell");
    release(&one);
    expect_users(&two, 1);
    release(&two);
    cr_assert_eq(shop.destroyed, 2, "destroyed: got %d", shop.destroyed);
}

Test(singleton, one_release_too_many_is_noticed)
{
    struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);
    int error;

    open_shop(&shop);
    error = singleton_release(&cell);
    cr_assert_eq(error, SINGLETON_EUNUSED, "before the first: got %d", error);
    acquire(&cell);
    release(&cell);
    error = singleton_release(&cell);
    cr_assert_eq(error, SINGLETON_EUNUSED, "after the last: got %d", error);
    cr_assert_eq(shop.destroyed, 1, "destroyed: got %d", shop.destroyed);
    expect_users(&cell, 0);
    expect_free_lock();
}

Test(singleton, a_failed_build_makes_no_user)
{
    struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);
    void *instance = &cell;

    open_shop(&shop);
    shop.failures = 2;
    for (int i = 1; i <= 2; i++) {
        int error = singleton_acquire(&cell, &instance);

        cr_assert_eq(error, 40 + i, "failing: got %d, want %d", error, 40 + i);
        cr_assert_eq(instance, &cell, "a failed acquire wrote *instance");
        expect_users(&cell, 0);
        expect_free_lock();
    }
    cr_assert_eq(acquire(&cell)->serial, 1, "the third call");
    release(&cell);
    cr_assert_eq(shop.destroyed, 1, "destroyed: got %d", shop.destroyed);
}

static void release_early(struct shop *shop)
{
    atomic_store(&shop->step, singleton_release(shop->asks));
}

Test(singleton, what_is_being_built_has_no_users)
{
    struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);

    expect_recursive_lock();
    open_shop(&shop);
    shop.asks = &cell;
    shop.meanwhile = release_early;
    cr_assert_eq(acquire(&cell)->serial, 1, "a builder that can do without");
    cr_assert_eq(shop.answer, SINGLETON_ECYCLE, "acquire: %d", shop.answer);
    cr_assert_eq(atomic_load(&shop.step), SINGLETON_EUNUSED, "release: %d",
                 atomic_load(&shop.step));
    cr_assert_eq(shop.attempts, 1, "builds: got %d, want 1", shop.attempts);
    release(&cell);
    expect_free_lock();
}

Test(singleton, what_is_being_destroyed_is_not_revived)
{
    struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);

    expect_recursive_lock();
    open_shop(&shop);
    shop.asks_at_end = &cell;
    acquire(&cell);
    release(&cell);
    cr_assert_eq(shop.answer, SINGLETON_ECYCLE, "acquire: %d", shop.answer);
    cr_assert_eq(shop.attempts, 1, "builds: got %d, want 1", shop.attempts);
    shop.asks_at_end = NULL;
    cr_assert_eq(acquire(&cell)->serial, 2, "afterwards");
    release(&cell);
    expect_free_lock();
}

/* A new instance in each round; the threads race for it, first and last. */
static void come_and_go(struct racer *racer)
{
    for (int i = 0; i < ROUNDS; i++) {
        void *instance = NULL;

        racer->error |= singleton_acquire(racer->race->cell, &instance);
        if (!instance)
            return;
        if (((struct thing *)instance)->serial < 1)
            racer->error = 99;
        ((struct thing *)instance)->marks[racer->number]++;
        racer->error |= singleton_release(racer->race->cell);
    }
}

static void take_a_while(struct shop *shop)
{
    (void)shop;
    pause_us(20);
}

Test(singleton, there_are_never_two_at_a_time)
{
    static struct race race;
    static struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);
    pthread_t threads[THREADS];

    expect_free_lock();
    open_shop(&shop);
    shop.at_end = take_a_while;
    race = (struct race){.run = come_and_go, .cell = &cell};
    start_race(&race, threads);
    end_race(&race, threads);
    for (int i = 0; i < THREADS; i++)
        cr_assert_eq(race.racers[i].error, 0, "thread %d: error %d", i,
                     race.racers[i].error);
    cr_assert_eq(shop.most_alive, 1, "alive at once: %d", shop.most_alive);
    cr_assert_eq(shop.built, shop.destroyed, "built %d, destroyed %d",
                 shop.built, shop.destroyed);
    expect_users(&cell, 0);
}

static void *release_cell(void *cell)
{
    singleton_release(cell);
    return NULL;
}

/* While this thread holds the lock nobody else can be the last user: between
   the last release and the end of the destructor there is no gap. */
Test(singleton, the_last_user_leaves_under_the_lock)
{
    struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);
    pthread_t thread;
    struct thing *thing;
    size_t users;

    expect_recursive_lock();
    open_shop(&shop);
    acquire(&cell);
    pthread_mutex_lock(singleton_lock());
    cr_assert_eq(pthread_create(&thread, NULL, release_cell, &cell), 0);
    pause_us(30000);
    users = singleton_users(&cell);
    thing = acquire(&cell);
    pthread_mutex_unlock(singleton_lock());
    pthread_join(thread, NULL);
    cr_assert_eq(users, 1, "users: got %zu, want 1", users);
    cr_assert_eq(thing->serial, 1, "got instance %d, want 1", thing->serial);
    cr_assert_eq(shop.destroyed, 0, "destroyed while it was in use");
    release(&cell);
    cr_assert_eq(shop.destroyed, 1, "destroyed: got %d", shop.destroyed);
}

/* Each leaves a mark; that it is gone is told with an order that says nothing
   of the mark. */
static void mark_and_go(struct racer *racer)
{
    void *instance = NULL;

    racer->error = singleton_acquire(racer->race->cell, &instance);
    if (instance)
        ((struct thing *)instance)->marks[racer->number] = 1;
    racer->error |= singleton_release(racer->race->cell);
    atomic_fetch_sub_explicit(&racer->race->left, 1, memory_order_relaxed);
}

Test(singleton, the_destructor_sees_what_users_wrote)
{
    static struct race race;
    static struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);
    pthread_t threads[THREADS];

    expect_free_lock();
    open_shop(&shop);
    race = (struct race){.run = mark_and_go, .cell = &cell, .left = THREADS};
    acquire(&cell);
    start_race(&race, threads);
    while (atomic_load_explicit(&race.left, memory_order_relaxed) > 0)
        pause_us(100);
    release(&cell);
    end_race(&race, threads);
    cr_assert_eq(shop.built, 1, "builds: got %d, want 1", shop.built);
    cr_assert_eq(shop.marks, THREADS, "marks: got %d, want %d", shop.marks,
                 THREADS);
}

struct visit {
    struct singleton_cell *cell;
    atomic_bool there;
    int serial, error;
};

static void *visit_late(void *argument)
{
    struct visit *visit = argument;
    void *instance = NULL;

    while (!atomic_load_explicit(&visit->there, memory_order_relaxed))
        pause_us(100);
    visit->error = singleton_acquire(visit->cell, &instance);
    if (instance)
        visit->serial = ((struct thing *)instance)->serial;
    visit->error |= singleton_release(visit->cell);
    return NULL;
}

Test(singleton, late_threads_see_what_the_builder_wrote)
{
    struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);
    struct visit visit = {.cell = &cell, .error = -99};
    pthread_t thread;

    expect_free_lock();
    open_shop(&shop);
    cr_assert_eq(pthread_create(&thread, NULL, visit_late, &visit), 0);
    acquire(&cell);
    atomic_store_explicit(&visit.there, true, memory_order_relaxed);
    pthread_join(thread, NULL);
    cr_assert_eq(visit.error, 0, "error %d", visit.error);
    cr_assert_eq(visit.serial, 1, "got instance %d, want 1", visit.serial);
    expect_users(&cell, 1);
    release(&cell);
}

/* Builds until the main thread has used the other cell, or for too long. */
static void wait_for_main(struct shop *shop)
{
    atomic_store(&shop->step, 1);
    for (int i = 0; i < NAPS && atomic_load(&shop->step) != 2; i++)
        pause_us(500);
    shop->answer = atomic_load(&shop->step) == 2 ? 0 : 77;
}

static void *acquire_cell(void *cell)
{
    void *instance = NULL;

    singleton_acquire(cell, &instance);
    return instance;
}

Test(singleton, what_is_in_use_waits_for_nobody)
{
    struct shop quick, slow;
    struct singleton_cell used = SINGLETON_CELL(&quick.type);
    struct singleton_cell other = SINGLETON_CELL(&slow.type);
    pthread_t thread;
    struct thing *thing;

    expect_free_lock();
    open_shop(&quick);
    open_shop(&slow);
    slow.meanwhile = wait_for_main;
    acquire(&used);
    cr_assert_eq(pthread_create(&thread, NULL, acquire_cell, &other), 0);
    for (int i = 0; i < NAPS && atomic_load(&slow.step) == 0; i++)
        pause_us(500);
    thing = acquire(&used);
    release(&used);
    atomic_store(&slow.step, 2);
    pthread_join(thread, NULL);
    cr_assert_eq(thing->serial, 1, "got instance %d, want 1", thing->serial);
    cr_assert_eq(slow.attempts, 1, "builds: got %d, want 1", slow.attempts);
    cr_assert_eq(slow.answer, 0, "using what is in use waited for a builder");
    release(&used);
    release(&other);
}
