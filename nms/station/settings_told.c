/* Settings as they are in force, without their secrets. */
#include "station/config.h"
#include "station/settings.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static void put_from(json_t *o, const struct config *c, enum config_list list,
                     size_t place)
{
    size_t line = config_line(c, list, place);

    json_object_set_new(o, "from",
                        json_string(place < c->own[list] ? "file" : "page"));
    if (line > 0)
        json_object_set_new(o, "line", json_integer((json_int_t)line));
}

json_t *settings_credentials(const struct config *c)
{
    static const char *const versions[] = {
        [SNMP_V1] = "1", [SNMP_V2C] = "2c", [SNMP_V3] = "3"};
    json_t *list = json_array();

    for (size_t i = 0; i < c->credentials.count; i++) {
        const struct credential *k = c->credentials.at[i];
        json_t *o = json_pack("{s:s,s:s}", "name", k->name, "version",
                              versions[k->version]);

        put_from(o, c, CONFIG_CREDENTIALS, i);
        if (k->user != NULL)
            json_object_set_new(o, "user", json_string(k->user));
        if (k->auth != AUTH_NONE)
            json_object_set_new(o, "auth",
                                json_string(auth_protocol_name(k->auth)));
        if (k->priv != PRIV_NONE)
            json_object_set_new(o, "priv",
                                json_string(priv_protocol_name(k->priv)));
        json_array_append_new(list, o);
    }
    return list;
}

static void append_value(json_t *list, const char *text, const struct config *c,
                         enum config_list which, size_t place)
{
    json_t *o = json_pack("{s:s}", "value", text);

    put_from(o, c, which, place);
    json_array_append_new(list, o);
}

static json_t *prefixes_json(const struct config_prefixes *p,
                             const struct config *c, enum config_list which)
{
    json_t *list = json_array();
    char text[ADDR_TEXT_MAX + 4];

    for (size_t i = 0; i < p->count; i++)
        append_value(list, prefix_format(&p->at[i], text, sizeof text), c,
                     which, i);
    return list;
}

json_t *settings_discovery(const struct config *c)
{
    const struct config_discovery *d = &c->discovery;
    json_t *seeds = json_array();
    char text[ADDR_TEXT_MAX];

    for (size_t i = 0; i < d->seeds.count; i++)
        append_value(seeds, addr_format(&d->seeds.at[i], text, sizeof text), c,
                     CONFIG_SEEDS, i);
    return json_pack("{s:o,s:o,s:o,s:o}", "seeds", seeds, "ranges",
                     prefixes_json(&d->ranges, c, CONFIG_RANGES), "within",
                     prefixes_json(&d->within, c, CONFIG_WITHIN), "exclude",
                     prefixes_json(&d->exclude, c, CONFIG_EXCLUDE));
}

static void put_text(json_t *o, const char *key, const char *text)
{
    if (text != NULL)
        json_object_set_new(o, key, json_string(text));
}

json_t *settings_sites(const struct config *c)
{
    json_t *list = json_array();
    char text[ADDR_TEXT_MAX + 4];

    for (size_t i = 0; i < c->maps.sites.count; i++) {
        const struct site_rule *rule = &c->maps.sites.at[i];
        json_t *o = json_pack("{s:s}", "name", rule->name);

        put_text(o, "location", rule->location);
        put_text(o, "device", rule->device);
        if (rule->has_prefix)
            put_text(o, "prefix",
                     prefix_format(&rule->prefix, text, sizeof text));
        put_from(o, c, CONFIG_SITES, i);
        json_array_append_new(list, o);
    }
    return list;
}

void settings_put_patterns(json_t *o, const char *key,
                           const struct rule_patterns *patterns)
{
    json_t *list = json_array();

    for (size_t i = 0; i < patterns->count; i++)
        json_array_append_new(list, json_string(pattern_text(patterns->at[i])));
    if (patterns->count > 0)
        json_object_set(o, key, list);
    json_decref(list);
}

json_t *settings_ports(const struct config *c)
{
    json_t *list = json_array();

    for (size_t i = 0; i < c->alerts.ports.count; i++) {
        const struct config_port_pin *pin = &c->alerts.ports.at[i];
        json_t *o = json_pack("{s:s}", "expect",
                              port_expect_name((enum port_expect)pin->expect));

        settings_put_patterns(o, "devices", &pin->devices);
        settings_put_patterns(o, "ports", &pin->ports);
        put_from(o, c, CONFIG_PORTS, i);
        json_array_append_new(list, o);
    }
    return list;
}

/* ---- receivers ---- */

