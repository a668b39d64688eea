/*
 * A run's folder, and what is built in it:
 *
 *     src/  SNAKE.c, SNAKE.h         read-only for the compiler
 *     obj/  SNAKE.o, SNAKE.sub.o     what the jailed tools make of it
 *     kit/  tests.o, agent.o, ...    the kata's and the checker's own objects,
 *                                    merged to one for each program
 *     bin/  tests, agent, replay     linked programs, read-only when they run,
 *                                    and a stand-in for libgit2
 *
 * Only obj/ and bin/ are ever writable in a jail, and never in one that runs
 * the submission. The kit is built outside: it is our code. It and the
 * reference's programs are kept in the cache.
 */
#include "judge/run.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/temp.h"
#include "exec/library.h"
#include "exec/policy.h"
#include "judge/diagnose.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SUBMISSION_MAX = 1 << 20 };

/* How a program is made: which of our sources go with the submission. */
struct recipe {
    const char *name;
    bool counted;     /* allocations renamed to the counting allocator's */
    bool perturbed;   /* thread calls renamed to replay/schedule.c's */
    bool tests;       /* with test_SNAKE.c */
    bool agent;       /* with agent_SNAKE.c */
    const char *flag; /* for compiling and linking all of it */
    const char *library;
    const char *sources[8]; /* below checker/ */
};

static const struct recipe recipes[PROGRAM_COUNT] = {
    [PROGRAM_TESTS] = {.name = "tests",
                       .tests = true,
                       .library = "-lcriterion",
                       .sources = {"replay/report.c"}},
    [PROGRAM_AGENT] = {.name = "agent",
                       .counted = true,
                       .agent = true,
                       .sources = {"agent/agent.c", "agent/heap.c",
                                   "agent/main.c"}},
    [PROGRAM_REPLAY] = {.name = "replay",
                        .counted = true,
                        .tests = true,
                        .agent = true,
                        .sources = {"replay/replay.c", "replay/main.c",
                                    "replay/schedule.c", "replay/watch.c",
                                    "agent/agent.c", "agent/heap.c"}},
    [PROGRAM_THREADS] = {.name = "threads",
                         .tests = true,
                         .agent = true,
                         .perturbed = true,
                         .flag = "-fsanitize=thread",
                         .sources = {"replay/replay.c", "replay/main.c",
                                     "replay/schedule.c", "replay/watch.c",
                                     "agent/agent.c", "agent/heap.c"}},
};

static const char stand_in_source[] = "checker/replay/git2.c";

/* What objcopy renames in the submission, and in the kata's own objects. */
static const char *const sub_names[] = {
    "malloc",        "calloc",         "realloc", "free",    "reallocarray",
    "aligned_alloc", "posix_memalign", "strdup",  "strndup", NULL};
static const char *const thread_names[] = {"pthread_create",
                                           "pthread_mutex_lock",
                                           "pthread_mutex_trylock",
                                           "pthread_mutex_unlock",
                                           "pthread_cond_wait",
                                           "pthread_cond_timedwait",
                                           "pthread_cond_signal",
                                           "pthread_cond_broadcast",
                                           "pthread_once",
                                           "sem_wait",
                                           "sem_post",
                                           NULL};
static const char *const kit_names[] = {"realloc", "free", NULL};
/* Where tests run: so that replay/ can tell which of them make threads. */
static const char *const create_names[] = {"pthread_create", NULL};

static void add_renames(struct strv *argv, const char *const *names,
                        const char *prefix)
{
    for (; *names; names++)
        strv_addf(argv, "--redefine-sym=%s=%s%s", *names, prefix, *names);
}

static void add_common_flags(struct strv *argv, const char *flag)
{
    strv_add_all(argv, "gcc", "-std=c17", "-D_GNU_SOURCE", "-O1", "-g",
                 "-fno-omit-frame-pointer", "-pthread", (char *)NULL);
    if (flag)
        strv_add(argv, flag);
}

/* Folders */

static char *in_run(const struct run *run, const char *folder, const char *name)
{
    return xasprintf("%s/%s/%s", run->dir, folder, name);
}

