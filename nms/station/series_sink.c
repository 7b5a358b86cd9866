#include "station/series_sink.h"

#include "base/clock.h"
#include "base/mem.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/util.h>

enum { NS_PER_MS = 1000000 };
enum { RETRY_MIN_MS = 50, RETRY_MAX_MS = 2000 };
enum { WHY_MAX = 200 };

static const char unix_prefix[] = "unix:";

/* Such a part of the silence that ends a connection is worth being told. */
enum { LONG_PARTS = 6 };

/* What a command of a round is. */
struct command {
    size_t item;
    bool flush;
};

struct sink {
    struct event_base *base;
    struct cached_address address;
    bool write;
    struct sink_events events;
    struct bufferevent *bev; /* NULL: waiting to connect */
    struct event *retry;
    int64_t retry_ms;
    struct timeval silence; /* an answer may take */
    bool connected, busy, second;
    struct cached_reader reader;
    bool in_reply; /* behind the words that answer BATCH */
    struct sink_item *items;
    size_t count;
    /* Of each item: what of its line is sent in a second round, since what is
     * before it is too old. */
    struct rests ARRAY_OF(struct bytes) rests;
    struct commands ARRAY_OF(struct command) commands;
    struct sink_outcome outcome;
    char why[WHY_MAX];
    struct mono sent;
    struct mono unanswered; /* since when; 0: all was. Over connections */
    double answer_ms;       /* NaN: none came yet */
};

static int parse_unix(const char *text, struct cached_address *out)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    const char *path = text + strlen(unix_prefix);

    if (path[0] != '/' || strlen(path) >= sizeof un.sun_path)
        return -EINVAL;
    memcpy(un.sun_path, path, strlen(path));
    memcpy(&out->at, &un, sizeof un);
    out->len = sizeof un;
    return 0;
}

int cached_address_parse(const char *text, struct cached_address *out,
                         struct complaint *why)
{
    int len = sizeof out->at;
    bool fits = strlen(text) < sizeof out->text;

    *out = (struct cached_address){0};
    if (fits && strncmp(text, unix_prefix, strlen(unix_prefix)) == 0 &&
        parse_unix(text, out) == 0) {
        memcpy(out->text, text, strlen(text));
        return 0;
    }
    if (fits && strncmp(text, unix_prefix, strlen(unix_prefix)) != 0 &&
        evutil_parse_sockaddr_port(text, (struct sockaddr *)&out->at, &len) ==
            0) {
        out->len = (socklen_t)len;
        memcpy(out->text, text, strlen(text));
        return 0;
    }
    *out = (struct cached_address){0};
    return complain(why, -EINVAL, "series.rrdcached",
                    "write private, unix:/PATH (at most 107 octets) or "
                    "ADDRESS:PORT",
                    "%.100s is no address of an rrdcached", text);
}

static void add_command(struct sink *s, size_t item, bool flush,
                        struct buffer *out)
{
    const struct sink_item *i = &s->items[item];
    struct bytes rest = s->rests.at[item];

    buffer_text(out, flush ? "FLUSH " : "UPDATE ");
    buffer_add(out, i->path.at, i->path.len);
    if (flush)
        buffer_char(out, '\n');
    else
        buffer_add(out, rest.at, rest.len);
    *array_add(&s->commands) = (struct command){item, flush};
}

/* Sends what is left of all lines. Files are written when all have been told:
 * rrdcached goes on with the next while it waits for one. False if there is
 * nothing to send. */
static bool send_round(struct sink *s, bool second)
{
    struct buffer OWNED_BUFFER text = {0};

    s->commands.count = 0;
    s->second = second;
    s->in_reply = false;
    buffer_text(&text, "BATCH\n");
    for (size_t i = 0; i < s->count; i++)
        if (s->rests.at[i].len > 0)
            add_command(s, i, false, &text);
    for (size_t i = 0; i < s->count && s->write; i++)
        if (s->rests.at[i].len > 0)
            add_command(s, i, true, &text);
    buffer_text(&text, ".\n");
    if (s->commands.count == 0)
        return false;
    for (size_t i = 0; i < s->count; i++)
        s->rests.at[i].len = 0;
    /* Fails only without memory; the silence that follows ends it. */
    (void)bufferevent_write(s->bev, text.at, text.len);
    return true;
}

