/* What people set by the page: credentials, where discovery goes, receivers,
 * rules, sites, what ports should be. */
#include "north/audit.h"
#include "north/json_out.h"
#include "north/routes.h"
#include "station/settings.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---- what a path is about, by its first segment ---- */

static json_t *tell_credentials(struct api_request *r)
{
    return json_pack("{s:o}", "credentials",
                     settings_credentials(station_config(r->station)));
}

static json_t *tell_sites(struct api_request *r)
{
    return json_pack("{s:o}", "sites",
                     settings_sites(station_config(r->station)));
}

static json_t *tell_ports(struct api_request *r)
{
    return json_pack("{s:o}", "ports",
                     settings_ports(station_config(r->station)));
}

static json_t *tell_bounds(struct api_request *r)
{
    return settings_discovery(station_config(r->station));
}

static const struct subject {
    const char *segment, *next; /* next NULL: whatever comes */
    json_t *(*tell)(struct api_request *r);
    bool named;                /* of a list of what has names: */
    enum settings_list list;   /* that one, ... */
    size_t name_at;            /* ... and the segment that names an item */
    enum settings_order order; /* else that one, of the key ... */
    const char *key;           /* ... in the body; NULL: of none */
} subjects[] = {
    {.segment = "credentials",
     .tell = tell_credentials,
     .named = true,
     .list = SETTINGS_CREDENTIALS,
     .name_at = 1},
    {.segment = "receivers",
     .tell = api_receivers_told,
     .named = true,
     .list = SETTINGS_RECEIVERS,
     .name_at = 1},
    {.segment = "alerts",
     .next = "rules",
     .tell = api_rules_told,
     .named = true,
     .list = SETTINGS_RULES,
     .name_at = 2},
    {.segment = "alerts",
     .next = "ports",
     .tell = tell_ports,
     .order = SETTINGS_PORTS,
     .key = "ports"},
    {.segment = "sites",
     .tell = tell_sites,
     .order = SETTINGS_SITES,
     .key = "sites"},
    {.segment = "discovery", .tell = tell_bounds},
};

static bool is_about(const struct api_request *r, const struct subject *s)
{
    return strcmp(s->segment, r->segments[0]) == 0 &&
           (s->next == NULL ||
            (r->count > 1 && strcmp(s->next, r->segments[1]) == 0));
}

static const struct subject *subject_of(const struct api_request *r)
{
    size_t i = 0;

    while (i + 1 < COUNT_OF(subjects) && !is_about(r, &subjects[i]))
        i++;
    return &subjects[i];
}

/* The item that is changed or made; it may have no name. */
static struct settings_place item_of(const struct api_request *r)
{
    const struct subject *subject = subject_of(r);
    size_t at = subject->name_at;

    return (struct settings_place){
        subject->list,
        r->count > at ? r->segments[at]
                      : json_string_value(json_object_get(r->body, "name"))};
}

/* ---- for the record ---- */

/* Of credentials all are on record, for their order counts; of other lists the
 * item alone. */
static bool is_on_record_alone(const struct api_request *r)
{
    return subject_of(r)->named && subject_of(r)->list != SETTINGS_CREDENTIALS;
}

/* What the page says of it. */
static json_t *as_it_is(struct api_request *r)
{
    const struct subject *subject = subject_of(r);
    struct settings_place item = item_of(r);

    if (strcmp(subject->segment, "credentials") == 0)
        return settings_credentials(station_config(r->station));
    if (!subject->named)
        return subject->tell(r);
    return item.name != NULL
               ? json_deep_copy(settings_item(station_settings(r->station),
                                              item.list, item.name))
               : NULL;
}

static void tell_before(struct api_request *r)
{
    audit_tell(r, as_it_is(r), NULL);
}

/* ---- answers, once a change is in force ---- */

static void forget(struct api_request *r)
{
    settings_forget(station_settings(r->station), r);
}

/* The key that a fault is about, of "settings.yaml:3:5: receivers[0].when[1]":
 * "when"; of a fault of a whole item the first word, if that is a key. */
static void put_field(struct api_request *r, const struct complaint *why)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz_";
    const char *path = why->place, *at;
    char word[32];

    while ((at = strstr(path, ": ")) != NULL)
        path = at + 2;
    while ((at = strstr(path, "].")) != NULL)
        path = at + 2;
    (void)snprintf(word, sizeof word, "%.*s", (int)strspn(path, letters), path);
    if (strchr(path, ']') != NULL && path[strlen(path) - 1] == ']' &&
        json_object_get(r->body, word) == NULL)
        (void)snprintf(word, sizeof word, "%.*s",
                       (int)strspn(why->what, letters), why->what);
    if (json_object_get(r->body, word) == NULL)
        return;
    if (r->more == NULL)
        r->more = json_object();
    json_object_set_new(r->more, "field", json_string(word));
}

