/*
 * kata-mutate FILE [FLAG]...: small changes to a C file, each of which a good
 * set of tests should notice. For `kata verify --mutate`.
 *
 * The file is parsed with libclang, so that an operator is one and not a part
 * of a comment or a declarator. Nothing is written: each change goes to
 * standard output as one JSON object a line,
 *
 *     {"line": 31, "offset": 740, "length": 1, "text": "<=", "what": "..."}
 *
 * replace `length` bytes at `offset` by `text`. A program of its own, because
 * loading libclang takes longer than most commands of kata.
 *
 * The operators are the usual ones (Jia and Harman, "An Analysis and Survey of
 * the Development of Mutation Testing", 2011): arithmetic, relational and
 * logical operators replaced, constants shifted, conditions negated,
 * statements removed, returned values changed, sizes off by one. What comes
 * out of a macro is left alone.
 */
#include <clang-c/Index.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct mutate {
    CXTranslationUnit unit;
    CXFile file;
    const char *source;
    size_t length;
    bool failed;
};

/* A piece of the file: [start, end) in bytes. */
struct span {
    unsigned start, end;
    bool ok; /* in this file, not from a macro */
};

static unsigned offset_of(const struct mutate *mutate, CXSourceLocation at,
                          bool *ok)
{
    CXFile spelled, expanded;
    unsigned spelling, expansion;

    clang_getSpellingLocation(at, &spelled, NULL, NULL, &spelling);
    clang_getExpansionLocation(at, &expanded, NULL, NULL, &expansion);
    if (!clang_File_isEqual(spelled, mutate->file) ||
        !clang_File_isEqual(expanded, mutate->file) || spelling != expansion)
        *ok = false;
    return expansion;
}

static struct span span_of(const struct mutate *mutate, CXCursor cursor)
{
    CXSourceRange range = clang_getCursorExtent(cursor);
    struct span span = {.ok = true};

    span.start = offset_of(mutate, clang_getRangeStart(range), &span.ok);
    /* The end of a range that ends with a macro (NULL) is still of use. */
    clang_getExpansionLocation(clang_getRangeEnd(range), NULL, NULL, NULL,
                               &span.end);
    if (span.end < span.start || span.end > mutate->length)
        span.ok = false;
    return span;
}

static unsigned line_at(const struct mutate *mutate, unsigned offset)
{
    unsigned line = 1;

    for (unsigned i = 0; i < offset; i++)
        line += mutate->source[i] == '\n';
    return line;
}

static void emit(struct mutate *mutate, unsigned start, unsigned end,
                 const char *text, const char *what)
{
    json_t *json = json_pack(
        "{s:I, s:I, s:I, s:s, s:s}", "line", (json_int_t)line_at(mutate, start),
        "offset", (json_int_t)start, "length", (json_int_t)(end - start),
        "text", text, "what", what);

    if (json_dumpf(json, stdout, JSON_COMPACT) < 0 || putchar('\n') == EOF)
        mutate->failed = true;
    json_decref(json);
}

/* As emit, with the span's own text between `before` and `after`. */
static void wrap(struct mutate *mutate, struct span span, const char *before,
                 const char *after, const char *what)
{
    size_t n = span.end - span.start;
    size_t size = strlen(before) + n + strlen(after) + 1;
    char *text = malloc(size);

    if (!text) {
        mutate->failed = true;
        return;
    }
    snprintf(text, size, "%s%.*s%s", before, (int)n,
             mutate->source + span.start, after);
    emit(mutate, span.start, span.end, text, what);
    free(text);
}

struct children {
    CXCursor items[4];
    unsigned count; /* may be more than are kept */
};

static enum CXChildVisitResult keep_child(CXCursor cursor, CXCursor parent,
                                          CXClientData data)
{
    struct children *children = data;

    (void)parent;
    if (children->count < 4)
        children->items[children->count] = cursor;
    children->count++;
    return CXChildVisit_Continue;
}

static struct children children_of(CXCursor cursor)
{
    struct children children = {.count = 0};

    clang_visitChildren(cursor, keep_child, &children);
    return children;
}

