#include "station/config.h"

#include "station/config_read.h"
#include "station/rule_read.h"

#include <assert.h>
#include <errno.h>
#include <unistd.h>

#define MINUTE_MS INT64_C(60000)
#define DAY_MS INT64_C(86400000)

enum { HOST_NAME_ROOM = 65, NOTIFICATION_PORT = 162, HTTP_PORT = 8161 };

/* The defaults that are not one text: what config_sections leaves. */
static struct config *config_new(const char *path)
{
    static const struct series_keep keep[] = {
        {MINUTE_MS, DAY_MS},
        {5 * MINUTE_MS, 7 * DAY_MS},
        {30 * MINUTE_MS, 30 * DAY_MS},
        {360 * MINUTE_MS, 730 * DAY_MS},
    };
    static const uint8_t loopback[4] = {127, 0, 0, 1}, any[4] = {0};
    struct config *c = mem_new(struct config);

    c->path = mem_text(path);
    c->http.listen = (struct config_endpoint){addr_v4(loopback), HTTP_PORT};
    *array_add(&c->notifications) =
        (struct config_endpoint){addr_v4(any), NOTIFICATION_PORT};
    for (size_t i = 0; i < COUNT_OF(keep); i++)
        *array_add(&c->series.keep) = keep[i];
    *array_add(&c->profiles) =
        mem_text(PORTOLAN_PREFIX "/share/portolan/profiles");
    *array_add(&c->profiles) = mem_text(PORTOLAN_ETC "/profiles");
    *array_add(&c->graphs) = mem_text(PORTOLAN_ETC "/graphs");
    *array_add(&c->mibs) = mem_text("/usr/share/snmp/mibs");
    *array_add(&c->mibs) = mem_text(PORTOLAN_PREFIX "/share/portolan/mibs");
    rules_take_defaults(&c->alerts.rules);
    config_risk_init(&c->risk);
    config_backup_init(&c->backup);
    config_retention_init(&c->retention);
    return c;
}

void config_free(struct config *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < c->credentials.count; i++)
        credential_free(c->credentials.at[i]);
    array_fini(&c->credentials);
    for (size_t i = 0; i < c->receivers.count; i++)
        receiver_free(c->receivers.at[i]);
    array_fini(&c->receivers);
    config_texts_fini(&c->http.names);
    config_texts_fini(&c->frames);
    config_texts_fini(&c->profiles);
    config_texts_fini(&c->graphs);
    config_texts_fini(&c->mibs);
    config_texts_fini(&c->warnings);
    array_fini(&c->notifications);
    array_fini(&c->discovery.seeds);
    array_fini(&c->discovery.ranges);
    array_fini(&c->discovery.within);
    array_fini(&c->discovery.exclude);
    array_fini(&c->series.keep);
    array_fini(&c->maps.prefixes);
    config_sites_fini(&c->maps.sites);
    config_alerts_fini(&c->alerts);
    config_risk_fini(&c->risk);
    config_backup_fini(&c->backup);
    for (size_t i = 0; i < CONFIG_LISTS; i++)
        array_fini(&c->lines[i]);
    char *texts[] = {c->path,
                     c->station.name,
                     c->station.data,
                     c->station.user,
                     c->station.socket,
                     c->http.key,
                     c->http.certificate,
                     c->http.web,
                     c->agentx.master,
                     c->discovery.encoding,
                     c->series.rrdcached};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        free(texts[i]);
    free(c);
}

static void default_name(struct config *c)
{
    char host[HOST_NAME_ROOM] = "";

    if (c->station.name != NULL && c->station.name[0] != '\0')
        return;
    if (gethostname(host, sizeof host - 1) < 0 || host[0] == '\0')
        (void)snprintf(host, sizeof host, "portolan");
    free(c->station.name);
    c->station.name = mem_text(host);
}

/* Seeds and ranges alone, where nothing else is said. */
static void default_within(struct config *c)
{
    struct config_discovery *d = &c->discovery;

    for (size_t i = 0; i < d->seeds.count; i++)
        *array_add(&d->within) =
            prefix_of(&d->seeds.at[i], d->seeds.at[i].family == 4 ? 32 : 128);
    for (size_t i = 0; i < d->ranges.count; i++)
        *array_add(&d->within) = d->ranges.at[i];
    c->own[CONFIG_WITHIN] = d->within.count;
}

