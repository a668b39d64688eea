#include "cmd/browse.h"

#include "base/alloc.h"
#include "base/str.h"
#include "base/term.h"
#include "base/tty.h"
#include "cmd/attempt.h"
#include "cmd/editor.h"

#include <curses.h>
#include <limits.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { HEADER_ROWS = 2, FOOTER_ROWS = 3, PAIR_GREEN = 1, PAIR_YELLOW };

struct browser {
    const struct cmd_context *context;
    int signals;
    struct standing standing;
    struct listing_filter filter;
    struct listing listing;
    struct str search;
    bool typing; /* into the search */
    unsigned folded;
    size_t cursor, top; /* rows: the chosen one, the first on the screen */
    int width;          /* of the widest slug */
    struct str notice;
    int status; /* to return; -2 while it goes on */
    char *chosen;
};

static const struct catalog_entry *entry_at(const struct browser *browser,
                                            const struct listing_row *row)
{
    return &browser->context->catalog.entries[row->entry];
}

/* Rows */

/* Puts the cursor back to the row it was on, or the nearest before. */
static void follow_cursor(struct browser *browser,
                          const struct listing_row *was)
{
    const struct listing *listing = &browser->listing;
    size_t cursor = 0;

    for (size_t i = 0; i < listing->count; i++) {
        const struct listing_row *row = &listing->rows[i];

        if (strcmp(row->topic, was->topic) != 0)
            continue;
        if (row->is_topic || (!was->is_topic && row->entry <= was->entry))
            cursor = i;
    }
    browser->cursor = cursor;
}

static void remake(struct browser *browser)
{
    struct listing_row was = {.topic = NULL};

    if (browser->cursor < browser->listing.count)
        was = browser->listing.rows[browser->cursor];
    browser->filter.search = browser->search.text;
    listing_make(&browser->listing, &browser->context->catalog,
                 &browser->standing, &browser->filter, browser->folded);
    if (was.topic)
        follow_cursor(browser, &was);
    else
        browser->cursor = 0;
}

/* All topics are folded but the one of the kata to begin with. */
static void begin_at(struct browser *browser, const char *slug)
{
    const struct catalog *catalog = &browser->context->catalog;
    const struct next *next = standing_next(&browser->standing, NULL);
    size_t at = SIZE_MAX;

    if (!slug && next)
        slug = next->kata->slug;
    for (size_t i = 0; slug && i < catalog->count; i++)
        if (strcmp(catalog->entries[i].slug, slug) == 0)
            at = i;
    browser->folded = browser->filter.topic ? 0 : ~0U;
    if (at != SIZE_MAX)
        browser->folded &= ~listing_topic_bit(catalog->entries[at].topic);
    remake(browser);
    for (size_t i = 0; i < browser->listing.count; i++)
        if (!browser->listing.rows[i].is_topic &&
            browser->listing.rows[i].entry == at)
            browser->cursor = i;
}

/* Drawing */

static void paint(int pair, const char *text)
{
    attron(COLOR_PAIR(pair));
    addstr(text);
    attroff(COLOR_PAIR(pair));
}

static void draw_topic(const struct browser *browser,
                       const struct listing_row *row)
{
    bool open = browser->search.length ||
                !(browser->folded & listing_topic_bit(row->topic));
    struct str name = STR_INIT;

    str_add_visible(&name, row->topic, strlen(row->topic), SIZE_MAX, false);
    attron(A_BOLD);
    printw("%s %-14s", open ? "-" : "+", name.text);
    attroff(A_BOLD);
    printw(" %zu kata%s, %zu passed", row->shown, row->shown == 1 ? "" : "s",
           row->passed);
    str_release(&name);
}

static void draw_kata(const struct browser *browser,
                      const struct listing_row *row)
{
    const struct catalog_entry *entry = entry_at(browser, row);
    enum progress_state state = browser->standing.states[row->entry];
    struct str text = STR_INIT;

    if (!entry->kata) {
        str_add_visible(&text, entry->slug, strlen(entry->slug), SIZE_MAX,
                        false);
        str_add(&text, "  broken: ");
        str_add_visible(&text, entry->error, strlen(entry->error), SIZE_MAX,
                        false);
        printw("      %s", text.text);
        str_release(&text);
        return;
    }
    addstr("  ");
    if (state == PROGRESS_PASSED)
        paint(PAIR_GREEN, "[x] ");
    else if (state == PROGRESS_STARTED)
        paint(PAIR_YELLOW, "[~] ");
    else
        addstr("[ ] ");
    printw("%-*s  %-6s  %3d min  %s", browser->width, entry->slug,
           kata_level_name(entry->kata->level), entry->kata->minutes,
           entry->kata->title);
}

static void draw_row(const struct browser *browser, size_t i, int y)
{
    const struct listing_row *row = &browser->listing.rows[i];

    move(y, 0);
    if (row->is_topic)
        draw_topic(browser, row);
    else
        draw_kata(browser, row);
    if (i == browser->cursor)
        mvchgat(y, 0, -1, A_REVERSE, 0, NULL);
}

