/* described.h - what operations take and answer, for openapi.json.
 *
 * A shape is written short: s text, i whole number, n number, b true or false,
 * * anything, [X] a list, {key:X,key?:X} an object (? may lack), {*:X} an
 * object by any key, X|null; a name is one of the shapes that have one.
 */
#ifndef NORTH_DESCRIBED_H
#define NORTH_DESCRIBED_H

#include "north/routes.h"

struct described {
    enum api_method method;
    const char *pattern; /* as in the table of routes */
    const char *query;   /* "q limit:i"; "" = it takes no parameters */
    const char *body;    /* a shape; a media type; "" = none, "?" before it: it
                            may lack */
    const char *answer;  /* a shape, "+" before it: or a document; or a media
                            type */
};

/* NULL: it is not described. */
const struct described *described_find(const struct api_route *route);

struct shape {
    const char *name, *shape;
};
const struct shape *described_shapes(size_t *count);

/* A shape as a schema (OpenAPI 3.0.3). NULL: it is not written so. */
json_t *described_schema(const char *shape);

#endif
