/* OIDs by their names, values by the words of their MIB. */
#include "mibs/names.h"
#include "north/request.h"

bool api_query_find(const struct api_request *r, const char *text,
                    struct oid_store *out)
{
    return names_find(station_names(r->station), text, out) == 0;
}

void api_query_name(const struct api_request *r, struct oid name,
                    struct buffer *out)
{
    names_format(station_names(r->station), name, out);
}

void api_query_value(const struct api_request *r, struct oid name,
                     const struct value *value, struct buffer *out)
{
    names_value(station_names(r->station), name, value, out);
}