static void draw_header(const struct browser *browser)
{
    const struct listing_filter *filter = &browser->filter;

    attron(A_BOLD);
    mvaddstr(0, 0, "katas");
    attroff(A_BOLD);
    printw("  %zu of %zu passed   state: %s  level: %s  topic: %s",
           browser->standing.passed, browser->standing.count,
           filter->state < 0
               ? "all"
               : progress_state_name((enum progress_state)filter->state),
           filter->level < 0 ? "all"
                             : kata_level_name((enum kata_level)filter->level),
           filter->topic ? filter->topic : "all");
    if (browser->search.length && !browser->typing)
        printw("  search: %s", browser->search.text);
}

static void draw_footer(const struct browser *browser)
{
    if (browser->notice.length)
        mvaddstr(LINES - 3, 0, browser->notice.text);
    if (browser->typing) {
        mvprintw(LINES - 2, 0, "/%s_", browser->search.text);
        mvaddstr(LINES - 1, 0, "enter keeps the search, esc drops it");
        return;
    }
    mvaddstr(LINES - 2, 0,
             "enter start or go on   e edit   space fold   z fold all   "
             "/ search");
    mvaddstr(LINES - 1, 0, "s state   v level   t topic   q quit");
}

static size_t room(void)
{
    int rows = LINES - HEADER_ROWS - FOOTER_ROWS;

    return rows > 0 ? (size_t)rows : 1;
}

static void draw(struct browser *browser)
{
    size_t rows = room();

    if (browser->cursor < browser->top)
        browser->top = browser->cursor;
    if (browser->cursor >= browser->top + rows)
        browser->top = browser->cursor - rows + 1;
    erase();
    draw_header(browser);
    if (browser->listing.count == 0)
        mvaddstr(HEADER_ROWS, 0, "no kata is like that");
    for (size_t i = browser->top;
         i < browser->listing.count && i < browser->top + rows; i++)
        draw_row(browser, i, (int)(i - browser->top) + HEADER_ROWS);
    draw_footer(browser);
    refresh();
}

/* Keys */

static const struct listing_row *current(const struct browser *browser)
{
    return browser->cursor < browser->listing.count
               ? &browser->listing.rows[browser->cursor]
               : NULL;
}

static void fold(struct browser *browser)
{
    const struct listing_row *row = current(browser);

    if (!row)
        return;
    browser->folded ^= listing_topic_bit(row->topic);
    remake(browser);
}

static void fold_all(struct browser *browser)
{
    browser->folded = browser->folded ? 0 : ~0U;
    remake(browser);
}

static void next_topic(struct browser *browser)
{
    const char **topic = &browser->filter.topic;
    size_t i = 0;

    if (!*topic) {
        *topic = catalog_topics[0];
    } else {
        while (catalog_topics[i] && strcmp(catalog_topics[i], *topic) != 0)
            i++;
        *topic = catalog_topics[i] ? catalog_topics[i + 1] : NULL;
    }
    if (*topic)
        browser->folded &= ~listing_topic_bit(*topic);
    remake(browser);
}

/* A filter's next value: all, then each up to `last`. */
static void turn(struct browser *browser, int *filter, int last)
{
    *filter = *filter == last ? -1 : *filter + 1;
    remake(browser);
}

/* Gives the terminal to the editor, with an attempt made where none was. */
static void edit(struct browser *browser)
{
    struct cmd_context context = *browser->context;
    const struct listing_row *row = current(browser);
    struct err err = ERR_INIT;
    char *path, *aside = NULL;

    if (!row || row->is_topic || !entry_at(browser, row)->kata)
        return;
    context.kata = entry_at(browser, row)->kata;
    path = cmd_submission(&context, NULL);
    endwin();
    tty_leave();
    if ((attempt_exists(&context) ||
         attempt_start(&context, false, &aside, &err) == 0) &&
        editor_open(path, &err) == 0)
        err_clear(&err);
    if (err.set)
        str_add_visible(&browser->notice, err.text, strlen(err.text), SIZE_MAX,
                        false);
    if (tty_enter(&err) < 0)
        browser->status = EXIT_ENVIRONMENT;
    standing_release(&browser->standing);
    standing_load(browser->context, &browser->standing);
    remake(browser);
    clearok(stdscr, TRUE);
    free(aside);
    free(path);
}

static void enter(struct browser *browser)
{
    const struct listing_row *row = current(browser);

    if (!row)
        return;
    if (row->is_topic) {
        fold(browser);
    } else if (entry_at(browser, row)->kata) {
        browser->chosen = xstrdup(entry_at(browser, row)->slug);
        browser->status = -1;
    }
}

static void go_to(struct browser *browser, long cursor)
{
    long last = (long)browser->listing.count - 1;

    cursor = cursor > last ? last : cursor;
    browser->cursor = cursor < 0 ? 0 : (size_t)cursor;
}