static int make_folders(struct run *run, struct err *err)
{
    static const struct {
        const char *name;
        bool writable;
    } folders[] = {
        {"src", false}, {"obj", true}, {"kit", false}, {"bin", true}};

    if (sandbox_share(run->sandbox, run->dir, false, err) < 0)
        return -1;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char *path = path_join(run->dir, folders[i].name);
        int status = path_mkdirs(path, 0755, err);

        if (status == 0)
            status =
                sandbox_share(run->sandbox, path, folders[i].writable, err);
        free(path);
        if (status < 0)
            return -1;
    }
    return 0;
}

static int copy_source(struct run *run, const char *submission, struct err *err)
{
    struct str text = STR_INIT;
    char *header = kata_header(run->kata);
    char *format = path_join(run->root, ".clang-format"), *copy;
    int status;

    status = path_read(submission, SUBMISSION_MAX, &text, err);
    if (status == 0)
        status = path_write(run->source, text.text, text.length, 0644, err);
    str_release(&text);
    if (status == 0) {
        copy = in_run(run, "src", path_base(header));
        status = path_copy(header, copy, err);
        free(copy);
    }
    if (status == 0) {
        copy = in_run(run, "src", ".clang-format");
        status = path_copy(format, copy, err);
        free(copy);
    }
    free(header);
    free(format);
    return status;
}

int run_open(struct run *run, const struct kata *kata, const char *root,
             const struct sandbox *sandbox, const struct cache *cache,
             const char *submission, uint64_t seed, struct err *err)
{
    char *name = xasprintf("%s.c", kata->snake);

    *run = (struct run){.kata = kata,
                        .root = root,
                        .sandbox = sandbox,
                        .cache = cache,
                        .seed = seed};
    for (int i = 0; i < PROGRAM_COUNT; i++)
        pthread_mutex_init(&run->lock[i], NULL);
    pthread_mutex_init(&run->compile_lock, NULL);
    run->toolchain = run_toolchain(cache, err);
    if (run->toolchain)
        run->dir =
            temp_make("kata-run", sandbox->uid != 0, &run->dir_lock, err);
    if (run->dir) {
        run->bin = path_join(run->dir, "bin");
        run->source = in_run(run, "src", name);
        name[strlen(name) - 1] = 'o';
        run->object = in_run(run, "obj", name);
    }
    free(name);
    if (!run->dir || make_folders(run, err) < 0 ||
        copy_source(run, submission, err) < 0) {
        run_close(run);
        return -1;
    }
    return 0;
}

/* Asking gcc costs 5 ms, so the answer is kept as long as the program at that
   path is the same file. */
char *run_toolchain(const struct cache *cache, struct err *err)
{
    struct strv argv = STRV_INIT;
    struct proc_spec spec = {.seconds = 10};
    struct proc_result result;
    struct str text = STR_INIT;
    char key[HASH_TEXT_SIZE];
    struct hash hash;
    struct stat info;

    hash_init(&hash);
    hash_add_text(&hash, "toolchain 1");
    if (stat("/usr/bin/gcc", &info) == 0)
        hash_add(&hash, &info.st_mtim, sizeof info.st_mtim);
    hash_text(&hash, key);
    if (cache_get(cache, key, &text))
        return str_detach(&text);
    strv_add_all(&argv, "gcc", "-dumpfullversion", "-dumpmachine",
                 (char *)NULL);
    spec.argv = argv.items;
    if (proc_run(&spec, &result, err) == 0 && result.end == PROC_EXITED &&
        result.code == 0) {
        char *line = result.out.text;

        line[strcspn(line, "\n")] = ' ';
        line[strcspn(line, "\n")] = '\0';
        str_addf(&text, "gcc %s", line);
        cache_put(cache, key, text.text, text.length);
    } else {
        err_set(err, "gcc does not tell its version");
    }
    proc_result_release(&result);
    strv_release(&argv);
    return text.length ? str_detach(&text) : NULL;
}

int run_open_reference(struct run *run, struct err *err)
{
    char *path = kata_reference(run->kata);
    struct run *reference = xcalloc(1, sizeof *reference);
    int status = run_open(reference, run->kata, run->root, run->sandbox,
                          run->cache, path, run->seed, err);

    free(path);
    if (status < 0) {
        free(reference);
        return err_context(err, "the reference of %s", run->kata->slug);
    }
    reference->is_reference = true;
    run->reference = reference;
    return 0;
}