static void put_list(json_t *o, const char *key,
                     const struct receiver_texts *texts)
{
    json_t *list = json_array();

    for (size_t i = 0; i < texts->count; i++)
        json_array_append_new(list, json_string(texts->at[i]));
    if (texts->count > 0)
        json_object_set(o, key, list);
    json_decref(list);
}

static void put_span(json_t *o, const char *key, int64_t ms)
{
    char text[32];

    (void)snprintf(text, sizeof text, "%" PRId64 "s", ms / 1000);
    if (ms > 0)
        put_text(o, key, text);
}

static void put_when(json_t *o, const struct receiver_week *week)
{
    json_t *list = json_array();
    char text[RECEIVER_HOURS_ROOM];

    for (size_t i = 0; i < week->count; i++)
        json_array_append_new(list, json_string(receiver_hours_format(
                                        &week->at[i], text, sizeof text)));
    if (week->count > 0)
        json_object_set(o, "when", list);
    json_decref(list);
}

static void put_snmp(json_t *o, const struct receiver *r)
{
    static const char *const versions[] = {
        [SNMP_V1] = "1", [SNMP_V2C] = "2c", [SNMP_V3] = "3"};
    char addr[ADDR_TEXT_MAX], to[ADDR_TEXT_MAX + 16];
    const struct credential *k = r->credential;

    (void)snprintf(to, sizeof to,
                   r->addr.family == 4 ? "udp:%s:%u" : "udp:[%s]:%u",
                   addr_format(&r->addr, addr, sizeof addr), r->port);
    put_text(o, "to", to);
    put_text(o, "version", versions[k->version]);
    json_object_set_new(o, "inform", json_boolean(r->inform));
    put_text(o, "user", k->user);
    if (k->auth != AUTH_NONE)
        put_text(o, "auth", auth_protocol_name(k->auth));
    if (k->priv != PRIV_NONE)
        put_text(o, "priv", priv_protocol_name(k->priv));
}

/* Of a web hook's address what is behind the host is a secret, often; of its
 * headers what is behind the name. */
static void put_webhook(json_t *o, const struct receiver *r)
{
    const char *host = strstr(r->url, "://");
    size_t len = host != NULL ? 3 + strcspn(host + 3, "/?#") : 0;
    const char *at = host != NULL ? memchr(host + 3, '@', len - 3) : NULL;
    json_t *headers = json_array();
    struct buffer OWNED_BUFFER text = {0};

    if (host != NULL && at != NULL)
        buffer_format(&text, "%.*s://%.*s/", (int)(host - r->url), r->url,
                      (int)(host + len - at - 1), at + 1);
    else if (host != NULL)
        buffer_format(&text, "%.*s/", (int)(host - r->url + (ptrdiff_t)len),
                      r->url);
    put_text(o, "webhook", text.at);
    put_text(o, "format", r->form);
    for (size_t i = 0; i < r->headers.count; i++)
        json_array_append_new(
            headers,
            json_stringn(r->headers.at[i], strcspn(r->headers.at[i], ":")));
    if (r->headers.count > 0)
        json_object_set(o, "headers", headers);
    json_decref(headers);
}

static void put_mail(json_t *o, const struct receiver *r)
{
    put_list(o, "mail", &r->to);
    put_text(o, "server", r->server);
    put_text(o, "from", r->from);
    put_text(o, "user", r->user);
    json_object_set_new(o, "plain", json_boolean(r->plain));
}

static json_t *receiver_json(const struct receiver *r)
{
    json_t *o = json_object();

    if (r->kind == RECEIVER_SNMP)
        put_snmp(o, r);
    else if (r->kind == RECEIVER_WEBHOOK)
        put_webhook(o, r);
    else if (r->kind == RECEIVER_MAIL)
        put_mail(o, r);
    put_text(o, "run", r->run);
    put_text(o, "certificates", r->authority);
    if (r->secret != NULL)
        json_object_set_new(o, "secret", json_true());
    put_list(o, "objects", &r->objects);
    put_list(o, "types", &r->types);
    put_when(o, &r->when);
    put_span(o, "digest", r->digest_ms);
    put_span(o, "repeat", r->repeat_ms);
    return o;
}

void settings_tell_receiver(const struct config *c, const char *name,
                            bool whole, json_t *o)
{
    for (size_t i = 0; i < c->receivers.count; i++) {
        if (strcmp(c->receivers.at[i]->name, name) != 0)
            continue;
        put_from(o, c, CONFIG_RECEIVERS, i);
        if (whole)
            json_object_set_new(o, "settings",
                                receiver_json(c->receivers.at[i]));
    }
}