static void refuse(struct api_request *r, int rc, const struct complaint *why)
{
    r->forget = NULL;
    put_field(r, why);
    api_complaint(r, rc, why);
}

static void on_settled(void *arg, int rc, const struct complaint *why)
{
    struct api_request *r = arg;

    if (rc < 0) {
        refuse(r, rc, why);
        return;
    }
    r->forget = NULL;
    if (is_on_record_alone(r)) {
        json_t *before = json_incref(r->before);

        audit_tell(r, before, as_it_is(r));
    }
    api_json(r, 200, subject_of(r)->tell(r));
}

/* ---- lists of what has names ---- */

void api_credentials(struct api_request *r)
{
    api_json(r, 200, tell_credentials(r));
}

void api_setting_add(struct api_request *r)
{
    struct complaint why;

    r->forget = forget;
    tell_before(r);
    int rc =
        settings_add(station_settings(r->station), station_config(r->station),
                     subject_of(r)->list, r->body, on_settled, r, &why);
    if (rc < 0)
        refuse(r, rc, &why);
}

static void change(struct api_request *r, const json_t *what)
{
    struct settings_place item = item_of(r);
    struct complaint why;

    r->forget = forget;
    tell_before(r);
    int rc = settings_change(station_settings(r->station),
                             station_config(r->station), &item, what,
                             on_settled, r, &why);
    if (rc < 0)
        refuse(r, rc, &why);
}

void api_setting_change(struct api_request *r)
{
    if (r->body == NULL)
        api_problem(r, 400, "nothing is to change",
                    "send what is other, null for what goes");
    else
        change(r, r->body);
}

void api_setting_remove(struct api_request *r)
{
    change(r, NULL);
}

/* ---- lists of which the first that fits counts ---- */

void api_order(struct api_request *r)
{
    api_json(r, 200, subject_of(r)->tell(r));
}

void api_order_set(struct api_request *r)
{
    const struct subject *subject = subject_of(r);
    struct complaint why;

    r->forget = forget;
    tell_before(r);
    int rc = settings_set_order(station_settings(r->station),
                                station_config(r->station), subject->order,
                                json_object_get(r->body, subject->key),
                                on_settled, r, &why);
    if (rc < 0)
        refuse(r, rc, &why);
}

/* ---- where discovery goes ---- */

void api_bounds(struct api_request *r)
{
    api_json(r, 200, tell_bounds(r));
}

void api_bounds_set(struct api_request *r)
{
    struct complaint why;

    r->forget = forget;
    tell_before(r);
    int rc = settings_set_discovery(station_settings(r->station),
                                    station_config(r->station), r->body, false,
                                    on_settled, r, &why);
    if (rc < 0)
        refuse(r, rc, &why);
}

/* ---- discovery ---- */

static void discover(struct api_request *r)
{
    struct api_texts targets;
    struct complaint why;

    if (!api_texts(r, "targets", true, &targets))
        return;
    int rc = station_discover(r->station, targets.at, targets.count, &why);
    array_fini(&targets);
    if (rc < 0)
        api_complaint(r, rc, &why);
    else
        api_json(r, 202, json_pack("{s:s}", "state", "running"));
}

static void on_bounds_settled(void *arg, int rc, const struct complaint *why)
{
    struct api_request *r = arg;

    r->forget = NULL;
    if (rc < 0)
        api_complaint(r, rc, why);
    else
        discover(r);
}

/* The targets are seeds and ranges from now on, within what is told. */
static json_t *bounds_of(const struct api_request *r)
{
    const json_t *targets = json_object_get(r->body, "targets");
    json_t *seeds = json_array(), *ranges = json_array();

    for (size_t i = 0; i < json_array_size(targets); i++) {
        json_t *one = json_array_get(targets, i);
        const char *text = json_string_value(one);
        bool prefix = text != NULL && strchr(text, '/') != NULL;

        json_array_append(prefix ? ranges : seeds, one);
    }
    return json_pack("{s:o,s:o,s:O}", "seeds", seeds, "ranges", ranges,
                     "within", json_object_get(r->body, "within"));
}

void api_discover(struct api_request *r)
{
    struct complaint why;

    if (json_array_size(json_object_get(r->body, "within")) == 0) {
        discover(r);
        return;
    }
    if (r->caller.role != ROLE_ADMINISTRATOR) {
        api_problem(r, 403, "an administrator alone says where discovery goes",
                    "leave within out, or ask one");
        return;
    }
    json_t *bounds = bounds_of(r);
    r->forget = forget;
    tell_before(r);
    int rc = settings_set_discovery(station_settings(r->station),
                                    station_config(r->station), bounds, true,
                                    on_bounds_settled, r, &why);
    json_decref(bounds);
    if (rc < 0)
        refuse(r, rc, &why);
}

void api_discovery_stop(struct api_request *r)
{
    station_stop(r->station);
    api_json(r, 200, json_pack("{s:s}", "state", "stopped"));
}
