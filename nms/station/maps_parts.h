/* maps_parts.h - what the files maps*.c share: maps.c and maps_edit.c (for the
 * loop), maps_shelf.c and maps_disk.c (the documents, a thread's) and
 * maps_picture.c (pictures).
 */
#ifndef STATION_MAPS_PARTS_H
#define STATION_MAPS_PARTS_H

#include "base/table.h"
#include "station/maps.h"
#include "station/worker.h"
#include "topology/map_offer.h"
#include "topology/map_overlay.h"

/* ---- the documents: after the start, for the worker's thread alone ---- */

/* A map in two layers: what was found (or imported), and the edits of people,
 * each in a file of its own: NAME.gv and NAME.edits. */
struct maps_file {
    char *name, *path, *edits_path;
    struct map *found;      /* NULL: put away, its file holds it */
    struct map *shown;      /* found with the edits; itself if there are none */
    struct overlay *edits;  /* in memory always */
    uint64_t hash;          /* of its text as last written */
    bool unwritten;         /* its file does not hold it: the disk refused */
    int unread;             /* why its file could not be read, -errno; 0 */
    struct maps_entry told; /* but its name */
    uint64_t round;         /* of the refresh that it was made of; 0: earlier */
    uint64_t asked;         /* counts up; 0: it is always there */
    bool edited;
    char *alias; /* another name it was asked for by in this round; NULL */
    struct mono kept_until; /* somebody looks at it */
};

/* What maps are made of, as of one refresh. */
struct maps_stock {
    struct inferred *from;                              /* a reference */
    struct maps_rules ARRAY_OF(struct site_rule) rules; /* texts in arena */
    struct map_offers *offers;
    struct arena *arena;
    uint64_t round; /* counts up */
};

struct maps_shelf {
    char *dir;
    struct maps_files ARRAY_OF(struct maps_file *) files; /* by name */
    struct maps_stock *stock; /* NULL before the first refresh */
    uint64_t questions;       /* for maps that are made when asked for */
    uint64_t broken;
    uint64_t written; /* atomic: documents, for maps_stats() */
};

/* dir is taken. */
struct maps_shelf *maps_shelf_new(char *dir);
void maps_shelf_free(struct maps_shelf *s);
int maps_shelf_load(struct maps_shelf *s, struct complaint *why);

struct maps_file *maps_shelf_find(const struct maps_shelf *s, const char *name);

/* The document of f with its edits, read again if it was put away; NULL if it
 * cannot be read, then it stays put away. */
struct map *maps_shelf_open(struct maps_file *f);
/* The same for somebody who may soon ask again. */
struct map *maps_shelf_look(struct maps_file *f);

/* A new document found, which is taken; edits of its name that are on disk are
 * its. NULL if there are too many. */
struct maps_file *maps_shelf_add(struct maps_shelf *s, const char *name,
                                 struct map *found);

/* Calls f otherwise from now on; its files are where they were. */
void maps_shelf_call(struct maps_shelf *s, struct maps_file *f,
                     const char *name);

/* Does the edits again, over what was found; found may be the same as before,
 * or another, which is taken. */
void maps_shelf_redo(struct maps_file *f, struct map *found);

/* Takes the positions that a layout found for it. True if any is new. */
bool maps_shelf_take_layout(struct maps_file *f, const struct map *laid_out);

/* What is said of f where it cannot be read: -EBUSY. */
int maps_unread(const struct maps_file *f, struct complaint *why)
    __attribute__((warn_unused_result));

/* Puts away generated documents of large networks that nobody looked at for
 * some minutes, and which their files hold. */
void maps_shelf_rest(struct maps_shelf *s);

/* Puts the document of f away at once, if it is one that may rest. */
void maps_shelf_close(struct maps_file *f);

/* Notes that the document of f may be another: written if it is. A failure is a
 * line in the log too, -errno; with the next change it is tried again.
 * -EOVERFLOW: it is larger than what can be read again (MAP_TEXT_MAX). */
int maps_shelf_changed(struct maps_shelf *s, struct maps_file *f,
                       struct wall now);

/* Puts the generated map m, which is taken, in the place of the document of its
 * name, whose positions and edits carry over. NULL if there are too many, or if
 * the file of that document cannot be read just now. */
struct maps_file *maps_shelf_put(struct maps_shelf *s, struct map *m,
                                 struct wall now);

/* Forgets the document of f, but not its files. */
void maps_shelf_forget(struct maps_shelf *s, struct maps_file *f);

/* ---- maps_disk.c: their files ---- */

/* Both layers, read from the file of f; 0 or -errno, a line in the log too. */
int maps_disk_read(const struct maps_file *f, struct map **found,
                   struct map **shown) __attribute__((warn_unused_result));

/* Sets the file of f aside, which cannot be read, before another is written
 * over it. False if it may be read later: then it stays. */
bool maps_disk_give_up(struct maps_shelf *s, const struct maps_file *f);

/* The edits of f; those that cannot be read are set aside: none. */
void maps_disk_read_edits(struct maps_shelf *s, struct maps_file *f);

/* Writes them; 0 or -errno, then the file holds what it held. */
int maps_disk_write_edits(const struct maps_file *f)
    __attribute__((warn_unused_result));

