/* OIDs by their names. */
#include "north/request.h"

bool api_query_find(const struct api_request *r, const char *text,
                    struct oid_store *out)
{
    (void)r;
    return oid_parse(text, out) == 0;
}

void api_query_name(const struct api_request *r, struct oid name,
                    struct buffer *out)
{
    char text[OID_TEXT_MAX];

    (void)r;
    buffer_text(out, oid_format(name, text, sizeof text));
}

void api_query_value(const struct api_request *r, struct oid name,
                     const struct value *value, struct buffer *out)
{
    (void)r;
    (void)name;
    value_text(value, NULL, out);
}
