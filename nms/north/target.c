#include "north/target.h"

#include "station/series.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FILES_MAX = 100, DAY_MS = 86400000 };

void target_fini(struct target *t)
{
    for (size_t i = 0; i < t->files.count; i++)
        buffer_fini(&t->files.at[i].label);
    array_fini(&t->files);
}

static const struct port_record *port_named(struct api_request *r,
                                            const struct device_record *d,
                                            const char *name,
                                            const struct interface **found)
{
    const struct facts *f = api_facts(r, d);

    for (size_t i = 0; i < d->port_count; i++) {
        const struct interface *one = facts_interface(f, d->ports[i].if_index);

        if (one == NULL || (strcmp(interface_label(one), name) != 0 &&
                            strcmp(one->descr, name) != 0))
            continue;
        *found = one;
        return &d->ports[i];
    }
    return NULL;
}

/* No series is named (its files are asked for), or that of risk is. */
static bool may_be_risk(const struct target *t)
{
    return t->what == NULL || t->what->group == SERIES_RISK;
}

/* How the station itself does; a device of that name goes before it where no
 * series is named. */
static bool find_station(struct api_request *r, struct target *t,
                         const char *object)
{
    struct buffer OWNED_BUFFER path = {0};

    t->own_file = NULL;
    if (strcmp(object, "station") != 0 ||
        (t->what != NULL && t->what->group != SERIES_STATION))
        return false;
    station_series_path(&path);
    t->own_file = api_keep_text(r, path.at);
    t->name = "station";
    return true;
}

/* Names may have colons themselves: the first cut that fits is it. */
bool target_find_object(struct api_request *r, struct target *t, char *object)
{
    const char *before = t->name;

    t->risk_file = NULL;
    t->port = NULL;
    t->interface = NULL;
    t->own_file = NULL;
    t->device = NULL;
    if (t->what != NULL && t->what->group == SERIES_STATION &&
        find_station(r, t, object))
        return true;
    t->device = snapshot_find(r->snapshot, object);
    for (char *colon = strchr(object, ':'); t->device == NULL && colon != NULL;
         colon = strchr(colon + 1, ':')) {
        *colon = '\0';
        const struct device_record *d = snapshot_find(r->snapshot, object);
        *colon = ':';
        if (d == NULL)
            continue;
        t->port = port_named(r, d, colon + 1, &t->interface);
        t->device = t->port != NULL ? d : NULL;
    }
    if (t->device != NULL) {
        t->name = t->device->name;
    } else if (!find_station(r, t, object) &&
               (!may_be_risk(t) || !target_find_risk(r, t, object))) {
        api_problem(r, 404, "there is no such device or port",
                    "name it as DEVICE or DEVICE:PORT; see `portolan "
                    "interfaces DEVICE`");
        return false;
    }
    t->devices |= before != NULL && strcmp(before, t->name) != 0;
    return true;
}

/* Those of the station itself, which few ask for, or all others. */
static void name_those(const struct graph_templates *set, bool own,
                       struct buffer *out)
{
    for (size_t i = 0; i < templates_count(set); i++) {
        const struct graph_template *t = templates_at(set, i);
        if ((t->group == SERIES_STATION) == own)
            buffer_format(out, "%s%s", out->len > 0 ? ", " : "it is one of ",
                          t->name);
    }
}

bool target_find_series(struct api_request *r, struct target *t, char *series,
                        char **rest)
{
    const struct graph_templates *set = station_graphs(r->station);
    struct buffer OWNED_BUFFER names = {0};
    char *colon = strchr(series, ':');

    if (colon != NULL)
        *colon++ = '\0';
    *rest = colon;
    t->what = templates_find(set, series);
    if (t->what != NULL)
        return true;
    name_those(set, false, &names);
    name_those(set, true, &names);
    api_problem(r, 404, "there is no such series", names.at);
    return false;
}

static void add_file(struct target *t, const char *path, const char *object)
{
    struct target_file *file = array_add(&t->files);

    file->device = t->device;
    file->path = path;
    buffer_format(&file->label, "%s %s", t->name, object);
}

/* True if a metric is what rest says: its object, or the class of sensors that
 * its object begins with. */