/* What may stand for an operator. */
static const struct replacement {
    const char *from, *to[4];
} binary[] = {
    {"+", {"-"}},       {"-", {"+"}},       {"*", {"/"}},
    {"/", {"*"}},       {"%", {"*"}},       {"&", {"|"}},
    {"|", {"&"}},       {"^", {"&"}},       {"<<", {">>"}},
    {">>", {"<<"}},     {"<", {"<=", ">"}}, {"<=", {"<", ">"}},
    {">", {">=", "<"}}, {">=", {">", "<"}}, {"==", {"!="}},
    {"!=", {"=="}},     {"&&", {"||"}},     {"||", {"&&"}},
    {"+=", {"-="}},     {"-=", {"+="}},     {"*=", {"+="}},
    {"/=", {"*="}},     {"%=", {"*="}},     {"&=", {"|="}},
    {"|=", {"&="}},     {"^=", {"|="}},     {"<<=", {">>="}},
    {">>=", {"<<="}},   {"++", {"--"}},     {"--", {"++"}},
};

static void replace_operator(struct mutate *mutate, unsigned start,
                             unsigned end)
{
    size_t n = end - start;

    for (size_t i = 0; i < sizeof binary / sizeof *binary; i++) {
        if (strlen(binary[i].from) != n ||
            memcmp(mutate->source + start, binary[i].from, n) != 0)
            continue;
        for (size_t k = 0; k < 4 && binary[i].to[k]; k++) {
            char what[64];

            snprintf(what, sizeof what, "%s becomes %s", binary[i].from,
                     binary[i].to[k]);
            emit(mutate, start, end, binary[i].to[k], what);
        }
        return;
    }
}

/* Passes white space and comments. */
static unsigned skip_space(const struct mutate *mutate, unsigned at)
{
    const char *s = mutate->source;

    for (;;) {
        while (at < mutate->length && strchr(" \t\n\r\\", s[at]) && s[at])
            at++;
        if (strncmp(s + at, "/*", 2) == 0) {
            const char *end = strstr(s + at + 2, "*/");

            at = end ? (unsigned)(end - s) + 2 : (unsigned)mutate->length;
        } else if (strncmp(s + at, "//", 2) == 0) {
            at += (unsigned)strcspn(s + at, "\n");
        } else {
            return at;
        }
    }
}

/* Takes away what closes the left operand's parentheses: they are part of its
   extent only where libclang made a cursor of them. */
static void mutate_binary(struct mutate *mutate, CXCursor cursor)
{
    struct children children = children_of(cursor);
    struct span left, right;
    unsigned start, end;

    if (children.count != 2)
        return;
    left = span_of(mutate, children.items[0]);
    right = span_of(mutate, children.items[1]);
    if (!span_of(mutate, cursor).ok || left.end > right.start)
        return;
    start = skip_space(mutate, left.end);
    end = start;
    while (end < right.start && strchr("+-*/%&|^<>=!", mutate->source[end]))
        end++;
    if (end > start)
        replace_operator(mutate, start, end);
}

static void mutate_unary(struct mutate *mutate, CXCursor cursor)
{
    struct span span = span_of(mutate, cursor);
    const char *s = mutate->source + span.start;

    if (!span.ok || span.end - span.start < 2)
        return;
    if (strncmp(s, "++", 2) == 0 || strncmp(s, "--", 2) == 0)
        replace_operator(mutate, span.start, span.start + 2);
    else if (*s == '!')
        emit(mutate, span.start, span.start + 1, "", "! removed");
    else if (*s == '-' || *s == '~')
        emit(mutate, span.start, span.start + 1, "", "sign removed");
    s = mutate->source + span.end - 2;
    if (strncmp(s, "++", 2) == 0 || strncmp(s, "--", 2) == 0)
        replace_operator(mutate, span.end - 2, span.end);
}

static void mutate_integer(struct mutate *mutate, CXCursor cursor)
{
    struct span span = span_of(mutate, cursor);
    char *end, text[64];
    unsigned long long value;
    size_t suffix;

    if (!span.ok)
        return;
    value = strtoull(mutate->source + span.start, &end, 0);
    suffix = (size_t)(mutate->source + span.end - end);
    if (end > mutate->source + span.end || suffix > 3)
        return;
    snprintf(text, sizeof text, "%llu%.*s", value + 1, (int)suffix, end);
    emit(mutate, span.start, span.end, text, "constant one more");
    if (value == 0) {
        emit(mutate, span.start, span.end, "(-1)", "constant one less");
        return;
    }
    snprintf(text, sizeof text, "%llu%.*s", value - 1, (int)suffix, end);
    emit(mutate, span.start, span.end, text, "constant one less");
}

