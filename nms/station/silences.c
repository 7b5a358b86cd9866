#include "station/silences.h"

#include "base/log.h"
#include "base/mem.h"
#include "station/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

/* Version of the texts, so that a later station knows what it reads. */
enum { SILENCE_VERSION = 1, KEY_MAX = 16 };
static const char kind[] = "silence", last_kind[] = "silences",
                  last_key[] = "last";

struct silences {
    struct silences_parts parts;
    struct silence_list ARRAY_OF(struct silence *) list; /* by number */
    uint32_t last;
    struct silence_indexes
        ARRAY_OF(uint32_t) again; /* alerts to be looked at */
    bool changed;
    struct wall now; /* of the last turn */
};

/* ---- one ---- */

static void silence_free(struct silence *one)
{
    if (one == NULL)
        return;
    free(one->object);
    free(one->who);
    free(one->text);
    free(one);
}

/* NULL and *why if the wish names nothing. */
static struct silence *silence_new(const struct silence_wish *wish,
                                   struct complaint *why)
{
    struct silence *one = mem_new(struct silence);

    one->object = mem_text(wish->object);
    one->who = mem_text(wish->who);
    one->text = mem_text(wish->text != NULL ? wish->text : "");
    one->time = wish->time;
    if (silence_object_read(one->object, &one->of, why) == 0)
        return one;
    silence_free(one);
    return NULL;
}

static void tell(const struct silences *s, const struct silence *one,
                 const char *type, struct wall at, const char *did,
                 const char *who)
{
    struct event_subject subject = {.class = EVENT_CHANGE,
                                    .severity = SEVERITY_INDETERMINATE,
                                    .type = type,
                                    .object = one->object,
                                    .source = "alerts"};

    if (s->parts.events != NULL)
        events_add(s->parts.events, at, &subject, "silence %u %s%s%s%s%s",
                   (unsigned)one->number, did, who[0] != '\0' ? " by " : "",
                   who, one->text[0] != '\0' ? ": " : "", one->text);
}

/* ---- in the store ---- */

static const char *key_of(const struct silence *one, char *out, size_t len)
{
    (void)snprintf(out, len, "%010u", (unsigned)one->number);
    return out;
}

static void keep(const struct silences *s, const struct silence *one)
{
    char key[KEY_MAX];
    json_t *o = json_pack(
        "{s:i,s:s,s:s,s:s,s:I,s:I,s:I,s:I}", "version", SILENCE_VERSION,
        "object", one->object, "who", one->who, "text", one->text, "from",
        (json_int_t)one->time.from.ms, "until", (json_int_t)one->time.until.ms,
        "every", (json_int_t)one->time.every_ms, "made",
        (json_int_t)one->made.ms);
    char *text = json_dumps(o, JSON_COMPACT);

    json_decref(o);
    if (text != NULL && s->parts.store != NULL)
        store_put(s->parts.store, kind, key_of(one, key, sizeof key), text);
    free(text);
}

static int on_silence(void *arg, const char *key, const char *text)
{
    struct silences *s = arg;
    json_t *o = json_loads(text, 0, NULL);
    const char *object = json_string_value(json_object_get(o, "object"));
    const char *who = json_string_value(json_object_get(o, "who"));
    struct silence_wish wish = {
        .object = object != NULL ? object : "",
        .who = who != NULL ? who : "",
        .text = json_string_value(json_object_get(o, "text")),
        .time = {{json_integer_value(json_object_get(o, "from"))},
                 {json_integer_value(json_object_get(o, "until"))},
                 json_integer_value(json_object_get(o, "every"))}};
    struct complaint why;
    struct silence *one = silence_time_check(&wish.time, &why) == 0 &&
                                  s->list.count < SILENCES_MAX
                              ? silence_new(&wish, &why)
                              : NULL;

    if (one == NULL) {
        log_error("state: silence %s cannot be read and is left out", key);
    } else {
        one->number = (uint32_t)strtoul(key, NULL, 10);
        one->made.ms = json_integer_value(json_object_get(o, "made"));
        s->last = one->number > s->last ? one->number : s->last;
        *array_add(&s->list) = one;
    }
    json_decref(o);
    return 0;
}

static void keep_last(const struct silences *s)
{
    char text[KEY_MAX];

    if (s->parts.store == NULL)
        return;
    (void)snprintf(text, sizeof text, "%u", (unsigned)s->last);
    store_put(s->parts.store, last_kind, last_key, text);
}

static int on_last(void *arg, const char *key, const char *text)
{
    struct silences *s = arg;

    if (strcmp(key, last_key) == 0)
        s->last = (uint32_t)strtoul(text, NULL, 10);
    return 0;
}

int silences_load(struct silences *s, struct complaint *why)
{
    s->changed = true;
    int rc = store_load(s->parts.store, last_kind, on_last, s, why);

    return rc < 0 ? rc : store_load(s->parts.store, kind, on_silence, s, why);
}

/* ---- the list ---- */

