#include "exec/advice.h"

#include "base/alloc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ANY = -1 };

/* The first of which all that is given holds. */
static const struct cause {
    const char *complaint; /* a part of it, or NULL */
    const char *file;      /* that is there, or NULL */
    int value;             /* the number in it, or ANY */
    const char *advice;
} causes[] = {
    {NULL, "/proc/sys/kernel/unprivileged_userns_clone", 0,
     "user namespaces are switched off; as root: sysctl -w "
     "kernel.unprivileged_userns_clone=1"},
    {NULL, "/proc/sys/user/max_user_namespaces", 0,
     "user namespaces are switched off; as root: sysctl -w "
     "user.max_user_namespaces=10000"},
    {"No space left on device", "/proc/sys/user/max_user_namespaces", ANY,
     "there are too many user namespaces; as root: sysctl -w "
     "user.max_user_namespaces=10000"},
    {NULL, "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", 1,
     "AppArmor lets no program make user namespaces that has no profile: give "
     "bwrap the one in docs/security.md, or as root: sysctl -w "
     "kernel.apparmor_restrict_unprivileged_userns=0"},
    {"mount proc", NULL, ANY,
     "parts of /proc are hidden here, as in most containers; start it with "
     "--security-opt systempaths=unconfined (podman: --security-opt "
     "unmask=ALL), or run kata outside"},
    {NULL, "/.dockerenv", ANY,
     "this is a container; start it with --security-opt seccomp=unconfined "
     "--security-opt apparmor=unconfined --security-opt "
     "systempaths=unconfined, or run kata outside"},
    {NULL, "/run/.containerenv", ANY,
     "this is a container; start it with --security-opt seccomp=unconfined "
     "--security-opt unmask=ALL, or run kata outside"},
    {"seccomp", NULL, ANY,
     "the kernel has no seccomp filters (CONFIG_SECCOMP_FILTER)"},
    {"namespace", NULL, ANY,
     "the kernel refuses namespaces to this user; docs/security.md says what "
     "it needs"},
};

static bool holds(const char *root, const struct cause *cause)
{
    char *path = xasprintf("%s%s", root, cause->file);
    FILE *file = fopen(path, "re");
    bool result = file != NULL;
    int number;

    if (file && cause->value != ANY)
        result = fscanf(file, "%d", &number) == 1 && number == cause->value;
    if (file)
        fclose(file);
    free(path);
    return result;
}

const char *advice(const char *root, const char *complaint)
{
    for (size_t i = 0; i < sizeof causes / sizeof *causes; i++)
        if ((!causes[i].complaint || strstr(complaint, causes[i].complaint)) &&
            (!causes[i].file || holds(root, &causes[i])))
            return causes[i].advice;
    return "docs/security.md says what the jail needs";
}
