#include "north/cli_url.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* RFC 3986, 2.3; whatever else is encoded (2.1). */
static bool is_unreserved(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
           c == '~';
}

static void add_encoded(const char *text, struct buffer *out)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (is_unreserved(c))
            buffer_char(out, *text);
        else
            buffer_format(out, "%%%02X", c);
    }
}

void url_path(struct buffer *out, const char *first, ...)
{
    va_list more;

    va_start(more, first);
    for (const char *s = first; s != NULL; s = va_arg(more, const char *)) {
        if (s != first)
            buffer_char(out, '/');
        add_encoded(s, out);
    }
    va_end(more);
}

void url_param(struct buffer *out, const char *name, const char *value)
{
    if (value == NULL)
        return;
    bool more = out->len > 0 && strchr(out->at, '?') != NULL;
    buffer_format(out, "%c%s=", more ? '&' : '?', name);
    add_encoded(value, out);
}

void url_param_number(struct buffer *out, const char *name, int64_t value)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%" PRId64, value);
    url_param(out, name, text);
}