/* Writes the document of f; 0 or -errno. */
int maps_disk_write(struct maps_shelf *s, struct maps_file *f,
                    struct bytes text);

/* Removes both files of f; 0 or -errno of the first that stays, a line in the
 * log too. */
int maps_disk_remove(struct maps_file *f);

/* ---- maps_stock.c: maps made of what was inferred ---- */

/* from is taken; of wanted, sites are copied. */
struct maps_stock *maps_stock_new(struct inferred *from,
                                  const struct maps_wanted *wanted);
void maps_stock_free(struct maps_stock *s);

/* Makes offers, and takes the place of the stock before. */
void maps_stock_take(struct maps_shelf *s, struct maps_stock *stock);

/* As what is to be generated was found before, or the map that it is the inside
 * of a cloud of; NULL: it is new. */
const struct map *maps_stock_known(const struct maps_shelf *s,
                                   const struct map_subject *subject);

/* Makes a map of the stock that shall always be there. */
void maps_stock_make(struct maps_shelf *s, const struct map_subject *subject);

/* The document called name; one that can be made of the stock is, or made anew
 * if it is of an earlier one or cannot be read: then *made is true. NULL if
 * there is none. */
struct maps_file *maps_stock_demand(struct maps_shelf *s, const char *name,
                                    bool *made);

/* Removes documents that were made on demand, beyond MAPS_ASKED_MAX. */
void maps_stock_evict(struct maps_shelf *s);

/* ---- maps_renamed.c: names of before ---- */

/* Lets the document that m had by an earlier name, if there is one, be that of
 * its name, on disk too. */
void maps_renamed_take(struct maps_shelf *s, const struct map *m);

/* The document that was made in this round of the stock for who asked for name,
 * which is not what it is called; NULL. */
struct maps_file *maps_renamed_find(const struct maps_shelf *s,
                                    const char *name);
void maps_renamed_note(struct maps_file *f, const char *name);

/* ---- maps_past.c: maps of another moment ---- */

/* A map of what was inferred then, as people edited it since, with the states
 * of then; its title tells the moment, and what is not known of it. -ENOENT if
 * there is none, and *why. */
int maps_past_make(const struct maps_shelf *s, const char *name,
                   const struct inferred *past, struct map **out,
                   struct complaint *why) __attribute__((warn_unused_result));

/* ---- maps_platform.c: what the station runs on, on the map "station" ---- */

void maps_platform_add(struct map *m);
/* Of other maps it leaves all as it is. */
void maps_platform_status(struct map *m, const struct snapshot *snapshot);

/* What maps_list() tells: immutable. */
struct maps_catalogue {
    struct maps_entries entries;
    struct arena *arena; /* holds their names */
};
struct maps_catalogue *maps_shelf_list(const struct maps_shelf *s);
void maps_catalogue_free(struct maps_catalogue *c);

/* ---- the loop's ---- */

struct pictures;
struct maps_ahead;
struct ask;

struct maps {
    struct event_base *base;
    char *render, *icons; /* icons may be NULL: none found */
    struct worker *worker;
    struct maps_shelf *shelf; /* the worker's */
    struct maps_catalogue *catalogue;
    struct pictures *pictures;
    struct maps_ahead *ahead;
    struct maps_search *searches;                 /* under way */
    struct maps_roll_call *roll_calls;            /* the same */
    struct maps_asks ARRAY_OF(struct ask *) asks; /* not answered yet */
    unsigned refreshing;                          /* refreshes under way */
    maps_change_fn told;                          /* NULL: nobody listens */
    void *told_arg;
};

/* What is told of the documents from now on; taken. Whoever listens is told
 * what changed: as deed says of the document of its name, others were "found",
 * or went. */
void maps_publish(struct maps *s, struct maps_catalogue *c,
                  const struct maps_change *deed);
/* The same where a layout placed nodes of that document. */
void maps_publish_placed(struct maps *s, struct maps_catalogue *c,
                         const char *name);

/* maps_told.c: what stands over a picture of a moment; free() it. */
char *maps_title(const char *name, struct wall at);
/* A document that is laid out, in a format that needs no child. */
void maps_write(const struct map *m, enum maps_format format,
                const struct map_json_form *form, struct buffer *out);

struct pictures *pictures_new(struct maps *maps);
void pictures_end(struct pictures *p); /* callbacks: -ECANCELED */
void pictures_free(struct pictures *p);
void pictures_stats(const struct pictures *p, struct maps_stats *out);

/* maps_ahead.c: layouts before somebody asks; after_ms: see maps_options. */
struct maps_ahead *maps_ahead_new(struct maps *maps, unsigned after_ms);
void maps_ahead_free(struct maps_ahead *a);
/* Maps were made anew. */
void maps_ahead_refreshed(struct maps_ahead *a);

/* maps_edit.c: forgets questions of arg. */
void maps_asks_forget(struct maps *s, const void *arg);

/* maps_place.c: appends where portolan-render and the icons are; "" = none. */
void maps_find_render(struct buffer *out);
void maps_find_icons(struct buffer *out);

#endif
