/* Series of risk: of devices, and of what is none. */
#include "north/target.h"
#include "station/risk.h"

#include <string.h>

static const char *file_of(struct api_request *r, enum risk_class class,
                           const char *name)
{
    struct buffer OWNED_BUFFER path = {0};

    risk_series_path(class, name, &path);
    return api_keep_text(r, path.at);
}

const char *target_risk_file(struct api_request *r,
                             const struct device_record *d)
{
    const struct risk_book *b = r->snapshot->risk;
    const struct risk_entry *e = b != NULL ? risk_of_device(b, &d->id) : NULL;

    return e != NULL && e->history != NULL && d->dir != NULL
               ? file_of(r, RISK_DEVICE, d->dir)
               : NULL;
}

static const struct risk_entry *named(const struct risk_entry *at, size_t count,
                                      const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(at[i].name, name) == 0)
            return &at[i];
    return NULL;
}

bool target_find_risk(struct api_request *r, struct target *t, const char *name)
{
    const struct risk_book *b = r->snapshot->risk;
    const struct risk_entry *e;
    char text[IDENT_TEXT_MAX];
    struct ident id;

    t->name = api_keep_text(r, name);
    if (b == NULL)
        return false;
    e = ident_parse(name, &id) == 0 ? risk_of_link(b, &id)
                                    : named(b->links, b->link_count, name);
    if (e != NULL && e->history != NULL) {
        t->name = e->name; /* its ends */
        t->risk_file =
            file_of(r, RISK_LINK, ident_format(&e->id, text, sizeof text));
    } else if (named(b->groups, b->group_count, name) != NULL) {
        t->risk_file = file_of(r, RISK_SITE, name);
    } else if (named(b->clouds, b->cloud_count, name) != NULL) {
        t->risk_file = file_of(r, RISK_CLOUD, name);
    } else if (strcmp(name, "all") == 0) {
        t->risk_file = file_of(r, RISK_WHOLE, "");
    }
    return t->risk_file != NULL;
}
