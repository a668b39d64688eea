#include "report/html.h"

#include <stdarg.h>

/*
 * Colours are chosen to be told apart by people who see fewer of them, and
 * each has enough contrast on its background in both schemes.
 */
static const char style[] =
    ":root{color-scheme:light dark;--paper:#fff;--ink:#1f2328;--quiet:#59636e;"
    "--line:#d1d9e0;--grid:#e4e8ec;--soft:#f6f8fa;--link:#0550ae;"
    "--pass:#116329;--fail:#b3261e;--error:#8250df;--bad:#ffebe9;"
    "--heat:34 139 87;"
    "--plot1:#0072b2;--plot2:#d55e00;--plot3:#008f6b;--plot4:#a8508c;"
    "--plot5:#a07600;--plot6:#3d8fc4;--plot7:#6b6b6b;--plot8:#8c564b}"
    "@media(prefers-color-scheme:dark){:root{--paper:#0f1419;--ink:#e4e8ec;"
    "--quiet:#9aa4ae;--line:#3a424c;--grid:#262d36;--soft:#181e25;"
    "--link:#79b8ff;--pass:#56d364;--fail:#ff8a80;--error:#c4a0ff;"
    "--bad:#43191c;--heat:63 185 120;"
    "--plot1:#56b4e9;--plot2:#ff9d5c;--plot3:#3ccfa5;--plot4:#e09cc8;"
    "--plot5:#e6c34a;--plot6:#9fd0f0;--plot7:#b0b0b0;--plot8:#d6a498}}"
    "*{box-sizing:border-box}"
    "body{margin:0;background:var(--paper);color:var(--ink);"
    "font:16px/1.5 system-ui,sans-serif;-webkit-text-size-adjust:100%}"
    "main{max-width:68rem;margin:0 auto;padding:1rem}"
    "h1{font-size:1.7rem;line-height:1.2;margin:.5rem 0 1rem}"
    "h2{font-size:1.25rem;margin:2rem 0 .6rem;padding-top:.8rem;"
    "border-top:1px solid var(--line)}"
    "h3{font-size:1.05rem;margin:1.2rem 0 .4rem}"
    "p{margin:.5rem 0;max-width:46rem}a{color:var(--link)}"
    "code,pre,td.code{font-family:ui-monospace,monospace;font-size:.86em}"
    "code{overflow-wrap:anywhere}"
    "pre{background:var(--soft);border:1px solid var(--line);"
    "border-radius:6px;padding:.6rem .8rem;overflow-x:auto;margin:.5rem 0}"
    ".scroll{overflow-x:auto;margin:.6rem 0;max-width:100%}"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums}"
    "caption{text-align:left;color:var(--quiet);font-size:.9rem;"
    "padding-bottom:.3rem}"
    "th,td{text-align:left;vertical-align:top;padding:.25rem .7rem;"
    "border-bottom:1px solid var(--line);overflow-wrap:break-word;"
    "max-width:34rem}"
    "th{font-size:.85rem;color:var(--quiet);white-space:nowrap}"
    "tbody th{font-weight:600;color:inherit}"
    ".number{text-align:right;white-space:nowrap}"
    ".pass{color:var(--pass)}.fail{color:var(--fail)}"
    ".error{color:var(--error)}.skip,.note{color:var(--quiet)}"
    ".pass,.fail,.error{font-weight:600}.note{font-size:.88rem}"
    "tr.bad>*{background:var(--bad)}"
    ".tiles{display:flex;flex-wrap:wrap;gap:.6rem;margin:.8rem 0}"
    ".tiles>div{background:var(--soft);border:1px solid var(--line);"
    "border-radius:8px;padding:.5rem .9rem;font-size:.88rem;"
    "color:var(--quiet)}"
    ".tiles b{display:block;font-size:1.5rem;line-height:1.2;"
    "color:var(--ink);font-variant-numeric:tabular-nums}"
    ".tiles b.pass{color:var(--pass)}.tiles b.fail{color:var(--fail)}"
    ".tiles b.error{color:var(--error)}"
    ".plots{display:grid;gap:0 1.5rem;"
    "grid-template-columns:repeat(auto-fill,minmax(min(100%,26rem),1fr))}"
    ".card{border:1px solid var(--line);border-radius:8px;"
    "padding:.2rem 1rem .6rem;margin:.8rem 0}"
    "figure{margin:.6rem 0;max-width:44rem}"
    "figcaption{font-weight:600;font-size:.92rem}"
    "svg.plot{display:block;width:100%;height:auto}"
    "svg.plot text{font-family:inherit}"
    "blockquote{margin:1rem 0 .5rem;padding:.1rem .9rem;"
    "border-left:.25rem solid var(--plot1);background:var(--soft)}"
    "summary{cursor:pointer;padding:.2rem 0}"
    ".heat{font-size:.8rem}.heat td,.heat th{padding:.1rem .3rem}"
    ".heat th:first-child{position:sticky;left:0;background:var(--paper)}"
    ".heat thead th{position:sticky;top:0;z-index:1;background:var(--paper)}"
    ".tall{max-height:85vh;overflow-y:auto}"
    ".heat td{border:1px solid var(--paper);min-width:2.6rem;"
    "text-align:center}"
    ".h0{background:var(--bad)}"
    ".h1{background:rgb(var(--heat)/.06)}.h2{background:rgb(var(--heat)/.12)}"
    ".h3{background:rgb(var(--heat)/.18)}.h4{background:rgb(var(--heat)/.24)}"
    ".h5{background:rgb(var(--heat)/.3)}.h6{background:rgb(var(--heat)/.36)}"
    ".h7{background:rgb(var(--heat)/.42)}.h8{background:rgb(var(--heat)/.48)}"
    ".h9{background:rgb(var(--heat)/.54)}.h10{background:rgb(var(--heat)/.6)}"
    ".narrow th,.narrow td{padding:.25rem .4rem}"
    ".sides{display:grid;grid-template-columns:1fr 1fr;gap:.6rem}"
    ".sides>*{min-width:0}"
    "footer{margin:2.5rem 0 1rem;color:var(--quiet);font-size:.85rem}";

