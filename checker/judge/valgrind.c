/*
 * Valgrind's report, protocol 4 (docs/internals/xml-output-protocol4.txt in
 * its source), read with expat. An <error> has a <kind>, a <what>, a <stack> of
 * <frame>s, innermost first, then any number of <auxwhat>, each of which may
 * have a <stack> of its own. <fatal_signal> has the same form.
 */
#include "base/alloc.h"
#include "base/str.h"
#include "judge/diagnose.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

struct frame {
    char *function, *file, *dir, *object;
    int line;
};

struct reader {
    XML_Parser parser;
    const char *source;
    struct valgrind_report *report;
    struct str text; /* of the innermost element */
    char *mark;
    bool in_message, in_error, first_stack, finished;
    struct valgrind_error now;
    struct frame frame; /* being read */
    struct frame own;   /* of this stack: the topmost in the source */
    struct frame other; /* the topmost in the tests or the agent */
    char *aux;          /* an <auxwhat> whose stack may follow */
    struct str notes;
};

static void frame_release(struct frame *frame)
{
    free(frame->function);
    free(frame->file);
    free(frame->dir);
    free(frame->object);
    *frame = (struct frame){.file = NULL};
}

/* A submission may be called heap.c as well: the runtimes are told by their
   folder, and libraries by theirs. */
static bool is_ours_or_system(const struct frame *frame)
{
    const char *dir = frame->dir ? frame->dir : "";
    const char *object = frame->object ? frame->object : "";

    return str_ends(dir, "/checker/agent") ||
           str_ends(dir, "/checker/replay") || str_starts(object, "/usr/") ||
           str_starts(object, "/lib");
}

static void keep_frame(struct frame *place, struct frame *frame)
{
    if (place->file)
        return;
    *place = *frame;
    *frame = (struct frame){.file = NULL};
}

static void end_frame(struct reader *reader)
{
    struct frame *frame = &reader->frame;

    if (frame->file && !is_ours_or_system(frame))
        keep_frame(strcmp(frame->file, reader->source) == 0 ? &reader->own
                                                            : &reader->other,
                   frame);
    frame_release(frame);
}

static char *take_text(struct reader *reader)
{
    const char *text = reader->text.text;
    size_t start = strspn(text, " \n"), n = reader->text.length;

    while (n > start && strchr(" \n", text[n - 1]))
        n--;
    return xstrndup(text + start, n - start);
}

/* Takes what a client printed; empty text keeps the mark. */
static void set_mark(struct reader *reader)
{
    char *mark = take_text(reader);

    if (!*mark) {
        free(mark);
        return;
    }
    free(reader->mark);
    reader->mark = mark;
}

/* What is said of an address, in fewer words. */
static void add_address(struct str *notes, const char *aux, const char *place)
{
    const char *is = strstr(aux, " is ");
    unsigned long address = strtoul(aux + strlen("Address "), NULL, 16);
    size_t n;

    if (strstr(aux, "(recently) free'd")) {
        if (address == 0)
            str_add(notes, "a null pointer");
        else if (address < 4096)
            str_addf(notes, "%lu bytes from a null pointer", address);
        else
            str_add(notes, "no block is there");
        return;
    }
    aux = is ? is + strlen(" is ") : aux;
    if (str_starts(aux, "0 bytes inside ") ||
        str_starts(aux, "0 bytes after ")) {
        str_add(notes, aux[8] == 'i' ? "the start of " : "just after ");
        aux += aux[8] == 'i' ? 15 : 14;
    }
    n = strlen(aux);
    if (str_ends(aux, " free'd"))
        str_addf(notes, "%.*s freed", (int)(n - strlen(" free'd")), aux);
    else if (str_ends(aux, " alloc'd"))
        str_addf(notes, "%.*s allocated", (int)(n - strlen(" alloc'd")), aux);
    else
        str_add(notes, aux);
    if (*place)
        str_addf(notes, " at %s", place);
}

static void add_note(struct str *notes, const char *aux, const char *place)
{
    const char *at = *place ? " at " : "";

    if (notes->length)
        str_add(notes, ", ");
    if (str_starts(aux, "Address "))
        add_address(notes, aux, place);
    else if (str_starts(aux, "Block was alloc'd"))
        str_addf(notes, "allocated%s%s", at, place);
    else if (strstr(aux, "created by a heap allocation"))
        str_addf(notes, "from a block allocated%s%s", at, place);
    else if (strstr(aux, "created by a stack allocation"))
        str_addf(notes, "from a local variable%s%s", at, place);
    else
        str_addf(notes, "%s%s%s", aux, at, place);
}

static char *place_text(const struct frame *frame)
{
    return frame->file ? xasprintf("%s:%d", frame->file, frame->line)
                       : xstrdup("");
}

/* The <auxwhat> that was read is complete: its stack is, or it had none. */
static void flush_aux(struct reader *reader)
{
    const struct frame *frame =
        reader->own.file ? &reader->own : &reader->other;
    char *place;

    if (!reader->aux)
        return;
    place = place_text(frame);
    add_note(&reader->notes, reader->aux, place);
    free(place);
    free(reader->aux);
    reader->aux = NULL;
}

