#include "topology/dot.h"

static bool ends_blank(const struct buffer *b)
{
    return b->len == 0 || b->at[b->len - 1] == ' ';
}

void dot_html_text(const char *value, struct buffer *out)
{
    static const struct {
        const char *entity, *text;
    } entities[] = {{"&lt;", "<"},    {"&gt;", ">"},  {"&amp;", "&"},
                    {"&quot;", "\""}, {"&#39;", "'"}, {"&nbsp;", " "}};
    bool inside = false;

    while (*value != '\0') {
        size_t taken = 1;

        inside = *value == '<' || (inside && *value != '>');
        if (inside || *value == '>') {
            if (!ends_blank(out))
                buffer_char(out, ' ');
            value++;
            continue;
        }
        for (size_t i = 0; i < COUNT_OF(entities) && taken == 1; i++)
            if (strncmp(value, entities[i].entity,
                        strlen(entities[i].entity)) == 0) {
                buffer_text(out, entities[i].text);
                taken = strlen(entities[i].entity);
            }
        if (taken == 1 && !(*value == ' ' && ends_blank(out)))
            buffer_char(out, *value);
        value += taken;
    }
}