/* On a phone, where a table of class "stack" becomes lines, and on paper. */
static const char style_media[] =
    "@media(max-width:40rem){.sides{grid-template-columns:1fr}"
    "th,td{padding:.25rem .45rem}h1{font-size:1.4rem}"
    ".stack thead{display:none}.stack table,.stack tbody{display:block}"
    ".stack tr{display:flex;flex-wrap:wrap;"
    "border-bottom:1px solid var(--line)}"
    ".stack th,.stack td{border:0;max-width:100%}"
    ".stack td:empty{display:none}}"
    "@media print{main{max-width:none;padding:0}"
    "body{font-size:10pt}.scroll,pre{overflow:visible;max-height:none}"
    "pre{white-space:pre-wrap}figure,.card,tr{break-inside:avoid}"
    "h2,h3{break-after:avoid}"
    "*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}";

static void put_meta(struct markup *markup, const char *key, const char *name,
                     const char *content)
{
    markup_open(markup, "meta");
    markup_attr(markup, key, name);
    markup_attr(markup, "content", content);
}

void html_page_start(struct markup *markup, struct str *page, const char *title)
{
    markup_start(markup, MARKUP_HTML, page);
    markup_open(markup, "html");
    markup_attr(markup, "lang", "en");
    markup_open(markup, "head");
    markup_open(markup, "meta");
    markup_attr(markup, "charset", "utf-8");
    put_meta(markup, "http-equiv", "Content-Security-Policy",
             "default-src 'none'; style-src 'unsafe-inline'; img-src data:");
    put_meta(markup, "name", "viewport", "width=device-width, initial-scale=1");
    put_meta(markup, "name", "referrer", "no-referrer");
    markup_element(markup, "title", NULL, title);
    str_addf(page, "\n<style>%s%s</style>\n", style, style_media);
    markup_close(markup, "head");
    markup_open(markup, "body");
    markup_open(markup, "main");
    markup_element(markup, "h1", NULL, title);
    str_addc(page, '\n');
}

void html_page_end(struct markup *markup)
{
    markup_close(markup, "main");
    markup_close(markup, "body");
    markup_close(markup, "html");
    str_addc(markup->out, '\n');
    markup_end(markup);
}

void html_table_start(struct markup *markup, const char *caption, ...)
{
    const char *head;
    va_list heads;

    markup_open(markup, "div");
    markup_attr(markup, "class", "scroll");
    markup_open(markup, "table");
    if (caption)
        markup_element(markup, "caption", NULL, caption);
    markup_open(markup, "thead");
    markup_open(markup, "tr");
    va_start(heads, caption);
    while ((head = va_arg(heads, const char *))) {
        markup_open(markup, "th");
        markup_attr(markup, "scope", "col");
        markup_attr(markup, "class", *head == '#' ? "number" : NULL);
        markup_text(markup, *head == '#' ? head + 1 : head);
        markup_close(markup, "th");
    }
    va_end(heads);
    markup_close(markup, "tr");
    markup_close(markup, "thead");
    markup_open(markup, "tbody");
}

void html_table_end(struct markup *markup)
{
    markup_close(markup, "tbody");
    markup_close(markup, "table");
    markup_close(markup, "div");
    str_addc(markup->out, '\n');
}

void html_plot(struct markup *markup, const struct plot *plot)
{
    struct str svg = STR_INIT;
    struct err err = ERR_INIT;

    markup_open(markup, "figure");
    if (plot->title)
        markup_element(markup, "figcaption", NULL, plot->title);
    if (plot_svg(plot, &svg, &err) == 0) {
        markup_add_part(markup, &svg);
    } else {
        markup_open(markup, "p");
        markup_attr(markup, "class", "note");
        markup_textf(markup, "%s", err.text);
        markup_close(markup, "p");
    }
    markup_close(markup, "figure");
    str_addc(markup->out, '\n');
    str_release(&svg);
}

const char *html_heat(double share)
{
    static const char *const classes[] = {"h0", "h1", "h2", "h3", "h4", "h5",
                                          "h6", "h7", "h8", "h9", "h10"};

    if (!(share > 0))
        return classes[0];
    return share >= 1 ? classes[10] : classes[1 + (int)(share * 9.999)];
}
