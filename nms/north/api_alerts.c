/* Alerts: those there are, and what people do with them. */
#include "base/text.h"
#include "north/alert_counts.h"
#include "north/alert_json.h"
#include "north/json_out.h"
#include "north/notices.h"
#include "north/routes.h"
#include "north/who.h"
#include "station/alerts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT_DEFAULT = 1000, LIMIT_MAX = 100000, TEXT_MAX = 1000 };

/* ---- many ---- */

struct wanted {
    bool open, active, cleared;
    int severity; /* at least */
    const char *object, *type, *text;
    int64_t now_ms;
};

/* Does nobody have to be told of it? */
static bool fits(const struct wanted *w, const struct alert_record *r)
{
    if ((int)r->severity < w->severity)
        return false;
    if (w->type != NULL && !text_matches(w->type, r->type->name))
        return false;
    if (w->object != NULL && !text_matches(w->object, r->name) &&
        !text_matches(w->object, r->device))
        return false;
    return w->text == NULL || text_contains_nocase(r->name, w->text) ||
           text_contains_nocase(r->text, w->text) ||
           text_contains_nocase(r->type->title, w->text);
}

static int severity_of(const char *word)
{
    for (int i = SEVERITY_INDETERMINATE; i < SEVERITIES; i++)
        if (strcmp(severity_name(i), word) == 0)
            return i;
    return -1;
}

/* False, and a 400 was answered, for a word that is none. */
static bool read_wanted(struct api_request *r, struct wanted *out)
{
    static const struct {
        const char *word;
        bool open, active, cleared;
    } states[] = {{"open", true, true, false},
                  {"active", false, true, false},
                  {"cleared", false, false, true},
                  {"all", false, true, true}};
    const char *state = api_param(r, "state");
    const char *severity = api_param(r, "severity");
    size_t n = 0;

    *out = (struct wanted){.object = api_param(r, "object"),
                           .type = api_param(r, "type"),
                           .text = api_param(r, "q")};
    if (severity != NULL)
        out->severity = severity_of(severity);
    while (n < COUNT_OF(states) &&
           strcmp(states[n].word, state != NULL ? state : "open") != 0)
        n++;
    if (n == COUNT_OF(states) || out->severity < 0) {
        api_problem(r, 400, "there is no such state or severity",
                    "states are open, active, cleared, all; severities "
                    "warning, minor, major, critical");
        return false;
    }
    out->open = states[n].open;
    out->active = states[n].active;
    out->cleared = states[n].cleared;
    return true;
}

struct found ARRAY_OF(const struct alert_record *);

/* What lasts first, the worst first, the newest first. */
static int by_urgency(const void *a, const void *b)
{
    const struct alert_record *x = *(const struct alert_record *const *)a;
    const struct alert_record *y = *(const struct alert_record *const *)b;

    if (x->state != y->state)
        return x->state < y->state ? -1 : 1;
    if (x->state == ALERT_ACTIVE && x->severity != y->severity)
        return x->severity > y->severity ? -1 : 1;
    int64_t at_x = x->state == ALERT_ACTIVE ? x->raised.ms : x->cleared.ms;
    int64_t at_y = y->state == ALERT_ACTIVE ? y->raised.ms : y->cleared.ms;
    if (at_x != at_y)
        return at_x > at_y ? -1 : 1;
    return (x->index < y->index) - (x->index > y->index);
}

static void find(const struct alert_book *book, const struct wanted *w,
                 struct found *out, struct alert_counts *counts)
{
    for (size_t i = 0; w->active && i < book->active_count; i++) {
        const struct alert_record *r = book->active[i];

        if (!fits(w, r))
            continue;
        if (alert_counts_add(counts, r) || !w->open)
            *array_add(out) = r;
    }
    for (size_t i = 0; w->cleared && i < book->cleared_count; i++)
        if (fits(w, book->cleared[i]))
            *array_add(out) = book->cleared[i];
    if (out->count > 0)
        qsort(out->at, out->count, sizeof *out->at, by_urgency);
}

/* A number for this book and no other one, also of another run. */
static void tag(struct api_request *r)
{
    enum { VERSION_BITS = 20 };

    r->tagged = true;
    r->revision = ((uint64_t)r->snapshot->station.started.ms << VERSION_BITS) +
                  r->snapshot->alerts->version;
}

void api_alerts(struct api_request *r)
{
    const struct alert_book *book = r->snapshot->alerts;
    int64_t limit = LIMIT_DEFAULT;
    struct found found = {0};
    struct alert_counts counts = {0};
    struct wanted wanted;

    if (!read_wanted(r, &wanted) ||
        !api_param_number(r, "limit", 1, LIMIT_MAX, &limit))
        return;
    json_t *list = json_array(), *body = json_object();
    find(book, &wanted, &found, &counts);
    for (size_t i = 0; i < found.count && i < (size_t)limit; i++)
        json_array_append_new(list, alert_json(found.at[i]));
    json_object_set_new(body, "alerts", list);
    json_put_count(body, "total", found.count);
    json_put_count(body, "symptoms", counts.symptoms);
    json_put_count(body, "silenced", counts.silenced);
    json_put_count(body, "shelved", counts.shelved);
    json_put_wall(body, "changed", book->changed);
    array_fini(&found);
    tag(r);
    api_json(r, 200, body);
}

