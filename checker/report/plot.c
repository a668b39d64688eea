#include "report/plot.h"

#include "base/alloc.h"
#include "exec/proc.h"
#include "report/markup.h"

#include <expat.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    WIDTH = 480,
    HEIGHT = 300,
    LABEL_MAX = 80,
    COLOURS = 8,
    DAY = 24 * 60 * 60,
    /* Colours that gnuplot is told stand for the page's: rgb(1,2,INK) ... */
    INK = 3,
    GRID,
    FIRST_COLOUR
};

/* gnuplot takes everything between single quotes as it is, and does not always
   understand '' for one of them: the text gets typographic ones. */
static void quote(struct str *script, const char *text)
{
    struct str visible = STR_INIT;

    str_add_visible(&visible, text, strlen(text), LABEL_MAX, false);
    str_addc(script, '\'');
    for (size_t i = 0; i < visible.length; i++) {
        if (visible.text[i] == '\'')
            str_add(script, "\xe2\x80\x99");
        else
            str_addc(script, visible.text[i]);
    }
    str_addc(script, '\'');
    str_release(&visible);
}

static void put_label(struct str *script, const char *what, const char *text)
{
    if (!text)
        return;
    str_addf(script, "set %s ", what);
    quote(script, text);
    str_addf(script, " tc rgb '#01020%d'\n", INK);
}

/* Names too long for their share of the width are written aslant. */
static bool too_wide(const struct plot *plot)
{
    int width = plot->width ? plot->width : WIDTH;
    size_t longest = 0;

    for (size_t i = 0; i < plot->tick_count; i++) {
        size_t n = strlen(plot->ticks[i]);

        longest = n > longest ? n : longest;
    }
    return longest * 8 * plot->tick_count > (size_t)width - 80;
}

static double x_of(const struct plot_series *series, size_t i)
{
    return series->x ? series->x[i] : (double)i;
}

static void put_date(struct str *script, double seconds, bool with_year)
{
    time_t moment = (time_t)seconds;
    struct tm parts;
    char text[32];

    if (!gmtime_r(&moment, &parts) ||
        strftime(text, sizeof text, with_year ? "%b %Y" : "%d %b", &parts) == 0)
        text[0] = '\0';
    quote(script, text);
    str_addf(script, " %.0f, ", seconds);
}

/* At most five dates, as more would touch. */
static void put_dates(struct str *script, const struct plot *plot)
{
    double first = INFINITY, last = -INFINITY, days;

    for (size_t s = 0; s < plot->series_count; s++)
        for (size_t i = 0; i < plot->series[s].count; i++) {
            first = fmin(first, x_of(&plot->series[s], i));
            last = fmax(last, x_of(&plot->series[s], i));
        }
    if (!isfinite(first) || !isfinite(last))
        return;
    first = floor(first / DAY) * DAY;
    days = fmax(1, ceil((last - first) / DAY / 4));
    str_add(script, "set xtics (");
    for (int i = 0; i < 5; i++)
        put_date(script, first + i * days * DAY, days > 60);
    str_chop(script, 2);
    str_addf(script, ")\nset xrange [%.0f:%.0f]\n", first - days * DAY / 4,
             last + days * DAY / 4);
}

static void put_names(struct str *script, const char *const *names,
                      size_t count)
{
    str_add(script, " (");
    for (size_t i = 0; i < count; i++) {
        str_add(script, i ? ", " : "");
        quote(script, names[i]);
        str_addf(script, " %zu", i);
    }
    str_add(script, ")\n");
}

static void put_axes(struct str *script, const struct plot *plot)
{
    str_addf(script,
             "set border 3 lc rgb '#01020%d'\n"
             "set grid y lc rgb '#01020%d' lt 1 lw 1\n"
             "set tics nomirror scale 0.5\n"
             "set style fill solid 0.85 noborder\n",
             INK, GRID);
    put_label(script, "xlabel", plot->x_label);
    put_label(script, "ylabel", plot->y_label);
    if (plot->log_x)
        str_add(script, "set logscale x\nset format x '%.0s%c'\n");
    if (plot->log_y)
        str_add(script, "set logscale y\nset format y '%.0s%c'\n");
    else if (plot->from_zero)
        str_add(script, "set yrange [0:*]\n");
    if (plot->x_low < plot->x_high)
        str_addf(script, "set xrange [%.12g:%.12g]\n", plot->x_low,
                 plot->x_high);
    if (plot->dates)
        put_dates(script, plot);
    if (plot->x_end > 0)
        str_addf(script, "set xrange [0:%.12g]\n", plot->x_end);
    if (plot->y_ticks) {
        str_add(script, "set ytics");
        put_names(script, plot->y_ticks, plot->y_tick_count);
        str_addf(script, "set yrange [-0.5:%zu.5]\n",
                 plot->y_tick_count ? plot->y_tick_count - 1 : 0);
    }
    if (!plot->ticks)
        return;
    str_addf(script, "set xtics%s", too_wide(plot) ? " rotate by -40" : "");
    put_names(script, plot->ticks, plot->tick_count);
    str_addf(script, "set xrange [-0.7:%zu.7]\n",
             plot->tick_count ? plot->tick_count - 1 : 0);
}