static void note_refusal(struct sink *s, size_t item, const char *line)
{
    const char *words = strchr(line, ' ');

    s->outcome.refused += s->items[item].samples;
    snprintf(s->why, sizeof s->why, "%s", words != NULL ? words + 1 : line);
}

/* What is behind the samples up to a second; those are old. */
static struct bytes behind(struct sink *s, const struct sink_item *item,
                           int64_t last_s)
{
    const char *at = (const char *)item->path.at + item->path.len;
    const char *end = (const char *)item->line.at + item->line.len;

    while (at < end && *at == ' ' && strtoll(at, NULL, 10) <= last_s) {
        at++; /* its newline ends it at the latest */
        at += strcspn(at, " \n");
        s->outcome.old++;
    }
    return *at == ' ' ? (struct bytes){(const uint8_t *)at, (size_t)(end - at)}
                      : (struct bytes){0};
}

/* The file has samples as late as some of these: the others are offered again.
 */
static void note_old(struct sink *s, size_t item, const char *line)
{
    int64_t last_s = cached_last_of(line);

    if (s->second)
        return; /* counted, or another has written to it meanwhile */
    if (last_s > 0)
        s->rests.at[item] = behind(s, &s->items[item], last_s);
    else
        note_refusal(s, item, line);
}

/* A command of the batch failed. That a file cannot be flushed is known of its
 * update. */
static void note_failure(struct sink *s, const char *line)
{
    enum cached_failure failure;
    size_t nth;

    if (cached_failure_parse(line, &nth, &failure) < 0 ||
        nth > s->commands.count || s->commands.at[nth - 1].flush)
        return;
    size_t item = s->commands.at[nth - 1].item;
    switch (failure) {
    case CACHED_NO_FILE:
        s->items[item].missing = true;
        break;
    case CACHED_TOO_OLD:
        note_old(s, item, line);
        break;
    case CACHED_EXISTS:
    case CACHED_REFUSED:
        note_refusal(s, item, line);
        break;
    }
}

static void finish_batch(struct sink *s)
{
    s->busy = false;
    bufferevent_set_timeouts(s->bev, NULL, NULL);
    s->outcome.why = s->why;
    s->unanswered = (struct mono){0};
    s->answer_ms = (double)(mono_now().ns - s->sent.ns) / NS_PER_MS;
    s->events.on_sent(s->events.arg, &s->outcome);
}

static void finish_round(struct sink *s)
{
    if (s->second || !send_round(s, true))
        finish_batch(s);
}

static void schedule(struct sink *s)
{
    struct timeval wait = {.tv_sec = s->retry_ms / 1000,
                           .tv_usec = s->retry_ms % 1000 * 1000};

    s->retry_ms =
        s->retry_ms * 2 < RETRY_MAX_MS ? s->retry_ms * 2 : RETRY_MAX_MS;
    (void)event_add(s->retry, &wait); /* fails only without memory */
}

static void disconnect(struct sink *s, bool silent)
{
    bool was_connected = s->connected;

    if (s->bev != NULL)
        bufferevent_free(s->bev);
    s->bev = NULL;
    s->connected = s->busy = false;
    if (!silent)
        s->unanswered = (struct mono){0}; /* it ended: the next one may */
    s->reader = (struct cached_reader){0};
    schedule(s);
    if (was_connected)
        s->events.on_away(s->events.arg, silent);
    else
        s->events.on_unreached(s->events.arg);
}

/* Takes what has come. False if it is not rrdcached who speaks. */
static bool take_reply(struct sink *s, struct bytes in)
{
    for (;;) {
        switch (cached_read(&s->reader, &in)) {
        case CACHED_MORE:
            return true;
        case CACHED_BROKEN:
            return false;
        case CACHED_STATUS:
            if (!s->busy || s->reader.status < 0)
                return false;
            break;
        case CACHED_LINE:
            note_failure(s, s->reader.line);
            break;
        }
        if (s->reader.left > 0)
            continue;
        bool whole = s->in_reply;
        s->in_reply = true;
        if (whole)
            finish_round(s);
    }
}

