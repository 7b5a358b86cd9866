#include "topology/dot.h"

static bool ends_blank(const struct buffer *b)
{
    return b->len == 0 || b->at[b->len - 1] == ' ';
}

void dot_html_text(const char *value, struct buffer *out)
{
    bool inside = false;

    while (*value != '\0') {
        size_t taken;

        inside = *value == '<' || (inside && *value != '>');
        if (inside || *value == '>') {
            if (!ends_blank(out))
                buffer_char(out, ' ');
            value++;
            continue;
        }
        taken = dot_entity(value, out);
        if (taken == 0 && !(*value == ' ' && ends_blank(out)))
            buffer_char(out, *value);
        value += taken > 0 ? taken : 1;
    }
}
