#include "singleton.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdatomic.h>
#include <time.h>

enum { THREADS = 16, TYPES = 4, MANY = 1000, NAPS = 6000 };

struct thing {
    int serial; /* counts what its shop built, from 1 */
    int values[3];
};

/* A type with what its builder and destructor need and note. */
struct shop {
    struct singleton_type type;
    int failures;                         /* attempts that are still to fail */
    const struct singleton_type *needs;   /* got from the registry, or NULL */
    struct singleton_cell *asks;          /* got while building, or NULL */
    bool tolerant;                        /* builds though these failed */
    void (*meanwhile)(struct shop *shop); /* during each build, or NULL */
    int attempts, answer; /* builds begun; what needs or asks answered */
    int built, destroyed, destroyed_at;
    atomic_int arrived;
    struct thing half, things[THREADS + 4];
};

static int destructions;

static int build_thing(void *context, void **instance)
{
    struct shop *shop = context;
    void *part;

    shop->attempts++;
    *instance = &shop->half;
    if (shop->needs)
        shop->answer = singleton_of(shop->needs, &part);
    if (shop->asks)
        shop->answer = singleton_get(shop->asks, &part);
    if (shop->meanwhile)
        shop->meanwhile(shop);
    if (shop->answer != 0 && !shop->tolerant)
        return shop->answer;
    if (shop->failures > 0) {
        shop->failures--;
        return 40 + shop->attempts;
    }
    shop->things[shop->built] =
        (struct thing){shop->built + 1, {10, 20, 30 + shop->attempts}};
    *instance = &shop->things[shop->built++];
    return 0;
}

static void destroy_thing(void *instance, void *context)
{
    struct shop *shop = context;

    shop->destroyed++;
    shop->destroyed_at = ++destructions;
    if (instance)
        ((struct thing *)instance)->serial = -1;
}

static void open_shop(struct shop *shop, const char *name)
{
    *shop = (struct shop){.type = {name, build_thing, destroy_thing, shop}};
}

static void pause_us(long us)
{
    struct timespec time = {0, us * 1000};

    nanosleep(&time, NULL);
}

/* The serial number of what a cell holds; 0 and a failed test where it could
   not be got. */
static int serial_in(struct singleton_cell *cell)
{
    void *instance = NULL;
    int error = singleton_get(cell, &instance);

    cr_assert_eq(error, 0, "singleton_get: got error %d, want 0", error);
    cr_assert_not_null(instance, "singleton_get: got no instance");
    return ((struct thing *)instance)->serial;
}

static struct thing *thing_of(struct shop *shop)
{
    void *instance = NULL;
    int error = singleton_of(&shop->type, &instance);

    cr_assert_eq(error, 0, "singleton_of: got error %d, want 0", error);
    cr_assert_not_null(instance, "singleton_of: got no instance");
    return instance;
}

/* Asks for the lock as another thread would. */
static void *try_lock(void *result)
{
    *(int *)result = pthread_mutex_trylock(singleton_lock());
    if (*(int *)result == 0)
        pthread_mutex_unlock(singleton_lock());
    return NULL;
}

static int lock_elsewhere(void)
{
    pthread_t thread;
    int result = -1;

    cr_assert_not_null(singleton_lock(), "singleton_lock: got NULL");
    cr_assert_eq(pthread_create(&thread, NULL, try_lock, &result), 0);
    pthread_join(thread, NULL);
    return result;
}

/* A thread that would have to wait for the lock for ever should not begin. */
static void expect_free_lock(void)
{
    int got = lock_elsewhere();

    cr_assert_eq(got, 0, "the lock is still held after a call has returned");
}

static void expect_recursive_lock(void)
{
    int first, second;

    cr_assert_not_null(singleton_lock(), "singleton_lock: got NULL");
    first = pthread_mutex_lock(singleton_lock());
    second = pthread_mutex_trylock(singleton_lock());
    cr_assert_eq(first, 0, "locking: got %d, want 0", first);
    cr_assert_eq(second, 0, "locking a second time: got %d, want 0", second);
    pthread_mutex_unlock(singleton_lock());
    pthread_mutex_unlock(singleton_lock());
}

/* Threads that start together. */

