#include "station/silence.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

static const char group_word[] = "group:", cloud_word[] = "cloud:";

static bool begins(const char *text, const char *word)
{
    return strncmp(text, word, strlen(word)) == 0;
}

static int refuse(const char *text, struct complaint *why)
{
    return complain(why, -EINVAL, text,
                    "write a device, DEVICE:PORT, a pattern such as edge-*, a "
                    "prefix, group:NAME or cloud:MAP/NAME",
                    "this names nothing that can be silenced");
}

int silence_object_read(const char *text, struct silence_object *out,
                        struct complaint *why)
{
    struct silence_object o = {.text = text, .name = text};

    *out = (struct silence_object){0};
    if (text[0] == '\0' || strlen(text) > SILENCE_OBJECT_MAX)
        return refuse(text, why);
    if (begins(text, group_word)) {
        o.kind = SILENCE_GROUP;
        o.name = text + strlen(group_word);
    } else if (begins(text, cloud_word)) {
        o.kind = SILENCE_CLOUD;
        o.name = text + strlen(cloud_word);
        if (strchr(o.name, '/') == NULL)
            return refuse(text, why);
    } else if (prefix_parse(text, true, &o.prefix) == 0) {
        o.kind = SILENCE_PREFIX;
    }
    if (o.name[0] == '\0')
        return refuse(text, why);
    *out = o;
    return 0;
}

bool silence_covers(const struct silence_object *o,
                    const struct alert_record *r,
                    const struct silence_world *world)
{
    const struct ident *device = &r->object.device;

    switch (o->kind) {
    case SILENCE_NAME:
        return text_matches(o->name, r->name) ||
               (r->device[0] != '\0' && text_matches(o->name, r->device));
    case SILENCE_PREFIX:
        return ident_is_set(device) &&
               world->in_prefix(world->arg, device, &o->prefix);
    case SILENCE_GROUP:
        return world->in_group(world->arg, r, o->name);
    case SILENCE_CLOUD:
        return ident_is_set(device) &&
               world->in_cloud(world->arg, device, o->name);
    }
    return false;
}

/* ---- when ---- */

int silence_time_check(const struct silence_time *t, struct complaint *why)
{
    int64_t lasts_ms = t->until.ms - t->from.ms;

    if (lasts_ms <= 0 || lasts_ms / 1000 > SILENCE_LONGEST_S)
        return complain(why, -EINVAL, "duration",
                        "write how long, such as 30m, 2h or 7d; a year at most",
                        "nothing can be silenced for that long");
    if (t->every_ms < 0 || (t->every_ms > 0 && t->every_ms < lasts_ms))
        return complain(why, -EINVAL, "repeat",
                        "write daily, weekly, or a duration that is longer",
                        "it would begin again before it is over");
    if (t->every_ms / 1000 > SILENCE_LONGEST_S)
        return complain(why, -EINVAL, "repeat", "write a year at most",
                        "it would hardly ever begin again");
    return 0;
}

static const int64_t DAY_MS = INT64_C(24) * 3600 * 1000;

struct turn {
    struct wall from, until;
};

/* The nth time that it holds, the first is 0. */
static struct turn turn_of(const struct silence_time *t, int64_t n)
{
    int64_t after_ms = n * t->every_ms, lasts_ms = t->until.ms - t->from.ms;

    if (n == 0 || t->every_ms % DAY_MS != 0)
        return (struct turn){{t->from.ms + after_ms}, {t->until.ms + after_ms}};
    int64_t local_ms = wall_local_ms(t->from) + after_ms;
    return (struct turn){wall_of_local(local_ms),
                         wall_of_local(local_ms + lasts_ms)};
}

/* The last that began; now is not before the first. */
static int64_t last_turn(const struct silence_time *t, struct wall now)
{
    if (t->every_ms == 0)
        return 0;
    int64_t n = (wall_local_ms(now) - wall_local_ms(t->from)) / t->every_ms;
    while (n > 0 && turn_of(t, n).from.ms > now.ms)
        n--;
    while (turn_of(t, n + 1).from.ms <= now.ms)
        n++;
    return n;
}

bool silence_holds(const struct silence_time *t, struct wall now)
{
    return now.ms >= t->from.ms &&
           now.ms < turn_of(t, last_turn(t, now)).until.ms;
}

bool silence_is_over(const struct silence_time *t, struct wall now)
{
    return t->every_ms == 0 && now.ms >= t->until.ms;
}

struct wall silence_next(const struct silence_time *t, struct wall now)
{
    if (now.ms < t->from.ms)
        return t->from;
    int64_t n = last_turn(t, now);
    if (now.ms < turn_of(t, n).until.ms)
        return turn_of(t, n).from;
    return t->every_ms > 0 ? turn_of(t, n + 1).from : (struct wall){0};
}