static bool is_meant(const struct metric_record *m, const char *rest)
{
    size_t len = strlen(rest);

    return strcmp(m->object, rest) == 0 ||
           (m->group == SERIES_SENSOR && strncmp(m->object, rest, len) == 0 &&
            m->object[len] == '-');
}

/* Where nothing is said sensors are those of the class of the first: volts and
 * degrees share no axis. */
static char *class_of(const char *object)
{
    return mem_text_of(object, strcspn(object, "-"));
}

static void add_metrics(struct api_request *r, struct target *t,
                        const char *rest, bool all)
{
    const struct metric_record *metrics;
    size_t count = api_metrics_of(r, t->device, &metrics);
    enum series_group group = (enum series_group)t->what->group;
    OWNED(free) char *sensors = NULL;
    size_t before = t->files.count;

    for (size_t i = 0; i < count; i++) {
        const struct metric_record *m = &metrics[i];

        if (m->group != group || (rest != NULL && !is_meant(m, rest)))
            continue;
        if (!all && t->files.count > before)
            return;
        if (rest == NULL && group == SERIES_SENSOR)
            rest = sensors = class_of(m->object);
        if (t->files.count == before)
            t->metric = m;
        if (t->files.count < FILES_MAX)
            add_file(t, m->file, m->descr[0] != '\0' ? m->descr : m->object);
    }
}

static bool add_risk(struct api_request *r, struct target *t)
{
    const char *file =
        t->device != NULL ? target_risk_file(r, t->device) : t->risk_file;

    if (file != NULL && t->port == NULL) {
        add_file(t, file, "risk");
        return true;
    }
    api_problem(r, 404,
                t->port != NULL ? "ports have no risk of their own"
                                : "its risk was always 0",
                t->port != NULL ? "ask for that of the device"
                                : "a series of it begins with the first alert");
    return false;
}

bool target_add_files(struct api_request *r, struct target *t, const char *rest,
                      bool all)
{
    size_t before = t->files.count;

    if (t->own_file != NULL && t->what->group == SERIES_STATION) {
        add_file(t, t->own_file, "");
        return true;
    }
    if (t->what->group == SERIES_RISK)
        return add_risk(r, t);
    if (t->device == NULL || t->what->group == SERIES_STATION)
        ; /* another object's */
    else if (t->what->group != SERIES_PORT)
        add_metrics(r, t, rest, all);
    else if (t->port != NULL)
        add_file(t, api_port_file(r, t->device, t->port),
                 interface_label(t->interface));
    if (t->files.count > before)
        return true;
    api_problem(r, 404, "the object has no such series",
                "see `portolan series OBJECT --files`");
    return false;
}

const char *target_unit(struct api_request *r, const struct target *t)
{
    if (t->metric == NULL || t->what->group != SERIES_SENSOR)
        return "";
    const struct facts *f = api_facts(r, t->device);
    for (size_t i = 0; i < f->sensors.count; i++)
        if (strcmp(f->sensors.at[i].descr, t->metric->descr) == 0)
            return f->sensors.at[i].unit;
    return "";
}

bool api_times(struct api_request *r, struct wall *from, struct wall *to)
{
    struct wall now = wall_now();
    const char *from_text = api_param(r, "from"), *to_text = api_param(r, "to");

    *to = now;
    *from = (struct wall){now.ms - DAY_MS};
    if ((to_text != NULL && wall_parse(to_text, now, to) < 0) ||
        (from_text != NULL && wall_parse(from_text, now, from) < 0) ||
        from->ms >= to->ms) {
        api_problem(r, 400, "from and to are no times in their order",
                    "write 2026-11-22T02:47, seconds since 1970, now, or -2h");
        return false;
    }
    return true;
}

void api_series_problem(struct api_request *r, int result, const char *what)
{
    struct complaint why;

    api_complaint(r,
                  complain(&why, result, "series",
                           result == -ENOENT
                               ? "wait for two polls, then ask again"
                               : "see `portolan status`",
                           "%s", what),
                  &why);
}

void api_series_forget(struct api_request *r)
{
    series_forget(station_series(r->station), r);
}
