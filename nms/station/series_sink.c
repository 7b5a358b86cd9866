#include "station/series_sink.h"

#include "base/clock.h"
#include "base/mem.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/util.h>

enum { RETRY_MIN_MS = 50, RETRY_MAX_MS = 2000 };
enum { WHY_MAX = 200 };

static const char unix_prefix[] = "unix:", update_word[] = "UPDATE ";

/* One sample of a batch that is sent. */
struct entry {
    struct sink_sample sample;
    struct bytes command; /* "UPDATE ...\n", the end of its line */
    bool no_file;         /* rrdcached has none: it is made in a second round */
};

/* What a command of a round is. */
struct command {
    size_t entry;
    bool create;
};

struct sink {
    struct event_base *base;
    struct cached_address address;
    struct layout layout;
    struct sink_events events;
    struct bufferevent *bev; /* NULL: waiting to connect */
    struct event *retry;
    int64_t retry_ms;
    struct timeval silence; /* an answer may take */
    bool connected, busy, second;
    struct cached_reader reader;
    bool in_reply; /* behind the words that answer BATCH */
    struct buffer lines;
    struct entries ARRAY_OF(struct entry) entries;
    struct commands ARRAY_OF(struct command) commands;
    struct sink_outcome outcome;
    char why[WHY_MAX];
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

void sink_line(const char *path, enum series_group group, int64_t at_ms,
               const double *values, struct buffer *out)
{
    buffer_text(out, series_group_name(group));
    buffer_char(out, ' ');
    cached_update(path, at_ms, values, series_group_values(group), out);
}

/* Takes "GROUP " from the front of a line. */
static bool take_group(struct bytes *rest, enum series_group *out)
{
    const uint8_t *blank = memchr(rest->at, ' ', rest->len);
    char name[16];

    if (blank == NULL || (size_t)(blank - rest->at) >= sizeof name)
        return false;
    size_t len = (size_t)(blank - rest->at);
    memcpy(name, rest->at, len);
    name[len] = '\0';
    rest->at += len + 1;
    rest->len -= len + 1;
    return series_group_parse(name, out) == 0;
}

/* Reads the sample of one line; false if it is none of ours, as the last line
 * of a file that was cut. */
static bool read_line(struct bytes line, struct entry *out)
{
    size_t word = strlen(update_word);
    struct bytes rest = line;

    *out = (struct entry){.sample.line = line};
    if (line.len > CACHED_LINE_MAX || line.at[line.len - 1] != '\n' ||
        !take_group(&rest, &out->sample.group) || rest.len < word ||
        memcmp(rest.at, update_word, word) != 0)
        return false;
    out->command = rest;
    const uint8_t *path = rest.at + word;
    const uint8_t *blank = memchr(path, ' ', rest.len - word);
    if (blank == NULL || (size_t)(blank - path) >= LAYOUT_PATH_MAX)
        return false;
    out->sample.path = (struct bytes){path, (size_t)(blank - path)};
    return true;
}

static bool divert(struct sink *s, const struct sink_sample *sample)
{
    if (s->events.divert == NULL || !s->events.divert(s->events.arg, sample))
        return false;
    s->outcome.diverted++;
    return true;
}

static void take_lines(struct sink *s, struct bytes lines)
{
    struct entry entry;

    s->entries.count = 0;
    while (lines.len > 0) {
        const uint8_t *end = memchr(lines.at, '\n', lines.len);
        size_t len = end != NULL ? (size_t)(end - lines.at) + 1 : lines.len;

        if (!read_line((struct bytes){lines.at, len}, &entry))
            s->outcome.refused++;
        else if (!divert(s, &entry.sample))
            *array_add(&s->entries) = entry;
        lines.at += len;
        lines.len -= len;
    }
}

/* The text of a sample's path, and its time behind it. */
static bool read_path(const struct sink_sample *sample,
                      char path[LAYOUT_PATH_MAX], int64_t *at_ms)
{
    memcpy(path, sample->path.at, sample->path.len);
    path[sample->path.len] = '\0';
    const char *time = (const char *)sample->path.at + sample->path.len;
    *at_ms = (int64_t)strtoll(time, NULL, 10) * 1000; /* ends at the newline */
    return layout_path_is_ours(path);
}

static void add_command(struct sink *s, size_t entry, bool create,
                        struct buffer *out)
{
    char path[LAYOUT_PATH_MAX];
    int64_t at_ms;