struct racer {
    struct race *race;
    int number, error;
    const struct thing *got[TYPES];
    int sum;
};

struct race {
    void (*run)(struct racer *racer);
    struct singleton_cell *cell;
    struct shop *shops;
    atomic_bool there;
    pthread_barrier_t barrier;
    struct racer racers[THREADS];
};

static void *start_racer(void *argument)
{
    struct racer *racer = argument;

    pthread_barrier_wait(&racer->race->barrier);
    racer->race->run(racer);
    return NULL;
}

static void run_race(struct race *race)
{
    pthread_t threads[THREADS];
    int started = 0;

    pthread_barrier_init(&race->barrier, NULL, THREADS);
    for (; started < THREADS; started++) {
        race->racers[started] =
            (struct racer){.race = race, .number = started, .error = -99};
        if (pthread_create(&threads[started], NULL, start_racer,
                           &race->racers[started]) != 0)
            cr_assert_fail("no thread %d", started);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&race->barrier);
}

static int sum_of(const struct thing *thing)
{
    return thing ? thing->serial + thing->values[0] + thing->values[1] +
                       thing->values[2]
                 : 0;
}

/* Makes the lock first: that threads make it at the same time is the business
   of one test, and would disturb the others in ways of its own. */
static void run_locked_race(struct race *race)
{
    expect_free_lock();
    run_race(race);
}

static void get_cell(struct racer *racer)
{
    void *instance = NULL;

    atomic_fetch_add(&racer->race->shops->arrived, 1);
    racer->error = singleton_get(racer->race->cell, &instance);
    racer->got[0] = instance;
    racer->sum = sum_of(instance);
}

/* Builds slowly enough for every thread to have found nothing there yet. */
static void wait_for_racers(struct shop *shop)
{
    for (int i = 0; i < NAPS && atomic_load(&shop->arrived) < THREADS; i++)
        pause_us(500);
    pause_us(20000);
}

static void get_lock(struct racer *racer)
{
    racer->got[0] = (const void *)singleton_lock();
}

/* First by its name, so that where all tests run in one process none before it
   has made the lock. */
Test(singleton, a_brand_new_lock_is_made_once)
{
    static struct race race;

    race = (struct race){.run = get_lock};
    run_race(&race);
    cr_assert_not_null(race.racers[0].got[0], "singleton_lock: got NULL");
    for (int i = 1; i < THREADS; i++)
        cr_assert_eq(race.racers[i].got[0], race.racers[0].got[0],
                     "thread %d: another lock", i);
    expect_free_lock();
}

/* Eager */

Test(singleton, the_settings_are_there_before_the_first_call)
{
    struct singleton_settings *settings = singleton_settings();

    cr_assert_not_null(settings, "singleton_settings: got NULL");
    cr_assert_str_eq(settings->name, "default");
    cr_assert_eq(settings->retries, 3, "retries: got %d", settings->retries);
    cr_assert_eq(settings->timeout_ms, 250, "timeout: got %d",
                 settings->timeout_ms);
    cr_assert_eq(singleton_settings(), settings, "a second call: another one");
}

Test(singleton, a_reset_undoes_what_was_set)
{
    struct singleton_settings *settings = singleton_settings();

    cr_assert_not_null(settings, "singleton_settings: got NULL");
    *settings = (struct singleton_settings){"other", 7, 9};
    cr_assert_eq(singleton_settings()->retries, 7, "set and read: got %d",
                 singleton_settings()->retries);
    singleton_settings_reset();
    cr_assert_eq(singleton_settings(), settings, "reset: another instance");
    cr_assert_str_eq(settings->name, "default");
    cr_assert_eq(settings->retries, 3, "retries: got %d", settings->retries);
    cr_assert_eq(settings->timeout_ms, 250, "timeout: got %d",
                 settings->timeout_ms);
}

/* Once */

Test(singleton, the_lock_is_one_and_recursive)
{
    cr_assert_eq(singleton_lock(), singleton_lock(), "two locks");
    expect_recursive_lock();
}