static bool is_drawn(const struct plot *plot, const struct plot_series *series,
                     size_t i)
{
    double x = x_of(series, i), y = series->y[i];

    return isfinite(x) && isfinite(y) && (!plot->log_x || x > 0) &&
           (!plot->log_y || y > 0);
}

/* The least distance of two bars of one series: what they have to share. */
static double bar_room(const struct plot *plot)
{
    double room = INFINITY;

    for (size_t s = 0; s < plot->series_count; s++) {
        const struct plot_series *series = &plot->series[s];

        for (size_t i = 1; i < series->count; i++) {
            double distance = fabs(x_of(series, i) - x_of(series, i - 1));

            if (series->kind == PLOT_BARS && distance > 0 && distance < room)
                room = distance;
        }
    }
    return isfinite(room) ? room : 1;
}

/* The sum of what lies below a stacked bar. */
static double floor_of(const struct plot *plot, size_t series, size_t i)
{
    double sum = 0;

    for (size_t s = 0; plot->stacked && s < series; s++)
        if (plot->series[s].kind == PLOT_BARS && i < plot->series[s].count &&
            isfinite(plot->series[s].y[i]))
            sum += plot->series[s].y[i];
    return sum;
}

/* x, y, left, right, bottom and top of each bar. */
static void put_bars(struct str *script, const struct plot *plot, size_t index,
                     size_t rank, size_t bars)
{
    const struct plot_series *series = &plot->series[index];
    double room = 0.8 * bar_room(plot);
    double width = plot->stacked ? room : room / (double)bars;

    for (size_t i = 0; i < series->count; i++) {
        double low = floor_of(plot, index, i), high = low + series->y[i];
        double left = x_of(series, i) - room / 2 +
                      (plot->stacked ? 0 : width * (double)rank);

        if (is_drawn(plot, series, i))
            str_addf(script, "%.12g %.12g %.12g %.12g %.12g %.12g\n",
                     left + width / 2, high, left, left + 0.96 * width,
                     plot->log_y && low <= 0 ? fmin(1, series->y[i]) : low,
                     high);
    }
}

static size_t put_data(struct str *script, const struct plot *plot)
{
    size_t points = 0, bars = 0, rank = 0;

    for (size_t s = 0; s < plot->series_count; s++)
        bars += plot->series[s].kind == PLOT_BARS;
    for (size_t s = 0; s < plot->series_count; s++) {
        const struct plot_series *series = &plot->series[s];

        str_addf(script, "$data%zu << END\n", s);
        if (series->kind == PLOT_BARS)
            put_bars(script, plot, s, rank++, bars);
        for (size_t i = 0; i < series->count; i++) {
            if (!is_drawn(plot, series, i))
                continue;
            points++;
            if (series->kind != PLOT_BARS)
                str_addf(script, "%.12g %.12g\n", x_of(series, i),
                         series->y[i]);
        }
        str_add(script, "END\n");
    }
    return points;
}

static void put_series(struct str *script, const struct plot *plot, size_t s)
{
    static const int shapes[] = {7, 5, 9}; /* disc, square, triangle */
    const struct plot_series *series = &plot->series[s];
    int colour = FIRST_COLOUR + (int)(s % COLOURS);

    str_addf(script, "%s $data%zu using ", s ? "," : "plot", s);
    if (series->kind == PLOT_BARS)
        str_add(script, "1:2:3:4:5:6 with boxxyerror");
    else
        str_addf(script, "1:2 with %s pt %d ps %s",
                 series->kind == PLOT_LINE ? "linespoints lw 2" : "points",
                 shapes[s % 3], plot->y_ticks ? "0.8" : "0.45");
    str_addf(script, " lc rgb '#0102%02x' ", (unsigned)colour);
    if (series->title) {
        str_add(script, "title ");
        quote(script, series->title);
    } else {
        str_add(script, "notitle");
    }
}

/* What gnuplot is told; -1 where there is nothing to draw. */
static int make_script(const struct plot *plot, struct str *script,
                       struct err *err)
{
    bool key = false, bars = false;

