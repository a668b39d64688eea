/* Markdown on a terminal: without colour no escape, whatever the text has. */
#include "base/markdown.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const int widths[] = {1, 30, 80};

    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        struct str plain = STR_INIT, coloured = STR_INIT;

        markdown_render(&plain, (const char *)data, size, widths[i], false);
        markdown_render(&coloured, (const char *)data, size, widths[i], true);
        fuzz_expect(!memchr(plain.text, '\033', plain.length), "no escape");
        fuzz_expect(!plain.length || plain.text[plain.length - 1] == '\n',
                    "a newline at the end");
        str_release(&plain);
        str_release(&coloured);
    }
    return 0;
}
