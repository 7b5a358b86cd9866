/* fake_station.h - a station that notes what it is told, over a published
 * state.
 *
 * Defines what station*.c define elsewhere, so that these are not linked. */
#ifndef TESTS_FAKE_STATION_H
#define TESTS_FAKE_STATION_H

#include "../station/state_scene.h"

#include "mibs/names.h"
#include "station/explain.h"
#include "station/forget.h"
#include "station/probe.h"
#include "station/rules.h"
#include "station/settings.h"
#include "station/station.h"

#include <errno.h>

/* What the station was told. */
struct station {
    struct snapshot *snapshot;
    struct alerts *alerts;
    struct silences *silences;
    unsigned shown; /* times that what was done by hand was published */
    struct maps *maps;
    struct series *series;
    struct gaps *gaps;
    struct store *store;
    struct names *names;
    struct graph_templates *graphs;
    struct pins *pins;
    struct people *people;
    struct keys *keys;
    struct rules rules;
    struct decisions decisions; /* of every device */
    char who[80];
    char command[32], target[128];
    size_t targets;
    int rc; /* of the next command */
    unsigned canceled;
    void (*published)(void *arg);
    void *published_arg;
    query_varbind_fn on_varbind;
    query_end_fn on_end;
    void *query_arg;
};

static inline int note(struct station *s, const char *command,
                       const char *target, size_t targets,
                       struct complaint *why)
{
    (void)snprintf(s->command, sizeof s->command, "%s", command);
    (void)snprintf(s->target, sizeof s->target, "%s", target);
    s->targets = targets;
    if (s->rc == 0)
        return 0;
    return complain(why, s->rc, target, "do otherwise", "refused: %s", target);
}

int station_discover(struct station *s, const char *const *targets,
                     size_t count, struct complaint *why)
{
    return note(s, "discover", count > 0 ? targets[0] : "", count, why);
}

int station_add(struct station *s, const char *const *addresses, size_t count,
                struct complaint *why)
{
    return note(s, "add", count > 0 ? addresses[0] : "", count, why);
}

int station_remove(struct station *s, const char *name, struct complaint *why)
{
    return note(s, "remove", name, 1, why);
}

int station_forget_device(struct station *s, const char *name, forget_fn done,
                          void *arg, struct complaint *why)
{
    int rc = note(s, "forget device", name, 1, why);

    if (rc == 0)
        done(arg, 0, &(struct forgotten){.instead = "forgotten-1"});
    return rc;
}

int station_forget_person(struct station *s, const char *name, forget_fn done,
                          void *arg, struct complaint *why)
{
    int rc = note(s, "forget person", name, 1, why);

    if (rc == 0)
        done(arg, 0, &(struct forgotten){.instead = "person-1"});
    return rc;
}

void station_forget_leave(struct station *s, const void *arg)
{
    (void)s;
    (void)arg;
}

int station_poll(struct station *s, const char *name, struct complaint *why)
{
    return note(s, "poll", name, 1, why);
}

int station_merge(struct station *s, const char *a, const char *b,
                  const char *who, struct complaint *why)
{
    (void)snprintf(s->who, sizeof s->who, "%s", who);
    assert_string_equal(a, "core");
    return note(s, "merge", b, 1, why);
}

int station_unmerge(struct station *s, const char *a, const char *b,
                    const char *who, struct complaint *why)
{
    (void)who;
    assert_string_equal(a, "core");
    return note(s, "unmerge", b, 1, why);
}

int station_apart(struct station *s, const char *a, const char *b,
                  const char *who, struct complaint *why)
{
    (void)who;
    assert_string_equal(a, "core");
    return note(s, "apart", b, 1, why);
}

int station_unapart(struct station *s, const char *a, const char *b,
                    const char *who, struct complaint *why)
{
    (void)who;
    assert_string_equal(a, "core");
    return note(s, "unapart", b, 1, why);
}

int station_split(struct station *s, const char *address, const char *who,
                  struct complaint *why)
{
    (void)who;
    return note(s, "split", address, 1, why);
}

int station_unsplit(struct station *s, const char *address, const char *who,
                    struct complaint *why)
{
    (void)who;
    return note(s, "unsplit", address, 1, why);
}

const struct pins *station_pins(const struct station *s)
{
    return s->pins;
}