static void on_renamed(void *arg, const char *place,
                       const struct yaml_renamed *r)
{
    struct config *c = arg;
    const char *section = r->to != NULL ? r->to : r->section;
    struct buffer warning = {0};

    buffer_format(&warning,
                  "%s is called %s%s%s now: rename it, or "
                  "remove it if that is there too",
                  place, section != NULL ? section : "",
                  section != NULL ? "." : "", r->is);
    *array_add(&c->warnings) = buffer_take(&warning);
}

/* settings: what people set by the page, NULL: nothing. */
static int doc_read(struct yaml *doc, const char *name,
                    const struct yaml *settings, struct config **out,
                    struct yaml_faults *faults)
{
    OWNED(config_free) struct config *c = config_new(name);
    struct config_reader reader = {.config = c, .faults = faults};
    struct yaml_node root = yaml_root(doc);

    yaml_rename(doc, config_renamed, on_renamed, c);
    int rc = yaml_read_all(root, config_sections, c, &reader, faults);
    size_t before = faults->count;

    config_check_whole(&reader, root);
    config_note_own(c, root);
    if (settings != NULL && config_read_settings(settings, &reader) < 0)
        rc = -EINVAL;
    if (rc < 0 || faults->count > before)
        return -EINVAL;
    default_name(c);
    if (!reader.within_given)
        default_within(c);
    config_warn_whole(&reader);
    *out = TAKE(c);
    return 0;
}

/* The first fault of several. */
static int first_fault(int rc, struct yaml_faults *faults,
                       struct complaint *why)
{
    if (rc < 0 && why != NULL)
        *why = faults->at[0];
    array_fini(faults);
    return rc;
}

/* The document at path; an empty one for NULL. */
static int load_doc(const char *path, struct yaml **out, struct complaint *why)
{
    return path != NULL ? yaml_load(path, out, why)
                        : yaml_parse("", "", 0, out, why);
}

int config_check(const char *path, struct config **out,
                 struct yaml_faults *faults)
{
    OWNED(yaml_free) struct yaml *doc = NULL;
    OWNED(yaml_free) struct yaml *settings = NULL;
    struct complaint why;
    int rc = load_doc(path, &doc, &why);

    *out = NULL;
    if (rc == 0)
        rc = config_load_settings(doc, &settings, &why);
    if (rc < 0) {
        yaml_fault_add(faults, &why);
        return rc;
    }
    return doc_read(doc, path != NULL ? path : "", settings, out, faults);
}

int config_load(const char *path, struct config **out, struct complaint *why)
{
    struct yaml_faults faults = {0};

    return first_fault(config_check(path, out, &faults), &faults, why);
}

int config_try(const char *path, const char *settings, size_t len,
               struct complaint *why)
{
    OWNED(yaml_free) struct yaml *doc = NULL;
    OWNED(yaml_free) struct yaml *more = NULL;
    OWNED(config_free) struct config *c = NULL;
    struct yaml_faults faults = {0};
    int rc = load_doc(path, &doc, why);

    if (rc == 0)
        rc = yaml_parse(CONFIG_SETTINGS, settings, len, &more, why);
    if (rc < 0)
        return rc;
    return first_fault(
        doc_read(doc, path != NULL ? path : "", more, &c, &faults), &faults,
        why);
}

int config_parse(const char *name, const char *text, size_t len,
                 struct config **out, struct complaint *why)
{
    OWNED(yaml_free) struct yaml *doc = NULL;
    struct yaml_faults faults = {0};
    int rc = yaml_parse(name, text, len, &doc, why);

    *out = NULL;
    if (rc < 0)
        return rc;
    return first_fault(doc_read(doc, name, NULL, out, &faults), &faults, why);
}

struct config *config_default(void)
{
    OWNED(yaml_free) struct yaml *doc = NULL;
    struct config *c = config_new("");
    struct config_reader reader = {.config = c};
    struct complaint why;

    int rc = yaml_parse("", "", 0, &doc, &why);
    assert(rc == 0);
    rc = yaml_read(yaml_root(doc), config_sections, c, &reader, &why);
    assert(rc == 0); /* presets are ours */
    default_name(c);
    return c;
}
