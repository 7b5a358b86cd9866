/* device_site.h - where a device stands. */
#ifndef STATION_DEVICE_SITE_H
#define STATION_DEVICE_SITE_H

#include "base/bytes.h"

struct config;
struct device;

/* Appends the site of a device: by maps.sites of the configuration, else what
 * it says itself (sysLocation); an empty text where neither tells. */
void device_site(const struct config *c, const struct device *d,
                 struct buffer *out);

#endif
