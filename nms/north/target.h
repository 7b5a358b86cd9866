/* target.h - what OBJECT/SERIES of the API names: the files of series. OBJECT
 * is a device or DEVICE:PORT, SERIES a template, with ":OBJECT" for one of
 * several ("cpu:1") or a class of sensors ("sensor:temperature"). Risk is also
 * of links (by id, or both ends as
 * `portolan risk` names them), sites, clouds ("MAP/NAME") and "all". How the
 * station does is of "station". */
#ifndef NORTH_TARGET_H
#define NORTH_TARGET_H

#include "graphs/template.h"
#include "north/request.h"

struct target_file {
    const struct device_record *device; /* NULL: a risk of no device */
    const char *path;
    struct buffer label; /* "core-1 Gi0/1" */
};

/* What was named; all but the labels lives as long as the request, the
 * interface until another device is found. All zeros to begin with. */
struct target {
    const struct graph_template *what;
    const struct device_record *device; /* the last that was named; NULL: */
    const char *risk_file;              /* the risk of something else */
    const char *own_file;               /* the station itself is meant */
    const char *name;                   /* of either */
    const struct port_record *port;     /* NULL: a device is meant */
    const struct interface *interface;  /* of the port */
    const struct metric_record *metric; /* the first of those meant */
    bool devices;                       /* of several of these */
    struct target_files ARRAY_OF(struct target_file) files;
};
void target_fini(struct target *t);
#define OWNED_TARGET __attribute__((cleanup(target_fini)))

/* Finds device and port, or what else has a risk where that may be meant.
 * False, and a 404 was answered. */
bool target_find_object(struct api_request *r, struct target *t, char *object);

/* Finds the template that series names and cuts it off; *rest is what is behind
 * the colon, NULL if there is none. */
bool target_find_series(struct api_request *r, struct target *t, char *series,
                        char **rest);

/* Adds the files of the object that was found; all: those of every processor,
 * else the first alone. */
bool target_add_files(struct api_request *r, struct target *t, const char *rest,
                      bool all);

/* target_risk.c: finds a link, site, cloud or "all" by name, and its file;
 * false if there is none. The file of a device's risk; NULL: it never had any.
 */
bool target_find_risk(struct api_request *r, struct target *t,
                      const char *name);
const char *target_risk_file(struct api_request *r,
                             const struct device_record *d);

/* The unit of a sensor that is meant; "" of anything else. Valid as what
 * api_facts() gives. */
const char *target_unit(struct api_request *r, const struct target *t);

/* ?from= and ?to=, the last day where they are not there. False, and a 400 was
 * answered. */
bool api_times(struct api_request *r, struct wall *from, struct wall *to);

/* Answers what series told of a question that failed. */
void api_series_problem(struct api_request *r, int result, const char *what);

/* Forgets what is asked of series: r->forget. */
void api_series_forget(struct api_request *r);

#endif