static void end_stack(struct reader *reader)
{
    struct valgrind_error *now = &reader->now;

    if (reader->first_stack) {
        now->file = reader->own.file;
        now->function = reader->own.function;
        now->line = reader->own.line;
        reader->own.file = reader->own.function = NULL;
        now->outside = reader->other.file ? place_text(&reader->other) : NULL;
        reader->first_stack = false;
    } else {
        flush_aux(reader);
    }
    frame_release(&reader->own);
    frame_release(&reader->other);
}

static void error_release(struct valgrind_error *error)
{
    free(error->kind);
    free(error->what);
    free(error->file);
    free(error->function);
    free(error->outside);
    free(error->aux);
    free(error->mark);
}

static void begin_error(struct reader *reader)
{
    error_release(&reader->now);
    reader->now = (struct valgrind_error){.at_end = reader->finished};
    reader->in_error = reader->first_stack = true;
    str_reset(&reader->notes);
}

/* A leak check that shows what is new says "210 (+105) ... bytes in 2 (+1)
   blocks"; only the increase belongs to this mark. */
static void take_increase(struct valgrind_error *error)
{
    const char *in = strstr(error->what, " bytes in ");
    const char *bytes = strstr(error->what, " (+");
    const char *blocks = in ? strstr(in, " (+") : NULL;

    if (bytes && in && bytes < in)
        error->bytes = strtol(bytes + strlen(" (+"), NULL, 10);
    if (blocks)
        error->blocks = strtol(blocks + strlen(" (+"), NULL, 10);
}

static void end_error(struct reader *reader)
{
    struct valgrind_report *report = reader->report;
    struct valgrind_error *now = &reader->now;

    flush_aux(reader);
    reader->in_error = false;
    if (!now->kind)
        now->kind = xstrdup("Unknown");
    if (!now->what)
        now->what = xstrdup("");
    take_increase(now);
    if (reader->notes.length)
        now->aux = str_detach(&reader->notes);
    if (reader->mark)
        now->mark = xstrdup(reader->mark);
    report->errors = grow(report->errors, &report->capacity, report->count,
                          sizeof *report->errors);
    report->errors[report->count++] = *now;
    *now = (struct valgrind_error){.kind = NULL};
}

/* An element's text becomes a string, the first one where there are several. */
static void take(struct reader *reader, char **string)
{
    if (!*string)
        *string = take_text(reader);
}

static void end_text(struct reader *reader)
{
    if (reader->in_message)
        set_mark(reader);
    else if (reader->in_error && reader->now.what)
        take(reader, &reader->aux);
    else if (reader->in_error)
        take(reader, &reader->now.what);
}

static void end_aux(struct reader *reader)
{
    flush_aux(reader);
    take(reader, &reader->aux);
}

static void end_state(struct reader *reader)
{
    char *state = take_text(reader);

    reader->finished |= strcmp(state, "FINISHED") == 0;
    free(state);
}

static void end_fatal_signal(struct reader *reader)
{
    free(reader->now.kind);
    reader->now.kind = xstrdup("FatalSignal");
    end_error(reader);
}

static long text_number(const struct reader *reader, int base)
{
    return strtol(reader->text.text, NULL, base);
}

static void end_detail(struct reader *reader, const char *name)
{
    struct valgrind_error *now = &reader->now;
    struct frame *frame = &reader->frame;

    if (strcmp(name, "fn") == 0)
        take(reader, &frame->function);
    else if (strcmp(name, "file") == 0)
        take(reader, &frame->file);
    else if (strcmp(name, "dir") == 0)
        take(reader, &frame->dir);
    else if (strcmp(name, "obj") == 0)
        take(reader, &frame->object);
    else if (strcmp(name, "line") == 0)
        frame->line = (int)text_number(reader, 10);
    else if (strcmp(name, "kind") == 0)
        take(reader, &now->kind);
    else if (strcmp(name, "what") == 0 || strcmp(name, "signame") == 0)
        take(reader, &now->what);
    else if (strcmp(name, "unique") == 0)
        now->unique = text_number(reader, 16);
    else if (strcmp(name, "leakedbytes") == 0)
        now->bytes = text_number(reader, 10);
    else if (strcmp(name, "leakedblocks") == 0)
        now->blocks = text_number(reader, 10);
    else if (strcmp(name, "auxwhat") == 0)
        end_aux(reader);
    else if (strcmp(name, "stack") == 0)
        end_stack(reader);
    else if (strcmp(name, "frame") == 0)
        end_frame(reader);
}

static void XMLCALL on_start(void *data, const char *name, const char **atts)
{
    struct reader *reader = data;

    (void)atts;
    str_reset(&reader->text);
    if (strcmp(name, "error") == 0 || strcmp(name, "fatal_signal") == 0)
        begin_error(reader);
    else if (strcmp(name, "xauxwhat") == 0)
        flush_aux(reader);
    else if (strcmp(name, "clientmsg") == 0)
        reader->in_message = true;
}

