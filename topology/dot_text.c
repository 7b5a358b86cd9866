/* Texts of DOT documents: in and out. */
#include "base/text.h"
#include "topology/dot.h"

void dot_write_text(const char *text, struct buffer *out)
{
    buffer_char(out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '\n')
            buffer_text(out, "\\n");
        else if (*text == '"' || *text == '\\')
            buffer_format(out, "\\%c", *text);
        else
            buffer_char(out, *text);
    }
    buffer_char(out, '"');
}

/* In quotation marks; backslash is what stands for one. */
static void write_shown(const char *text, const char *backslash,
                        struct buffer *out)
{
    buffer_char(out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '\n')
            buffer_text(out, "\\n");
        else if (*text == '"')
            buffer_text(out, "\\\"");
        else if (*text == '\\')
            buffer_text(out, backslash);
        else if (*text == '&')
            buffer_text(out, "&amp;");
        else
            buffer_char(out, *text);
    }
    buffer_char(out, '"');
}

void dot_write_label(const char *text, struct buffer *out)
{
    write_shown(text, "\\\\", out);
}

void dot_write_tooltip(const char *text, struct buffer *out)
{
    write_shown(text, "\\\\\\\\", out);
}

void dot_write_html(const char *text, struct buffer *out)
{
    struct buffer OWNED_BUFFER xml = {0};

    text_xml(text, &xml);
    for (size_t i = 0; i < xml.len; i++) {
        buffer_char(out, xml.at[i]);
        if (xml.at[i] == '\\')
            buffer_char(out, '\\');
    }
}

/* A backslash and the letter behind it. */
static void add_escape(char c, const char *name, struct buffer *out)
{
    if (c == 'n' || c == 'l' || c == 'r')
        buffer_char(out, '\n');
    else if (c == 'N')
        buffer_text(out, name);
    else
        buffer_char(out, c);
}

static void add_plain(const char *value, const char *name, bool entities,
                      struct buffer *out)
{
    buffer_text(out, "");
    while (*value != '\0') {
        size_t taken = entities ? dot_entity(value, out) : 0;

        if (taken == 0 && *value == '\\' && value[1] != '\0') {
            add_escape(value[1], name, out);
            taken = 2;
        } else if (taken == 0) {
            buffer_char(out, *value);
            taken = 1;
        }
        value += taken;
    }
}

void dot_plain_text(const char *value, const char *name, struct buffer *out)
{
    add_plain(value, name, false, out);
}

void dot_label_text(const char *value, const char *name, struct buffer *out)
{
    add_plain(value, name, true, out);
}
