/* map_import.h - maps of what other tools write: DOT, GraphML, JSON, CSV.
 *
 * Gives a document that is drawn by hand: nodes and links, groups as clouds,
 * positions where the document has them. What is wrong is told with line and
 * column. Bounded as map_read() is.
 */
#ifndef TOPOLOGY_MAP_IMPORT_H
#define TOPOLOGY_MAP_IMPORT_H

#include "topology/map.h"

enum map_import_format {
    MAP_FROM_DOT,
    MAP_FROM_GRAPHML, /* yEd's too */
    MAP_FROM_JSON,
    MAP_FROM_CSV,
    MAP_IMPORT_FORMATS
};

/* By the end of a file's name: ".gv" ".dot" ".graphml" ".xml" ".json" ".csv"
 * ".tsv"; with or without the dot. */
bool map_import_format_parse(const char *ending, enum map_import_format *out);

/* name is the map's; place stands in complaints ("PLACE:LINE:COLUMN"). 0;
 * -EINVAL: not that format; -EFBIG: beyond a limit. */
int map_import(const char *name, const char *place,
               enum map_import_format format, struct bytes text,
               struct map **out, struct complaint *why)
    __attribute__((warn_unused_result));

#endif