void run_close(struct run *run)
{
    if (run->reference) {
        run_close(run->reference);
        free(run->reference);
    }
    temp_remove(run->dir, run->dir_lock);
    for (int i = 0; i < PROGRAM_COUNT; i++) {
        pthread_mutex_destroy(&run->lock[i]);
        free(run->program[i]);
    }
    pthread_mutex_destroy(&run->compile_lock);
    free(run->toolchain);
    free(run->bin);
    free(run->source);
    free(run->object);
    *run = (struct run){.dir = NULL};
}

/* Jailed tools */

static int run_tool(struct run *run, const struct strv *argv,
                    const struct jail_mount *mounts, size_t count,
                    struct proc_result *result, struct err *err)
{
    struct jail_spec spec = {.profile = JAIL_COMPILE,
                             .argv = argv->items,
                             .mounts = mounts,
                             .mount_count = count,
                             .cwd = "/box/src",
                             .limits = {.wall_seconds = 60,
                                        .cpu_seconds = 5,
                                        .memory_mb = 1024,
                                        .total_mb = 2048,
                                        .file_mb = 64,
                                        .processes = 32,
                                        .output_max = 4 << 20}};

    return sandbox_run(run->sandbox, &spec, result, err);
}

/* A tool that has to succeed; what it said is the error. */
static int must_run_tool(struct run *run, const struct strv *argv,
                         const struct jail_mount *mounts, size_t count,
                         struct err *err)
{
    struct proc_result result;
    int status = run_tool(run, argv, mounts, count, &result, err);

    if (status == 0 && (result.end != PROC_EXITED || result.code != 0)) {
        char *end = proc_describe(&result);

        status = err_set(err, "%s: %s: %.600s", argv->items[0], end,
                         result.err.text);
        free(end);
    }
    proc_result_release(&result);
    return status;
}

static void explain_compile(const struct proc_result *result,
                            struct stage_result *stage)
{
    struct err err = ERR_INIT;

    if (result->end == PROC_TIMEOUT ||
        (result->end == PROC_SIGNALED && result->code == SIGXCPU)) {
        stage_fail(stage, CATEGORY_TIMEOUT, "the compiler took too long");
        return;
    }
    if (result->end == PROC_MEMORY) {
        stage_fail(stage, CATEGORY_MEMORY_LIMIT,
                   "the compiler took too much memory");
        return;
    }
    if (result->end == PROC_OUTPUT) {
        stage_fail(stage, CATEGORY_OUTPUT_LIMIT,
                   "the compiler's messages had no end");
        return;
    }
    if (diagnose_gcc(result->err.text, CATEGORY_COMPILE_ERROR, stage, &err) < 0)
        stage_fail(stage, CATEGORY_COMPILE_ERROR,
                   "the compiler gave up: %.300s", result->err.text);
    if (result->code != 0 && stage->status != STATUS_FAIL)
        stage_fail(stage, CATEGORY_COMPILE_ERROR,
                   "the compiler gave up without saying why");
}

int run_compile(struct run *run, struct stage_result *stage, struct err *err)
{
    char *src = path_join(run->dir, "src"), *obj = path_join(run->dir, "obj");
    struct jail_mount mounts[] = {{src, "/box/src", false},
                                  {obj, "/box/obj", true}};
    struct strv argv = STRV_INIT;
    struct proc_result result;
    int status;

    add_common_flags(&argv, NULL);
    strv_add_all(&argv, "-Wall", "-Wextra", "-fdiagnostics-format=json", "-c",
                 "-o", (char *)NULL);
    strv_addf(&argv, "/box/obj/%s.o", run->kata->snake);
    strv_addf(&argv, "%s.c", run->kata->snake);
    status = run_tool(run, &argv, mounts, 2, &result, err);
    if (status == 0) {
        struct stat info;
        bool made = result.end == PROC_EXITED && result.code == 0 &&
                    lstat(run->object, &info) == 0 && S_ISREG(info.st_mode);

        if (stage)
            explain_compile(&result, stage);
        else if (!made)
            err_set(err, "%s.c does not compile: %.600s", run->kata->snake,
                    result.err.text);
        status = made ? 0 : stage ? 1 : -1;
    }
    proc_result_release(&result);
    strv_release(&argv);
    free(src);
    free(obj);
    return status;
}

/* Our own objects */

