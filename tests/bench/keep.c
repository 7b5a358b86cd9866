/* keep - what the loop does to have the state of devices written: DEVICES of
 * them (10,000) with PORTS each (24), all changed, as after a network fell
 * silent, and one with LARGE ports (10,000). Prints lines of name=value fields:
 * the processor's time that the loop's thread takes for a device, on average
 * and at most. Lies below DIR, which is made and removed. */
#include "base/mem.h"
#include "station/gaps.h"
#include "station/persist.h"
#include "station/polling.h"
#include "station/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

enum { EVERY_MS = 60000, NAME_LEN = 48, DIR_LEN = 64, FLUSH_MS = 60000 };
static const double NS_PER_US = 1000;

struct bench {
    struct event_base *base;
    struct store *store;
    struct inventory *inventory;
    struct gaps *gaps;
    struct polling *polling;
};

static long number(const char *name, long fallback)
{
    const char *text = getenv(name);

    return text != NULL ? strtol(text, NULL, 10) : fallback;
}

/* Of this thread alone: the store has one of its own. */
static double thread_us(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return ((double)t.tv_sec * 1e9 + (double)t.tv_nsec) / NS_PER_US;
}

static struct device *make(struct bench *b, long n, long ports)
{
    struct device *d = inventory_add(b->inventory, NULL);
    struct addr addr = addr_v4((const uint8_t[]){
        127, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n});
    char name[NAME_LEN];
    char *labels = mem_array((size_t)ports, NAME_LEN);

    (void)inventory_give_addr(b->inventory, d, &addr);
    (void)snprintf(name, sizeof name, "switch-%ld.example", n);
    (void)inventory_rename(b->inventory, d, name);
    for (long i = 0; i < ports; i++) {
        struct interface *one = array_add(&d->facts->interfaces);
        char *label = labels + i * NAME_LEN;

        (void)snprintf(label, NAME_LEN, "GigabitEthernet1/0/%ld", i + 1);
        one->if_index = (uint32_t)i + 1;
        one->name = one->descr = one->label = label;
        one->alias = "to the floor above";
        one->duplex = "";
    }
    polling_facts_changed(b->polling, d); /* copies */
    d->facts->interfaces.count = 0;
    free(labels);
    return d;
}

static void measure(struct bench *b, const char *what, size_t first)
{
    size_t count = inventory_count(b->inventory) - first;
    double sum = 0, most = 0;

    for (size_t i = 0; i < count; i++) {
        struct device *d = inventory_at(b->inventory, first + i);
        double begin = thread_us();

        persist_device(b->store, d, false);
        persist_learned(b->store, d);
        double took = thread_us() - begin;
        sum += took;
        most = took > most ? took : most;
    }
    printf("%s devices=%zu us_per_device=%.1f most_us=%.1f all_ms=%.1f\n", what,
           count, sum / (double)count, most, sum / NS_PER_US);
    (void)store_flush(b->store, FLUSH_MS);
}

static void open_store(struct bench *b, const char *dir)
{
    char path[DIR_LEN];
    struct complaint why;

    (void)snprintf(path, sizeof path, "%s/state.db", dir);
    if (store_open(b->base, &(struct store_options){.path = path}, &b->store,
                   &why) < 0) {
        fprintf(stderr, "%s: %s\n", why.place, why.what);
        exit(1);
    }
}

static void remove_all(const char *dir)
{
    static const char *const names[] = {"state.db", "state.db-wal",
                                        "state.db-shm"};
    char path[DIR_LEN];

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(dir);
}

int main(void)
{
    long devices = number("DEVICES", 10000), ports = number("PORTS", 24);
    long large = number("LARGE", 10000);
    struct polling_listener nobody = {0};
    struct polling_options options = {.every_ms = EVERY_MS};
    struct bench b = {.base = event_base_new(),
                      .inventory = inventory_new(),
                      .gaps = gaps_new(NULL, EVERY_MS)};
    char dir[] = "/tmp/portolan-keep-XXXXXX";

    if (mkdtemp(dir) == NULL)
        return 1;
    open_store(&b, dir);
    b.polling =
        polling_new(&(struct polling_parts){.base = b.base, .gaps = b.gaps},
                    &options, &nobody);
    for (long i = 0; i < devices; i++)
        (void)make(&b, i, ports);
    measure(&b, "usual", 0);
    (void)make(&b, devices, large);
    measure(&b, "large", (size_t)devices);
    for (size_t i = 0; i < inventory_count(b.inventory); i++)
        polling_drop(b.polling, inventory_at(b.inventory, i));
    polling_free(b.polling);
    gaps_free(b.gaps);
    inventory_free(b.inventory);
    store_free(b.store);
    event_base_free(b.base);
    remove_all(dir);
    return 0;
}
