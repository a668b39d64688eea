#include "kata/comments.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

struct scanner {
    const char *at, *end;
    struct str *out;
    size_t line;    /* where the current line of *out begins */
    bool commented; /* a comment was taken out of that line */
};

/* Passes over joined lines: C takes them out before it looks for comments. */
static const char *skip_splices(const struct scanner *scanner, const char *at)
{
    while (scanner->end - at >= 2 && at[0] == '\\' && at[1] == '\n')
        at += 2;
    return at;
}

/* The character at `at` and the next one as C sees them; 0 at the end. */
static char look(const struct scanner *scanner, const char **next)
{
    const char *at = skip_splices(scanner, scanner->at);

    if (at >= scanner->end) {
        *next = scanner->end;
        return '\0';
    }
    *next = at + 1;
    return *at;
}

/* Does `second` follow the first character, also on a joined line? */
static const char *pair(const struct scanner *scanner, char first, char second)
{
    const char *next;

    if (look(scanner, &next) != first)
        return NULL;
    next = skip_splices(scanner, next);
    return next < scanner->end && *next == second ? next + 1 : NULL;
}

static bool is_blank(const struct str *out, size_t from)
{
    for (size_t i = from; i < out->length; i++)
        if (!isspace((unsigned char)out->text[i]))
            return false;
    return true;
}

static void trim(struct str *out, size_t from)
{
    while (out->length > from &&
           isspace((unsigned char)out->text[out->length - 1]))
        str_chop(out, 1);
}

/* Is the line before the current one empty, or is there none? */
static bool after_empty_line(const struct scanner *scanner)
{
    return scanner->line < 2 || scanner->out->text[scanner->line - 2] == '\n';
}

static void end_line(struct scanner *scanner)
{
    struct str *out = scanner->out;
    bool blank = is_blank(out, scanner->line);

    if (scanner->commented || blank)
        trim(out, scanner->line);
    if (!blank || (!scanner->commented && !after_empty_line(scanner)))
        str_addc(out, '\n');
    scanner->line = out->length;
    scanner->commented = false;
}

/* Copies up to and with the closing quote; a line's end closes too. */
static void copy_quoted(struct scanner *scanner, char quote)
{
    str_addc(scanner->out, *scanner->at++);
    while (scanner->at < scanner->end && *scanner->at != '\n') {
        char c = *scanner->at++;

        str_addc(scanner->out, c);
        if (c == '\\' && scanner->at < scanner->end)
            str_addc(scanner->out, *scanner->at++);
        else if (c == quote)
            return;
    }
}

static void skip_block(struct scanner *scanner)
{
    const char *after;

    while (scanner->at < scanner->end) {
        after = pair(scanner, '*', '/');
        if (after) {
            scanner->at = after;
            return;
        }
        scanner->at++;
    }
}

static void skip_line(struct scanner *scanner)
{
    for (;;) {
        scanner->at = skip_splices(scanner, scanner->at);
        if (scanner->at >= scanner->end || *scanner->at == '\n')
            return;
        scanner->at++;
    }
}

/* A comment stands for one space, which only shows where it keeps two words
   apart. */
static void end_comment(struct scanner *scanner)
{
    struct str *out = scanner->out;
    char before = '\n';

    scanner->commented = true;
    if (out->length > scanner->line)
        before = out->text[out->length - 1];
    if (isspace((unsigned char)before) || before == '(')
        while (scanner->at < scanner->end && *scanner->at == ' ')
            scanner->at++;
    if (scanner->at < scanner->end && strchr("),;", *scanner->at) &&
        !is_blank(out, scanner->line))
        trim(out, scanner->line);
    else if (!isspace((unsigned char)before) && before != '(' &&
             scanner->at < scanner->end && !strchr(" \n),;", *scanner->at))
        str_addc(out, ' ');
}

static bool take_comment(struct scanner *scanner)
{
    const char *after = pair(scanner, '/', '*');

    if (after) {
        scanner->at = after;
        skip_block(scanner);
    } else {
        after = pair(scanner, '/', '/');
        if (!after)
            return false;
        scanner->at = after;
        skip_line(scanner);
    }
    end_comment(scanner);
    return true;
}

/* Is the current line "#include" up to here, so that '<' opens a name? */
static bool in_include(const struct scanner *scanner)
{
    const char *text = scanner->out->text + scanner->line;

    text += strspn(text, " \t");
    if (*text++ != '#')
        return false;
    text += strspn(text, " \t");
    return str_starts(text, "include") && !strpbrk(text, "<\"");
}

void comments_strip(struct str *out, const char *source, size_t length)
{
    struct scanner scanner = {
        .at = source, .end = source + length, .out = out, .line = out->length};

    while (scanner.at < scanner.end) {
        char c = *scanner.at;

        if (take_comment(&scanner))
            continue;
        if (c == '"' || c == '\'') {
            copy_quoted(&scanner, c);
        } else if (c == '<' && in_include(&scanner)) {
            copy_quoted(&scanner, '>');
        } else if (c == '\n') {
            scanner.at++;
            end_line(&scanner);
        } else {
            str_addc(out, c);
            scanner.at++;
        }
    }
    if (out->length > scanner.line || scanner.commented)
        end_line(&scanner);
    while (str_ends(out->text, "\n\n"))
        str_chop(out, 1);
}