static int run_own(const struct strv *argv, struct err *err)
{
    struct proc_spec spec = {.argv = argv->items, .seconds = 120};
    struct proc_result result;
    int status = proc_run(&spec, &result, err);

    if (status == 0 && result.end == PROC_CANCELLED)
        status = err_set(err, "interrupted");
    else if (status == 0 && (result.end != PROC_EXITED || result.code != 0))
        status =
            err_set(err, "%s failed: %.800s", argv->items[0], result.err.text);
    proc_result_release(&result);
    return status;
}

/* A source of the kata sees the contract, one of the checker does not. */
static int compile_own(const struct run *run, const struct recipe *recipe,
                       const char *source, bool of_kata, const char *object,
                       struct err *err)
{
    struct strv argv = STRV_INIT;
    int status;

    add_common_flags(&argv, recipe->flag);
    strv_addf(&argv, "-I%s/checker/agent", run->root);
    strv_addf(&argv, "-I%s/checker", run->root);
    if (of_kata)
        strv_addf(&argv, "-I%s", run->kata->dir);
    strv_add_all(&argv, "-c", "-o", object, source, (char *)NULL);
    status = run_own(&argv, err);
    strv_release(&argv);
    return status;
}

static int rename_own(const struct recipe *recipe, const char *object,
                      struct err *err)
{
    struct strv argv = STRV_INIT;
    int status;

    strv_add(&argv, "objcopy");
    add_renames(&argv, kit_names, "kata_");
    if (recipe->tests)
        add_renames(&argv, create_names, "kata_run_");
    strv_add(&argv, object);
    status = run_own(&argv, err);
    strv_release(&argv);
    return status;
}

/* The sources of a program that are not the submission's; owned paths. */
static void kit_sources(const struct run *run, const struct recipe *recipe,
                        struct strv *paths)
{
    if (recipe->tests) {
        strv_take(paths, kata_tests(run->kata));
        strv_copy(paths, &run->kata->more_tests);
    }
    if (recipe->agent)
        strv_take(paths, kata_agent(run->kata));
    for (size_t i = 0; recipe->sources[i]; i++)
        strv_addf(paths, "%s/checker/%s", run->root, recipe->sources[i]);
}

/* The number of sources that are the kata's own. */
static size_t kata_sources(const struct run *run, const struct recipe *recipe)
{
    return (recipe->tests ? 1 + run->kata->more_tests.count : 0) +
           (size_t)recipe->agent;
}

/* Hashes what any of our objects depends on besides its source: the tools, the
   checker's headers and, where it is the kata's, the contract. */
static int hash_surroundings(const struct run *run, bool of_kata,
                             struct hash *hash, struct err *err)
{
    static const char *const headers[] = {
        "agent/agent.h",    "agent/channel.h", "agent/heap.h",
        "agent/memcheck.h", "replay/replay.h", "replay/schedule.h",
        "replay/watch.h"};
    char *header = kata_header(run->kata);
    int status = 0;

    hash_add_text(hash, run->toolchain);
    if (of_kata)
        status = hash_add_file(hash, header, err);
    free(header);
    for (size_t i = 0; status == 0 && i < sizeof headers / sizeof *headers;
         i++) {
        char *path = xasprintf("%s/checker/%s", run->root, headers[i]);

        status = hash_add_file(hash, path, err);
        free(path);
    }
    return status;
}

/* Compiles one of our sources, or takes it from the cache: those of the checker
   are the same for every kata, and several programs have some in common. */
static int make_own(const struct run *run, const struct recipe *recipe,
                    const char *source, bool of_kata, const char *object,
                    struct err *err)
{
    char key[HASH_TEXT_SIZE];
    struct hash hash;
    int status;

    hash_init(&hash);
    hash_add_text(&hash, "object 1");
    hash_add_text(&hash, recipe->flag ? recipe->flag : "");
    hash_add_text(&hash, path_base(source));
    status = hash_surroundings(run, of_kata, &hash, err);
    if (status == 0)
        status = hash_add_file(&hash, source, err);
    hash_text(&hash, key);
    if (status < 0 || cache_get_file(run->cache, key, object))
        return status;
    status = compile_own(run, recipe, source, of_kata, object, err);
    if (status == 0)
        cache_put_file(run->cache, key, object);
    return status;
}

static int build_kit(const struct run *run, const struct recipe *recipe,
                     const struct strv *sources, const char *kit,
                     struct err *err)
{
    struct strv merge = STRV_INIT;
    int status = 0;

