/* What waits goes to its receiver: by SNMP, the master agent, a courier or a
 * program; one after another, again where it failed. */
#include "north/notices_parts.h"

#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>
#include <jansson.h>

enum {
    SENDS_PER_TURN = 64,
    RETRY_MIN_MS = 2000,
    RETRY_MAX_MS = 60000,
    REFUSALS_MAX = 3, /* of one notification; then it is left out */
    ENV_MAX = 16,
    HEADERS_MAX = 16,
    RUN_OUTPUT_MAX = 1 << 16,
};

/* ---- how it went ---- */

static void tell_test(struct served *s, uint32_t seq, int result,
                      const char *why)
{
    notice_tested_fn tested = s->tested;
    void *arg = s->tested_arg;

    if (tested == NULL || seq != s->tested_seq)
        return;
    s->tested = NULL;
    s->tested_arg = NULL;
    tested(arg, result, why);
}

/* What was sent; NULL: the queue was full and dropped it meanwhile. */
static const struct notice_waiting *under_way(const struct served *s)
{
    const struct notice_waiting *first = notice_queue_first(s->queue);

    return first != NULL && first->seq == s->sending_seq ? first : NULL;
}

static void pop_sent(struct served *s)
{
    if (under_way(s) != NULL)
        notice_queue_pop(s->queue);
}

/* What is an SNMP notification is logged as such. */
static void note_sent(struct served *s)
{
    const struct notice_waiting *first = under_way(s);
    bool snmp = s->conf != NULL && (s->conf->kind == RECEIVER_SNMP ||
                                    s->conf->kind == RECEIVER_MASTER);
    struct notify_said said;

    if (snmp && first != NULL && notify_read(first->text, &said) == 0)
        notify_log(s->owner->station, &said);
}

/* why: "", or to whom it did not go. */
static void went(struct served *s, const char *why)
{
    note_sent(s);
    if (why[0] != '\0' && strcmp(s->error, why) != 0)
        log_warning("receiver %s: %s", s->name, why);
    else if (why[0] == '\0' && s->error[0] != '\0')
        log_notice("receiver %s: takes notifications again", s->name);
    (void)snprintf(s->error, sizeof s->error, "%s", why);
    s->failures = 0;
    s->due = (struct mono){0};
    s->sent++;
    s->last_sent = wall_now();
    pop_sent(s);
}

static void failed(struct served *s, int result, const char *why)
{
    int64_t wait_ms = RETRY_MIN_MS << (s->failures < 5 ? s->failures : 5);

    if (s->error[0] == '\0')
        log_warning("receiver %s: does not take notifications: %s; they wait "
                    "and are tried again",
                    s->name, why);
    (void)snprintf(s->error, sizeof s->error, "%s",
                   why[0] != '\0' ? why : "it failed");
    s->failures++;
    s->due = mono_after_ms(mono_now(),
                           wait_ms < RETRY_MAX_MS ? wait_ms : RETRY_MAX_MS);
    if (result == -EAGAIN || s->failures < REFUSALS_MAX)
        return;
    s->failures = 0;
    s->refused++;
    pop_sent(s); /* it never will be taken */
}

/* One was sent, or not. May be called before what sends it returns. */
static void on_done(void *arg, int result, const char *why)
{
    struct served *s = arg;

    s->sending = false;
    if (result == 0)
        went(s, why);
    else
        failed(s, result, why);
    tell_test(s, s->sending_seq, result, why);
    if (notice_queue_count(s->queue) > 0 && result == 0)
        event_active(s->owner->turn, EV_TIMEOUT, 1);
}

/* ---- the master agent ---- */

static void send_master(struct served *s, const struct notice_waiting *w)
{
    struct notify_said said;
    const struct notice_master *agent = &s->owner->agent;

    if (notify_read(w->text, &said) < 0) {
        on_done(s, -EINVAL, "it cannot be read");
        return;
    }
    int rc = -ENOTCONN;
    if (agent->notify != NULL) {
        agent->notified(agent->arg, w->seq);
        rc = agent->notify(agent->arg, w->seq, said.trap, said.varbinds,
                           said.count);
    }
    if (rc == 0)
        return;
    s->away = true;
    on_done(s, -EAGAIN, "the master agent is away");
}

void notices_on_master(void *arg, uint64_t id, int error)
{
    struct notices *n = arg;

    for (size_t i = 0; i < n->served.count; i++) {
        struct served *s = n->served.at[i];

        if (s->conf != &n->master || !s->sending || s->sending_seq != id)
            continue;
        on_done(s,
                error == 0  ? 0
                : error < 0 ? -EAGAIN
                            : -EINVAL,
                error == 0  ? ""
                : error < 0 ? "the master agent went away"
                            : "the master agent refuses it");
        return;
    }
}

/* ---- web hooks and mail ---- */

static void send_by_courier(struct served *s, const struct notice_waiting *w)
{
    const struct receiver *r = s->conf;
    const char *headers[HEADERS_MAX + 2] = {NULL};
    const char **to = mem_array(r->to.count + 1, sizeof *to);
    enum notice_form form = FORM_JSON;
    struct buffer OWNED_BUFFER type = {0};
    struct errand e = {.body = bytes_of_text(w->text),
                       .authority = r->authority,
                       .user = r->user,
                       .secret = r->secret,
                       .plain = r->plain};

    if (notice_form_parse(r->form, &form) < 0)
        form = FORM_JSON; /* the configuration was checked */
    buffer_format(&type, "Content-Type: %s", notice_form_type(form));
    headers[0] = type.at;
    for (size_t i = 0; i < r->headers.count && i < HEADERS_MAX; i++)
        headers[i + 1] = r->headers.at[i];
    for (size_t i = 0; i < r->to.count; i++)
        to[i] = r->to.at[i];
    if (r->kind == RECEIVER_MAIL) {
        e.url = r->server;
        e.from = r->from;
        e.to = to;
    } else {
        e.url = r->url;
        e.headers = headers;
    }
    if (s->courier == NULL)
        s->courier = courier_new(s->owner->base);
    int rc = courier_carry(s->courier, &e, on_done, s);
    free(to);
    if (rc < 0)
        on_done(s, rc == -EBUSY ? -EAGAIN : -EINVAL,
                "it cannot be sent as it is configured");
}

