/* Identities: why a device is one, and what people say of that. */
#include "north/json_out.h"
#include "north/routes.h"
#include "north/who.h"
#include "station/explain.h"

#include <errno.h>

static json_t *signs_json(const struct decision *d)
{
    json_t *list = json_array();

    for (int i = 0; i < IDENTITY_SIGNS; i++) {
        enum identity_sign s = (enum identity_sign)i;
        bool agrees = (d->agree & sign_bit(s)) != 0;

        if (!agrees && (d->differ & sign_bit(s)) == 0)
            continue;
        json_t *o = json_object();
        json_put_text(o, "sign", identity_sign_name(s));
        json_put_text(o, "trust", identity_sign_trust(s));
        json_put_text(o, "says", agrees ? "same" : "different");
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *names_json(uint16_t bits)
{
    json_t *list = json_array();

    for (int i = 0; i < IDENTITY_SIGNS; i++)
        if ((bits & sign_bit((enum identity_sign)i)) != 0)
            json_array_append_new(
                list, json_string(identity_sign_name((enum identity_sign)i)));
    return list;
}

static json_t *decision_json(const struct decision *d)
{
    json_t *o = json_object();

    json_put_addr(o, "address", &d->addr);
    json_put_text(o, "by", decided_by_name(d->by));
    json_put_wall(o, "at", d->at);
    json_put_text(o, "why", d->why);
    json_object_set_new(o, "agree", names_json(d->agree));
    json_object_set_new(o, "differ", names_json(d->differ));
    json_object_set_new(o, "evidence", signs_json(d));
    if (d->second[0] != '\0') {
        json_t *second = json_object();

        json_put_text(second, "device", d->second);
        json_put_text(second, "why", d->second_why);
        json_put_flag(second, "may_be", d->second_open);
        json_object_set_new(o, "runner_up", second);
    }
    return o;
}

static json_t *pin_json(const struct pin *pin)
{
    json_t *o = json_object(), *addrs = json_array();
    char text[ADDR_TEXT_MAX], id[IDENT_TEXT_MAX];

    json_put_text(o, "id", ident_format(&pin->id, id, sizeof id));
    json_put_text(o, "kind", pin_kind_name(pin->kind));
    json_put_text(o, "device", pin->device_name);
    json_put_text(o, "other", pin->other_name);
    for (size_t i = 0; i < pin->addrs.count; i++)
        json_array_append_new(
            addrs,
            json_string(addr_format(&pin->addrs.at[i], text, sizeof text)));
    json_object_set_new(o, "addresses", addrs);
    json_put_text(o, "who", pin->who);
    json_put_wall(o, "at", pin->at);
    if (pin->lost_ports > 0)
        json_put_count(o, "unpolled_ports", pin->lost_ports);
    return o;
}

static json_t *explanation_json(const struct explanation *e)
{
    json_t *o = json_object();
    json_t *decisions = json_array(), *shared = json_array(),
           *pins = json_array();

    json_put_text(o, "why", e->why);
    json_put_text(o, "context_of", e->parent);
    for (size_t i = 0; i < e->decisions->count; i++)
        json_array_append_new(decisions, decision_json(&e->decisions->at[i]));
    for (size_t i = 0; i < e->shared.count; i++) {
        const struct shared_sign *s = &e->shared.at[i];
        json_t *one = json_object();

        json_put_text(one, "sign", identity_sign_name(s->sign));
        json_put_text(one, "trust", identity_sign_trust(s->sign));
        json_put_text(one, "value", s->value);
        json_put_text(one, "with", s->with);
        json_array_append_new(shared, one);
    }
    for (size_t i = 0; i < e->pins.count; i++)
        json_array_append_new(pins, pin_json(e->pins.at[i]));
    json_object_set_new(o, "decisions", decisions);
    json_object_set_new(o, "shared", shared);
    json_object_set_new(o, "pins", pins);
    return o;
}

void api_device_identity(struct api_request *r)
{
    struct explanation e;
    struct complaint why;
    int rc = station_explain(r->station, r->segments[1], &e, &why);

    if (rc < 0) {
        api_complaint(r, rc, &why);
        return;
    }
    json_t *body = explanation_json(&e);
    explanation_fini(&e);
    api_json(r, 200, body);
}

void api_pins(struct api_request *r)
{
    const struct pins *pins = station_pins(r->station);
    json_t *list = json_array();

    for (size_t i = 0; i < pins_count(pins); i++)
        json_array_append_new(list, pin_json(pins_at(pins, i)));
    api_json(r, 200, json_pack("{s:o}", "pins", list));
}

/* ---- what people say ---- */

typedef int (*say_pair_fn)(struct station *s, const char *a, const char *b,
                           const char *who, struct complaint *why);
typedef int (*say_address_fn)(struct station *s, const char *address,
                              const char *who, struct complaint *why);

/* What may be said, and taken back. */
static const struct {
    const char *key;
    say_pair_fn pair[2]; /* of [A, B] */
    say_address_fn address[2];
} sayings[] = {
    {.key = "merge", .pair = {station_merge, station_unmerge}},
    {.key = "apart", .pair = {station_apart, station_unapart}},
    {.key = "split", .address = {station_split, station_unsplit}},
};

static int say(struct api_request *r, bool undo, const char *who,
               struct complaint *why)
{
    size_t which = COUNT_OF(sayings), said = 0;

    for (size_t i = 0; i < COUNT_OF(sayings); i++) {
        if (json_object_get(r->body, sayings[i].key) == NULL)
            continue;
        which = i;
        said++;
    }
    json_t *of =
        said == 1 ? json_object_get(r->body, sayings[which].key) : NULL;
    const char *text = json_string_value(of);
    const char *a = json_string_value(json_array_get(of, 0));
    const char *b = json_string_value(json_array_get(of, 1));

    if (text != NULL && sayings[which].address[undo] != NULL)
        return sayings[which].address[undo](r->station, text, who, why);
    if (a != NULL && b != NULL && json_array_size(of) == 2 &&
        sayings[which].pair[undo] != NULL)
        return sayings[which].pair[undo](r->station, a, b, who, why);
    return complain(why, -EINVAL, "pins",
                    "write {\"merge\": [A, B]}, {\"apart\": [A, B]} or "
                    "{\"split\": ADDRESS}",
                    "there is nothing to pin");
}

/* One of the sayings, and "undo": true to take it back. */
void api_pin(struct api_request *r)
{
    bool undo = json_is_true(json_object_get(r->body, "undo"));
    struct complaint why;
    char who[WHO_MAX];

    api_who(r, who, sizeof who);
    int rc = say(r, undo, who, &why);
    if (rc < 0)
        api_complaint(r, rc, &why);
    else
        api_json(r, 200, json_pack("{s:b,s:s}", "undone", undo, "who", who));
}

/* ---- possible doubles ---- */

enum { DOUBLES_MAX = 500 };

void api_doubles(struct api_request *r)
{
    json_t *list = json_array();
    size_t device = 0, decision = 0;
    struct station_double one;
    bool more = true;

    while (json_array_size(list) < DOUBLES_MAX &&
           (more = station_next_double(r->station, &device, &decision, &one))) {
        json_t *o = decision_json(one.decision);

        json_put_text(o, "device", one.device);
        json_array_append_new(list, o);
    }
    api_json(r, 200, json_pack("{s:o,s:b}", "doubles", list, "more", more));
}
