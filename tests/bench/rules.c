/* What weighing costs: DEVICES switches (2500) of 26 ports, all normal, ROUNDS
 * times (20), by the default rules and with all of them off. */
#include "station/ports.h"
#include "station/thresholds.h"
#include "tests/bench/spent.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

enum { PORTS = 26, UP = 1 };

static const char base[] =
    "credentials: [{name: a, version: 2c, community: public}]\n"
    "discovery: {seeds: [192.0.2.1]}\n";

static struct config *configured(bool off)
{
    struct config *c;
    struct complaint why;

    if (config_parse("b.yaml", base, sizeof base - 1, &c, &why) < 0)
        exit(1);
    for (size_t i = 0; i < c->alerts.rules.count; i++)
        c->alerts.rules.at[i]->off |= off;
    return c;
}

struct bench {
    struct inventory *inventory;
    struct thresholds *thresholds;
    struct port ports[PORTS];
    struct port_record rows[PORTS];
    char names[PORTS][16];
    struct wall now;
};

static void give(struct bench *b)
{
    double values[PORT_VALUES];

    for (size_t i = 0; i < PORT_VALUES; i++)
        values[i] = (double)(1000 * (PORT_VALUES - i));
    values[PORT_IN_ERRORS] = values[PORT_OUT_ERRORS] = 0;
    values[PORT_IN_DISCARDS] = values[PORT_OUT_DISCARDS] = 0;
    for (size_t i = 0; i < inventory_count(b->inventory); i++)
        for (size_t n = 0; n < PORTS; n++)
            thresholds_sample(
                b->thresholds,
                &(struct sample){.device = inventory_at(b->inventory, i),
                                 .group = SERIES_PORT,
                                 .object = b->names[n],
                                 .descr = b->names[n],
                                 .port = &b->ports[n],
                                 .at = b->now,
                                 .values = values});
    b->now.ms += 60000;
}

/* Nanoseconds a sample. */
static double measured(struct bench *b, struct alerts *alerts, bool off,
                       size_t rounds)
{
    struct config *c = configured(off);
    size_t count = inventory_count(b->inventory) * PORTS;

    b->thresholds = thresholds_new(&(struct thresholds_parts){
        .alerts = alerts, .inventory = b->inventory});
    thresholds_use(b->thresholds, c);
    size_t octets = mallinfo2().uordblks;
    give(b); /* plans are chosen */
    octets = mallinfo2().uordblks - octets;
    double begin_s = cpu_s();
    for (size_t i = 0; i < rounds; i++)
        give(b);
    double ns = (cpu_s() - begin_s) * 1e9 / (double)rounds / (double)count;
    printf("rules=%s samples=%zu ns_per_sample=%.1f octets_per_object=%.1f\n",
           off ? "off" : "default", count, ns, (double)octets / (double)count);
    for (size_t i = 0; i < inventory_count(b->inventory); i++)
        thresholds_drop(b->thresholds, inventory_at(b->inventory, i), false);
    thresholds_free(b->thresholds);
    config_free(c);
    return ns;
}

int main(void)
{
    static struct bench b = {.now = {86400000000}};
    struct alerts *alerts = alerts_new(NULL, NULL);
    size_t devices = number_from("DEVICES", 2500);
    size_t rounds = number_from("ROUNDS", 20);

    b.inventory = inventory_new();
    for (size_t i = 0; i < devices; i++) {
        struct device *d = inventory_add(b.inventory, NULL);
        char name[32];

        (void)snprintf(name, sizeof name, "sw-%zu", i);
        (void)inventory_rename(b.inventory, d, name);
        d->kind = KIND_SWITCH;
    }
    for (size_t n = 0; n < PORTS; n++) {
        (void)snprintf(b.names[n], sizeof b.names[n], "Gi0/%zu", n);
        b.rows[n] = (struct port_record){
            .object = b.names[n], .admin_status = UP, .oper_status = UP};
        b.ports[n] = (struct port){
            .label = b.names[n], .row = &b.rows[n], .speed_bps = 1000000000};
    }
    double without = measured(&b, alerts, true, rounds);
    double with = measured(&b, alerts, false, rounds);
    printf("weighing_ns=%.1f\n", with - without);
    alerts_free(alerts);
    inventory_free(b.inventory);
    return 0;
}
