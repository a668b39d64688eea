/*
 * Stands in for libgit2, of which Criterion wants the difference of two
 * strings and nothing else. Loading it and the dozen libraries that it needs
 * takes longer than most tests do, and each test is a process of its own. So
 * programs load this, and this loads libgit2 where a difference is wanted.
 *
 * Compiled to a shared library of the same name (judge/run.c, the Makefile),
 * with the real one's path as LIBGIT2.
 */
#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#ifndef LIBGIT2
#define LIBGIT2 "libgit2.so" /* for tools that look at this file alone */
#endif

typedef void callback(void); /* of several types, passed on as they are */

typedef int diff_buffers(const void *old, size_t old_length,
                         const char *old_name, const void *new,
                         size_t new_length, const char *new_name,
                         const void *options, callback *file, callback *binary,
                         callback *hunk, callback *line, void *context);

int git_libgit2_init(void);
int git_libgit2_shutdown(void);
diff_buffers git_diff_buffers;

int git_libgit2_init(void)
{
    return 1;
}

int git_libgit2_shutdown(void)
{
    return 0;
}

/* Criterion takes no error for an answer. */
static void *real(void *library, const char *name)
{
    void *symbol = library ? dlsym(library, name) : NULL;

    if (!symbol) {
        fprintf(stderr, "%s\n", dlerror());
        abort();
    }
    return symbol;
}

int git_diff_buffers(const void *old, size_t old_length, const char *old_name,
                     const void *new, size_t new_length, const char *new_name,
                     const void *options, callback *file, callback *binary,
                     callback *hunk, callback *line, void *context)
{
    void *library = dlopen(LIBGIT2, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    int (*init)(void);
    diff_buffers *diff;

    *(void **)&init = real(library, "git_libgit2_init");
    *(void **)&diff = real(library, "git_diff_buffers");
    init();
    return diff(old, old_length, old_name, new, new_length, new_name, options,
                file, binary, hunk, line, context);
}