/* The condition of if, while, do and ?: is the first child that is an
   expression; of for it is looked for between the semicolons. */
static void mutate_condition(struct mutate *mutate, CXCursor condition)
{
    struct span span = span_of(mutate, condition);

    if (span.ok && clang_isExpression(clang_getCursorKind(condition)))
        wrap(mutate, span, "!(", ")", "condition negated");
}

static void mutate_for(struct mutate *mutate, CXCursor cursor)
{
    struct children children = children_of(cursor);
    struct span whole = span_of(mutate, cursor);
    unsigned semicolons = 0, at = whole.start;

    /* Each child's place tells which part it is. */
    for (unsigned i = 0; whole.ok && i < children.count && i < 4; i++) {
        struct span span = span_of(mutate, children.items[i]);

        for (; at < span.start; at++)
            semicolons += mutate->source[at] == ';';
        if (semicolons == 1)
            mutate_condition(mutate, children.items[i]);
        if (span.end > at)
            at = span.end;
        /* The extent of a declaration holds its own semicolon. */
        if (mutate->source[at - 1] == ';')
            semicolons++;
    }
}

static void mutate_return(struct mutate *mutate, CXCursor cursor)
{
    struct children children = children_of(cursor);
    struct span span;
    CXType type;

    if (children.count != 1)
        return;
    span = span_of(mutate, children.items[0]);
    type = clang_getCanonicalType(clang_getCursorType(children.items[0]));
    span.ok = span_of(mutate, cursor).ok && span.end > span.start;
    if (!span.ok)
        return;
    if (type.kind == CXType_Pointer) {
        emit(mutate, span.start, span.end, "NULL", "returns NULL");
    } else if (type.kind == CXType_Bool) {
        wrap(mutate, span, "!(", ")", "returns the opposite");
    } else if (type.kind >= CXType_Char_U && type.kind <= CXType_Int128) {
        emit(mutate, span.start, span.end, "0", "returns 0");
        wrap(mutate, span, "(", ") + 1", "returns one more");
    }
}

/* Sizes given to an allocator or a block function, one less. */
static void mutate_call(struct mutate *mutate, CXCursor cursor)
{
    static const char *const sized[] = {
        "malloc", "calloc", "realloc", "memcpy", "memmove", "memset", "memcmp"};
    CXString name = clang_getCursorSpelling(cursor);
    int count = clang_Cursor_getNumArguments(cursor);

    for (size_t i = 0; count > 0 && i < sizeof sized / sizeof *sized; i++)
        if (strcmp(clang_getCString(name), sized[i]) == 0) {
            CXCursor last =
                clang_Cursor_getArgument(cursor, (unsigned)count - 1);
            struct span span = span_of(mutate, last);

            if (span.ok)
                wrap(mutate, span, "(", ") - 1", "size one less");
        }
    clang_disposeString(name);
}

/* Removes a statement that is a child of a block, a branch or a loop. */
static void remove_statement(struct mutate *mutate, CXCursor cursor)
{
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    struct span span = span_of(mutate, cursor);
    const char *what = "statement removed";

    if (!span.ok)
        return;
    switch (kind) {
    case CXCursor_BinaryOperator:
    case CXCursor_CompoundAssignOperator:
    case CXCursor_UnaryOperator:
    case CXCursor_CallExpr:
    case CXCursor_BreakStmt:
    case CXCursor_ContinueStmt:
        emit(mutate, span.start, span.end, "(void)0", what);
        break;
    case CXCursor_IfStmt:
        emit(mutate, span.start, span.end, "{ (void)0; }", "if removed");
        break;
    case CXCursor_WhileStmt:
    case CXCursor_ForStmt:
    case CXCursor_DoStmt:
        emit(mutate, span.start, span.end, "{ (void)0; }", "loop removed");
        break;
    default:
        break;
    }
}

static bool holds_statements(enum CXCursorKind kind)
{
    return kind == CXCursor_CompoundStmt || kind == CXCursor_IfStmt ||
           kind == CXCursor_WhileStmt || kind == CXCursor_ForStmt ||
           kind == CXCursor_DoStmt || kind == CXCursor_CaseStmt ||
           kind == CXCursor_DefaultStmt || kind == CXCursor_LabelStmt;
}

