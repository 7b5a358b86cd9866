/* The map "station": beside the machine and what it is plugged into, the parts
 * that the station itself runs on. */
#include "station/maps_parts.h"
#include "station/snapshot.h"
#include "topology/map_doc.h"

#include <stdio.h>

/* A part of the station: how it is known on the map, and how it is doing. */
struct part {
    const char *id, *label, *detail;
    enum device_kind kind;
    enum map_state (*state)(const struct station_record *s, char *words,
                            size_t len);
};

enum { WORDS_MAX = 80 };

static enum map_state daemon_state(const struct station_record *s, char *words,
                                   size_t len)
{
    if (s->isolated || s->overloaded) {
        (void)snprintf(words, len, "%s",
                       s->isolated ? "isolated" : "overloaded");
        return s->isolated ? MAP_MAJOR : MAP_WARNING;
    }
    (void)snprintf(words, len, "%.0f requests/s", s->requests_per_s);
    return MAP_UP;
}

static enum map_state series_state(const struct station_record *s, char *words,
                                   size_t len)
{
    if (!s->rrdcached_up) {
        (void)snprintf(words, len, "away, %llu MB wait",
                       (unsigned long long)(s->spool_octets >> 20));
        return MAP_DOWN;
    }
    (void)snprintf(words, len, "%llu files",
                   (unsigned long long)s->series_files);
    return MAP_UP;
}

static enum map_state store_state(const struct station_record *s, char *words,
                                  size_t len)
{
    (void)snprintf(words, len, "%llu wait", (unsigned long long)s->store_queue);
    return MAP_UP;
}

static enum map_state disk_state(const struct station_record *s, char *words,
                                 size_t len)
{
    if (s->disk_free == 0) /* not the station's own */
        return MAP_UNKNOWN;
    (void)snprintf(words, len, "%llu GB free",
                   (unsigned long long)(s->disk_free >> 30));
    return s->series_fit ? MAP_UP : MAP_WARNING;
}

static const struct part parts[] = {
    {"~portoland", "portoland", "the daemon", KIND_VM, daemon_state},
    {"~rrdcached", "rrdcached", "time series", KIND_VM, series_state},
    {"~store", "state.db", "devices, events, alerts", KIND_VM, store_state},
    {"~disk", "disk", "of the data directory", KIND_STORAGE, disk_state},
};

static const struct {
    const char *a, *b, *why;
} ties[] = {
    {"~portoland", "~rrdcached", "samples go through it"},
    {"~portoland", "~store", "what is known is kept there"},
    {"~rrdcached", "~disk", "files lie on it"},
    {"~store", "~disk", "its file lies on it"},
};

static void tie(struct map *m, uint32_t a, uint32_t b, const char *why)
{
    struct buffer OWNED_BUFFER id = {0};
    struct map_link *l = map_add_link(m, a, b);

    buffer_format(&id, "~of-%s-%s", m->nodes.at[a].id, m->nodes.at[b].id);
    l->id = map_keep(m, id.at);
    l->why = why;
}

void maps_platform_add(struct map *m)
{
    uint32_t host = UINT32_MAX;

    for (uint32_t i = 0; i < m->nodes.count; i++)
        if (m->nodes.at[i].focus)
            host = i;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        struct map_node *n = map_add_node(m, parts[i].id);

        n->label = parts[i].label;
        n->detail = parts[i].detail;
        n->kind = parts[i].kind;
        n->state = MAP_UNKNOWN;
    }
    for (size_t i = 0; i < COUNT_OF(ties); i++)
        tie(m, map_find_node(m, ties[i].a), map_find_node(m, ties[i].b),
            ties[i].why);
    if (host != UINT32_MAX)
        tie(m, host, map_find_node(m, parts[0].id), "runs there");
}

void maps_platform_status(struct map *m, const struct snapshot *snapshot)
{
    char words[WORDS_MAX];

    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        uint32_t at = map_find_node(m, parts[i].id);

        if (at == UINT32_MAX)
            continue;
        struct map_node *n = &m->nodes.at[at];
        words[0] = '\0';
        n->state = parts[i].state(&snapshot->station, words, sizeof words);
        n->words = map_keep(m, words);
        n->note = n->words;
    }
}
