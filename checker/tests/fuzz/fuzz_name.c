/* Names of files in an export, and the list of its people. */
#include "base/str.h"
#include "batch/metadata.h"
#include "batch/name.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    struct name name;
    char *file;

    name_parse(text, &name);
    file = name_file(name.student);
    fuzz_expect(*file && *file != '.' && *file != '-' && !strchr(file, '/') &&
                    strlen(file) < 200,
                "a name for a file");
    name_version(text, "lru_cache");
    free(file);
    free(name_before(text, "lru_cache"));
    free(name_of_archive(text));
    free(metadata_students(text, "submission_1"));
    name_release(&name);
    free(text);
    return 0;
}