    strv_add_all(&merge, "ld", "-r", "-o", kit, (char *)NULL);
    for (size_t i = 0; i < sources->count && status == 0; i++) {
        bool of_kata = i < kata_sources(run, recipe);
        const char *object;

        strv_addf(&merge, "%s.%zu.o", kit, i);
        object = merge.items[merge.count - 1];
        status = make_own(run, recipe, sources->items[i], of_kata, object, err);
        if (status == 0 && recipe->counted && of_kata)
            status = rename_own(recipe, object, err);
    }
    if (status == 0)
        status = run_own(&merge, err);
    strv_release(&merge);
    return status;
}

/* Hashes what a kit depends on: its sources, their headers, the tools. */
static int kit_key(const struct run *run, const struct recipe *recipe,
                   const struct strv *sources, char key[HASH_TEXT_SIZE],
                   struct err *err)
{
    struct hash hash;
    int status;

    hash_init(&hash);
    hash_add_text(&hash, "kit 3");
    hash_add_text(&hash, recipe->name);
    status = hash_surroundings(run, true, &hash, err);
    for (size_t i = 0; i < sources->count && status == 0; i++)
        status = hash_add_file(&hash, sources->items[i], err);
    hash_text(&hash, key);
    return status;
}

/* Makes kit/NAME.o, from the cache where it can; its key goes to `key`. */
static int get_kit(const struct run *run, const struct recipe *recipe,
                   char key[HASH_TEXT_SIZE], struct err *err)
{
    struct strv sources = STRV_INIT;
    char *name = xasprintf("%s.o", recipe->name);
    char *kit = in_run(run, "kit", name);
    int status;

    kit_sources(run, recipe, &sources);
    status = kit_key(run, recipe, &sources, key, err);
    if (status == 0 && !path_is_file(kit) &&
        !cache_get_file(run->cache, key, kit)) {
        status = build_kit(run, recipe, &sources, kit, err);
        if (status == 0)
            cache_put_file(run->cache, key, kit);
    }
    if (status == 0)
        status = sandbox_share(run->sandbox, kit, false, err);
    strv_release(&sources);
    free(name);
    free(kit);
    return status;
}

/* Is `name` declared as a function in C text without comments? */
static bool declares(const char *text, const char *name)
{
    size_t n = strlen(name);

    for (const char *at = text; (at = strstr(at, name)); at += n)
        if (at > text && (at[-1] == ' ' || at[-1] == '*' || at[-1] == '\n') &&
            at[n] == '(')
            return true;
    return false;
}

static void blank_comments(char *text)
{
    char *start, *end;

    while ((start = strstr(text, "/*")) && (end = strstr(start + 2, "*/")))
        memset(start, ' ', (size_t)(end + 2 - start));
    while ((start = strstr(text, "//")))
        memset(start, ' ', strcspn(start, "\n"));
}

int run_contract(struct run *run, struct strv *functions, struct err *err)
{
    static const enum program callers[] = {PROGRAM_TESTS, PROGRAM_AGENT};
    struct strv symbols = STRV_INIT;
    struct str text = STR_INIT;
    char *header = kata_header(run->kata), key[HASH_TEXT_SIZE];
    int status = path_read(header, SUBMISSION_MAX, &text, err);

    for (size_t i = 0; i < 2 && status == 0; i++) {
        const struct recipe *recipe = &recipes[callers[i]];
        char *kit = xasprintf("%s/kit/%s.o", run->dir, recipe->name);

        status = get_kit(run, recipe, key, err);
        if (status == 0)
            status = policy_undefined(kit, &symbols, err);
        free(kit);
    }
    if (status == 0)
        blank_comments(text.text);
    for (size_t i = 0; i < symbols.count && status == 0; i++)
        if (declares(text.text, symbols.items[i]) &&
            !strv_has(functions, symbols.items[i]))
            strv_add(functions, symbols.items[i]);
    str_release(&text);
    strv_release(&symbols);
    free(header);
    return status;
}

/* Programs */

/* Renames what the recipe says in the object `from`: to obj/SNAKE.NAME.o. */
static int rename_submission(struct run *run, const struct recipe *recipe,
                             const char *from, const struct jail_mount *mounts,
                             struct err *err)
{
    struct strv argv = STRV_INIT;
    int status;