Test(singleton, a_held_lock_keeps_other_threads_out)
{
    int held, freed;

    cr_assert_not_null(singleton_lock(), "singleton_lock: got NULL");
    pthread_mutex_lock(singleton_lock());
    held = lock_elsewhere();
    pthread_mutex_unlock(singleton_lock());
    freed = lock_elsewhere();
    cr_assert_eq(held, EBUSY, "while it is held: got %d, want EBUSY", held);
    cr_assert_eq(freed, 0, "when it is free: got %d, want 0", freed);
}

static void read_settings(struct racer *racer)
{
    const struct singleton_settings *settings = singleton_settings();

    if (settings && settings->name)
        racer->sum = settings->retries + settings->timeout_ms;
}

Test(singleton, threads_find_the_settings_made)
{
    static struct race race;

    race = (struct race){.run = read_settings};
    singleton_settings_reset();
    run_race(&race);
    for (int i = 0; i < THREADS; i++)
        cr_assert_eq(race.racers[i].sum, 253, "thread %d: got %d, want 253", i,
                     race.racers[i].sum);
}

static void count_up(struct racer *racer)
{
    struct singleton_settings *settings = singleton_settings();
    pthread_mutex_t *lock = singleton_lock();

    for (int i = 0; i < 50; i++) {
        pthread_mutex_lock(lock);
        settings->retries++;
        pthread_mutex_unlock(lock);
        racer->sum++;
    }
}

Test(singleton, threads_change_the_settings_under_the_lock)
{
    static struct race race;

    race = (struct race){.run = count_up};
    singleton_settings_reset();
    cr_assert_not_null(singleton_settings(), "singleton_settings: got NULL");
    cr_assert_not_null(singleton_lock(), "singleton_lock: got NULL");
    run_race(&race);
    cr_assert_eq(singleton_settings()->retries, 3 + 50 * THREADS,
                 "retries: got %d, want %d", singleton_settings()->retries,
                 3 + 50 * THREADS);
    singleton_settings_reset();
}

/* Lazy */

Test(singleton, a_cell_builds_at_the_first_get_and_never_again)
{
    struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);
    int serial;

    open_shop(&shop, "clock");
    cr_assert_eq(shop.attempts, 0, "built before anybody asked");
    for (int i = 0; i < 3; i++) {
        serial = serial_in(&cell);
        cr_assert_eq(serial, 1, "get %d: got instance %d, want 1", i, serial);
    }
    cr_assert_eq(shop.attempts, 1, "builds: got %d, want 1", shop.attempts);
    singleton_destroy(&cell);
}

Test(singleton, two_cells_of_a_type_hold_an_instance_each)
{
    struct shop shop;
    struct singleton_cell one = SINGLETON_CELL(&shop.type);
    struct singleton_cell two = SINGLETON_CELL(&shop.type);

    open_shop(&shop, "clock");
    cr_assert_eq(serial_in(&one), 1, "first cell");
    cr_assert_eq(serial_in(&two), 2, "second cell");
    cr_assert_eq(serial_in(&one), 1, "first cell again");
    singleton_destroy(&one);
    cr_assert_eq(serial_in(&two), 2, "second cell, the first destroyed");
    singleton_destroy(&two);
    cr_assert_eq(shop.destroyed, 2, "destroyed: got %d", shop.destroyed);
}

Test(singleton, a_failed_build_is_reported_and_tried_again)
{
    struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);
    void *instance = &cell;

    open_shop(&shop, "clock");
    shop.failures = 2;
    for (int i = 1; i <= 2; i++) {
        int error = singleton_get(&cell, &instance);

        cr_assert_eq(error, 40 + i, "failing: got %d, want %d", error, 40 + i);
        cr_assert_eq(instance, &cell, "a failed get wrote *instance");
        expect_free_lock();
    }
    singleton_destroy(&cell);
    cr_assert_eq(shop.destroyed, 0, "destroyed what was never built");
    cr_assert_eq(serial_in(&cell), 1, "the third call");
    cr_assert_eq(shop.attempts, 3, "builds: got %d, want 3", shop.attempts);
    singleton_destroy(&cell);
}

