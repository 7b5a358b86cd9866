/* Silences: those there are, and making and ending them. */
#include "north/json_out.h"
#include "north/routes.h"
#include "north/who.h"
#include "station/silences.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const int64_t DAY_MS = INT64_C(24) * 3600 * 1000;

static const char *kind_name(enum silence_kind kind)
{
    static const char *const names[] = {"name", "prefix", "group", "cloud"};

    return names[kind];
}

static void put_repeat(json_t *o, int64_t every_ms)
{
    char text[32];

    if (every_ms == 0)
        return;
    duration_format(every_ms, text, sizeof text);
    json_put_text(o, "repeat",
                  every_ms == DAY_MS       ? "daily"
                  : every_ms == 7 * DAY_MS ? "weekly"
                                           : text);
}

static json_t *silence_json(const struct silence *one, struct wall now)
{
    json_t *o = json_object();

    json_put_count(o, "id", one->number);
    json_put_text(o, "object", one->object);
    json_put_text(o, "kind", kind_name(one->of.kind));
    json_put_flag(o, "holds", silence_holds(&one->time, now));
    json_put_wall(o, "from", one->time.from);
    json_put_wall(o, "until", one->time.until);
    put_repeat(o, one->time.every_ms);
    json_put_wall(o, "next", silence_next(&one->time, now));
    json_put_text(o, "who", one->who);
    json_put_text(o, "text", one->text);
    json_put_wall(o, "made", one->made);
    return o;
}

void api_silences(struct api_request *r)
{
    const struct silences *all = station_silences(r->station);
    struct wall now = wall_now();
    json_t *list = json_array();

    for (size_t i = 0; i < silences_count(all); i++)
        json_array_append_new(list, silence_json(silences_at(all, i), now));
    api_json(r, 200, json_pack("{s:o}", "silences", list));
}

/* ---- making one ---- */

/* A text of the body, "" if it is not there; NULL if it is no text. */
static const char *text_of(const struct api_request *r, const char *key)
{
    const json_t *value = json_object_get(r->body, key);
    const char *text = value == NULL ? "" : json_string_value(value);

    return text != NULL && strlen(text) <= SILENCE_TEXT_MAX ? text : NULL;
}

static int read_repeat(const char *text, int64_t *out, struct complaint *why)
{
    *out = 0;
    if (strcmp(text, "daily") == 0)
        *out = DAY_MS;
    else if (strcmp(text, "weekly") == 0)
        *out = 7 * DAY_MS;
    else if (text[0] != '\0' && (duration_parse(text, out) < 0 || *out <= 0))
        return complain(why, -EINVAL, "repeat",
                        "write daily, weekly, or a duration such as 12h",
                        "\"%s\" is no such thing", text);
    return 0;
}

/* A moment, or "+2h": that much later than now. */
static int read_from(const char *text, struct wall now, struct wall *out)
{
    int64_t later_ms;

    if (text[0] != '+')
        return wall_parse(text, now, out);
    if (duration_parse(text + 1, &later_ms) < 0)
        return -EINVAL;
    out->ms = now.ms + later_ms;
    return 0;
}

static int read_time(const struct api_request *r, struct silence_time *out,
                     struct complaint *why)
{
    const char *duration = text_of(r, "duration"), *from = text_of(r, "from"),
               *repeat = text_of(r, "repeat");
    struct wall now = wall_now();
    int64_t ms;

    *out = (struct silence_time){.from = now};
    if (duration == NULL || from == NULL || repeat == NULL ||
        duration_parse(duration, &ms) < 0)
        return complain(why, -EINVAL, "duration",
                        "write how long: 30m, 2h, 1d (as \"duration\": \"2h\")",
                        "\"%s\" is no duration",
                        duration != NULL ? duration : "it");
    if (from[0] != '\0' && read_from(from, now, &out->from) < 0)
        return complain(why, -EINVAL, "from",
                        "write a time such as 2026-11-22T02:00 (UTC), or +2h",
                        "\"%s\" is no time", from);
    out->until.ms = out->from.ms + ms;
    return read_repeat(repeat, &out->every_ms, why);
}

void api_silence(struct api_request *r)
{
    struct silences *all = station_silences(r->station);
    struct complaint why;
    char who[WHO_MAX];
    uint32_t number = 0;
    struct silence_wish wish = {
        .object = text_of(r, "object"), .text = text_of(r, "text"), .who = who};
    int rc = read_time(r, &wish.time, &why);

    api_who(r, who, sizeof who);
    if (rc == 0 && (wish.object == NULL || wish.text == NULL))
        rc = complain(&why, -EINVAL, "object", "write texts of 1000 octets",
                      "a text is none, or is too long");
    if (rc == 0)
        rc = silences_add(all, &wish, wall_now(), &number, &why);
    if (rc < 0) {
        api_complaint(r, rc, &why);
        return;
    }
    station_show(r->station);
    api_json(r, 201, silence_json(silences_find(all, number), wall_now()));
}

void api_unsilence(struct api_request *r)
{
    struct complaint why;
    char who[WHO_MAX], *end;
    unsigned long number = strtoul(r->segments[1], &end, 10);

    api_who(r, who, sizeof who);
    int rc = silences_remove(
        station_silences(r->station),
        *end == '\0' && number <= UINT32_MAX ? (uint32_t)number : 0, who,
        wall_now(), &why);
    if (rc < 0) {
        api_complaint(r, rc, &why);
        return;
    }
    station_show(r->station);
    api_json(r, 200, json_pack("{s:s}", "who", who));
}