    strv_add(&argv, "objcopy");
    if (recipe->counted)
        add_renames(&argv, sub_names, "kata_sub_");
    if (recipe->counted && recipe->tests)
        add_renames(&argv, create_names, "kata_run_");
    if (recipe->perturbed)
        add_renames(&argv, thread_names, "kata_run_");
    strv_addf(&argv, "/box/obj/%s", from);
    strv_addf(&argv, "/box/obj/%s.%s.o", run->kata->snake, recipe->name);
    status = must_run_tool(run, &argv, mounts, 2, err);
    strv_release(&argv);
    return status;
}

/* The submission compiled anew with the recipe's flag: obj/NAME. */
static int recompile_submission(struct run *run, const struct recipe *recipe,
                                const char *name,
                                const struct jail_mount *mounts,
                                struct err *err)
{
    struct strv argv = STRV_INIT;
    int status;

    add_common_flags(&argv, recipe->flag);
    strv_add_all(&argv, "-w", "-c", "-o", (char *)NULL);
    strv_addf(&argv, "/box/obj/%s", name);
    strv_addf(&argv, "%s.c", run->kata->snake);
    status = must_run_tool(run, &argv, mounts, 2, err);
    strv_release(&argv);
    return status;
}

/* Makes the object of the submission that the recipe wants and returns its
   name in obj/, owned; NULL on error. */
static char *make_object(struct run *run, const struct recipe *recipe,
                         const struct jail_mount *mounts, struct err *err)
{
    char *name = recipe->flag ? xasprintf("%s.%s.plain.o", run->kata->snake,
                                          recipe->name)
                              : xasprintf("%s.o", run->kata->snake);
    int status = 0;

    if (recipe->flag)
        status = recompile_submission(run, recipe, name, mounts, err);
    if (status == 0 && (recipe->counted || recipe->perturbed)) {
        status = rename_submission(run, recipe, name, mounts, err);
        free(name);
        name = xasprintf("%s.%s.o", run->kata->snake, recipe->name);
    }
    if (status == 0)
        return name;
    free(name);
    return NULL;
}

/* Each process of a test loads Criterion's libraries; replay/git2.c says why
   it is not to load libgit2. */
static int compile_stand_in(const struct run *run, const char *file,
                            const char *path, struct err *err)
{
    char *real = library_path(file);
    struct strv argv = STRV_INIT;
    int status;

    add_common_flags(&argv, NULL);
    strv_add_all(&argv, "-shared", "-fPIC", "-o", path, (char *)NULL);
    strv_addf(&argv, "-DLIBGIT2=\"%s\"", real ? real : file);
    strv_addf(&argv, "-Wl,-soname,%s", file);
    strv_addf(&argv, "%s/%s", run->root, stand_in_source);
    status = run_own(&argv, err);
    strv_release(&argv);
    free(real);
    return status;
}

/* Makes bin/FILE, from the cache where it can. */
static int make_stand_in(const struct run *run, const char *file,
                         struct err *err)
{
    char *source = path_join(run->root, stand_in_source);
    char *path = path_join(run->bin, file), key[HASH_TEXT_SIZE];
    struct hash hash;
    int status;

    hash_init(&hash);
    hash_add_text(&hash, "stand-in 1");
    hash_add_text(&hash, file);
    hash_add_text(&hash, run->toolchain);
    status = hash_add_file(&hash, source, err);
    hash_text(&hash, key);
    if (status == 0 && !cache_get_file(run->cache, key, path)) {
        status = compile_stand_in(run, file, path, err);
        if (status == 0)
            cache_put_file(run->cache, key, path);
    }
    if (status == 0)
        status = sandbox_share(run->sandbox, path, false, err);
    free(source);
    free(path);
    return status;
}

static int add_stand_in(const struct run *run, struct err *err)
{
    struct strv names = STRV_INIT, needed = STRV_INIT;
    int status = library_names(LIBRARY_CRITERION, false, &names, &needed, err);

    for (size_t i = 0; i < needed.count && status == 0; i++)
        if (str_starts(needed.items[i], "libgit2.so"))
            status = make_stand_in(run, needed.items[i], err);
    strv_release(&names);
    strv_release(&needed);
    return status;
}

