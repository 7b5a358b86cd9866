/* maps_parts.h - what the files maps*.c share: maps.c (for the loop),
 * maps_shelf.c (the documents, a thread's) and maps_picture.c (pictures).
 */
#ifndef STATION_MAPS_PARTS_H
#define STATION_MAPS_PARTS_H

#include "base/table.h"
#include "station/maps.h"
#include "station/maps_writer.h"
#include "station/worker.h"

/* ---- the documents: after the start, for the worker's thread alone ---- */

struct maps_file {
    char *name, *path;
    struct map *map;        /* NULL: put away, its file holds it */
    uint64_t hash;          /* of its text as last written */
    struct maps_entry told; /* but its name */
};

struct maps_shelf {
    char *dir;
    struct maps_files ARRAY_OF(struct maps_file *) files; /* by name */
    struct maps_writer *writer;
    uint64_t broken;
};

/* dir is taken. */
struct maps_shelf *maps_shelf_new(char *dir);
void maps_shelf_free(struct maps_shelf *s); /* writes what is not written */
int maps_shelf_load(struct maps_shelf *s, struct complaint *why);

struct maps_file *maps_shelf_find(const struct maps_shelf *s, const char *name);

/* The document of f, read again if it was put away. */
struct map *maps_shelf_open(struct maps_file *f);

/* Puts away generated documents of large networks, which nobody looks at most
 * of the time; when they are written. */
void maps_shelf_rest(struct maps_shelf *s);

/* Notes that the document of f may be another: written if it is. */
void maps_shelf_changed(struct maps_shelf *s, struct maps_file *f,
                        struct wall now);

/* Puts the generated map m, which is taken, in the place of the document of its
 * name, whose positions and edits carry over. */
void maps_shelf_put(struct maps_shelf *s, struct map *m, struct wall now);

/* What maps_list() tells: immutable. */
struct maps_catalogue {
    struct maps_entries entries;
    struct arena *arena; /* holds their names */
};
struct maps_catalogue *maps_shelf_list(const struct maps_shelf *s);
void maps_catalogue_free(struct maps_catalogue *c);

/* ---- the loop's ---- */

struct pictures;

struct maps {
    struct event_base *base;
    char *render, *icons; /* icons may be NULL: none found */
    struct worker *worker;
    struct maps_shelf *shelf; /* the worker's */
    struct maps_catalogue *catalogue;
    struct pictures *pictures;
    unsigned refreshing; /* refreshes under way */
};

/* What is told of the documents from now on; taken. */
void maps_publish(struct maps *s, struct maps_catalogue *c);

struct pictures *pictures_new(struct maps *maps);
void pictures_end(struct pictures *p); /* callbacks: -ECANCELED */
void pictures_free(struct pictures *p);
void pictures_stats(const struct pictures *p, struct maps_stats *out);

/* maps_place.c: appends where portolan-render and the icons are; "" = none. */
void maps_find_render(struct buffer *out);
void maps_find_icons(struct buffer *out);

#endif
