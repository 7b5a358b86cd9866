/* profile_measure.h - one table of a profile while its rows are looked at; for
 * mibs/profile*.c.
 */
#ifndef MIBS_PROFILE_MEASURE_H
#define MIBS_PROFILE_MEASURE_H

#include "mibs/profile_model.h"

struct measure {
    struct profile_reading *reading;
    struct facts *facts;
    const struct profile_table *table;
    const struct bound_table *bound;
    struct oid_store
        *joined; /* of each column that is a join: its row's index */
    struct value values[TABLE_COLUMNS_MAX];
    struct scene scene;
    double combined; /* the value of all rows together; NaN: of each */
    struct measure_scratch {
        struct buffer text, safe, name;
        struct scene_scratch scene;
    } * scratch;        /* for the moment */
    struct table *seen; /* indexes that were there, by section and class */
    struct table *gave; /* names of the tables that gave something */
};

/* The value of the row at hand, or of all of them where they are combined. */
double measure_value(const struct measure *m);

/* Adds what the row at hand tells to the facts; false if that is nothing. */
bool measure_add(struct measure *m);

#endif