    str_addf(script,
             "set encoding utf8\n"
             "set terminal svg size %d,%d noenhanced font 'inherit,14'\n",
             plot->width ? plot->width : WIDTH,
             plot->height ? plot->height : HEIGHT);
    for (size_t s = 0; s < plot->series_count; s++) {
        key = key || plot->series[s].title;
        bars = bars || plot->series[s].kind == PLOT_BARS;
    }
    put_axes(script, plot);
    if (bars && !plot->log_y)
        str_add(script, "set yrange [0:*]\n");
    if (key)
        str_addf(script,
                 "set key outside top left horizontal Left reverse samplen 2 "
                 "tc rgb '#01020%d'\n",
                 INK);
    else
        str_add(script, "unset key\n");
    if (put_data(script, plot) == 0)
        return err_set(err, "there is nothing to plot yet");
    for (size_t s = 0; s < plot->series_count; s++)
        put_series(script, plot, s);
    str_addc(script, '\n');
    return 0;
}

/* What reads gnuplot's SVG and writes ours. */
struct copier {
    const struct plot *plot;
    struct markup out;
    bool in_text;
    int skip;       /* inside so many elements that are not copied */
    size_t waiting; /* groups not written, as they may stay empty */
    char **attributes[MARKUP_DEPTH_MAX]; /* owned, of the waiting groups */
};

static const char *shape_of(const char *href)
{
    static const char *const shapes[][2] = {
        {"#gpPt4", "M-1,-1h2v2h-2z"},
        {"#gpPt6", "M-1,0a1,1 0 1,0 2,0a1,1 0 1,0 -2,0z"},
        {"#gpPt8", "M0,-1.33L-1.33,.67L1.33,.67z"}};

    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        if (strcmp(shapes[i][0], href) == 0)
            return shapes[i][1];
    return NULL;
}

static const char *known(const char *name, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(name, *list) == 0)
            return *list;
    return NULL;
}

static const char *const elements[] = {
    "g", "path", "polygon", "circle", "polyline", "rect", "text", "use", NULL};

static const char *const attributes[] = {"d",
                                         "points",
                                         "transform",
                                         "x",
                                         "y",
                                         "width",
                                         "height",
                                         "cx",
                                         "cy",
                                         "r",
                                         "fill",
                                         "stroke",
                                         "color",
                                         "fill-opacity",
                                         "stroke-width",
                                         "stroke-linecap",
                                         "stroke-linejoin",
                                         "stroke-dasharray",
                                         "font-size",
                                         "text-anchor",
                                         NULL};

/* The page's colours in place of those that stood for them. */
static void put_attribute(struct markup *out, const char *name,
                          const char *value)
{
    int red, green, blue;

    if (sscanf(value, "rgb( %d, %d, %d)", &red, &green, &blue) == 3 &&
        red == 1 && green == 2) {
        if (blue == INK || blue == GRID)
            markup_attr(out, name, blue == INK ? "var(--ink)" : "var(--grid)");
        else
            markup_attrf(out, name, "var(--plot%d)", blue - FIRST_COLOUR + 1);
    } else if (strcmp(value, "black") == 0) {
        markup_attr(out, name, "var(--ink)");
    } else {
        markup_attr(out, name, value);
    }
}

static void put_attributes(struct markup *out, const char *const *pairs)
{
    for (; *pairs; pairs += 2) {
        const char *name = known(pairs[0], attributes);

        if (name)
            put_attribute(out, name, pairs[1]);
    }
}

static char **copy_pairs(const char **pairs)
{
    size_t n = 0;
    char **copy;

    while (pairs[n])
        n++;
    copy = xcalloc(n + 1, sizeof *copy);
    for (size_t i = 0; i < n; i++)
        copy[i] = xstrdup(pairs[i]);
    return copy;
}

static void free_pairs(char **pairs)
{
    for (size_t i = 0; pairs[i]; i++)
        free(pairs[i]);
    free(pairs);
}

/* Writes the groups that wait: something comes inside them. */
static void flush_groups(struct copier *copier)
{
    for (size_t i = 0; i < copier->waiting; i++) {
        markup_open(&copier->out, "g");
        put_attributes(&copier->out,
                       (const char *const *)copier->attributes[i]);
        free_pairs(copier->attributes[i]);
    }
    copier->waiting = 0;
}

static void put_use(struct copier *copier, const char **pairs)
{
    const char *shape = NULL;

    for (size_t i = 0; pairs[i]; i += 2)
        if (strcmp(pairs[i], "xlink:href") == 0)
            shape = shape_of(pairs[i + 1]);
    if (!shape)
        return;
    markup_open(&copier->out, "path");
    markup_attr(&copier->out, "d", shape);
    markup_attr(&copier->out, "fill", "currentColor");
    markup_attr(&copier->out, "stroke", "none");
    put_attributes(&copier->out, pairs);
    markup_close(&copier->out, "path");
}