/* The number in segment 1; 0 if it is none. */
static uint32_t index_of(const struct api_request *r)
{
    char *end;
    unsigned long long n = strtoull(r->segments[1], &end, 10);

    return *end == '\0' && n <= UINT32_MAX ? (uint32_t)n : 0;
}

static void add_told(void *arg, const struct notice_told *told)
{
    json_t *o = json_object();

    json_put_text(o, "receiver", told->receiver);
    json_put_text(o, "severity", severity_name((int)told->severity));
    json_put_wall(o, "at", told->at);
    json_put_text(o, "error", told->error);
    json_array_append_new(arg, o);
}

/* One, with who was told of it: that is the notices', so not beside. */
void api_alert(struct api_request *r)
{
    const struct alert_record *found =
        alert_book_find(r->snapshot->alerts, index_of(r));

    if (found == NULL) {
        api_problem(r, 404, "there is no such alert",
                    "see the list of alerts; of those that are over, the "
                    "last are kept");
        return;
    }
    json_t *told = json_array(), *o = alert_json(found);
    if (r->notices != NULL) /* a station that tells nobody has none */
        notices_told(r->notices, found->index, add_told, told);
    json_object_set_new(o, "told", told);
    api_json(r, 200, o);
}

void api_alert_types(struct api_request *r)
{
    size_t count;
    const struct alert_type *types = alert_types(&count);
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++) {
        const struct alert_type *t = &types[i];

        json_array_append_new(
            list,
            json_pack("{s:s,s:s,s:s,s:s,s:i,s:i,s:i}", "type", t->name, "title",
                      t->title, "class", event_class_name(t->class), "severity",
                      severity_name((int)t->severity), "model", (int)t->model,
                      "event_type", (int)t->event_type, "probable_cause",
                      (int)t->cause));
    }
    api_json(r, 200, json_pack("{s:o}", "types", list));
}

/* ---- what people do ---- */

static void answer(struct api_request *r, int rc, const char *who,
                   const struct complaint *why)
{
    const struct alert_record *now;

    if (rc < 0) {
        api_complaint(r, rc, why);
        return;
    }
    station_show(r->station);
    now = alerts_by_number(station_alerts(r->station), index_of(r));
    api_json(r, 200,
             json_pack("{s:s,s:o}", "who", who, "alert", alert_json(now)));
}

/* A text of the body; NULL and a 400 if it is none, or too long. */
static const char *text_of(struct api_request *r, const char *key)
{
    const json_t *value = json_object_get(r->body, key);
    const char *text = value == NULL ? "" : json_string_value(value);

    if (text != NULL && strlen(text) <= TEXT_MAX)
        return text;
    api_problem(r, 400, "a text is none, or is too long",
                "write a text of 1000 octets at most");
    return NULL;
}

void api_alert_ack(struct api_request *r)
{
    struct complaint why;
    char who[WHO_MAX];
    const char *text = text_of(r, "text");

    if (text == NULL)
        return;
    api_who(r, who, sizeof who);
    answer(r,
           alerts_acknowledge(station_alerts(r->station), index_of(r), who,
                              text, wall_now(), &why),
           who, &why);
}

void api_alert_unack(struct api_request *r)
{
    struct complaint why;
    char who[WHO_MAX];

    api_who(r, who, sizeof who);
    answer(r,
           alerts_unacknowledge(station_alerts(r->station), index_of(r), who,
                                wall_now(), &why),
           who, &why);
}

static void shelve(struct api_request *r, struct wall until)
{
    struct complaint why;
    char who[WHO_MAX];

    api_who(r, who, sizeof who);
    answer(r,
           alerts_shelve(station_alerts(r->station), index_of(r), until, who,
                         wall_now(), &why),
           who, &why);
}

void api_alert_shelve(struct api_request *r)
{
    static const int64_t longest_ms = INT64_C(366) * 24 * 3600 * 1000;
    const char *text = text_of(r, "duration");
    int64_t ms;

    if (text == NULL)
        return;
    if (duration_parse(text, &ms) < 0 || ms <= 0 || ms > longest_ms) {
        api_problem(r, 400, "nothing can be shelved for that long",
                    "write {\"duration\": \"2h\"}; a year at most");
        return;
    }
    shelve(r, (struct wall){wall_now().ms + ms});
}

void api_alert_unshelve(struct api_request *r)
{
    shelve(r, (struct wall){0});
}