static void drop(struct silences *s, size_t place)
{
    struct silence *one = s->list.at[place];
    char key[KEY_MAX];

    s->list.count--;
    memmove(&s->list.at[place], &s->list.at[place + 1],
            (s->list.count - place) * sizeof s->list.at[0]);
    if (s->parts.store != NULL)
        store_delete(s->parts.store, kind, key_of(one, key, sizeof key));
    silence_free(one);
    s->changed = true;
}

int silences_add(struct silences *s, const struct silence_wish *wish,
                 struct wall now, uint32_t *number, struct complaint *why)
{
    *number = 0;
    int rc = silence_time_check(&wish->time, why);
    if (rc < 0)
        return rc;
    if (s->list.count >= SILENCES_MAX)
        return complain(why, -ENOSPC, wish->object,
                        "end some that are not needed: portolan unsilence",
                        "there are %d silences already", SILENCES_MAX);
    if (wish->time.every_ms == 0 && wish->time.until.ms <= now.ms)
        return complain(why, -EINVAL, "from", "write a later time",
                        "it would be over already");
    struct silence *one = silence_new(wish, why);
    if (one == NULL)
        return -EINVAL;
    one->number = *number = ++s->last;
    one->made = now;
    *array_add(&s->list) = one;
    keep(s, one);
    keep_last(s);
    tell(s, one, "silence.made", now, "made", one->who);
    silences_tick(s, now);
    return 0;
}

static size_t place_of(const struct silences *s, uint32_t number)
{
    size_t i = 0;

    while (i < s->list.count && s->list.at[i]->number != number)
        i++;
    return i;
}

int silences_remove(struct silences *s, uint32_t number, const char *who,
                    struct wall now, struct complaint *why)
{
    size_t place = place_of(s, number);
    char text[KEY_MAX];

    (void)snprintf(text, sizeof text, "%u", (unsigned)number);
    if (place == s->list.count)
        return complain(why, -ENOENT, text,
                        "see the list of silences: portolan silences",
                        "there is no silence %s", text);
    tell(s, s->list.at[place], "silence.ended", now, "ended", who);
    drop(s, place);
    silences_tick(s, now);
    return 0;
}

size_t silences_count(const struct silences *s)
{
    return s->list.count;
}

const struct silence *silences_at(const struct silences *s, size_t i)
{
    return s->list.at[i];
}

const struct silence *silences_find(const struct silences *s, uint32_t number)
{
    size_t place = place_of(s, number);

    return place < s->list.count ? s->list.at[place] : NULL;
}

uint32_t silences_cover(const struct silences *s, const struct alert_record *r)
{
    for (size_t i = 0; i < s->list.count; i++)
        if (s->list.at[i]->holds &&
            silence_covers(&s->list.at[i]->of, r, &s->parts.world))
            return s->list.at[i]->number;
    return 0;
}

/* ---- a turn ---- */

static void note_holding(struct silences *s, struct wall now)
{
    for (size_t i = s->list.count; i > 0; i--) {
        struct silence *one = s->list.at[i - 1];
        bool holds = silence_holds(&one->time, now);

        if (holds != one->holds) {
            one->holds = holds;
            s->changed = true;
        }
        if (silence_is_over(&one->time, now)) {
            tell(s, one, "silence.ended", now, "is over", "");
            drop(s, i - 1);
        }
    }
}

void silences_renew(struct silences *s)
{
    s->changed = true;
}

/* All alerts that last, to be looked at. */
static void begin_again(struct silences *s)
{
    struct alert_book *book = alerts_book(s->parts.alerts);

    s->changed = false;
    s->again.count = 0;
    for (size_t i = book->active_count; i > 0; i--)
        *array_add(&s->again) = book->active[i - 1]->index;
    alert_book_unref(book);
}

void silences_tick(struct silences *s, struct wall now)
{
    s->now = now;
    note_holding(s, now);
    if (s->changed)
        begin_again(s);
    for (size_t n = 0; n < SILENCES_TURN_MAX && s->again.count > 0; n++) {
        uint32_t index = s->again.at[--s->again.count];
        const struct alert_record *r = alerts_by_number(s->parts.alerts, index);

        if (r != NULL)
            alerts_silence(s->parts.alerts, index, silences_cover(s, r), now);
    }
}

/* ---- making them ---- */

struct silences *silences_new(const struct silences_parts *parts)
{
    struct silences *s = mem_new(struct silences);

    s->parts = *parts;
    return s;
}

void silences_free(struct silences *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->list.count; i++)
        silence_free(s->list.at[i]);
    array_fini(&s->list);
    array_fini(&s->again);
    free(s);
}

size_t silences_rename_person(struct silences *s, const char *from,
                              const char *to)
{
    size_t count = 0;

    for (size_t i = 0; i < s->list.count; i++) {
        struct silence *one = s->list.at[i];

        if (strcmp(one->who, from) != 0)
            continue;
        free(one->who);
        one->who = mem_text(to);
        keep(s, one);
        count++;
    }
    return count;
}
