#include "station/device_site.h"

#include "station/config.h"
#include "station/inventory.h"

void device_site(const struct config *c, const struct device *d,
                 struct buffer *out)
{
    const struct site_rules rules = {c->maps.sites.at, c->maps.sites.count};
    const struct topo_device like = {.id = d->id,
                                     .name = d->name,
                                     .facts = d->facts,
                                     .addrs = d->addrs.at,
                                     .addr_count = d->addrs.count,
                                     .kind = d->kind};

    buffer_text(out, "");
    site_of(&rules, &like, out);
}