static bool moves(struct browser *browser, int key)
{
    long cursor = (long)browser->cursor;

    switch (key) {
    case KEY_UP:
    case 'k':
        go_to(browser, cursor - 1);
        return true;
    case KEY_DOWN:
    case 'j':
        go_to(browser, cursor + 1);
        return true;
    case KEY_PPAGE:
        go_to(browser, cursor - (long)room());
        return true;
    case KEY_NPAGE:
        go_to(browser, cursor + (long)room());
        return true;
    case KEY_HOME:
    case 'g':
        go_to(browser, 0);
        return true;
    case KEY_END:
    case 'G':
        go_to(browser, LONG_MAX);
        return true;
    default:
        return false;
    }
}

/* Into the search: what is shown follows at once, and the cursor is on the
   first kata found. */
static void type(struct browser *browser, int key)
{
    if (key == '\r' || key == '\n' || key == KEY_ENTER || key == 27) {
        browser->typing = false;
        if (key == 27)
            str_reset(&browser->search);
    } else if ((key == KEY_BACKSPACE || key == 127 || key == 8) &&
               browser->search.length) {
        str_chop(&browser->search, 1);
    } else if (key >= ' ' && key < 127) {
        str_addc(&browser->search, (char)key);
    }
    remake(browser);
    if (browser->typing && browser->search.length)
        go_to(browser, 1);
}

static void obey(struct browser *browser, int key)
{
    switch (key) {
    case '\r':
    case '\n':
    case KEY_ENTER:
        enter(browser);
        break;
    case ' ':
        fold(browser);
        break;
    case 'z':
        fold_all(browser);
        break;
    case '/':
        browser->typing = true;
        str_reset(&browser->search);
        remake(browser);
        break;
    case 's':
        turn(browser, &browser->filter.state, PROGRESS_PASSED);
        break;
    case 'v':
        turn(browser, &browser->filter.level, LEVEL_SENIOR);
        break;
    case 't':
        next_topic(browser);
        break;
    case 'e':
        edit(browser);
        break;
    case 27:
        str_reset(&browser->search);
        remake(browser);
        break;
    case 'q':
        browser->status = -1;
        break;
    default:
        break;
    }
}

static void on_keys(struct browser *browser)
{
    int key;

    while (browser->status == -2 && (key = getch()) != ERR) {
        str_reset(&browser->notice);
        if (browser->typing)
            type(browser, key);
        else if (!moves(browser, key))
            obey(browser, key);
    }
}

static void on_signals(struct browser *browser)
{
    struct signalfd_siginfo info;

    while (read(browser->signals, &info, sizeof info) == sizeof info) {
        struct err err = ERR_INIT;

        if (info.ssi_signo == SIGTSTP) {
            endwin();
            tty_stop();
        } else if (info.ssi_signo == SIGWINCH) {
            struct tty_size size = tty_size();

            resizeterm(size.rows, size.columns);
        } else if (info.ssi_signo != SIGCONT || tty_enter(&err) < 0) {
            browser->status = EXIT_INTERRUPTED;
        }
        clearok(stdscr, TRUE);
    }
}

/* The terminal's end is an end too. */
static void wait_for_something(struct browser *browser)
{
    struct pollfd polls[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                             {.fd = browser->signals, .events = POLLIN}};

    if (poll(polls, 2, -1) < 0)
        return;
    if (polls[1].revents)
        on_signals(browser);
    else if (polls[0].revents & (POLLHUP | POLLERR))
        browser->status = EXIT_INTERRUPTED;
    else if (polls[0].revents)
        on_keys(browser);
}

static void begin_screen(bool colour)
{
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(50);
    curs_set(0);
    if (colour && start_color() == OK) {
        use_default_colors();
        init_pair(PAIR_GREEN, COLOR_GREEN, -1);
        init_pair(PAIR_YELLOW, COLOR_YELLOW, -1);
    }
}

static void measure(struct browser *browser)
{
    const struct catalog *catalog = &browser->context->catalog;

    for (size_t i = 0; i < catalog->count; i++)
        if ((int)strlen(catalog->entries[i].slug) > browser->width)
            browser->width = (int)strlen(catalog->entries[i].slug);
}

int browse(const struct cmd_context *context, int signals,
           const struct listing_filter *filter, const char *slug, char **chosen,
           struct err *err)
{
    struct browser browser = {.context = context,
                              .signals = signals,
                              .filter = *filter,
                              .search = STR_INIT,
                              .notice = STR_INIT,
                              .status = -2};
    SCREEN *screen;

    *chosen = NULL;
    setlocale(LC_CTYPE, "");
    screen = newterm(NULL, stdout, stdin);
    if (!screen)
        return err_set(err, "ncurses knows no terminal by the name in TERM");
    begin_screen(term_colour(stdout));
    standing_load(context, &browser.standing);
    measure(&browser);
    begin_at(&browser, slug);
    while (browser.status == -2) {
        draw(&browser);
        wait_for_something(&browser);
    }
    endwin();
    delscreen(screen);
    listing_release(&browser.listing);
    standing_release(&browser.standing);
    str_release(&browser.search);
    str_release(&browser.notice);
    *chosen = browser.chosen;
    return browser.status;
}
