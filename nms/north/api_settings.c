/* What people set by the page: credentials, and where discovery goes. */
#include "north/audit.h"
#include "north/json_out.h"
#include "north/routes.h"
#include "station/settings.h"

#include <errno.h>
#include <string.h>

/* ---- answers, once a change is in force ---- */

static void forget(struct api_request *r)
{
    settings_forget(station_settings(r->station), r);
}

/* How it was, for the record. */
static void tell_before(struct api_request *r)
{
    const struct config *config = station_config(r->station);

    audit_tell(r,
               strcmp(r->segments[0], "credentials") == 0
                   ? settings_credentials(config)
                   : settings_discovery(config),
               NULL);
}

static void on_settled(void *arg, int rc, const struct complaint *why)
{
    struct api_request *r = arg;
    const struct config *config = station_config(r->station);

    r->forget = NULL;
    if (rc < 0)
        api_complaint(r, rc, why);
    else if (strcmp(r->segments[0], "credentials") == 0)
        api_json(
            r, 200,
            json_pack("{s:o}", "credentials", settings_credentials(config)));
    else
        api_json(r, 200, settings_discovery(config));
}

static void refuse(struct api_request *r, int rc, const struct complaint *why)
{
    r->forget = NULL;
    api_complaint(r, rc, why);
}

/* ---- credentials ---- */

void api_credentials(struct api_request *r)
{
    api_json(r, 200,
             json_pack("{s:o}", "credentials",
                       settings_credentials(station_config(r->station))));
}

void api_credential_add(struct api_request *r)
{
    struct complaint why;

    r->forget = forget;
    tell_before(r);
    int rc = settings_add_credential(station_settings(r->station),
                                     station_config(r->station), r->body,
                                     on_settled, r, &why);
    if (rc < 0)
        refuse(r, rc, &why);
}

static void set_credential(struct api_request *r, json_t *change)
{
    struct complaint why;

    r->forget = forget;
    tell_before(r);
    int rc = settings_set_credential(station_settings(r->station),
                                     station_config(r->station), r->segments[1],
                                     change, on_settled, r, &why);
    if (rc < 0)
        refuse(r, rc, &why);
}

void api_credential_change(struct api_request *r)
{
    if (r->body == NULL)
        api_problem(r, 400, "nothing is to change",
                    "send what is other, null for what goes");
    else
        set_credential(r, r->body);
}

void api_credential_remove(struct api_request *r)
{
    set_credential(r, NULL);
}

/* ---- where discovery goes ---- */

void api_bounds(struct api_request *r)
{
    api_json(r, 200, settings_discovery(station_config(r->station)));
}

void api_bounds_set(struct api_request *r)
{
    struct complaint why;

    r->forget = forget;
    tell_before(r);
    int rc = settings_set_discovery(station_settings(r->station),
                                    station_config(r->station), r->body, false,
                                    on_settled, r, &why);
    if (rc < 0)
        refuse(r, rc, &why);
}

/* ---- discovery ---- */

static void discover(struct api_request *r)
{
    struct api_texts targets;
    struct complaint why;

    if (!api_texts(r, "targets", true, &targets))
        return;
    int rc = station_discover(r->station, targets.at, targets.count, &why);
    array_fini(&targets);
    if (rc < 0)
        api_complaint(r, rc, &why);
    else
        api_json(r, 202, json_pack("{s:s}", "state", "running"));
}

static void on_bounds_settled(void *arg, int rc, const struct complaint *why)
{
    struct api_request *r = arg;

    r->forget = NULL;
    if (rc < 0)
        api_complaint(r, rc, why);
    else
        discover(r);
}

/* The targets are seeds and ranges from now on, within what is told. */
static json_t *bounds_of(const struct api_request *r)
{
    const json_t *targets = json_object_get(r->body, "targets");
    json_t *seeds = json_array(), *ranges = json_array();

    for (size_t i = 0; i < json_array_size(targets); i++) {
        json_t *one = json_array_get(targets, i);
        const char *text = json_string_value(one);
        bool prefix = text != NULL && strchr(text, '/') != NULL;

        json_array_append(prefix ? ranges : seeds, one);
    }
    return json_pack("{s:o,s:o,s:O}", "seeds", seeds, "ranges", ranges,
                     "within", json_object_get(r->body, "within"));
}

void api_discover(struct api_request *r)
{
    struct complaint why;

    if (json_array_size(json_object_get(r->body, "within")) == 0) {
        discover(r);
        return;
    }
    if (r->caller.role != ROLE_ADMINISTRATOR) {
        api_problem(r, 403, "an administrator alone says where discovery goes",
                    "leave within out, or ask one");
        return;
    }
    json_t *bounds = bounds_of(r);
    r->forget = forget;
    tell_before(r);
    int rc = settings_set_discovery(station_settings(r->station),
                                    station_config(r->station), bounds, true,
                                    on_bounds_settled, r, &why);
    json_decref(bounds);
    if (rc < 0)
        refuse(r, rc, &why);
}

void api_discovery_stop(struct api_request *r)
{
    station_stop(r->station);
    api_json(r, 200, json_pack("{s:s}", "state", "stopped"));
}