/* ---- programs ---- */

static void on_run(void *arg, const struct child_end *end)
{
    struct served *s = arg;
    char why[120] = "";

    s->child = NULL;
    if (end->result == -ETIMEDOUT)
        (void)snprintf(why, sizeof why, "it took too long and was ended");
    else if (end->result == -EIO)
        (void)snprintf(why, sizeof why, "a signal ended it");
    else if (end->result < 0 || end->status != 0)
        (void)snprintf(why, sizeof why, "it ended with status %d: %.80s",
                       end->status, end->errors);
    on_done(s, why[0] == '\0' ? 0 : -EAGAIN, why);
}

static size_t list_environment(const json_t *env, char *out[ENV_MAX + 1])
{
    const char *name;
    const json_t *value;
    size_t count = 0;

    json_object_foreach((json_t *)env, name, value)
    {
        struct buffer text = {0};

        if (count == ENV_MAX)
            break;
        buffer_format(&text, "%s=%s", name, json_string_value(value));
        out[count++] = buffer_take(&text);
    }
    out[count] = NULL;
    return count;
}

/* Its limit is the receiver's; what it does not end by then, it never will. */
static void send_by_program(struct served *s, const struct notice_waiting *w)
{
    const char *const argv[] = {s->conf->run, NULL};
    json_t *o = json_loads(w->text, 0, NULL);
    const char *input = json_string_value(json_object_get(o, "input"));
    char *env[ENV_MAX + 1];
    size_t count = list_environment(json_object_get(o, "env"), env);
    struct child_options options = {
        .argv = argv,
        .env = (const char *const *)env,
        .output_max = RUN_OUTPUT_MAX,
        .time_max_ms = s->conf->limit_ms,
        .foreign = true,
        .input = child_input(bytes_of_text(input != NULL ? input : ""))};
    int rc = options.input < 0
                 ? options.input
                 : child_start(s->owner->base, &options, on_run, s, &s->child);

    for (size_t i = 0; i < count; i++)
        free(env[i]);
    json_decref(o);
    if (rc < 0)
        on_done(s, -EAGAIN, strerror(-rc));
}

/* ---- whichever it is ---- */

static void send_first(struct served *s)
{
    const struct notice_waiting *w = notice_queue_first(s->queue);

    s->sending = true;
    s->sending_seq = w->seq;
    switch (s->conf->kind) {
    case RECEIVER_SNMP:
        if (s->peer == NULL)
            s->peer = notify_peer_new(s->owner->station, s->conf);
        if (s->peer != NULL)
            notify_send(s->peer, w->text, on_done, s);
        else
            on_done(s, -EAGAIN, "no socket can be opened");
        return;
    case RECEIVER_MASTER:
        send_master(s, w);
        return;
    case RECEIVER_WEBHOOK:
    case RECEIVER_MAIL:
        send_by_courier(s, w);
        return;
    case RECEIVER_RUN:
        send_by_program(s, w);
        return;
    }
}

/* Is it still to be served by the agent what the first tells? */
static bool is_held(const struct served *s)
{
    const struct notice_master *agent = &s->owner->agent;
    const struct notice_waiting *first = notice_queue_first(s->queue);

    return first->version != 0 && agent->shown != NULL &&
           agent->shown(agent->arg) < first->version &&
           !mono_reached(mono_now(), first->until);
}

void served_send(struct served *s)
{
    if (s->conf == NULL)
        return;
    for (unsigned i = 0; i < SENDS_PER_TURN; i++) {
        if (s->sending || notice_queue_count(s->queue) == 0 ||
            !mono_reached(mono_now(), s->due) || is_held(s))
            return;
        send_first(s);
    }
}

void served_close(struct served *s)
{
    notify_peer_free(TAKE(s->peer));
    courier_free(TAKE(s->courier));
    child_stop(TAKE(s->child), 0);
    s->sending = false;
    s->failures = 0;
    s->due = (struct mono){0};
}

/* ---- which way it is ---- */

static void add_part(struct buffer *out, const char *text)
{
    buffer_format(out, "%s%c", text != NULL ? text : "", '\0');
}

static void add_parts(struct buffer *out, const struct receiver_texts *list)
{
    for (size_t i = 0; i < list->count; i++)
        add_part(out, list->at[i]);
    add_part(out, NULL);
}

uint64_t served_way(const struct receiver *r)
{
    struct buffer OWNED_BUFFER way = {0};

    buffer_format(&way, "%d %d %" PRId64 " ", r->kind, r->plain, r->limit_ms);
    receiver_add_way(r, &way);
    add_parts(&way, &r->headers);
    add_parts(&way, &r->to);
    const char *parts[] = {r->url,  r->form,   r->server,    r->from,
                           r->user, r->secret, r->authority, r->run};
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        add_part(&way, parts[i]);
    uint64_t hash = bytes_hash(buffer_view(&way));
    explicit_bzero(way.at, way.len);
    return hash;
}