    if (create) {
        if (!read_path(&s->entries.at[entry].sample, path, &at_ms))
            return; /* the update behind it fails and is counted */
        cached_create(path, &s->layout, s->entries.at[entry].sample.group,
                      at_ms, out);
    } else {
        buffer_add(out, s->entries.at[entry].command.at,
                   s->entries.at[entry].command.len);
    }
    *array_add(&s->commands) =
        (struct command){.entry = entry, .create = create};
}

/* Sends all entries, in the second round those whose file was missing. False
 * if there is nothing to send. */
static bool send_round(struct sink *s, bool second)
{
    struct buffer OWNED_BUFFER text = {0};

    s->commands.count = 0;
    s->second = second;
    s->in_reply = false;
    buffer_text(&text, "BATCH\n");
    for (size_t i = 0; i < s->entries.count; i++) {
        if (second && !s->entries.at[i].no_file)
            continue;
        if (second)
            add_command(s, i, true, &text);
        add_command(s, i, false, &text);
    }
    buffer_text(&text, ".\n");
    if (s->commands.count == 0)
        return false;
    for (size_t i = 0; i < s->commands.count; i++)
        s->outcome.created += s->commands.at[i].create;
    /* Fails only without memory; the silence that follows ends it. */
    (void)bufferevent_write(s->bev, text.at, text.len);
    return true;
}

static void note_refusal(struct sink *s, const char *line)
{
    const char *words = strchr(line, ' ');

    s->outcome.refused++;
    snprintf(s->why, sizeof s->why, "%s", words != NULL ? words + 1 : line);
}

/* The file of a sample is missing. */
static void note_missing(struct sink *s, struct entry *entry, const char *line)
{
    entry->sample.missing = true;
    if (divert(s, &entry->sample))
        return;
    if (s->second)
        note_refusal(s, line);
    else
        entry->no_file = true;
}

/* A command of the batch failed. */
static void note_failure(struct sink *s, const char *line)
{
    enum cached_failure failure;
    size_t nth;

    if (cached_failure_parse(line, &nth, &failure) < 0 ||
        nth > s->commands.count)
        return; /* of no command of ours */
    struct command command = s->commands.at[nth - 1];
    if (command.create)
        s->outcome.created--;
    switch (failure) {
    case CACHED_NO_FILE:
        note_missing(s, &s->entries.at[command.entry], line);
        break;
    case CACHED_TOO_OLD:
        s->outcome.refused++;
        s->outcome.old++;
        break;
    case CACHED_EXISTS:
        break; /* made by the sample before it */
    case CACHED_REFUSED:
        if (command.create)
            snprintf(s->why, sizeof s->why, "%s", line);
        else
            note_refusal(s, line);
        break;
    }
}

static void finish_batch(struct sink *s)
{
    s->busy = false;
    bufferevent_set_timeouts(s->bev, NULL, NULL);
    s->outcome.why = s->why;
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
    s->reader = (struct cached_reader){0};
    schedule(s);
    if (was_connected)
        s->events.on_away(s->events.arg, silent);
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

void sink_lay_out(struct sink *s, const struct layout *layout)
{
    s->layout = *layout;
}

bool sink_is_ready(const struct sink *s)
{
    return s->connected && !s->busy;
}

bool sink_is_connected(const struct sink *s)
{
    return s->connected;
}

void sink_send(struct sink *s, struct bytes lines)
{
    assert(sink_is_ready(s));
    s->busy = true;
    s->outcome = (struct sink_outcome){0};
    s->why[0] = '\0';
    buffer_clear(&s->lines);
    buffer_add(&s->lines, lines.at, lines.len);
    take_lines(s, buffer_view(&s->lines));
    bufferevent_set_timeouts(s->bev, &s->silence, &s->silence);
    if (!send_round(s, false))
        finish_batch(s);
}

void sink_free(struct sink *s)
{
    if (s == NULL)
        return;
    if (s->bev != NULL)
        bufferevent_free(s->bev);
    if (s->retry != NULL)
        event_free(s->retry);
    buffer_fini(&s->lines);
    array_fini(&s->entries);
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
                      const struct cached_address *address,
                      const struct layout *layout, int64_t silence_ms,
                      const struct sink_events *events)
{
    struct sink *s = mem_new(struct sink);

    s->base = base;
    s->address = *address;
    s->layout = *layout;
    s->events = *events;
    s->retry_ms = RETRY_MIN_MS;
    s->silence = (struct timeval){.tv_sec = silence_ms / 1000,
                                  .tv_usec = silence_ms % 1000 * 1000};
    s->retry = event_new(base, -1, 0, on_retry, s);
    assert(s->retry != NULL); /* fails only without memory */
    schedule(s);
    return s;
}
