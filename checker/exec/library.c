#include "exec/library.h"

#include "base/path.h"
#include "base/str.h"
#include "exec/object.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#define TRIPLET "x86_64-linux-gnu"
#else
#define TRIPLET "aarch64-linux-gnu"
#endif

char *library_path(const char *file)
{
    static const char *const dirs[] = {"/lib/" TRIPLET, "/usr/lib/" TRIPLET,
                                       "/lib64",        "/usr/lib64",
                                       "/lib",          "/usr/lib"};

    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++) {
        char *path = path_join(dirs[i], file);

        if (path_is_file(path))
            return path;
        free(path);
    }
    return NULL;
}

int library_names(const char *file, bool calls, struct strv *names,
                  struct strv *needed, struct err *err)
{
    char *path = library_path(file);
    struct object object;
    int status;

    if (!path)
        return err_set(err, "%s: not found where libraries are", file);
    status = object_open(&object, path, true, err);
    free(path);
    if (status < 0)
        return -1;
    for (size_t i = 0; i < object.symbol_count; i++)
        if ((calls || object.symbols[i].defined) &&
            object_is_global(&object.symbols[i]))
            strv_add(names, object.symbols[i].name);
    if (needed)
        object_needed(&object, needed);
    object_close(&object);
    return 0;
}

/* The bytes of the build id, which follow a header and the name "GNU". */
static const unsigned char *build_id(const struct object *object, size_t *n)
{
    enum { HEADER = 16 };

    for (size_t i = 1; i < object->section_count; i++) {
        const unsigned char *note;

        if (strcmp(object->sections[i].name, ".note.gnu.build-id") != 0)
            continue;
        note = object_bytes(&object->sections[i], n);
        if (note && *n > HEADER) {
            *n -= HEADER;
            return note + HEADER;
        }
    }
    return NULL;
}

char *library_debug_file(const char *path)
{
    struct str file = STR_INIT;
    const unsigned char *id;
    struct object object;
    size_t n;

    if (object_open(&object, path, true, NULL) < 0)
        return NULL;
    id = build_id(&object, &n);
    if (id)
        str_addf(&file, "%s/.build-id/%02x/", LIBRARY_DEBUG_DIR, id[0]);
    for (size_t i = 1; id && i < n; i++)
        str_addf(&file, "%02x", id[i]);
    str_add(&file, ".debug");
    object_close(&object);
    if (id && path_is_file(file.text))
        return str_detach(&file);
    str_release(&file);
    return NULL;
}