int station_explain(const struct station *s, const char *name,
                    struct explanation *out, struct complaint *why)
{
    *out = (struct explanation){.why = "because", .decisions = &s->decisions};
    if (snapshot_find(s->snapshot, name) == NULL)
        return complain(why, -ENOENT, name, "see the list", "no device");
    *array_add(&out->shared) =
        (struct shared_sign){SIGN_SERIAL, mem_text("S1"), "edge"};
    out->parent = "edge";
    for (size_t i = 0; i < pins_count(s->pins); i++)
        *array_add(&out->pins) = pins_at(s->pins, i);
    return 0;
}

void explanation_fini(struct explanation *e)
{
    free(e->shared.at[0].value);
    array_fini(&e->shared);
    array_fini(&e->pins);
}

static inline int note_query(struct station *s,
                             const struct query_listener *listener,
                             struct station_query **out)
{
    s->on_varbind = listener->on_varbind;
    s->on_end = listener->on_end;
    s->query_arg = listener->arg;
    *out = (struct station_query *)(void *)s;
    return 0;
}

int station_walk(struct station *s, const char *target, struct oid root,
                 const struct query_listener *listener,
                 struct station_query **out, struct complaint *why)
{
    int rc = note(s, "walk", target, root.len, why);

    *out = NULL;
    return rc < 0 ? rc : note_query(s, listener, out);
}

int station_get(struct station *s, const char *target,
                const struct query_names *names,
                const struct query_listener *listener,
                struct station_query **out, struct complaint *why)
{
    int rc = note(s, "get", target, names->count, why);

    *out = NULL;
    return rc < 0 ? rc : note_query(s, listener, out);
}

void station_query_cancel(struct station_query *q)
{
    ((struct station *)(void *)q)->canceled++;
}

const struct rules *station_rules(const struct station *s)
{
    return &s->rules;
}

int station_explain_rules(struct station *s, const struct ident *device,
                          uint32_t if_index, object_rule_fn fn, void *arg)
{
    (void)device, (void)if_index, (void)fn, (void)arg;
    return s->rc;
}

bool station_explain_risk(struct station *s, const char *name,
                          struct risk_report *out)
{
    (void)s, (void)name;
    *out = (struct risk_report){.arena = NULL};
    return false;
}

int station_set_value(struct station *s, const char *name, int value,
                      const char *who, struct complaint *why)
{
    (void)snprintf(s->who, sizeof s->who, "%s", who);
    return note(s, "value", name, (size_t)value, why);
}

struct silences *station_silences(struct station *s)
{
    return s->silences;
}

void station_show(struct station *s)
{
    s->shown++;
}

struct alerts *station_alerts(struct station *s)
{
    return s->alerts;
}

struct people *station_people(struct station *s)
{
    return s->people;
}

struct keys *station_keys(struct station *s)
{
    return s->keys;
}

struct settings *station_settings(struct station *s)
{
    (void)s;
    return NULL;
}

const struct config *station_config(const struct station *s)
{
    (void)s;
    return NULL;
}

void station_stop(struct station *s)
{
    (void)snprintf(s->command, sizeof s->command, "stop");
}

int station_probe(struct station *s, const struct probe_question *q,
                  probe_fn done, void *arg, struct station_probe **out,
                  struct complaint *why)
{
    (void)done, (void)arg;
    *out = NULL;
    (void)note(s, "probe", q->address != NULL ? q->address : "", 1, why);
    return complain(why, -EINVAL, "address", "do otherwise", "refused");
}

void station_probe_cancel(struct station_probe *p)
{
    (void)p;
}

struct events *station_events(struct station *s)
{
    (void)s;
    return NULL;
}

void station_listen(struct station *s, void (*published)(void *arg), void *arg)
{
    s->published = published;
    s->published_arg = arg;
}

struct maps *station_maps(struct station *s)
{
    return s->maps;
}

struct series *station_series(struct station *s)
{
    return s->series;
}

struct gaps *station_gaps(struct station *s)
{
    return s->gaps;
}

struct store *station_store(struct station *s)
{
    return s->store;
}

const struct names *station_names(const struct station *s)
{
    return s->names;
}

const struct graph_templates *station_graphs(const struct station *s)
{
    return s->graphs;
}

struct snapshot *station_snapshot(const struct station *s)
{
    return snapshot_ref(s->snapshot);
}

void station_series_path(struct buffer *out)
{
    layout_path("_station", SERIES_STATION, "", out);
}

bool station_next_lead(const struct station *s, size_t *at,
                       struct station_lead *out)
{
    (void)s, (void)at, (void)out;
    return false;
}

bool station_next_double(const struct station *s, size_t *device,
                         size_t *decision, struct station_double *out)
{
    (void)s, (void)device, (void)decision, (void)out;
    return false;
}

#endif
