/* risks_parts.h - risks from within; for risks*.c alone. */
#ifndef STATION_RISKS_PARTS_H
#define STATION_RISKS_PARTS_H

#include "base/arena.h"
#include "base/table.h"
#include "station/risks.h"

/* What has a risk. */
struct risk_state {
    double risk;
    struct risk_mark mark;
    struct risk_history *history; /* NULL: it was always 0 */
    bool unsaved;                 /* the history, of what is no device */
};

struct risk_group {
    char *name;
    struct risk_state state;
    struct risk_sum members;
};

/* A device that is in a cloud, and where it was found last: its memory stays
 * memory of devices, which have another id once it left. */
struct risk_inside {
    struct ident id;
    const struct risk_device *device; /* NULL: not yet */
};

struct risk_cloud {
    char *name; /* MAP/NAME */
    struct risk_state state;
    struct risk_insides ARRAY_OF(struct risk_inside) members;
    bool there; /* as told last */
};

struct risk_device {
    struct ident id;
    struct risk_state state;
    struct risk_group *group;         /* NULL: it stands nowhere */
    uint8_t value, by_hand, exposure; /* by_hand: 0 = nobody said one */
    bool stale;                       /* value, exposure and group */
    bool queued;
    char *who; /* said by_hand; NULL */
    struct wall said;
    struct risk_device *spare; /* of those that left */
};

/* Only of a link that has or had alerts. */
struct risk_link {
    struct ident id;
    struct risk_state state;
    char *name;
    struct ident ends[2];
    bool had_risk; /* when an earlier run ended */
    uint8_t value, exposure;
    struct risk_records ARRAY_OF(struct alert_record *) alerts;
};

struct risk_queue ARRAY_OF(struct ident);

struct risks {
    struct risks_parts parts;
    risk_change_fn on_change; /* NULL */
    void *on_change_arg;
    const struct config *config;
    const struct inferred *inferred; /* NULL before the first */
    struct table *devices;           /* ident -> struct risk_device */
    struct arena *room;              /* of devices: all are gone through often,
                                        and lie side by side */
    struct risk_device *spare;       /* room that is free; NULL: none */
    struct table *links;             /* ident -> struct risk_link */
    struct table *known;    /* ident -> struct topo_link, of inferred */
    struct table *of_alert; /* index -> struct risk_link, of ports' alerts */
    struct table *groups;   /* name -> struct risk_group */
    uint64_t groups_version;
    struct table *clouds; /* name -> struct risk_cloud */
    struct table *kept;   /* key of the store -> struct risk_history of earlier
                             runs, of what is not met yet */
    struct mono saved_at, kept_until;
    struct mono expire_at; /* when points are looked through again */
    struct risk_state whole;
    struct risk_queue queue; /* devices to be reckoned anew */
    bool changed;            /* since the book was made */
    bool levels_wait;        /* some device's level does, for its minute */
    bool waiting;            /* a group's level does, for its minute */
    bool moved;              /* a device, since groups were reckoned */
    struct risk_book *book;
    size_t series, series_at; /* how many there are; the next to be sampled */
    struct mono series_due;   /* when all are sampled again */
    struct mono now, aged; /* of the last tick, and when hours counted last */
    struct wall wall;
};

/* Smaller changes of what an alert adds are not told. */
#define RISK_WEIGHT_LEAST 0.005

enum { RISKS_TURN = 2000 }; /* devices that are reckoned at once */

/* ---- risks_value.c ---- */

/* How much a device matters and how exposed it is; why is appended, if not
 * NULL. */
int risks_value_of(const struct risks *r, const struct device *d,
                   const struct risk_device *o, struct buffer *why);
int risks_exposure_of(const struct device *d, struct buffer *why);

/* ---- risks_history.c ---- */

/* Notes a risk that is another one. True if its level is too: then before is
 * the old one, 0 = none. */
bool risks_note(struct risks *r, struct risk_state *s, double risk,
                int *before);
/* That its level is another one; before 0: it is the first, which is no news.
 */
void risks_tell(struct risks *r, const struct object_ref *object,
                const char *name, const struct risk_state *s, int before);
size_t risks_points(const struct risk_state *s, struct risk_point *out);
void risks_add_point(struct risk_state *s, struct wall at, double risk);
/* Every hour: points whose time is over go. */
void risks_expire(struct risks *r);

/* ---- risks_keep.c ---- */

/* Keeps value by hand and history of a device. */
void risks_save(struct risks *r, const struct risk_device *o);
/* What is new has the history that was kept of it. name: of a site or cloud, a
 * link's id; "" of the whole. */
void risks_recall(struct risks *r, struct risk_state *s, enum risk_class class,
                  const char *name);
/* It is no more. */
void risks_forget(struct risks *r, enum risk_class class, const char *name);
/* Now and then, and at the end: histories of what is no device are kept. */
void risks_keep_turn(struct risks *r);
void risks_keep_all(struct risks *r);
void risks_free_kept(struct risks *r);

/* ---- risks_links.c ---- */

void risks_link_alert(struct risks *r, enum alert_news news,
                      const struct alert_record *a);
void risks_reckon_links(struct risks *r);
/* There is another topology: links that are not in it go, and alerts find those
 * that are. */
void risks_know_links(struct risks *r);
void risks_free_links(struct risks *r);

/* ---- risks_clouds.c ---- */

void risks_reckon_clouds(struct risks *r);
/* NULL: it is not known. */
const struct risk_device *risks_inside(const struct risks *r,
                                       struct risk_inside *inside);
void risks_free_clouds(struct risks *r);

/* ---- risks.c ---- */

/* The risk of a group called name becomes that of its members; class: it is
 * OBJECT_GROUP, or OBJECT_STATION for the whole. */
void risks_reckon_group(struct risks *r, struct risk_state *s,
                        enum object_class class, const char *name,
                        const struct risk_sum *members);

struct risk_device *risks_device(struct risks *r, const struct ident *id);
/* What one alert adds, by the configuration's formula. */
double risks_of_alert(const struct risks *r, const struct alert_record *a,
                      int value, int exposure, double *variables);

#endif
