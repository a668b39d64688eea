/* A question card: taken with all its parts, or refused with a reason. */
#include "base/markdown.h"
#include "kata/card.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void expect_whole(const struct card *card)
{
    struct str markdown = STR_INIT, visible = STR_INIT;

    fuzz_expect(*card->question, "a question");
    fuzz_expect(card->points.count >= 3, "three key points");
    fuzz_expect(card->wrong_count && card->followup_count && card->source_count,
                "no section is empty");
    for (size_t i = 0; i < card->wrong_count; i++)
        fuzz_expect(*card->wrong[i].lead && *card->wrong[i].text,
                    "both halves of a pair");
    for (size_t i = 0; i < card->source_count; i++)
        fuzz_expect(*card->sources[i].work && *card->sources[i].place &&
                        *card->sources[i].shows,
                    "all parts of a source");
    card_markdown(card, true, &markdown);
    str_add_visible(&visible, markdown.text, markdown.length, SIZE_MAX, true);
    fuzz_expect(strcmp(visible.text, markdown.text) == 0,
                "a terminal has nothing to obey");
    str_release(&visible);
    str_release(&markdown);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct strv problems = STRV_INIT;
    struct card card;

    if (card_parse("a.md", "memory", "a", (const char *)data, size, &card,
                   &problems) == 0) {
        fuzz_expect(problems.count == 0, "no problem with what is taken");
        expect_whole(&card);
        card_release(&card);
    } else {
        fuzz_expect(problems.count > 0, "a reason");
    }
    for (size_t i = 0; i < problems.count; i++)
        fuzz_expect(strncmp(problems.items[i], "a.md:", 5) == 0,
                    "each problem names the file");
    strv_release(&problems);
    return 0;
}
