/* Another configuration, while the station runs. */
#include "station/station_parts.h"

#include "base/log.h"
#include "wire/icmp.h"

#include <errno.h>
#include <string.h>

static void list(const struct config_texts *texts, struct buffer *out)
{
    buffer_text(out, "");
    for (size_t i = 0; i < texts->count; i++)
        buffer_format(out, "%s%s", i > 0 ? " " : "", texts->at[i]);
}

static void list_http(const struct config *c, struct buffer *out)
{
    char addr[ADDR_TEXT_MAX];

    buffer_text(out, "");
    if (addr_is_set(&c->http.listen.addr))
        buffer_format(out, "%s port %u",
                      addr_format(&c->http.listen.addr, addr, sizeof addr),
                      (unsigned)c->http.listen.port);
}

/* What is fixed while running: another value is refused. */
static int check_fixed(const struct config *now, const struct config *next,
                       struct complaint *why)
{
    static const char *const targets[] = {[LOG_TO_STDERR] = "stderr",
                                          [LOG_TO_SYSLOG] = "syslog",
                                          [LOG_TO_JOURNAL] = "journal"};
    struct buffer OWNED_BUFFER heard = {0}, hear = {0};
    struct buffer OWNED_BUFFER listened = {0}, listen = {0};
    struct buffer OWNED_BUFFER now_http = {0}, next_http = {0};
    struct buffer OWNED_BUFFER now_mibs = {0}, next_mibs = {0};

    list(&now->frames, &heard);
    list(&next->frames, &hear);
    list(&now->mibs, &now_mibs);
    list(&next->mibs, &next_mibs);
    station_traps_list(now, &listened);
    station_traps_list(next, &listen);
    list_http(now, &now_http);
    list_http(next, &next_http);
    const struct {
        const char *key, *now, *next;
    } fixed[] = {
        {"frames.interfaces", heard.at, hear.at},
        {"log.to", targets[now->log.to], targets[next->log.to]},
        {"mibs.directories", now_mibs.at, next_mibs.at},
        {"notifications.listen", listened.at, listen.at},
        {"station.data", now->station.data, next->station.data},
        {"station.user", now->station.user, next->station.user},
        {"station.socket", now->station.socket, next->station.socket},
        {"http.listen", now_http.at, next_http.at},
        {"http.web", now->http.web, next->http.web},
        {"series.rrdcached", now->series.rrdcached, next->series.rrdcached},
    };

    for (size_t i = 0; i < COUNT_OF(fixed); i++)
        if (strcmp(fixed[i].now, fixed[i].next) != 0)
            return complain(why, -EBUSY, fixed[i].key,
                            "restart the station for it",
                            "%s cannot change from \"%s\" to \"%s\" while "
                            "the station runs",
                            fixed[i].key, fixed[i].now, fixed[i].next);
    return 0;
}

/* Devices keep their agents, with the credentials of the same name; a device
 * whose credential is gone answers to none until it is discovered again. One
 * that did not change is the same object (config_follow()). */
static void change_credentials(struct station *s, const struct config *next)
{
    for (size_t i = 0; i < inventory_count(s->inventory); i++) {
        struct device *d = inventory_at(s->inventory, i);

        if (d->credential == NULL)
            continue;
        const struct credential *same =
            config_credential(next, d->credential->name);
        if (same == d->credential)
            continue;
        device_touch(d);
        d->unsaved = true;
        if (same == NULL) {
            discovery_silence(s->discovery, d);
            continue;
        }
        d->credential = same;
        agent_use(d->agent, same);
    }
}

int station_reconfigure(struct station *s, const struct config *config,
                        struct complaint *why)
{
    int rc = check_fixed(s->config, config, why);

    if (rc < 0) {
        station_drop_prepared(s);
        return rc;
    }
    fence_take(s->fence, config_fence(config));
    queries_drop_agents(&s->queries);
    change_credentials(s, config);
    bool other_pace = config->polling.every_ms != s->config->polling.every_ms;
    s->config = config;
    station_traps_use(s);
    station_renew_knowledge(s);
    station_rules_use(s);
    struct polling_options polling = station_polling_options(config);
    struct discovery_parts discovery = station_discovery_parts(s);
    engine_limit(s->engine, (uint32_t)config->polling.in_flight,
                 (uint32_t)config->polling.rate);
    if (s->pinger != NULL)
        pinger_limit(s->pinger, (uint32_t)config->polling.rate);
    if (s->sweeper != NULL)
        pinger_limit(s->sweeper, (uint32_t)config->discovery.rate);
    polling_configure(s->polling, &polling);
    gaps_use(s->gaps, station_gaps_keep_ms(config));
    station_keep_past(s);
    for (size_t i = 0; other_pace && i < inventory_count(s->inventory); i++)
        polling_reschedule(s->polling, inventory_at(s->inventory, i));
    series_lay_out(s->series, config->polling.every_ms, config->series.keep.at,
                   config->series.keep.count);
    discovery_configure(s->discovery, &discovery);
    station_schedule_round(s);
    return station_discover(s, NULL, 0, why);
}