bool sink_is_ready(const struct sink *s)
{
    return s->connected && !s->busy;
}

bool sink_is_connected(const struct sink *s)
{
    return s->connected;
}

/* What is behind the path. */
static struct bytes tail_of(const struct sink_item *item)
{
    size_t before = (size_t)(item->path.at - item->line.at) + item->path.len;

    return (struct bytes){item->line.at + before, item->line.len - before};
}

void sink_send(struct sink *s, struct sink_item *items, size_t count)
{
    assert(sink_is_ready(s) && count > 0);
    s->busy = true;
    s->sent = mono_now();
    if (s->unanswered.ns == 0)
        s->unanswered = s->sent;
    s->items = items;
    s->count = count;
    s->outcome = (struct sink_outcome){0};
    s->why[0] = '\0';
    s->rests.count = 0;
    for (size_t i = 0; i < count; i++)
        *array_add(&s->rests) = tail_of(&items[i]);
    bufferevent_set_timeouts(s->bev, &s->silence, &s->silence);
    (void)send_round(s, false);
}

bool sink_is_answered(const struct sink *s)
{
    int64_t silence_ms =
        (int64_t)s->silence.tv_sec * 1000 + s->silence.tv_usec / 1000;

    return s->connected && (s->unanswered.ns == 0 ||
                            mono_ms_between(s->unanswered, mono_now()) <=
                                silence_ms / LONG_PARTS);
}

double sink_answer_ms(const struct sink *s)
{
    return s->answer_ms;
}

void sink_free(struct sink *s)
{
    if (s == NULL)
        return;
    if (s->bev != NULL)
        bufferevent_free(s->bev);
    if (s->retry != NULL)
        event_free(s->retry);
    array_fini(&s->rests);
    array_fini(&s->commands);
    free(s);
}

static void on_read(struct bufferevent *bev, void *arg)
{
    struct sink *s = arg;
    char room[CACHED_LINE_MAX];
    size_t len = bufferevent_read(bev, room, sizeof room);

    if (!take_reply(s, (struct bytes){(const uint8_t *)room, len}))
        disconnect(s, false);
    else if (s->bev != NULL &&
             evbuffer_get_length(bufferevent_get_input(bev)) > 0)
        bufferevent_trigger(bev, EV_READ, BEV_TRIG_DEFER_CALLBACKS);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
    struct sink *s = arg;

    (void)bev;
    if ((what & BEV_EVENT_CONNECTED) == 0) {
        disconnect(s, (what & BEV_EVENT_TIMEOUT) != 0);
        return;
    }
    s->connected = true;
    s->retry_ms = RETRY_MIN_MS;
    s->events.on_ready(s->events.arg);
}

static void on_retry(evutil_socket_t fd, short what, void *arg)
{
    struct sink *s = arg;

    (void)fd;
    (void)what;
    s->bev = bufferevent_socket_new(
        s->base, -1, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
    if (s->bev == NULL) {
        schedule(s);
        return;
    }
    bufferevent_setcb(s->bev, on_read, NULL, on_event, s);
    /* A failure comes as an event too. */
    (void)bufferevent_enable(s->bev, EV_READ | EV_WRITE);
    if (bufferevent_socket_connect(s->bev, (struct sockaddr *)&s->address.at,
                                   (int)s->address.len) < 0 &&
        s->bev != NULL && !s->connected)
        disconnect(s, false);
}

struct sink *sink_new(struct event_base *base,
                      const struct cached_address *address, bool write,
                      int64_t silence_ms, const struct sink_events *events)
{
    struct sink *s = mem_new(struct sink);

    s->base = base;
    s->address = *address;
    s->write = write;
    s->events = *events;
    s->retry_ms = RETRY_MIN_MS;
    s->answer_ms = (double)NAN;
    s->silence = (struct timeval){.tv_sec = silence_ms / 1000,
                                  .tv_usec = silence_ms % 1000 * 1000};
    s->retry = event_new(base, -1, 0, on_retry, s);
    assert(s->retry != NULL); /* fails only without memory */
    schedule(s);
    return s;
}
