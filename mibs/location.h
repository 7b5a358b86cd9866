/* location.h - where a device stands, by the text that people wrote into its
 * sysLocation. */
#ifndef MIBS_LOCATION_H
#define MIBS_LOCATION_H

#include <stdbool.h>

/* Degrees, north and east positive (WGS 84). */
struct coordinates {
    double latitude, longitude;
};

/* The first "[48.137, 11.575]" in text, in brackets of any kind, that can be a
 * place on earth; false if there is none. */
bool location_coordinates(const char *text, struct coordinates *out);

#endif
