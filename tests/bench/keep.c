/* keep - what the loop does to have the state of devices written: DEVICES of
 * them (10,000) with PORTS each (24), all changed, as after a network fell
 * silent, and one with LARGE ports (10,000). Prints lines of name=value fields:
 * the processor's time that the loop's thread takes for a device, on average
 * and at most. Lies below DIR. */
#include "base/mem.h"
#include "station/gaps.h"
#include "station/persist.h"
#include "station/polling.h"
#include "station/store.h"
#include "tests/bench/spent.h"
#include "tests/scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

enum { EVERY_MS = 60000, NAME_LEN = 48, FLUSH_MS = 60000 };

struct bench {
    struct event_base *base;
    struct store *store;
    struct inventory *inventory;
    struct gaps *gaps;
    struct polling *polling;
};

static struct device *make(struct bench *b, size_t n, size_t ports)
{
    struct device *d = inventory_add(b->inventory, NULL);
    struct addr addr = addr_v4((const uint8_t[]){
        127, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n});
    char name[NAME_LEN];
    char *labels = mem_array(ports, NAME_LEN);

    (void)inventory_give_addr(b->inventory, d, &addr);
    (void)snprintf(name, sizeof name, "switch-%zu.example", n);
    (void)inventory_rename(b->inventory, d, name);
    for (size_t i = 0; i < ports; i++) {
        struct interface *one = array_add(&d->facts->interfaces);
        char *label = labels + i * NAME_LEN;

        (void)snprintf(label, NAME_LEN, "GigabitEthernet1/0/%zu", i + 1);
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
    int64_t sum_ns = 0, most_ns = 0;

    for (size_t i = 0; i < count; i++) {
        struct device *d = inventory_at(b->inventory, first + i);
        int64_t begin_ns = thread_ns();

        persist_device(b->store, d, false);
        persist_learned(b->store, d);
        int64_t took_ns = thread_ns() - begin_ns;
        sum_ns += took_ns;
        most_ns = took_ns > most_ns ? took_ns : most_ns;
    }
    printf("%s devices=%zu us_per_device=%.1f most_us=%.1f all_ms=%.1f\n", what,
           count, (double)sum_ns / 1e3 / (double)count, (double)most_ns / 1e3,
           (double)sum_ns / 1e6);
    (void)store_flush(b->store, FLUSH_MS);
}

static void open_store(struct bench *b, const char *dir)
{
    char path[SCRATCH_LEN + 16];
    struct complaint why;

    (void)snprintf(path, sizeof path, "%s/state.db", dir);
    if (store_open(b->base, &(struct store_options){.path = path}, &b->store,
                   &why) < 0) {
        fprintf(stderr, "%s: %s\n", why.place, why.what);
        exit(1);
    }
}

int main(void)
{
    size_t devices = number_from("DEVICES", 10000);
    size_t ports = number_from("PORTS", 24);
    size_t large = number_from("LARGE", 10000);
    struct polling_listener nobody = {0};
    struct polling_options options = {.every_ms = EVERY_MS};
    struct bench b = {.base = event_base_new(),
                      .inventory = inventory_new(),
                      .gaps = gaps_new(NULL, EVERY_MS)};
    char dir[SCRATCH_LEN];

    if (!scratch_make("keep", dir))
        return 1;
    open_store(&b, dir);
    b.polling =
        polling_new(&(struct polling_parts){.base = b.base, .gaps = b.gaps},
                    &options, &nobody);
    for (size_t i = 0; i < devices; i++)
        (void)make(&b, i, ports);
    measure(&b, "usual", 0);
    (void)make(&b, devices, large);
    measure(&b, "large", devices);
    for (size_t i = 0; i < inventory_count(b.inventory); i++)
        polling_drop(b.polling, inventory_at(b.inventory, i));
    polling_free(b.polling);
    gaps_free(b.gaps);
    inventory_free(b.inventory);
    store_free(b.store);
    event_base_free(b.base);
    return scratch_remove(dir) ? 0 : 1;
}
