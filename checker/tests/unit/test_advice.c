/* Machines without a jail, as folders with the files that they have. */
#include "exec/advice.h"

#include "base/alloc.h"
#include "base/err.h"
#include "base/path.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static char *root;

static void set_up(void)
{
    root = path_make_temp("kata-unit", NULL);
}

static void tear_down(void)
{
    path_remove(root, NULL);
    free(root);
}

TestSuite(advice, .init = set_up, .fini = tear_down);

static void plant(const char *file, const char *text)
{
    char *path = xasprintf("%s%s", root, file);
    char *dir = xstrndup(path, (size_t)(strrchr(path, '/') - path));
    struct err err = ERR_INIT;

    cr_assert_eq(path_mkdirs(dir, 0755, &err), 0, "%s", err.text);
    cr_assert_eq(path_write(path, text, strlen(text), 0644, &err), 0, "%s",
                 err.text);
    free(path);
    free(dir);
}

static void assert_says(const char *complaint, const char *part)
{
    const char *said = advice(root, complaint);

    cr_assert_not_null(strstr(said, part), "'%s' lacks '%s'", said, part);
}

Test(advice, user_namespaces_that_are_off)
{
    plant("/proc/sys/kernel/unprivileged_userns_clone", "0\n");
    assert_says("No permissions to create new namespace",
                "kernel.unprivileged_userns_clone=1");
    plant("/proc/sys/kernel/unprivileged_userns_clone", "1\n");
    plant("/proc/sys/user/max_user_namespaces", "0\n");
    assert_says("Creating new namespace failed", "max_user_namespaces=10000");
}

Test(advice, too_many_namespaces)
{
    plant("/proc/sys/user/max_user_namespaces", "50\n");
    assert_says("Creating new namespace failed: No space left on device",
                "too many");
}

Test(advice, ubuntu)
{
    plant("/proc/sys/kernel/unprivileged_userns_clone", "1\n");
    plant("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\n");
    assert_says("setting up uid map: Permission denied", "profile");
    plant("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "0\n");
    assert_says("setting up uid map: Permission denied", "docs/security.md");
}

Test(advice, containers)
{
    assert_says("Can't mount proc on /newroot/proc: Operation not permitted",
                "systempaths=unconfined");
    plant("/.dockerenv", "");
    assert_says("No permissions to create new namespace", "seccomp=unconfined");
    assert_says("Can't mount proc on /newroot/proc", "parts of /proc");
}

Test(advice, an_unknown_reason)
{
    assert_says("something else", "docs/security.md");
}
