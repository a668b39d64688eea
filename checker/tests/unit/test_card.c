#include "kata/card.h"

#include "base/alloc.h"
#include "base/path.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

TestSuite(card);

/* Lines 1 ... 30 of a card without fault. */
static const char good[] =
    "# Why does `f(*args)` work?\n"
    "\n"
    "- level: mid\n"
    "- katas: lru-cache, closure\n"
    "- notes: 000, 'heading'; 002, 'a heading that is much longer than all "
    "other lines may be'\n"
    "\n"
    "It prints:\n"
    "\n"
    "    print(1)\n"
    "\n"
    "## Key points\n"
    "\n"
    "- The first of the points has\n"
    "  two lines and `a  b` in it.\n"
    "- The second point is said in words.\n"
    "- The third point is said in words.\n"
    "\n"
    "## Common wrong answers\n"
    "\n"
    "- **It is `**kwargs`, they say.** No, that is another thing.\n"
    "\n"
    "## Follow-ups\n"
    "\n"
    "- **What comes after it?** The end, since 3.12.\n"
    "- **And how in C?** With an array.\n"
    "\n"
    "## Source\n"
    "\n"
    "- CPython 3.14, `Python/gc.c`: `update_refs`\n"
    "- PEP 703, `pep-0703`: \"Abstract\"\n";

static struct strv problems;

static int parse(const char *text, struct card *card)
{
    strv_release(&problems);
    return card_parse("x.md", "memory", "x", text, strlen(text), card,
                      &problems);
}

