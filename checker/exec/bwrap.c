#include "exec/bwrap.h"

#include "base/alloc.h"
#include "base/path.h"
#include "exec/library.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MIB = 1 << 20 };

#define BIT(profile) (1U << (profile))
#define ALL (~0U)
#define TOOLS (BIT(JAIL_COMPILE) | BIT(JAIL_VALGRIND))
#define RUNTIME (BIT(JAIL_TESTS) | BIT(JAIL_VALGRIND) | BIT(JAIL_THREADS))

/*
 * What of the system is there. Never all of /usr: an installed kata has its
 * solutions below /usr/share or /usr/local. A link (merged /usr: /lib is
 * usr/lib) becomes the same link, a folder a read-only mount, and what does
 * not exist is left out.
 */
static const struct place {
    const char *path;
    unsigned profiles;
} places[] = {
    {"/usr/lib", ALL},
    {"/usr/lib64", ALL},
    {"/lib", ALL},
    {"/lib64", ALL},
    {"/etc/ld.so.cache", ALL},
    {"/usr/bin", TOOLS},
    {"/bin", TOOLS},
    {"/usr/libexec", TOOLS},
    {"/usr/include", BIT(JAIL_COMPILE)},
    {"/etc/alternatives", BIT(JAIL_COMPILE)},
};

static const struct place devices[] = {
    {"/dev/null", ALL},
    {"/dev/urandom", RUNTIME},
};

static bool has(const struct place *place, enum jail_profile profile)
{
    return place->profiles & BIT(profile);
}

static int add_place(const char *path, struct strv *argv, struct err *err)
{
    char target[PATH_MAX];
    struct stat status;
    ssize_t n;

    if (lstat(path, &status) < 0)
        return errno == ENOENT ? 0 : err_errno(err, "%s", path);
    if (!S_ISLNK(status.st_mode)) {
        strv_add_all(argv, "--ro-bind", path, path, NULL);
        return 0;
    }
    n = readlink(path, target, sizeof target - 1);
    if (n < 0)
        return err_errno(err, "%s", path);
    target[n] = '\0';
    strv_add_all(argv, "--symlink", target, path, NULL);
    return 0;
}

static void add_namespaces(struct strv *argv)
{
    strv_add_all(argv, "bwrap", "--unshare-user", "--unshare-pid",
                 "--unshare-ipc", "--unshare-uts", "--unshare-net",
                 "--unshare-cgroup-try", "--die-with-parent", "--new-session",
                 "--cap-drop", "ALL", NULL);
    /* The same for everybody everywhere, so that no verdict depends on it. */
    strv_add_all(argv, "--uid", "1000", "--gid", "1000", "--hostname", "kata",
                 NULL);
}

static void add_tmpfs(const char *path, int megabytes, struct strv *argv)
{
    strv_add(argv, "--size");
    strv_addf(argv, "%lld", (long long)(megabytes > 0 ? megabytes : 1) * MIB);
    strv_add_all(argv, "--tmpfs", path, NULL);
}

/*
 * Valgrind reads the debugging information of every library at each start,
 * that of the C library for a tenth of a second, and what it tells of the
 * inside of libraries is in no finding. It insists on the loader's alone, in
 * which it has to replace functions.
 */
static void cover_debug_files(struct strv *argv)
{
    char *loader = library_debug_file(LIBRARY_LOADER);

    if (loader) {
        strv_add_all(argv, "--size", "65536", "--tmpfs", LIBRARY_DEBUG_DIR,
                     NULL);
        strv_add_all(argv, "--ro-bind", loader, loader, "--remount-ro",
                     LIBRARY_DEBUG_DIR, NULL);
    }
    free(loader);
}

static int add_system(const struct jail_spec *spec, struct strv *argv,
                      struct err *err)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (has(&places[i], spec->profile) &&
            add_place(places[i].path, argv, err) < 0)
            return -1;
    if (spec->profile == JAIL_VALGRIND)
        cover_debug_files(argv);
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
        if (has(&devices[i], spec->profile))
            strv_add_all(argv, "--dev-bind", devices[i].path, devices[i].path,
                         NULL);
    if (spec->limits.file_mb > 0)
        add_tmpfs("/tmp", spec->limits.file_mb, argv);
    else
        strv_add_all(argv, "--dir", "/tmp", NULL);
    if (spec->profile == JAIL_TESTS)
        add_tmpfs("/dev/shm", spec->limits.file_mb, argv);
    if (BIT(spec->profile) & RUNTIME)
        strv_add_all(argv, "--proc", "/proc", NULL);
    return 0;
}

/*
 * Process 1 is bwrap's own and has the jail's user: through /proc/1/mem it
 * could be made to report what the program likes. So /proc/1 is covered. And
 * the root is a tmpfs of no particular size.
 */
static void close_holes(const struct jail_spec *spec, struct strv *argv)
{
    if (BIT(spec->profile) & RUNTIME)
        strv_add_all(argv, "--perms", "0000", "--size", "4096", "--tmpfs",
                     "/proc/1", "--remount-ro", "/proc/1", NULL);
    strv_add_all(argv, "--remount-ro", "/", NULL);
}

void bwrap_env(const struct jail_spec *spec, struct strv *env)
{
    strv_add_all(env, "PATH=/usr/bin:/bin", "HOME=/tmp", "LANG=C.UTF-8", NULL);
    /* An arena a thread is 128 MiB of address space, which is limited. */
    strv_add(env, "MALLOC_ARENA_MAX=1");
    for (size_t i = 0; spec->env && spec->env[i]; i++)
        strv_add(env, spec->env[i]);
}

static void add_env(const struct jail_spec *spec, struct strv *argv)
{
    struct strv env = STRV_INIT;

    bwrap_env(spec, &env);
    strv_add(argv, "--clearenv");
    for (size_t i = 0; i < env.count; i++) {
        size_t n = strcspn(env.items[i], "=");

        strv_add(argv, "--setenv");
        strv_take(argv, xstrndup(env.items[i], n));
        strv_add(argv, env.items[i][n] ? env.items[i] + n + 1 : "");
    }
    strv_release(&env);
}

int bwrap_argv(const struct jail_spec *spec, const struct bwrap_fds *fds,
               struct strv *argv, struct err *err)
{
    add_namespaces(argv);
    strv_add(argv, "--json-status-fd");
    strv_addf(argv, "%d", fds->status);
    strv_add(argv, "--block-fd");
    strv_addf(argv, "%d", fds->block);
    strv_add(argv, "--seccomp");
    strv_addf(argv, "%d", fds->filter);
    if (add_system(spec, argv, err) < 0)
        return -1;
    for (size_t i = 0; i < spec->mount_count; i++)
        strv_add_all(argv, spec->mounts[i].writable ? "--bind" : "--ro-bind",
                     spec->mounts[i].from, spec->mounts[i].to, NULL);
    close_holes(spec, argv);
    add_env(spec, argv);
    strv_add_all(argv, "--chdir", spec->cwd ? spec->cwd : "/tmp", "--", NULL);
    for (size_t i = 0; spec->argv[i]; i++)
        strv_add(argv, spec->argv[i]);
    return 0;
}
