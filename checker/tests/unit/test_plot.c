#include "report/html.h"

#include <criterion/criterion.h>
#include <expat.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double xs[] = {256, 1024, 4096}, ys[] = {3, 31, 310};

struct seen {
    int elements, texts;
    bool foreign; /* anything that a plot must not hold */
};

static void XMLCALL look(void *data, const char *name, const char **pairs)
{
    struct seen *seen = data;

    seen->elements++;
    seen->texts += strcmp(name, "text") == 0;
    seen->foreign = seen->foreign || strcmp(name, "script") == 0;
    for (; *pairs; pairs += 2)
        seen->foreign = seen->foreign || strcmp(pairs[0], "id") == 0 ||
                        strstr(pairs[0], "href") ||
                        strstr(pairs[0], "on") == pairs[0];
}

/* Reads the SVG back; fails where it is not well-formed. */
static struct seen read_back(const struct str *svg)
{
    XML_Parser parser = XML_ParserCreate("UTF-8");
    struct seen seen = {0};

    XML_SetUserData(parser, &seen);
    XML_SetStartElementHandler(parser, look);
    cr_assert_eq(XML_Parse(parser, svg->text, (int)svg->length, 1),
                 XML_STATUS_OK, "not well-formed: %s", svg->text);
    XML_ParserFree(parser);
    return seen;
}

Test(plot, lines_points_and_bars_are_drawn)
{
    static const enum plot_kind kinds[] = {PLOT_LINE, PLOT_POINTS, PLOT_BARS};

    for (size_t i = 0; i < 3; i++) {
        struct plot_series series[] = {
            {.title = "one", .kind = kinds[i], .x = xs, .y = ys, .count = 3},
            {.title = "two", .kind = kinds[i], .x = xs, .y = xs, .count = 3}};
        struct plot plot = {.title = "Cost",
                            .x_label = "size n",
                            .series = series,
                            .series_count = 2};
        struct str svg = STR_INIT;
        struct err err = ERR_INIT;

        cr_assert_eq(plot_svg(&plot, &svg, &err), 0, "%s", err.text);
        cr_assert_not(read_back(&svg).foreign, "%.2000s", svg.text);
        cr_assert_not_null(strstr(svg.text, "size n"), "%.2000s", svg.text);
        cr_assert_not_null(strstr(svg.text, ">two<"), "%.2000s", svg.text);
        cr_assert_not_null(strstr(svg.text, "var(--plot2)"), "%.2000s",
                           svg.text);
        str_release(&svg);
    }
}

Test(plot, labels_are_only_text)
{
    static const char *const ticks[] = {"'; system \"a b\"; '", "`touch x`",
                                        "</text><script>"};
    struct plot_series series = {.title = "a'\n!touch x\n\x1b[31m\xff'",
                                 .kind = PLOT_BARS,
                                 .y = ys,
                                 .count = 3};
    struct plot plot = {.title = "\"><script>",
                        .x_label = "END\nplot 1",
                        .ticks = ticks,
                        .tick_count = 3,
                        .series = &series,
                        .series_count = 1};
    struct str svg = STR_INIT;
    struct err err = ERR_INIT;
    struct seen seen;

    cr_assert_eq(plot_svg(&plot, &svg, &err), 0, "%s", err.text);
    seen = read_back(&svg);
    cr_assert_not(seen.foreign, "%.2000s", svg.text);
    cr_assert_not_null(strstr(svg.text, "`touch x`"), "%.2000s", svg.text);
    cr_assert_not_null(strstr(svg.text, "; system &quot;a b"), "%s", svg.text);
    str_release(&svg);
}

Test(plot, what_cannot_be_drawn_is_left_out)
{
    const double x[] = {0, 1, 10, NAN}, y[] = {1, -1, 5, 2};
    struct plot_series series = {.x = x, .y = y, .count = 4};
    struct plot plot = {
        .log_x = true, .log_y = true, .series = &series, .series_count = 1};
    struct str svg = STR_INIT;
    struct err err = ERR_INIT;

    cr_assert_eq(plot_svg(&plot, &svg, &err), 0, "%s", err.text);
    series.count = 2;
    str_reset(&svg);
    cr_assert_eq(plot_svg(&plot, &svg, &err), -1, "drew nothing?");
    cr_assert_not_null(strstr(err.text, "nothing to plot"), "%s", err.text);
    cr_assert_eq(svg.length, 0, "%.2000s", svg.text);
    str_release(&svg);
}

Test(plot, dates_one_and_many)
{
    double x[40], y[40];
    struct plot_series series = {.x = x, .y = y};
    struct plot plot = {
        .dates = true, .from_zero = true, .series = &series, .series_count = 1};

    for (int i = 0; i < 40; i++) {
        x[i] = 1.79e9 + i * 86400.0 * 7;
        y[i] = i;
    }
    for (series.count = 1; series.count <= 40; series.count += 39) {
        struct str svg = STR_INIT;
        struct err err = ERR_INIT;

        cr_assert_eq(plot_svg(&plot, &svg, &err), 0, "%s", err.text);
        cr_assert_not_null(strstr(svg.text, "Sep"), "%.2000s", svg.text);
        cr_assert_lt(read_back(&svg).texts, 20, "%.2000s", svg.text);
        str_release(&svg);
    }
}

Test(plot, without_gnuplot_the_page_says_so)
{
    struct plot_series series = {.y = ys, .count = 3};
    struct plot plot = {.title = "Cost", .series = &series, .series_count = 1};
    struct str page = STR_INIT;
    struct markup markup;

    setenv("PATH", "/nowhere", 1);
    html_page_start(&markup, &page, "Report");
    html_plot(&markup, &plot);
    html_page_end(&markup);
    cr_assert_null(strstr(page.text, "<svg"), "%s", page.text);
    cr_assert_not_null(strstr(page.text, "no plot: "), "%s", page.text);
    cr_assert_not_null(strstr(page.text, "gnuplot"), "%s", page.text);
    str_release(&page);
}

Test(plot, heat_is_a_class_for_every_share)
{
    cr_assert_str_eq(html_heat(0), "h0", "got %s", html_heat(0));
    cr_assert_str_eq(html_heat(NAN), "h0", "got %s", html_heat(NAN));
    cr_assert_str_eq(html_heat(0.001), "h1", "got %s", html_heat(0.001));
    cr_assert_str_eq(html_heat(0.999), "h10", "got %s", html_heat(0.999));
    cr_assert_str_eq(html_heat(7), "h10", "got %s", html_heat(7));
}