static int link_program(struct run *run, const struct recipe *recipe,
                        struct err *err)
{
    char *src = path_join(run->dir, "src"), *obj = path_join(run->dir, "obj");
    char *kit = path_join(run->dir, "kit");
    struct jail_mount mounts[] = {{obj, "/box/obj", true},
                                  {src, "/box/src", false},
                                  {kit, "/box/kit", false},
                                  {run->bin, JAIL_BIN, true}};
    char *object = make_object(run, recipe, mounts, err);
    struct strv argv = STRV_INIT;
    int status = object ? 0 : -1;

    add_common_flags(&argv, recipe->flag);
    strv_add_all(&argv, "-no-pie", "-o", (char *)NULL);
    strv_addf(&argv, "%s/%s", JAIL_BIN, recipe->name);
    if (object)
        strv_addf(&argv, "/box/obj/%s", object);
    strv_addf(&argv, "/box/kit/%s.o", recipe->name);
    if (recipe->library)
        /* The old tag holds for what libraries need, too. What they need is not
           looked through when linking, which would take half of the time. */
        strv_add_all(&argv, recipe->library,
                     "-Wl,--disable-new-dtags,-rpath," JAIL_BIN,
                     "-Wl,--allow-shlib-undefined", (char *)NULL);
    strv_add(&argv, "-lm");
    if (status == 0)
        status = must_run_tool(run, &argv, mounts, 4, err);
    strv_release(&argv);
    free(object);
    free(src);
    free(obj);
    free(kit);
    return status;
}

/* Once, though its programs may be built at the same time: all are linked with
   this object. */
static int compile_reference(struct run *run, struct err *err)
{
    int status;

    pthread_mutex_lock(&run->compile_lock);
    if (run->compiled == 0)
        run->compiled =
            run_compile(run, NULL, &run->compile_error) < 0 ? -1 : 1;
    status = run->compiled;
    pthread_mutex_unlock(&run->compile_lock);
    return status < 0 ? err_set(err, "%s", run->compile_error.text) : 0;
}

/* The reference's programs are the same for every grade: from the cache. */
static int build_reference(struct run *run, const struct recipe *recipe,
                           const char *kit_key, const char *path,
                           struct err *err)
{
    char key[HASH_TEXT_SIZE];
    struct hash hash;

    hash_init(&hash);
    hash_add_text(&hash, "reference 2");
    hash_add_text(&hash, kit_key);
    if (hash_add_file(&hash, run->source, err) < 0)
        return -1;
    hash_text(&hash, key);
    if (cache_get_file(run->cache, key, path))
        return sandbox_share(run->sandbox, path, false, err);
    if (compile_reference(run, err) < 0 || link_program(run, recipe, err) < 0)
        return -1;
    cache_put_file(run->cache, key, path);
    return 0;
}

static int build(struct run *run, const struct recipe *recipe, const char *path,
                 struct err *err)
{
    char key[HASH_TEXT_SIZE];

    if (get_kit(run, recipe, key, err) < 0 ||
        (recipe->library && add_stand_in(run, err) < 0))
        return -1;
    if (run->is_reference)
        return build_reference(run, recipe, key, path, err);
    return link_program(run, recipe, err);
}

const char *run_build(struct run *run, enum program program, struct err *err)
{
    const char *path = NULL;

    pthread_mutex_lock(&run->lock[program]);
    if (run->built[program] == 0) {
        run->program[program] = in_run(run, "bin", recipes[program].name);
        run->built[program] =
            build(run, &recipes[program], run->program[program],
                  &run->build_error[program]) < 0
                ? -1
                : 1;
    }
    if (run->built[program] > 0)
        path = run->program[program];
    else
        err_set(err, "%s", run->build_error[program].text);
    pthread_mutex_unlock(&run->lock[program]);
    return path;
}

struct jail_mount run_mount(const struct run *run)
{
    return (struct jail_mount){run->bin, JAIL_BIN, false};
}

const char *run_program_path(enum program program)
{
    static const char *const paths[] = {[PROGRAM_TESTS] = JAIL_BIN "/tests",
                                        [PROGRAM_AGENT] = JAIL_BIN "/agent",
                                        [PROGRAM_REPLAY] = JAIL_BIN "/replay",
                                        [PROGRAM_THREADS] =
                                            JAIL_BIN "/threads"};

    return paths[program];
}
