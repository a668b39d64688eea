/* An agent's answers, which a submission that took its agent over may write:
   whatever comes, traces end in order and no answer is taken twice. */
#include "judge/session.c" /* NOLINT(bugprone-suspicious-include) */

#include "tests/fuzz/fuzz.h"

enum { TRACES = 3, CHUNK = 7 };

static size_t next;

static bool done(size_t index, struct reply *reply, void *context)
{
    const struct strv *traces = context;

    fuzz_expect(index == next++, "traces end in order");
    fuzz_expect(reply->answers.count == traces[index].count,
                "a trace that was done has an answer a line");
    fuzz_expect(reply->frame_count <= SESSION_FRAMES, "frames are counted");
    return true;
}

/* As they come from a pipe: a few bytes at a time, then all at once. */
static void feed(struct talk *talk, const uint8_t *data, size_t size)
{
    struct str *answers = &talk->session->answers;
    size_t chunk = size < 256 ? CHUNK : size;

    for (size_t at = 0; at < size && !talk->finished; at += chunk) {
        str_addn(answers, data + at, size - at < chunk ? size - at : chunk);
        if (!take_lines(talk))
            return;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const lines[] = {"new 2", "put 1 2", "@commands", "--",
                                        "get 1"};
    struct session session = {.lines = STR_INIT, .answers = STR_INIT};
    struct strv traces[TRACES] = {STRV_INIT, STRV_INIT, STRV_INIT};
    struct talk talk = {.session = &session,
                        .traces = traces,
                        .count = TRACES,
                        .done = done,
                        .context = traces};

    next = 0;
    str_init(&session.shown);
    for (size_t i = 0; i < TRACES; i++)
        for (size_t k = 0; k < 1 + 2 * i; k++)
            strv_add(&traces[i], lines[k]);
    feed(&talk, data, size);
    reply_release(&talk.reply);
    for (size_t i = 0; i < TRACES; i++)
        strv_release(&traces[i]);
    strv_release(&session.commands);
    str_release(&session.lines);
    str_release(&session.answers);
    str_release(&session.shown);
    return 0;
}