Test(singleton, a_destroyed_cell_starts_over)
{
    struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);

    open_shop(&shop, "clock");
    singleton_destroy(&cell);
    cr_assert_eq(shop.destroyed, 0, "destroyed: got %d", shop.destroyed);
    cr_assert_eq(serial_in(&cell), 1, "first instance");
    singleton_destroy(&cell);
    singleton_destroy(&cell);
    cr_assert_eq(shop.destroyed, 1, "destroyed: got %d", shop.destroyed);
    cr_assert_eq(serial_in(&cell), 2, "after destroying");
    shop.type.destroy = NULL;
    singleton_destroy(&cell);
    cr_assert_eq(serial_in(&cell), 3, "after destroying without destructor");
    singleton_destroy(&cell);
}

Test(singleton, a_half_built_instance_is_never_given_away)
{
    struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);
    void *instance = NULL;
    int error;

    expect_recursive_lock();
    open_shop(&shop, "ouroboros");
    shop.asks = &cell;
    error = singleton_get(&cell, &instance);
    cr_assert_eq(error, SINGLETON_ECYCLE, "its own cell: got %d", error);
    cr_assert_eq(shop.attempts, 1, "builds: got %d, want 1", shop.attempts);
    expect_free_lock();
    shop.tolerant = true;
    cr_assert_eq(serial_in(&cell), 1, "a builder that can do without");
    cr_assert_eq(shop.answer, SINGLETON_ECYCLE, "got %d", shop.answer);
    singleton_destroy(&cell);
}

Test(singleton, sixteen_threads_build_one_instance)
{
    static struct race race;
    static struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);

    open_shop(&shop, "clock");
    shop.meanwhile = wait_for_racers;
    race = (struct race){.run = get_cell, .cell = &cell, .shops = &shop};
    run_locked_race(&race);
    cr_assert_eq(shop.attempts, 1, "builds: got %d, want 1", shop.attempts);
    for (int i = 0; i < THREADS; i++) {
        cr_assert_eq(race.racers[i].got[0], &shop.things[0], "thread %d", i);
        cr_assert_eq(race.racers[i].sum, 62, "thread %d: got %d, want 62", i,
                     race.racers[i].sum);
    }
    singleton_destroy(&cell);
}

/* The first thread builds. The others come when it is done, and the word that
   it is done is relaxed: it tells nothing of what the builder wrote. */
static void get_cell_late(struct racer *racer)
{
    while (racer->number > 0 &&
           !atomic_load_explicit(&racer->race->there, memory_order_relaxed))
        pause_us(100);
    get_cell(racer);
    atomic_store_explicit(&racer->race->there, true, memory_order_relaxed);
}

Test(singleton, late_threads_see_what_the_builder_wrote)
{
    static struct race race;
    static struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);

    open_shop(&shop, "clock");
    race = (struct race){.run = get_cell_late, .cell = &cell, .shops = &shop};
    run_locked_race(&race);
    cr_assert_eq(shop.attempts, 1, "builds: got %d, want 1", shop.attempts);
    for (int i = 0; i < THREADS; i++)
        cr_assert_eq(race.racers[i].sum, 62, "thread %d: got %d, want 62", i,
                     race.racers[i].sum);
    singleton_destroy(&cell);
}

Test(singleton, every_failure_is_told_to_one_thread)
{
    static struct race race;
    static struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);
    void *instance;
    int errors = 0, errors_sum = 0;

    open_shop(&shop, "clock");
    shop.failures = 6;
    singleton_get(&cell, &instance);
    expect_free_lock();
    race = (struct race){.run = get_cell, .cell = &cell, .shops = &shop};
    run_locked_race(&race);
    for (int i = 0; i < THREADS; i++) {
        errors += race.racers[i].error != 0;
        errors_sum += race.racers[i].error;
    }
    cr_assert_eq(errors, 5, "threads that failed: got %d, want 5", errors);
    cr_assert_eq(errors_sum, 42 + 43 + 44 + 45 + 46, "their errors differ");
    cr_assert_eq(shop.attempts, 7, "builds: got %d, want 7", shop.attempts);
    singleton_destroy(&cell);
}

/* Builds until the main thread has got the other cell, or for too long. */
static void wait_for_main(struct shop *shop)
{
    atomic_store(&shop->arrived, 1);
    for (int i = 0; i < NAPS && atomic_load(&shop->arrived) != 2; i++)
        pause_us(500);
    shop->answer = atomic_load(&shop->arrived) == 2 ? 0 : 77;
}