static void XMLCALL start_element(void *data, const char *name,
                                  const char **pairs)
{
    struct copier *copier = data;
    const char *element = known(name, elements);

    if (strcmp(name, "svg") == 0 && copier->skip == 0)
        return;
    if (copier->skip || !element || copier->waiting == MARKUP_DEPTH_MAX ||
        copier->out.depth > MARKUP_DEPTH_MAX / 2) {
        copier->skip++;
        return;
    }
    if (strcmp(element, "g") == 0) {
        copier->attributes[copier->waiting++] = copy_pairs(pairs);
        return;
    }
    flush_groups(copier);
    if (strcmp(element, "use") == 0) {
        put_use(copier, pairs);
        return;
    }
    markup_open(&copier->out, element);
    put_attributes(&copier->out, pairs);
    copier->in_text = strcmp(element, "text") == 0;
}

static void XMLCALL end_element(void *data, const char *name)
{
    struct copier *copier = data;
    const char *element = known(name, elements);

    if (copier->skip) {
        copier->skip--;
        return;
    }
    if (!element || strcmp(element, "use") == 0)
        return;
    if (strcmp(element, "g") == 0 && copier->waiting) {
        free_pairs(copier->attributes[--copier->waiting]);
        return;
    }
    copier->in_text = false;
    markup_close(&copier->out, element);
}

static void XMLCALL add_text(void *data, const char *text, int n)
{
    struct copier *copier = data;

    if (copier->in_text)
        markup_bytes(&copier->out, text, (size_t)n, LABEL_MAX);
}

static int copy_svg(const struct plot *plot, const struct str *from,
                    struct str *svg, struct err *err)
{
    struct copier copier = {.plot = plot};
    XML_Parser parser = XML_ParserCreate("UTF-8");
    struct markup *out = &copier.out;
    struct str copy = STR_INIT;
    bool ok;

    if (!parser)
        abort();
    markup_part(out, MARKUP_XML, &copy);
    markup_open(out, "svg");
    markup_attr(out, "class", "plot");
    markup_attrf(out, "viewBox", "0 0 %d %d", plot->width ? plot->width : WIDTH,
                 plot->height ? plot->height : HEIGHT);
    markup_attr(out, "role", "img");
    markup_attr(out, "aria-label", plot->title ? plot->title : "plot");
    XML_SetUserData(parser, &copier);
    XML_SetElementHandler(parser, start_element, end_element);
    XML_SetCharacterDataHandler(parser, add_text);
    ok = XML_Parse(parser, from->text, (int)from->length, 1) == XML_STATUS_OK;
    while (copier.waiting)
        free_pairs(copier.attributes[--copier.waiting]);
    if (ok) {
        markup_close(out, "svg");
        markup_end(out);
        str_addn(svg, copy.text, copy.length);
    }
    XML_ParserFree(parser);
    str_release(&copy);
    return ok ? 0 : err_set(err, "gnuplot wrote no SVG");
}

static int run_gnuplot(const struct str *script, struct str *out,
                       struct err *err)
{
    static char program[] = "gnuplot", no_init[] = "-d", input[] = "-";
    char *const argv[] = {program, no_init, input, NULL};
    struct proc_spec spec = {.argv = argv,
                             .input = script->text,
                             .input_length = script->length,
                             .seconds = 20,
                             .output_max = 4 << 20};
    struct proc_result result;
    int status = proc_run(&spec, &result, err);

    if (status < 0) {
        err_context(err, "no plot");
    } else if (result.end != PROC_EXITED || result.code != 0) {
        char *how = proc_describe(&result);
        struct str said = STR_INIT;

        str_add_visible(&said, result.err.text, result.err.length, 300, false);
        status = err_set(err, "no plot: gnuplot: %s: %s", how, said.text);
        str_release(&said);
        free(how);
    } else {
        str_addn(out, result.out.text, result.out.length);
    }
    proc_result_release(&result);
    return status;
}

int plot_svg(const struct plot *plot, struct str *svg, struct err *err)
{
    struct str script = STR_INIT, drawn = STR_INIT;
    int status = make_script(plot, &script, err);

    if (status == 0)
        status = run_gnuplot(&script, &drawn, err);
    if (status == 0)
        status = copy_svg(plot, &drawn, svg, err);
    str_release(&script);
    str_release(&drawn);
    return status;
}