/* The good card with the first `from` replaced; owned. */
static char *change(const char *from, const char *to)
{
    const char *at = strstr(good, from);

    cr_assert(at, "not in the card: %s", from);
    return xasprintf("%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
}

Test(card, all_parts_are_read)
{
    struct card card;

    cr_assert_eq(parse(good, &card), 0, "%s",
                 problems.count ? problems.items[0] : "");
    cr_assert_str_eq(card.id, "x");
    cr_assert_str_eq(card.topic, "memory");
    cr_assert_str_eq(card.question, "Why does `f(*args)` work?");
    cr_assert_eq(card.level, LEVEL_MID);
    cr_assert_eq(card.katas.count, 2);
    cr_assert_str_eq(card.katas.items[1], "closure");
    cr_assert(str_starts(card.notes, "000, 'heading'; 002"));
    cr_assert_str_eq(card.detail, "It prints:\n\n    print(1)");
    cr_assert_eq(card.points.count, 3);
    cr_assert_str_eq(card.points.items[0],
                     "The first of the points has two lines and `a  b` in it.");
    cr_assert_eq(card.wrong_count, 1);
    cr_assert_str_eq(card.wrong[0].lead, "It is `**kwargs`, they say.");
    cr_assert_str_eq(card.wrong[0].text, "No, that is another thing.");
    cr_assert_eq(card.followup_count, 2);
    cr_assert_str_eq(card.followups[1].text, "With an array.");
    cr_assert_eq(card.source_count, 2);
    cr_assert_str_eq(card.sources[0].work, "CPython 3.14");
    cr_assert_str_eq(card.sources[0].place, "Python/gc.c");
    cr_assert_str_eq(card.sources[0].shows, "`update_refs`");
    card_release(&card);
}

Test(card, keys_besides_the_level_and_detail_may_be_left_out)
{
    struct card card;
    char *text = change("- katas: lru-cache, closure\n", "");

    cr_assert_eq(parse(text, &card), 0);
    cr_assert_eq(card.katas.count, 0);
    card_release(&card);
    free(text);
    text = change("It prints:\n\n    print(1)\n\n", "");
    cr_assert_eq(parse(text, &card), 0);
    cr_assert_str_eq(card.detail, "");
    card_release(&card);
    free(text);
}

/* One fault each: what is replaced, by what, and what must be said. */
static const struct fault {
    const char *from, *to, *says;
} faults[] = {
    {"# Why does `f(*args)` work?\n", "", "x.md:1: expected the question"},
    {"# Why", "## Why", "x.md:1: expected the question: '# ...'"},
    {"# Why", "# W\001y", "x.md:1: a tab, a control character"},
    {"# Why", "# \xff", "x.md:1: a tab, a control character"},
    {"print(1)", "\tprint(1)", "x.md:9: a tab"},
    {"work?",
     "aaaaaaaaaaaaaaaaaaaa aaaaaaaaaaaaaaaaaaa aaaaaaaaaaaaaaaaaaaaaaaaa "
     "aaaaaaaaaaaaaaaaaaaaaaaaa?",
     "x.md:1: the question is longer than 100 characters"},
    {"It prints:",
     "It prints what is much too long for one line of a card that is to be "
     "read on a screen:",
     "x.md:7: the line is longer than 80 columns"},
    {"level: mid", "level: expert",
     "x.md:3: level: expected junior, mid or senior, found 'expert'"},
    {"level: mid", "grade: mid", "x.md:3: expected 'level: ...', 'katas: "},
    {"- level: mid\n", "", "x.md:3: expected '- level: ...' in this list"},
    {"closure", "No Slug", "x.md:4: katas: expected slugs"},
    {"It prints:", "<b>It prints</b>", "x.md:7: a card has no HTML"},
    {"It prints:", "![a](b.png)", "x.md:7: a card has no HTML and no pic"},
    {"It prints:", "### It prints", "x.md:7: a card has headings '#' and '##'"},
    {"## Key points", "## Points",
     "x.md:11: expected '## Key points', found '## Points'"},
    {"## Key points\n", "",
     "x.md:17: expected '## Key points', found '## Common wrong answers'"},
    {"- The third point is said in words.\n", "",
     "x.md:11: '## Key points' has 2 items, there must be 3 to 8"},
    {"- The third", "* The third", "x.md:16: expected a heading '## ...'"},
    {"The third point is said in words.", "The third is short.",
     "x.md:16: a key point has 4 words, not 6 to 25: The third is short."},
    {"The third point is",
     "a a a a a a a a a a a a a a a a a a a a a a a a a is",
     "x.md:16: a key point has 29 words"},
    {"- The third", "- The\n\n  third", "x.md:16: an item is one paragraph"},
    {"**It is `**kwargs`, they say.**", "It is, they say.",
     "x.md:20: expected '**a wrong answer** and"},
    {"they say.** No, that is another thing.", "they say.**",
     "x.md:20: what follows it has 0 words"},
    {"**What comes after it?**", "**What?**",
     "x.md:24: a question has 1 words, not 3 to 70: What?"},
    {"- **It is `**kwargs`, they say.** No, that is another thing.\n",
     "Some text\n", "x.md:18: '## Common wrong answers' must be followed by"},
    {"CPython 3.14,", "CPython,", "x.md:29: the source has no version"},
    {"`Python/gc.c`:", "Python/gc.c:",
     "x.md:29: expected 'WORK VERSION, `PLACE`: what it shows'"},
    {": `update_refs`", "", "x.md:29: expected 'WORK VERSION"},
    {"## Source\n\n- CPython 3.14, `Python/gc.c`: `update_refs`\n"
     "- PEP 703, `pep-0703`: \"Abstract\"\n",
     "", "x.md:26: the card ends without '## Source'"},
    {"`pep-0703`: \"Abstract\"\n",
     "`pep-0703`: \"Abstract\"\n\n## Links\n\n- a\n",
     "x.md:32: expected the end, found '## Links'"},
};

Test(card, every_fault_is_told_with_file_and_line)
{
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        char *text = change(faults[i].from, faults[i].to);
        struct card card;
        bool told = false;

        cr_assert_eq(parse(text, &card), -1, "fault %zu was taken: %s", i,
                     faults[i].says);
        for (size_t k = 0; k < problems.count; k++)
            told |= str_starts(problems.items[k], faults[i].says);
        cr_assert(told, "fault %zu: %s\nsaid: %s", i, faults[i].says,
                  problems.items[0]);
        free(text);
    }
}

Test(card, an_empty_file_and_one_with_nul_are_refused)
{
    struct card card;

    cr_assert_eq(parse("", &card), -1);
    strv_release(&problems);
    cr_assert_eq(
        card_parse("x.md", "memory", "x", "# a\0b", 5, &card, &problems), -1);
    cr_assert(strstr(problems.items[0], "NUL"));
}

