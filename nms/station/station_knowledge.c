/* What the station knows beforehand: names, profiles, templates of pictures. */
#include "station/station_parts.h"

#include "graphs/template.h"
#include "mibs/names.h"
#include "mibs/profile.h"
#include "station/learned.h"
#include "station/worker.h"

#include <assert.h>
#include <stdlib.h>

/* What is read beside the loop: thousands of files take longer than it may be
 * held. */
struct renewal {
    const struct config *config; /* borrowed until it is told */
    struct profiles *profiles;   /* NULL: a directory cannot be read */
    struct graph_templates *graphs;
    size_t profile_faults, graph_faults;
    bool read;
    void (*ready)(void *arg); /* NULL: nobody waits any more */
    void *arg;
};

static void on_profile_fault(const struct complaint *why, void *arg)
{
    (void)arg;
    log_warning("profiles: %s: %s; %s", why->place, why->what, why->remedy);
}

static void on_graph_fault(const struct complaint *why, void *arg)
{
    ++*(size_t *)arg;
    log_warning("graphs: %s: %s; %s", why->place, why->what, why->remedy);
}

/* renew: those that are in force stand in for what has become faulty. */
static struct profiles *load_profiles(const struct config *c, bool renew,
                                      size_t *faults)
{
    struct buffer OWNED_BUFFER cache = {0};
    const char *const *directories = (const char *const *)c->profiles.at;

    buffer_format(&cache, "%s/profiles.cache", c->station.data);
    return renew
               ? profiles_renew(directories, c->profiles.count, cache.at,
                                on_profile_fault, NULL, faults)
               : profiles_load_cached(directories, c->profiles.count, cache.at,
                                      on_profile_fault, NULL, faults);
}

static struct graph_templates *load_graphs(const struct config *c,
                                           size_t *faults)
{
    *faults = 0;
    return templates_load((const char *const *)c->graphs.at, c->graphs.count,
                          on_graph_fault, faults);
}

void station_load_knowledge(struct station *s)
{
    s->reader = worker_new(s->base);
    s->names = names_load((const char *const *)s->config->mibs.at,
                          s->config->mibs.count);
    s->profiles = load_profiles(s->config, false, &s->profile_faults);
    s->graphs = load_graphs(s->config, &s->graph_faults);
    if (profiles_count(s->profiles) == 0)
        log_warning("profiles: none found; devices are shown without vendor "
                    "and model; see profiles.directories");
}

/* ---- again --------------------------------------------------------------- */

static void renewal_free(struct renewal *r)
{
    if (r == NULL)
        return;
    profiles_free(r->profiles);
    templates_free(r->graphs);
    free(r);
}

/* In the thread. */
static void read_knowledge(void *arg)
{
    struct renewal *r = arg;

    r->profiles = load_profiles(r->config, true, &r->profile_faults);
    r->graphs = load_graphs(r->config, &r->graph_faults);
}

/* In the thread: they are as many as those that were read. */
static void free_profiles(void *arg)
{
    profiles_free(arg);
}

static void on_freed(void *arg, bool worked)
{
    if (!worked) /* the station ended before */
        profiles_free(arg);
}

static void on_read(void *arg, bool worked)
{
    struct renewal *r = arg;

    r->read = worked;
    if (r->ready != NULL)
        r->ready(r->arg);
}

void station_prepare(struct station *s, const struct config *config,
                     void (*ready)(void *arg), void *arg)
{
    assert(s->renewal == NULL);
    s->renewal = mem_new(struct renewal);
    *s->renewal =
        (struct renewal){.config = config, .ready = ready, .arg = arg};
    worker_do(s->reader, read_knowledge, on_read, s->renewal);
}

/* Profiles as their files are now; those that have become faulty as they were
 * before. */
static void renew_profiles(struct station *s, struct renewal *r)
{
    assert(r != NULL && r->read);
    if (r->profiles == NULL) {
        log_error("profiles: a directory of profiles.directories cannot be "
                  "read; the old ones stay in force");
        return;
    }
    if (r->profile_faults > 0)
        log_warning("profiles: %zu faults; all sound ones are in force",
                    r->profile_faults);
    worker_do(s->reader, free_profiles, on_freed, s->profiles);
    s->profiles = TAKE(r->profiles);
    s->profile_faults = r->profile_faults;
    polling_use_profiles(s->polling, s->profiles);
    for (size_t i = 0; i < inventory_count(s->inventory); i++)
        learned_instruct(inventory_at(s->inventory, i), s->profiles);
}

/* The same with templates of graphs. */
static void renew_graphs(struct station *s, struct renewal *r)
{
    if (r->graph_faults > s->graph_faults) {
        log_error("graphs: %zu faults; the old ones stay in force",
                  r->graph_faults);
        return;
    }
    templates_free(s->graphs);
    s->graphs = TAKE(r->graphs);
    s->graph_faults = r->graph_faults;
}

void station_renew_knowledge(struct station *s)
{
    renew_profiles(s, s->renewal);
    renew_graphs(s, s->renewal);
    station_drop_prepared(s);
}

void station_drop_prepared(struct station *s)
{
    renewal_free(TAKE(s->renewal));
}

void station_end_reading(struct station *s)
{
    if (s->renewal != NULL)
        s->renewal->ready = NULL;
    worker_free(TAKE(s->reader));
    station_drop_prepared(s);
}