static void XMLCALL on_end(void *data, const char *name)
{
    struct reader *reader = data;

    if (strcmp(name, "text") == 0)
        end_text(reader);
    else if (strcmp(name, "clientmsg") == 0)
        reader->in_message = false;
    else if (strcmp(name, "state") == 0)
        end_state(reader);
    else if (strcmp(name, "error") == 0)
        end_error(reader);
    else if (strcmp(name, "fatal_signal") == 0)
        end_fatal_signal(reader);
    else if (reader->in_error)
        end_detail(reader, name);
    str_reset(&reader->text);
}

static void XMLCALL on_text(void *data, const char *text, int length)
{
    struct reader *reader = data;

    str_addn(&reader->text, text, (size_t)length);
}

static void reader_release(struct reader *reader)
{
    XML_ParserFree(reader->parser);
    str_release(&reader->text);
    str_release(&reader->notes);
    frame_release(&reader->frame);
    frame_release(&reader->own);
    frame_release(&reader->other);
    free(reader->mark);
    free(reader->aux);
    error_release(&reader->now);
}

static bool cut_short(enum XML_Error error)
{
    return error == XML_ERROR_NO_ELEMENTS ||
           error == XML_ERROR_UNCLOSED_TOKEN || error == XML_ERROR_PARTIAL_CHAR;
}

int diagnose_valgrind(const char *xml, size_t length, const char *source,
                      struct valgrind_report *report, struct err *err)
{
    struct reader reader = {.source = source, .report = report};
    int status = 0;

    *report = (struct valgrind_report){.errors = NULL};
    str_init(&reader.text);
    str_init(&reader.notes);
    reader.parser = XML_ParserCreate("UTF-8");
    if (!reader.parser)
        return err_set(err, "expat: out of memory");
    XML_SetUserData(reader.parser, &reader);
    XML_SetElementHandler(reader.parser, on_start, on_end);
    XML_SetCharacterDataHandler(reader.parser, on_text);
    if (XML_Parse(reader.parser, xml, (int)length, 1) == XML_STATUS_OK)
        report->finished = reader.finished;
    else if (!cut_short(XML_GetErrorCode(reader.parser)))
        status = err_set(err, "Valgrind's report, line %lu: %s",
                         XML_GetCurrentLineNumber(reader.parser),
                         XML_ErrorString(XML_GetErrorCode(reader.parser)));
    reader_release(&reader);
    return status;
}

void valgrind_report_release(struct valgrind_report *report)
{
    for (size_t i = 0; i < report->count; i++)
        error_release(&report->errors[i]);
    free(report->errors);
    *report = (struct valgrind_report){.errors = NULL};
}

bool valgrind_is_leak(const struct valgrind_error *error)
{
    return str_starts(error->kind, "Leak_");
}

/* What each kind means to a person who has not met Valgrind. */
static const char *meaning(const char *kind)
{
    static const struct {
        const char *kind, *text;
    } meanings[] = {
        {"UninitCondition", "branches on a value that was never set"},
        {"UninitValue", "uses a value that was never set"},
        {"InvalidRead", "reads memory that it may not"},
        {"InvalidWrite", "writes memory that it may not"},
        {"InvalidJump", "calls what is no function"},
        {"InvalidFree", "frees what is not, or no longer, an allocated block"},
        {"MismatchedFree", "frees a block otherwise than it was allocated"},
        {"Overlap", "copies between places that overlap"},
        {"SyscallParam", "hands memory that was never set to the system"},
        {"FishyValue", "asks for a block of a negative size"},
    };

    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (strcmp(meanings[i].kind, kind) == 0)
            return meanings[i].text;
    return NULL;
}

static void explain_leak(const struct valgrind_error *error, struct str *text)
{
    bool one = error->blocks == 1;

    str_addf(text, "%ld byte%s in %ld block%s %s never freed", error->bytes,
             error->bytes == 1 ? "" : "s", error->blocks, one ? "" : "s",
             one ? "is" : "are");
    if (strcmp(error->kind, "Leak_PossiblyLost") == 0)
        str_add(text, " (only pointers into the middle are left)");
}

/* "Invalid read of size 4" has the number at its end. */
static void explain_access(const struct valgrind_error *error, const char *text,
                           struct str *out)
{
    const char *size = strstr(error->what, " of size ");

    str_add(out, text);
    if (size)
        str_addf(out, " (%s bytes)", size + strlen(" of size "));
}

char *valgrind_explain(const struct valgrind_error *error)
{
    const char *known = meaning(error->kind);
    struct str text = STR_INIT;

    if (valgrind_is_leak(error))
        explain_leak(error, &text);
    else if (strcmp(error->kind, "FatalSignal") == 0)
        str_addf(&text, "the process ended with %s", error->what);
    else if (known)
        explain_access(error, known, &text);
    else
        str_add(&text, error->what);
    if (error->aux)
        str_addf(&text, ": %s", error->aux);
    return str_detach(&text);
}
