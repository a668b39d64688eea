#include "base/tty.h"

#include "base/term.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

/* Alternate screen, no cursor, no wrapping at the margin; and back. */
#define ENTER "\033[?1049h\033[?25l\033[?7l"
#define LEAVE "\033[?7h\033[?25h\033[m\033[?1049l"

/* A terminal may send the bytes of one key in two pieces. */
enum { PIECE_MS = 50 };

/* The handlers of a crash find here what to give back: there is one terminal,
   and a handler gets no argument. */
static volatile sig_atomic_t taken;
static struct termios found;

/* The standard error that was found, -1 where none is to be put back, and the
   file that stands in for it. */
static int found_err = -1, printed = -1;

/* What is on the screen. */
static struct strv drawn;
static bool all_anew;

static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

static void put(const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes, n);

        if (written < 0 && errno != EINTR)
            return;
        if (written > 0) {
            bytes += written;
            n -= (size_t)written;
        }
    }
}

static void hold_stderr(void)
{
    if (printed < 0)
        printed = memfd_create("stderr", MFD_CLOEXEC);
    if (printed < 0 || found_err >= 0)
        return;
    fflush(stderr);
    found_err = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (found_err >= 0)
        dup2(printed, STDERR_FILENO);
}

static ssize_t read_printed(char *bytes, size_t size)
{
    ssize_t n = pread(printed, bytes, size, 0);

    if (n > 0 && (ftruncate(printed, 0) < 0 || lseek(printed, 0, SEEK_SET) < 0))
        return 0;
    return n;
}

static void release_stderr(void)
{
    char bytes[4096];
    ssize_t n;

    if (found_err < 0)
        return;
    dup2(found_err, STDERR_FILENO);
    close(found_err);
    found_err = -1;
    n = read_printed(bytes, sizeof bytes);
    if (n > 0)
        (void)!write(STDERR_FILENO, bytes, (size_t)n);
}

/* Only what a signal handler may call. */
void tty_leave(void)
{
    if (!taken)
        return;
    taken = 0;
    put(LEAVE, sizeof LEAVE - 1);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &found);
    release_stderr();
}

void tty_take_printed(struct str *text)
{
    char bytes[4096];
    ssize_t n = found_err < 0 ? 0 : read_printed(bytes, sizeof bytes);

    if (n > 0)
        str_add_visible(text, bytes, (size_t)n, sizeof bytes, true);
}

/* SA_RESETHAND has put the standard action back: the signal ends us as it
   would have. */
static void crash(int signal)
{
    tty_leave();
    raise(signal);
}

static void handle_crashes(void)
{
    struct sigaction action = {.sa_handler = crash,
                               .sa_flags = (int)SA_RESETHAND | SA_NODEFER};

    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        sigaction(crashes[i], &action, NULL);
}

int tty_block_signals(struct err *err)
{
    static const int signals[] = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT,
                                  SIGTSTP, SIGCONT, SIGWINCH};
    struct sigaction ignore = {.sa_handler = SIG_IGN},
                     standard = {.sa_handler = SIG_DFL};
    sigset_t set;
    int fd;

    sigemptyset(&set);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaddset(&set, signals[i]);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
    /* Ignored by whoever started us, children would vanish unwaited. */
    sigaction(SIGCHLD, &standard, NULL);
    fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd < 0 ? err_errno(err, "signalfd") : fd;
}

static bool places_cursor(void)
{
    const char *term = getenv("TERM");

    return term && *term && strcmp(term, "dumb") != 0;
}

static int take(struct err *err)
{
    struct termios raw;

    if (!taken && tcgetattr(STDIN_FILENO, &found) < 0)
        return err_errno(err, "the terminal");
    raw = found;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_iflag &= ~(tcflag_t)(ICRNL | IXON);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) < 0)
        return err_errno(err, "the terminal");
    taken = 1;
    hold_stderr();
    put(ENTER, sizeof ENTER - 1);
    tty_redraw();
    return 0;
}

static void release_drawn(void)
{
    strv_release(&drawn);
}

int tty_enter(struct err *err)
{
    static bool prepared;

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return err_set(err, "needs a terminal to read from and draw on");
    if (!places_cursor())
        return err_set(err, "needs a terminal that can place the cursor, and "
                            "TERM says that this one cannot");
    if (!prepared) {
        handle_crashes();
        if (atexit(release_drawn) || atexit(tty_leave))
            return err_set(err, "atexit");
    }
    prepared = true;
    return take(err);
}

void tty_stop(void)
{
    bool was_taken = taken;
    sigset_t stop, old;

    tty_leave();
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    pthread_sigmask(SIG_UNBLOCK, &stop, &old);
    raise(SIGTSTP);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (was_taken)
        take(NULL);
}

struct tty_size tty_size(void)
{
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_row == 0 ||
        size.ws_col == 0)
        return (struct tty_size){24, 80};
    return (struct tty_size){size.ws_row, size.ws_col};
}

/* Drawing */

void tty_redraw(void)
{
    all_anew = true;
}

static bool is_drawn(const struct strv *lines, size_t i)
{
    return !all_anew && i < drawn.count &&
           strcmp(drawn.items[i], lines->items[i]) == 0;
}

