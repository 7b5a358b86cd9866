/* api_gaps.h - why a series has no values, for answers. */
#ifndef NORTH_API_GAPS_H
#define NORTH_API_GAPS_H

#include "graphs/picture.h"
#include "north/request.h"
#include "station/gaps.h"
#include "station/series.h"

/* Appends what struck a device's series between two moments, oldest first; d
 * NULL: it is of no device. */
void api_gaps_of(const struct api_request *r, const struct device_record *d,
                 const char *path, enum series_group group, struct wall from,
                 struct wall to, struct gap_spans *out);

/* [{from, to, reason, text}], moments in seconds since 1970. */
json_t *api_gaps_json(const struct gap_spans *gaps);

/* For each row that has a value in none of the columns at these places the
 * reason that struck it most, else null. */
json_t *api_gaps_of_rows(const struct gap_spans *gaps,
                         const struct series_rows *rows, const size_t *places,
                         size_t count);

/* The same for a picture; reasons are static texts. */
struct picture_gaps ARRAY_OF(struct picture_gap);
void api_gaps_pictured(const struct gap_spans *gaps, struct picture_gaps *out);

#endif
