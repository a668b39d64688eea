/* Foreign bytes made visible: nothing is left that a terminal obeys. */
#include "base/str.h"
#include "tests/fuzz/fuzz.h"

static void check(const struct str *shown, bool keep_lines)
{
    for (size_t i = 0; i < shown->length; i++) {
        unsigned char c = (unsigned char)shown->text[i];
        unsigned char after = (unsigned char)shown->text[i + 1];

        fuzz_expect((c >= ' ' && c != 0x7F) || (keep_lines && c == '\n'),
                    "no control character");
        fuzz_expect(!(c == 0xC2 && after >= 0x80 && after < 0xA0),
                    "no C1 control character");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const size_t limits[] = {size, size / 2, 3};

    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        bool keep_lines = i == 1;
        struct str shown = STR_INIT;

        str_add_visible(&shown, (const char *)data, size, limits[i],
                        keep_lines);
        check(&shown, keep_lines);
        str_release(&shown);
    }
    return 0;
}
