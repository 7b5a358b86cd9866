/* past - what it takes to tell what changed between two moments of a large
 * network, and how it was at one: DEVICES (10,000) with LINKS (190,000, as a
 * fat tree has of both layers), of which CHANGED (100) went down in between.
 * Prints lines of name=value fields: the processor's time, of all threads.
 * The database lies below DIR, which is made and removed. */
#include "base/arena.h"
#include "base/mem.h"
#include "base/table.h"
#include "station/chronicle.h"
#include "station/recall.h"
#include "station/store.h"
#include "station/store_past.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

enum { NAME_LEN = 32, DIR_LEN = 64, FLUSH_MS = 120000, HOUR_MS = 3600000 };
static const int64_t BEGIN_MS = 1700000000000;

struct bench {
    struct event_base *base;
    struct store *store;
    size_t devices, links, changed;
};

static size_t number(const char *name, size_t fallback)
{
    const char *text = getenv(name);

    return text != NULL ? strtoul(text, NULL, 10) : fallback;
}

static double cpu_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static struct ident id_of(uint8_t kind, size_t n)
{
    struct ident id = {.octets = {kind}};

    memcpy(id.octets + 8, &n, sizeof n);
    return id;
}

static const char *text_of(struct arena *arena, const char *before, size_t n)
{
    char text[NAME_LEN];

    (void)snprintf(text, sizeof text, "%s%zu", before, n);
    return arena_text(arena, text);
}

static void add_nodes(const struct bench *b, struct inferred *i,
                      struct topology *t)
{
    struct topo_device *devices =
        arena_zero(i->arena, b->devices * sizeof *devices);
    struct addr *addrs = arena_zero(i->arena, b->devices * sizeof *addrs);

    for (size_t n = 0; n < b->devices; n++) {
        struct ident id = id_of(1, n);
        const char *name = text_of(t->arena, "switch-", n);

        addrs[n] = addr_v4((const uint8_t[]){10, (uint8_t)(n >> 16),
                                             (uint8_t)(n >> 8), (uint8_t)n});
        devices[n] = (struct topo_device){.id = id,
                                          .name = name,
                                          .addrs = &addrs[n],
                                          .addr_count = 1,
                                          .kind = KIND_L3SWITCH};
        *array_add(&t->nodes) = (struct topo_node){.origin = NODE_DEVICE,
                                                   .id = id,
                                                   .name = name,
                                                   .device = n,
                                                   .kind = KIND_L3SWITCH,
                                                   .descr = ""};
    }
    i->input = (struct topo_input){.devices = devices, .count = b->devices};
}

/* From one node to others, a different way round for each. */
static void add_links(const struct bench *b, struct topology *t, size_t down)
{
    for (size_t n = 0; n < b->links; n++) {
        size_t a = n % b->devices;
        size_t other = (a + 1 + n / b->devices * 37) % b->devices;

        *array_add(&t->links) = (struct topo_link){
            .id = id_of(2, n),
            .a = (uint32_t)a,
            .b = (uint32_t)other,
            .a_port = text_of(t->arena, "Ethernet1/", n / b->devices),
            .b_port = text_of(t->arena, "Ethernet2/", n / b->devices),
            .a_if_index = (uint32_t)(n / b->devices),
            .b_if_index = (uint32_t)(n / b->devices),
            .layer = n % 2 == 0 ? 2 : 3,
            .state = n < down ? LINK_DOWN : LINK_CONFIRMED,
            .evidence = EVIDENCE_LLDP,
            .confidence = 95,
            .speed_bps = 10000000000,
            .why = "each end tells of the other by LLDP",
            .life = {.first_seen = {BEGIN_MS},
                     .last_seen = {BEGIN_MS},
                     .first_round = 1,
                     .proven_round = 1,
                     .proofs = 1,
                     .accepted = true}};
    }
}

static struct inferred *network_at(const struct bench *b, int64_t at_ms,
                                   size_t down)
{
    struct inferred *i = inferred_empty((struct wall){at_ms});
    struct topology *t = mem_new(struct topology);

    t->refs = 1;
    t->arena = arena_new();
    add_nodes(b, i, t);
    add_links(b, t, down);
    i->topology = t;
    return i;
}

static void keep(struct bench *b, const struct topology *was,
                 const struct inferred *is)
{
    struct topo_changes changes = {0};

    topology_diff(was, is->topology, &changes);
    store_past_put(b->store, chronicle_rows(&changes, is));
    array_fini(&changes);
}

struct answer {
    int result;
    struct recalled *found;
};

static void on_recalled(void *arg, int result, struct recalled *found)
{
    struct answer *a = arg;

    *a = (struct answer){result, found};
}

static void measure(struct bench *b, const char *what, int64_t from_ms)
{
    struct wall to = {BEGIN_MS + 2 * HOUR_MS};
    struct answer a = {.result = 1};
    double begun = cpu_ms();

    if (from_ms != 0)
        recall_between(b->store, (struct wall){from_ms}, to, on_recalled, &a);
    else
        recall_at(b->store, to, on_recalled, &a);
    while (a.result > 0)
        (void)event_base_loop(b->base, EVLOOP_ONCE);
    printf("what=%s result=%d changes=%zu cpu_ms=%.0f\n", what, a.result,
           a.found != NULL ? a.found->changes.count : 0, cpu_ms() - begun);
    recalled_free(a.found);
}

static void run(struct bench *b)
{
    struct inferred *whole = network_at(b, BEGIN_MS, 0);
    struct inferred *cut = network_at(b, BEGIN_MS + HOUR_MS, b->changed);

    keep(b, NULL, whole);
    keep(b, whole->topology, cut);
    inferred_unref(whole);
    inferred_unref(cut);
    if (store_flush(b->store, FLUSH_MS) < 0)
        fprintf(stderr, "past: the database is not written yet\n");
    measure(b, "changes", BEGIN_MS + HOUR_MS / 2);
    measure(b, "changes_ever", BEGIN_MS - HOUR_MS);
    measure(b, "as_it_was", 0);
}

int main(void)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    struct bench b = {.devices = number("DEVICES", 10000),
                      .links = number("LINKS", 190000),
                      .changed = number("CHANGED", 100)};
    char dir[DIR_LEN] = "/tmp/portolan-past-XXXXXX", path[DIR_LEN + 16];
    struct complaint why;

    if (mkdtemp(dir) == NULL)
        return EXIT_FAILURE;
    (void)snprintf(path, sizeof path, "%s/state.db", dir);
    b.base = event_base_new();
    struct store_options options = {.path = path};
    int rc = store_open(b.base, &options, &b.store, &why);
    if (rc == 0)
        run(&b);
    else
        fprintf(stderr, "past: %s\n", why.what);
    store_free(b.store);
    event_base_free(b.base);
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        (void)snprintf(path, sizeof path, "%s/state.db%s", dir, endings[i]);
        (void)unlink(path);
    }
    (void)rmdir(dir);
    return rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