static void *get_slow_cell(void *argument)
{
    void *instance = NULL;

    singleton_get(argument, &instance);
    return instance;
}

Test(singleton, a_held_cell_is_got_while_another_is_built)
{
    struct shop quick, slow;
    struct singleton_cell held = SINGLETON_CELL(&quick.type);
    struct singleton_cell other = SINGLETON_CELL(&slow.type);
    pthread_t thread;
    void *instance = NULL;

    open_shop(&quick, "quick");
    open_shop(&slow, "slow");
    slow.meanwhile = wait_for_main;
    cr_assert_eq(serial_in(&held), 1, "before");
    cr_assert_eq(pthread_create(&thread, NULL, get_slow_cell, &other), 0);
    for (int i = 0; i < NAPS && atomic_load(&slow.arrived) == 0; i++)
        pause_us(500);
    singleton_get(&held, &instance);
    atomic_store(&slow.arrived, 2);
    pthread_join(thread, NULL);
    cr_assert_eq(instance, &quick.things[0], "another instance");
    cr_assert_eq(slow.attempts, 1, "builds: got %d, want 1", slow.attempts);
    cr_assert_eq(slow.answer, 0, "getting a held cell waited for a builder");
    singleton_destroy(&held);
    singleton_destroy(&other);
}

/* Per type */

Test(singleton, every_type_has_its_own_instance)
{
    struct shop shops[3];
    struct thing *things[3];

    open_shop(&shops[0], "config");
    open_shop(&shops[1], "config");
    open_shop(&shops[2], NULL);
    for (int i = 0; i < 3; i++)
        things[i] = thing_of(&shops[i]);
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(things[i], &shops[i].things[0], "type %d", i);
        cr_assert_eq(thing_of(&shops[i]), things[i], "type %d again", i);
        cr_assert_eq(shops[i].attempts, 1, "type %d: built %d times", i,
                     shops[i].attempts);
    }
    singleton_clear();
    for (int i = 0; i < 3; i++)
        cr_assert_eq(shops[i].destroyed, 1, "type %d: destroyed %d times", i,
                     shops[i].destroyed);
}

Test(singleton, a_type_whose_build_failed_is_not_registered)
{
    struct shop shop;
    void *instance = &shop;

    open_shop(&shop, "config");
    shop.failures = 2;
    for (int i = 1; i <= 2; i++) {
        int error = singleton_of(&shop.type, &instance);

        cr_assert_eq(error, 40 + i, "failing: got %d, want %d", error, 40 + i);
        cr_assert_eq(instance, &shop, "a failed call wrote *instance");
        expect_free_lock();
    }
    singleton_clear();
    cr_assert_eq(shop.destroyed, 0, "destroyed what was never built");
    cr_assert_eq(thing_of(&shop)->serial, 1, "the third call");
    singleton_clear();
    cr_assert_eq(shop.destroyed, 1, "destroyed: got %d", shop.destroyed);
}

Test(singleton, a_cleared_registry_starts_over)
{
    struct shop shop;
    struct singleton_cell cell = SINGLETON_CELL(&shop.type);

    open_shop(&shop, "config");
    cr_assert_eq(serial_in(&cell), 1, "in the cell");
    cr_assert_eq(thing_of(&shop)->serial, 2, "in the registry");
    singleton_clear();
    singleton_clear();
    cr_assert_eq(shop.destroyed, 1, "destroyed: got %d", shop.destroyed);
    cr_assert_eq(serial_in(&cell), 1, "the cell is no part of the registry");
    shop.type.destroy = NULL;
    cr_assert_eq(thing_of(&shop)->serial, 3, "after clearing");
    singleton_clear();
    cr_assert_eq(thing_of(&shop)->serial, 4, "after clearing again");
    singleton_clear();
    expect_free_lock();
    singleton_destroy(&cell);
}

Test(singleton, what_was_completed_last_is_destroyed_first)
{
    struct shop first, house, stone;

    expect_recursive_lock();
    open_shop(&first, "first");
    open_shop(&house, "house");
    open_shop(&stone, "stone");
    house.needs = &stone.type;
    thing_of(&first);
    thing_of(&house);
    cr_assert_eq(stone.built, 1, "the house stands on no stone");
    cr_assert_eq(thing_of(&stone)->serial, 1, "another stone");
    singleton_clear();
    cr_assert_lt(house.destroyed_at, stone.destroyed_at,
                 "the stone went before the house on it");
    cr_assert_lt(stone.destroyed_at, first.destroyed_at,
                 "what was there first went first");
}