Test(card, markdown_of_a_card_has_all_its_parts)
{
    struct card card;
    struct str question = STR_INIT, whole = STR_INIT;

    cr_assert_eq(parse(good, &card), 0);
    card_markdown(&card, false, &question);
    card_markdown(&card, true, &whole);
    cr_assert(str_starts(whole.text, question.text));
    cr_assert(!strstr(question.text, "Key points"));
    cr_assert(
        strstr(whole.text, "- **It is `**kwargs`, they say.**\\\n  No, that"));
    cr_assert(strstr(whole.text, "- CPython 3.14, `Python/gc.c`: `update"));
    str_release(&question);
    str_release(&whole);
    card_release(&card);
}

static char *root;

static void write_card(const char *topic, const char *name, const char *text)
{
    char *dir = xasprintf("%s/docs/questions/%s", root, topic);
    char *path = path_join(dir, name);

    cr_assert_eq(path_mkdirs(dir, 0755, NULL), 0);
    cr_assert_eq(path_write(path, text, strlen(text), 0644, NULL), 0);
    free(path);
    free(dir);
}

/* A good card with another question. */
static void write_good(const char *topic, const char *name,
                       const char *question)
{
    char *text = change("Why", question);

    write_card(topic, name, text);
    free(text);
}

static void make_root(void)
{
    if (access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 1);
    root = path_make_temp("kata-unit", NULL);
    cr_assert(root);
}

static void remove_root(void)
{
    path_remove(root, NULL);
    free(root);
}

TestSuite(cards, .init = make_root, .fini = remove_root);

static bool has_problem(const struct cards *cards, const char *start)
{
    for (size_t i = 0; i < cards->problems.count; i++)
        if (str_starts(cards->problems.items[i], start))
            return true;
    return false;
}

Test(cards, topics_come_in_the_katas_order_and_others_after)
{
    struct cards cards;
    struct err err = ERR_INIT;

    write_good("async", "b.md", "A");
    write_good("data", "a.md", "B");
    write_good("memory", "z.md", "C");
    write_good("memory", "y.md", "D");
    write_card(".git", "q.md", "no card");
    cr_assert_eq(cards_load(root, &cards, &err), 0, "%s", err.text);
    cr_assert_eq(cards.problems.count, 0, "%s", cards.problems.items[0]);
    cr_assert_eq(cards.count, 4);
    cr_assert_str_eq(cards.items[0].id, "y");
    cr_assert_str_eq(cards.items[1].id, "z");
    cr_assert_str_eq(cards.items[2].topic, "async");
    cr_assert_str_eq(cards.items[3].topic, "data");
    cr_assert_eq(cards_find(&cards, "z"), &cards.items[1]);
    cr_assert_eq(cards_find(&cards, "memory/z"), &cards.items[1]);
    cr_assert_null(cards_find(&cards, "async/z"));
    cr_assert_null(cards_find(&cards, "q"));
    cr_assert(cards_has_topic(&cards, "data"));
    cr_assert(!cards_has_topic(&cards, "systems"));
    cards_release(&cards);
}

Test(cards, the_good_load_where_others_are_broken)
{
    struct cards cards;
    struct err err = ERR_INIT;

    write_good("memory", "a.md", "A");
    write_card("memory", "broken.md", "no card");
    write_good("memory", "Not_A_Slug.md", "B");
    write_good("memory", "same.txt", "C");
    write_good("objects", "a.md", "D");
    write_good("objects", "twice.md", "A");
    write_good("No topic", "b.md", "E");
    cr_assert_eq(cards_load(root, &cards, &err), 0, "%s", err.text);
    cr_assert_eq(cards.count, 1);
    cr_assert(has_problem(&cards, "docs/questions/memory/broken.md:1: "));
    cr_assert(has_problem(&cards, "docs/questions/memory/Not_A_Slug.md:1: "
                                  "expected a name like"));
    cr_assert(has_problem(&cards, "docs/questions/memory/same.txt:1: "));
    cr_assert(has_problem(&cards, "docs/questions/objects/a.md:1: the file's "
                                  "name is taken by the card memory/a"));
    cr_assert(has_problem(&cards, "docs/questions/objects/twice.md:1: the "
                                  "question is taken by the card memory/a"));
    cr_assert(has_problem(&cards, "docs/questions/No topic:1: "));
    cards_release(&cards);
}

Test(cards, no_folder_is_an_error)
{
    struct cards cards;
    struct err err = ERR_INIT;

    cr_assert_eq(cards_load(root, &cards, &err), -1);
    cr_assert(strstr(err.text, "docs/questions"), "%s", err.text);
}
