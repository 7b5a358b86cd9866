/* thresholds_scene.h - a switch with a port, whose samples are weighed as the
 * test says. */
#ifndef TESTS_THRESHOLDS_SCENE_H
#define TESTS_THRESHOLDS_SCENE_H

#include "station/port_rows.h"
#include "station/ports.h"
#include "station/store.h"
#include "station/thresholds.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { MINUTE_MS = 60000, UP = 1, DOWN = 2 };

#define BASE                                                     \
    "credentials: [{name: a, version: 2c, community: public}]\n" \
    "discovery: {seeds: [192.0.2.1]}\n"

struct scene {
    struct config *config;
    struct inventory *inventory;
    struct alerts *alerts;
    struct thresholds *thresholds;
    struct device *d;
    struct wall now;
    struct port_record row;
    struct port port;
};

static inline struct config *read_config(const char *text)
{
    struct buffer OWNED_BUFFER all = {0};
    struct config *c;
    struct complaint why;

    buffer_format(&all, BASE "%s", text);
    if (config_parse("p.yaml", all.at, all.len, &c, &why) < 0)
        fail_msg("%s: %s", why.place, why.what);
    return c;
}

static inline void open_thresholds(struct scene *s, struct store *store)
{
    struct complaint why;

    s->thresholds = thresholds_new(&(struct thresholds_parts){
        .alerts = s->alerts, .inventory = s->inventory, .store = store});
    thresholds_use(s->thresholds, s->config);
    assert_int_equal(thresholds_resume(s->thresholds, &why), 0);
}

static inline void close_thresholds(struct scene *s)
{
    thresholds_drop(s->thresholds, s->d, false);
    thresholds_free(s->thresholds);
}

static inline void scene_open(struct scene *s, const char *config,
                              struct store *store)
{
    *s = (struct scene){.now = {1000LL * 86400 * 1000}};
    s->config = read_config(config);
    s->inventory = inventory_new();
    s->alerts = alerts_new(NULL, NULL);
    alerts_tick(s->alerts, mono_now(), wall_now());
    s->d = inventory_add(s->inventory, NULL);
    s->d->kind = KIND_SWITCH;
    (void)inventory_rename(s->inventory, s->d, "sw1");
    s->row = (struct port_record){
        .object = "ge0", .admin_status = UP, .oper_status = UP};
    s->port = (struct port){.label = "Gi0/0",
                            .descr = "GigabitEthernet 0/0",
                            .alias = "",
                            .row = &s->row,
                            .speed_bps = 1000000000,
                            .if_index = 1};
    open_thresholds(s, store);
}

static inline void scene_close(struct scene *s)
{
    close_thresholds(s);
    alerts_free(s->alerts);
    inventory_free(s->inventory);
    config_free(s->config);
}

/* The alerts that last: "TYPE SEVERITY NAME: TEXT", a line each. */
static inline const char *lasting(struct scene *s)
{
    static char text[1000];
    struct alert_book *book = alerts_book(s->alerts);
    size_t len = 0;

    text[0] = '\0';
    for (size_t i = 0; i < book->active_count; i++) {
        const struct alert_record *a = book->active[i];

        len += (size_t)snprintf(
            text + len, sizeof text - len, "%s%s %s %s: %s", i > 0 ? "\n" : "",
            a->type->name, severity_name((int)a->severity), a->name, a->text);
    }
    alert_book_unref(book);
    return text;
}

static inline void metric(struct scene *s, enum series_group group,
                          const char *object, const double *values)
{
    thresholds_sample(s->thresholds, &(struct sample){.device = s->d,
                                                      .path = "x",
                                                      .group = group,
                                                      .object = object,
                                                      .descr = "Core",
                                                      .at = s->now,
                                                      .values = values});
    s->now.ms += MINUTE_MS;
}

static inline void sensor(struct scene *s, const struct sensor *x)
{
    thresholds_sample(s->thresholds, &(struct sample){.device = s->d,
                                                      .path = "x",
                                                      .group = SERIES_SENSOR,
                                                      .object = "temperature-1",
                                                      .descr = x->descr,
                                                      .sensor = x,
                                                      .at = s->now,
                                                      .values = &x->value});
    s->now.ms += MINUTE_MS;
}

static inline void port(struct scene *s, double octets, double errors)
{
    const double values[PORT_VALUES] = {[PORT_IN_OCTETS] = octets,
                                        [PORT_IN_UCAST] = octets / 1000,
                                        [PORT_IN_ERRORS] = errors};

    thresholds_sample(s->thresholds, &(struct sample){.device = s->d,
                                                      .path = "x",
                                                      .group = SERIES_PORT,
                                                      .object = "ge0",
                                                      .descr = "Gi0/0",
                                                      .port = &s->port,
                                                      .at = s->now,
                                                      .values = values});
    s->now.ms += MINUTE_MS;
}

/* Another configuration is in force. */
static inline void take(struct scene *s, const char *text)
{
    struct config *before = s->config;

    s->config = read_config(text);
    thresholds_use(s->thresholds, s->config);
    config_free(before);
}

#endif