Test(singleton, types_that_need_each_other_are_refused)
{
    struct shop hen, egg;
    void *instance = NULL;
    int error;

    expect_recursive_lock();
    open_shop(&hen, "hen");
    open_shop(&egg, "egg");
    hen.needs = &egg.type;
    egg.needs = &hen.type;
    error = singleton_of(&hen.type, &instance);
    cr_assert_eq(error, SINGLETON_ECYCLE, "hen: got %d", error);
    cr_assert_eq(hen.attempts + egg.attempts, 2, "each is tried once");
    hen.tolerant = true;
    cr_assert_eq(thing_of(&hen)->serial, 1, "a hen that can do without");
    hen.answer = egg.answer = 0;
    cr_assert_eq(thing_of(&egg)->serial, 1, "an egg, now that there is a hen");
    cr_assert_eq(hen.attempts, 2, "hens: got %d, want 2", hen.attempts);
    singleton_clear();
}

static void get_others(struct shop *shop)
{
    for (int i = 1; i < 40; i++)
        thing_of(&shop[i]);
}

Test(singleton, a_failed_build_goes_although_the_table_grew_meanwhile)
{
    static struct shop shops[40];
    void *instance = NULL;
    int error;

    expect_recursive_lock();
    for (int i = 0; i < 40; i++)
        open_shop(&shops[i], "config");
    shops[0].meanwhile = get_others;
    shops[0].failures = 1;
    error = singleton_of(&shops[0].type, &instance);
    cr_assert_eq(error, 41, "failing: got %d, want 41", error);
    for (int i = 0; i < 40; i++)
        cr_assert_eq(thing_of(&shops[i])->serial, 1, "type %d", i);
    singleton_clear();
    for (int i = 0; i < 40; i++)
        cr_assert_eq(shops[i].destroyed, 1, "type %d: destroyed %d times", i,
                     shops[i].destroyed);
}

Test(singleton, many_types_are_told_apart)
{
    static struct shop shops[MANY];
    int destroyed = 0;

    for (int i = 0; i < MANY; i++) {
        open_shop(&shops[i], "config");
        thing_of(&shops[i]);
    }
    for (int i = 0; i < MANY; i++)
        cr_assert_eq(thing_of(&shops[i]), &shops[i].things[0], "type %d", i);
    singleton_clear();
    for (int i = 0; i < MANY; i++)
        destroyed += shops[i].destroyed;
    cr_assert_eq(destroyed, MANY, "destroyed: got %d, want %d", destroyed,
                 MANY);
}

/* Each thread begins with another type. */
static void get_types(struct racer *racer)
{
    racer->error = 0;
    for (int i = 0; i < TYPES; i++) {
        int which = (racer->number + i) % TYPES;
        void *instance = NULL;

        racer->error |=
            singleton_of(&racer->race->shops[which].type, &instance);
        racer->got[which] = instance;
        racer->sum += sum_of(instance);
    }
}

Test(singleton, sixteen_threads_meet_in_the_registry)
{
    static struct race race;
    static struct shop shops[TYPES];

    for (int i = 0; i < TYPES; i++)
        open_shop(&shops[i], "config");
    race = (struct race){.run = get_types, .shops = shops};
    run_locked_race(&race);
    for (int i = 0; i < THREADS; i++) {
        cr_assert_eq(race.racers[i].error, 0, "thread %d: error", i);
        cr_assert_eq(race.racers[i].sum, TYPES * 62, "thread %d: got %d", i,
                     race.racers[i].sum);
        for (int k = 0; k < TYPES; k++)
            cr_assert_eq(race.racers[i].got[k], &shops[k].things[0],
                         "thread %d, type %d", i, k);
    }
    for (int k = 0; k < TYPES; k++)
        cr_assert_eq(shops[k].attempts, 1, "type %d: built %d times", k,
                     shops[k].attempts);
    singleton_clear();
}