/* Is the child the body of its parent rather than its condition? */
static bool is_statement(CXCursor cursor, CXCursor parent)
{
    enum CXCursorKind kind = clang_getCursorKind(parent);
    struct children children;

    if (!holds_statements(kind))
        return false;
    if (kind == CXCursor_CompoundStmt || kind == CXCursor_DefaultStmt ||
        kind == CXCursor_LabelStmt)
        return true;
    children = children_of(parent);
    if (kind == CXCursor_DoStmt)
        return clang_equalCursors(cursor, children.items[0]);
    if (kind == CXCursor_ForStmt)
        return children.count <= 4 &&
               clang_equalCursors(cursor, children.items[children.count - 1]);
    return !clang_equalCursors(cursor, children.items[0]);
}

static void mutate_node(struct mutate *mutate, CXCursor cursor)
{
    struct children children;

    switch (clang_getCursorKind(cursor)) {
    case CXCursor_BinaryOperator:
    case CXCursor_CompoundAssignOperator:
        mutate_binary(mutate, cursor);
        break;
    case CXCursor_UnaryOperator:
        mutate_unary(mutate, cursor);
        break;
    case CXCursor_IntegerLiteral:
        mutate_integer(mutate, cursor);
        break;
    case CXCursor_IfStmt:
    case CXCursor_WhileStmt:
    case CXCursor_ConditionalOperator:
        children = children_of(cursor);
        if (children.count)
            mutate_condition(mutate, children.items[0]);
        break;
    case CXCursor_DoStmt:
        children = children_of(cursor);
        if (children.count == 2)
            mutate_condition(mutate, children.items[1]);
        break;
    case CXCursor_ForStmt:
        mutate_for(mutate, cursor);
        break;
    case CXCursor_ReturnStmt:
        mutate_return(mutate, cursor);
        break;
    case CXCursor_CallExpr:
        mutate_call(mutate, cursor);
        break;
    default:
        break;
    }
}

static enum CXChildVisitResult visit(CXCursor cursor, CXCursor parent,
                                     CXClientData data)
{
    struct mutate *mutate = data;
    enum CXCursorKind kind = clang_getCursorKind(cursor);

    if (kind == CXCursor_FunctionDecl && !clang_isCursorDefinition(cursor))
        return CXChildVisit_Continue;
    if (clang_getCursorKind(parent) == CXCursor_TranslationUnit &&
        kind != CXCursor_FunctionDecl && kind != CXCursor_VarDecl)
        return CXChildVisit_Continue;
    if (is_statement(cursor, parent))
        remove_statement(mutate, cursor);
    mutate_node(mutate, cursor);
    return CXChildVisit_Recurse;
}

/* Reports what the parser could not take; true where there was such. */
static bool has_errors(CXTranslationUnit unit)
{
    bool found = false;

    for (unsigned i = 0; i < clang_getNumDiagnostics(unit); i++) {
        CXDiagnostic diagnostic = clang_getDiagnostic(unit, i);

        if (clang_getDiagnosticSeverity(diagnostic) >= CXDiagnostic_Error) {
            CXString text = clang_formatDiagnostic(
                diagnostic, clang_defaultDiagnosticDisplayOptions());

            fprintf(stderr, "kata-mutate: %s\n", clang_getCString(text));
            clang_disposeString(text);
            found = true;
        }
        clang_disposeDiagnostic(diagnostic);
    }
    return found;
}

int main(int argc, char **argv)
{
    const char *const *flags = (const char *const *)argv + 2;
    CXIndex index = clang_createIndex(0, 0);
    struct mutate mutate = {.unit = NULL};

    if (argc < 2) {
        fputs("usage: kata-mutate FILE [FLAG]...\n", stderr);
        return 2;
    }
    mutate.unit = clang_parseTranslationUnit(index, argv[1], flags, argc - 2,
                                             NULL, 0, CXTranslationUnit_None);
    if (!mutate.unit || has_errors(mutate.unit)) {
        fprintf(stderr, "kata-mutate: %s cannot be parsed\n", argv[1]);
        return 3;
    }
    mutate.file = clang_getFile(mutate.unit, argv[1]);
    mutate.source =
        clang_getFileContents(mutate.unit, mutate.file, &mutate.length);
    clang_visitChildren(clang_getTranslationUnitCursor(mutate.unit), visit,
                        &mutate);
    clang_disposeTranslationUnit(mutate.unit);
    clang_disposeIndex(index);
    return mutate.failed || fflush(stdout) != 0 ? 3 : 0;
}