void tty_draw(const struct strv *lines)
{
    struct str out = STR_INIT;

    if (!taken)
        return;
    if (all_anew)
        str_add(&out, "\033[2J");
    for (size_t i = 0; i < lines->count; i++)
        if (!is_drawn(lines, i))
            str_addf(&out, "\033[%zu;1H\033[m\033[K%s", i + 1, lines->items[i]);
    if (!all_anew && lines->count < drawn.count)
        str_addf(&out, "\033[%zu;1H\033[m\033[J", lines->count + 1);
    put(out.text, out.length);
    str_release(&out);
    strv_release(&drawn);
    strv_copy(&drawn, lines);
    all_anew = false;
}

/* The bytes of a style at `text`, 0 where none begins there. */
static size_t style_length(const char *text)
{
    size_t n = 2;

    if (text[0] != '\033' || text[1] != '[')
        return 0;
    n += strspn(text + n, "0123456789;");
    return text[n] == 'm' ? n + 1 : 0;
}

static size_t character_length(const char *text)
{
    size_t n = 1;

    while (((unsigned char)text[n] & 0xC0) == 0x80)
        n++;
    return n;
}

/* How much of the line fits into `width` columns. */
static size_t fitting(const char *line, size_t length, int width)
{
    size_t n = 0, space = 0;
    int column = 0, space_column = 0;

    while (n < length) {
        size_t style = style_length(line + n);

        if (style == 0 && column == width)
            return space_column > width / 2 ? space : n;
        if (style == 0) {
            column++;
            n += character_length(line + n);
            if (line[n - 1] == ' ') {
                space = n;
                space_column = column;
            }
        } else {
            n += style;
        }
    }
    return n;
}

/* The last style in the text, "" where it is plain. */
static void keep_style(const char *text, size_t length, struct str *style)
{
    for (size_t i = 0; i < length; i++) {
        size_t n = style_length(text + i);

        if (n == 0)
            continue;
        str_reset(style);
        if (n != strlen("\033[0m") || text[i + 2] != '0')
            str_addn(style, text + i, n);
    }
}

void tty_wrap(struct strv *lines, const char *text, int width)
{
    struct str style = STR_INIT;

    if (width < 1)
        width = 1;
    while (*text) {
        size_t length = strcspn(text, "\n");
        size_t n = fitting(text, length, width);

        strv_addf(lines, "%s%.*s", style.text, (int)n, text);
        keep_style(text, n, &style);
        text += n;
        if (n == length)
            text += *text == '\n';
    }
    str_release(&style);
}

/* Keys */

static const struct {
    const char *bytes; /* after the escape */
    int key;
} sequences[] = {{"[A", TTY_UP},         {"[B", TTY_DOWN},     {"OA", TTY_UP},
                 {"OB", TTY_DOWN},       {"[5~", TTY_PAGE_UP}, {"[H", TTY_HOME},
                 {"[6~", TTY_PAGE_DOWN}, {"[1~", TTY_HOME},    {"OH", TTY_HOME},
                 {"[F", TTY_END},        {"[4~", TTY_END},     {"OF", TTY_END}};

static int find_sequence(const char *bytes, size_t n)
{
    for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++)
        if (strlen(sequences[i].bytes) == n &&
            memcmp(sequences[i].bytes, bytes, n) == 0)
            return sequences[i].key;
    return TTY_UNKNOWN;
}

/* A sequence is ESC [ parameters and a final byte, or ESC O and a byte. */
static size_t parse_sequence(const char *bytes, size_t n, int *key)
{
    size_t end = 2;

    if (bytes[1] == '[')
        while (end < n && (unsigned char)bytes[end] >= 0x20 &&
               (unsigned char)bytes[end] < 0x40)
            end++;
    if (end >= n)
        return 0;
    *key = find_sequence(bytes + 1, end);
    return end + 1;
}

size_t tty_parse_key(const char *bytes, size_t n, int *key)
{
    unsigned char first = (unsigned char)bytes[0];
    size_t length = 1;

    *key = TTY_UNKNOWN;
    if (first == 27 && n == 1)
        return 0;
    if (first == 27 && (bytes[1] == '[' || bytes[1] == 'O'))
        return parse_sequence(bytes, n, key);
    if (first < 0x80) {
        *key = first == '\n' ? TTY_ENTER : first == 8 ? TTY_BACKSPACE : first;
        return 1;
    }
    while (length < n && ((unsigned char)bytes[length] & 0xC0) == 0x80)
        length++;
    return length;
}

/* Waits for more of a key that began; false where none comes. */
static bool more(char *bytes, size_t size, size_t *n)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    ssize_t got;

    if (*n == size || poll(&input, 1, PIECE_MS) <= 0)
        return false;
    got = read(STDIN_FILENO, bytes + *n, size - *n);
    if (got <= 0)
        return false;
    *n += (size_t)got;
    return true;
}

int tty_read_keys(int *keys, int max)
{
    char bytes[256];
    size_t at = 0, n;
    ssize_t got = read(STDIN_FILENO, bytes, sizeof bytes);
    int count = 0;

    if (got <= 0)
        return got < 0 && (errno == EINTR || errno == EAGAIN) ? 0 : -1;
    n = (size_t)got;
    while (at < n && count < max) {
        size_t used = tty_parse_key(bytes + at, n - at, &keys[count]);

        if (used == 0 && more(bytes, sizeof bytes, &n))
            continue;
        /* Nothing follows: it was the key Escape, or half a sequence. */
        if (used == 0) {
            keys[count] = n - at == 1 ? TTY_ESCAPE : TTY_UNKNOWN;
            used = n - at;
        }
        at += used;
        if (keys[count] != TTY_UNKNOWN)
            count++;
    }
    return count;
}
