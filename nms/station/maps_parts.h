/* maps_parts.h - what maps.c (documents) and maps_picture.c (pictures) share.
 */
#ifndef STATION_MAPS_PARTS_H
#define STATION_MAPS_PARTS_H

#include "base/table.h"
#include "station/maps.h"
#include "station/maps_writer.h"

/* A document. */
struct maps_file {
    char *name, *path;
    struct map *map;
    uint64_t hash; /* of its text as last written */
    struct wall changed;
};

struct pictures;

struct maps {
    struct event_base *base;
    char *dir, *render, *icons; /* icons may be NULL: none found */
    struct maps_files ARRAY_OF(struct maps_file *) files; /* by name */
    struct maps_writer *writer;
    struct pictures *pictures;
    uint64_t broken;
};

struct maps_file *maps_file_find(const struct maps *s, const char *name);

/* Notes that the document of f may be another: written if it is. */
void maps_file_changed(struct maps *s, struct maps_file *f, struct wall now);

struct pictures *pictures_new(struct maps *maps);
void pictures_free(struct pictures *p); /* callbacks: -ECANCELED */
void pictures_stats(const struct pictures *p, struct maps_stats *out);

/* maps_place.c: appends where portolan-render and the icons are; "" = none. */
void maps_find_render(struct buffer *out);
void maps_find_icons(struct buffer *out);

#endif
