/* Everything about a device or a person goes; for administrators. */
#include "north/audit.h"
#include "north/json_out.h"
#include "north/routes.h"
#include "north/who.h"
#include "station/forget.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { PATH_MAX_LEN = 80 };

static json_t *counts_json(const struct forgotten *f)
{
    return json_pack("{s:s,s:I,s:I}", "instead", f->instead, "deleted",
                     (json_int_t)f->deleted, "changed", (json_int_t)f->changed);
}

static json_t *forgotten_json(const struct forgotten *f)
{
    json_t *o = counts_json(f), *left = json_array();

    for (size_t i = 0; i < f->left.count; i++) {
        json_t *one = json_object();

        json_put_text(one, "where", f->left.at[i].where);
        json_put_text(one, "why", f->left.at[i].why);
        json_array_append_new(left, one);
    }
    json_object_set_new(o, "left", left);
    return o;
}

/* The record says that something was deleted, not what. */
static void record_as(struct api_request *r, const char *what,
                      const char *instead)
{
    char path[PATH_MAX_LEN];

    (void)snprintf(path, sizeof path, "%s/%s/forget", what, instead);
    r->recorded_as = api_keep_text(r, path);
}

static void on_forgotten(void *arg, int result, const struct forgotten *f)
{
    struct api_request *r = arg;

    r->forget = NULL;
    if (result == -ENOENT) {
        api_problem(r, 404, "nothing is on record of a device of that name",
                    "see `portolan devices`, `portolan events --object NAME`");
        return;
    }
    record_as(r, r->segments[0], f->instead);
    audit_tell(r, NULL, counts_json(f));
    if (result == 0)
        api_json(r, 200, forgotten_json(f));
    else
        api_problem(r, 503, "the disk does not take it: some of it is left",
                    "check the disk of the station's data, and ask again");
}

/* The client has gone. It is recorded without the name, and goes on. */
static void leave(struct api_request *r)
{
    station_forget_leave(r->station, r);
}

static void begin(struct api_request *r,
                  int (*forget)(struct station *s, const char *name,
                                forget_fn done, void *arg,
                                struct complaint *why))
{
    struct complaint why;

    record_as(r, r->segments[0], "forgotten");
    r->forget = leave;
    int rc = forget(r->station, r->segments[1], on_forgotten, r, &why);
    if (rc == 0)
        return;
    r->forget = NULL;
    api_complaint(r, rc, &why);
}

void api_device_forget(struct api_request *r)
{
    begin(r, station_forget_device);
}

void api_user_forget(struct api_request *r)
{
    char who[WHO_MAX];

    if (strcmp(api_who(r, who, sizeof who), r->segments[1]) == 0)
        api_problem(r, 409, "the record of it would bear your name",
                    "let another administrator do it");
    else
        begin(r, station_forget_person);
}
