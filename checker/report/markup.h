/*
 * A writer of HTML and XML that escapes. Nothing reaches the document except
 * through it, so a document is well-formed and holds no markup of others.
 *
 *     struct str page = STR_INIT;
 *     struct markup markup;
 *     markup_start(&markup, MARKUP_XML, &page);
 *     markup_open(&markup, "testcase");
 *     markup_attr(&markup, "name", test);
 *     markup_text(&markup, message);
 *     markup_close(&markup, "testcase");
 *     markup_end(&markup);
 *
 * Names of elements and attributes are the program's own, values and text may
 * be anybody's: bytes that are not UTF-8, controls and bidirectional controls
 * become \xHH (base/str.h), and more than MARKUP_TEXT_MAX bytes are cut. Wrong
 * nesting, an attribute after text, and an attribute that would run a script
 * are bugs and hit an assertion.
 */
#ifndef REPORT_MARKUP_H
#define REPORT_MARKUP_H

#include "base/str.h"

enum markup_kind { MARKUP_HTML, MARKUP_XML };

enum { MARKUP_DEPTH_MAX = 64, MARKUP_TEXT_MAX = 16384 };

struct markup {
    enum markup_kind kind;
    struct str *out; /* borrowed; what is written is added to it */
    const char *open[MARKUP_DEPTH_MAX];
    int depth;
    bool in_tag; /* attributes may still come */
};

/* Starts with "<!doctype html>" or the XML declaration. */
void markup_start(struct markup *markup, enum markup_kind kind,
                  struct str *out);

/* The same for a part that is put into a larger document: without the first
   line. */
void markup_part(struct markup *markup, enum markup_kind kind, struct str *out);

/* Asserts that everything that was opened is closed. */
void markup_end(struct markup *markup);

/* `name` must outlive the element. HTML's void elements (br, meta, col ...)
   are complete with their attributes and are not closed. */
void markup_open(struct markup *markup, const char *name);
void markup_close(struct markup *markup, const char *name);

/*
 * An attribute of the element just opened; NULL as its value writes none. A
 * value of href or src that is not a fragment, a relative path, http(s),
 * mailto or an image as data becomes "#".
 */
void markup_attr(struct markup *markup, const char *name, const char *value);
void markup_attrf(struct markup *markup, const char *name, const char *format,
                  ...) __attribute__((format(printf, 3, 4)));

/* Lines are kept, all else is as above. */
void markup_text(struct markup *markup, const char *text);
void markup_textf(struct markup *markup, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* At most `max` bytes of `n`; the bytes may hold NUL. */
void markup_bytes(struct markup *markup, const char *bytes, size_t n,
                  size_t max);

/* A whole element with a class (NULL: none) and text. */
void markup_element(struct markup *markup, const char *name, const char *class,
                    const char *text);
void markup_elementf(struct markup *markup, const char *name, const char *class,
                     const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds what another markup writer wrote, as it is. */
void markup_add_part(struct markup *markup, const struct str *part);

#endif
