/* Discovery: started, watched, and what it found. */
#include "north/cli_print.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <sys/ioctl.h>

enum {
    ASK_EVERY_MS = 200,
    MS_S = 1000,
    BAR_WIDTH = 20,
    LINE_WIDTH = 80, /* of a terminal that does not tell */
    PLAIN_EVERY_MS =
        5000 /* plain lines come no faster while only counts move */
};

/* What is shown of discovery at a moment. */
struct progress {
    int64_t asked, found, devices, interviews, waiting;
    bool running;
};

/* How it is shown. */
struct display {
    bool bar;     /* a line that changes, on a terminal */
    double share; /* that the bar shows */
    bool silent;  /* nothing: JSON is wanted, and nobody watches */
    struct mono started, printed;
    struct progress last;
};

static int64_t count_at(const json_t *body, const char *key)
{
    return json_integer_value(json_object_get(body, key));
}

static struct progress progress_of(const json_t *body)
{
    return (struct progress){
        .asked = count_at(body, "addresses_asked"),
        .found = count_at(body, "addresses_found"),
        .devices = count_at(body, "devices"),
        .interviews = count_at(body, "interviews"),
        .waiting = count_at(body, "waiting"),
        .running = json_is_true(json_object_get(body, "running")),
    };
}

/* ---- the progress ---- */

/* The part of the work that is done, of what is known to be done: more may be
 * found on the way. */
static double share_of(const struct progress *p)
{
    int64_t work = p->found + p->devices;
    int64_t left = p->waiting + p->interviews;

    if (!p->running)
        return 1;
    return work > left ? (double)(work - left) / (double)work : 0;
}

static void add_span(int64_t ms, struct buffer *out)
{
    char span[24];

    duration_format(ms, span, sizeof span);
    buffer_format(out, ", %s", ms < MS_S ? "0 s" : span);
}

static void add_counts(const struct progress *p, struct buffer *out)
{
    unit_things(p->devices, "device", out);
    if (p->interviews > 0) {
        buffer_text(out, ", ");
        unit_things(p->interviews, "interview", out);
    }
}

static void progress_text(const struct progress *p, int64_t ms,
                          struct buffer *out)
{
    buffer_format(out, "%" PRId64 " of ", p->asked);
    unit_things(p->found, "address", out);
    buffer_text(out, " asked, ");
    add_counts(p, out);
    add_span(ms, out);
}

static int terminal_width(void)
{
    struct winsize size;

    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
        return LINE_WIDTH;
    return size.ws_col;
}

static void draw_bar(struct display *d, const struct progress *p, int64_t ms)
{
    struct buffer OWNED_BUFFER line = {0};
    double share = share_of(p);

    d->share = share > d->share ? share : d->share; /* never back */
    int full = p->running ? (int)(d->share * (BAR_WIDTH - 1)) : BAR_WIDTH;

    buffer_char(&line, '[');
    for (int i = 0; i < BAR_WIDTH; i++)
        buffer_char(&line, i < full ? '#' : '.');
    buffer_format(&line, "] %" PRId64 "/", p->asked);
    unit_things(p->found, "address", &line);
    buffer_text(&line, ", ");
    add_counts(p, &line);
    add_span(ms, &line);
    (void)fprintf(stderr, "\r%.*s\033[K", terminal_width() - 1, line.at);
    (void)fflush(stderr);
}

static bool is_change(const struct display *d, const struct progress *p,
                      struct mono now)
{
    if (p->devices != d->last.devices || p->running != d->last.running)
        return true;
    return (p->asked != d->last.asked || p->found != d->last.found) &&
           mono_ms_between(d->printed, now) >= PLAIN_EVERY_MS;
}

static void show(struct display *d, const struct progress *p)
{
    struct mono now = mono_now();
    int64_t ms = mono_ms_between(d->started, now);
    struct buffer OWNED_BUFFER text = {0};

    if (d->bar)
        draw_bar(d, p, ms);
    if (d->bar || d->silent || !is_change(d, p, now))
        return;
    progress_text(p, ms, &text);
    (void)fprintf(stderr, "%s\n", text.at);
    d->last = *p;
    d->printed = now;
}

/* ---- what was found ---- */

static const struct print_column kind_columns[] = {
    {{"kind", "Kind", UNIT_TEXT}, NULL},
    {{"devices", "Devices", UNIT_COUNT}, NULL},
};

static json_t *kinds_of(json_t *body)
{
    json_t *kinds = json_object_get(body, "kinds"), *list = json_array();
    const char *kind;
    json_t *count;

    json_object_foreach(kinds, kind, count) json_array_append_new(
        list, json_pack("{s:s,s:O}", "kind", kind, "devices", count));
    return list;
}

/* "34 devices, 3 of them new, and 41 links after 12 s". */
static void print_sum(const json_t *body, int64_t ms)
{
    struct buffer OWNED_BUFFER text = {0};
    char span[24];

    duration_format(ms, span, sizeof span);
    buffer_char(&text, '\n');
    unit_things(count_at(body, "devices"), "device", &text);
    buffer_format(&text, ", %" PRId64 " of them new, and ",
                  count_at(body, "devices_new"));
    unit_things(count_at(body, "links"), "link", &text);
    buffer_format(&text, " after %s\n", span);
    print_buffer(&text);
}

static void print_found(const struct cli *c, json_t *body, int64_t ms)
{
    json_t *kinds = kinds_of(body);

    print_list(c, body, kinds, kind_columns, COUNT_OF(kind_columns),
               "no device was found: check seeds, credentials and `within` of "
               "the configuration");
    if (c->layout == LAYOUT_TABLE && json_array_size(kinds) > 0)
        print_sum(body, ms);
    json_decref(kinds);
}

/* Asks until discovery says that it does not run. */
static enum cli_exit wait_for_end(struct cli *c, struct complaint *why)
{
    static const struct timespec pause = {.tv_nsec = ASK_EVERY_MS * 1000000};
    struct display d = {.bar = c->layout == LAYOUT_TABLE &&
                               isatty(STDERR_FILENO) == 1,
                        .silent = c->layout == LAYOUT_JSON,
                        .started = mono_now()};
    struct progress p = {.running = true};
    json_t *body = NULL;

    for (;;) {
        int rc = client_get(cli_client(c), "discovery", &body, why);

        if (rc < 0)
            break;
        p = progress_of(body);
        show(&d, &p);
        if (!p.running)
            break;
        json_decref(body);
        (void)nanosleep(&pause, NULL);
    }
    if (d.bar)
        (void)fputs("\r\033[K", stderr);
    if (body == NULL)
        return CLI_FAILED;
    print_found(c, body, mono_ms_between(d.started, mono_now()));
    json_decref(body);
    return CLI_DONE;
}

enum cli_exit cli_discover(struct cli *c, struct complaint *why)
{
    json_t *targets = json_array(), *answer;

    for (size_t i = 0; i < c->words.count; i++)
        json_array_append_new(targets, json_string(cli_word(c, i)));
    int rc = client_send(cli_client(c), "POST", "discovery",
                         json_pack("{s:o}", "targets", targets), &answer, why);
    if (rc == 0 && c->values.wait) {
        json_decref(answer);
        return wait_for_end(c, why);
    }
    if (rc == 0 && c->layout == LAYOUT_JSON)
        print_json(answer);
    else if (rc == 0)
        printf("discovery runs; `portolan discover --wait` shows how far it "
               "is\n");
    json_decref(answer);
    return cli_exit_of(rc);
}
