#include "graphs/talk.h"

#include <stdio.h>
#include <stdlib.h>

/* As rrdtool cuts a line: quotes of either kind may begin and end anywhere in a
 * word, nothing else means anything. */
static void quote(const char *text, struct buffer *out)
{
    char in = '"';

    buffer_char(out, in);
    for (; *text != '\0'; text++) {
        if (*text == in) {
            buffer_char(out, in);
            in = in == '"' ? '\'' : '"';
            buffer_char(out, in);
        }
        buffer_char(out, *text == '\n' || *text == '\r' ? ' ' : *text);
    }
    buffer_char(out, in);
}

void talk_command(const struct picture_argv *argv, struct buffer *out)
{
    for (size_t i = 0; i < argv->count; i++) {
        if (i > 0)
            buffer_char(out, ' ');
        quote(argv->at[i], out);
    }
    buffer_char(out, '\n');
}

static bool begins(const char *line, const char *with)
{
    return strncmp(line, with, strlen(with)) == 0;
}

/* 'print[0] = "1.5e+00"'. */
static bool take_print(struct talk *t, const char *line)
{
    const char *from = strchr(line, '"');
    const char *to = strrchr(line, '"');

    if (from == NULL || to == from || t->printed.count == TALK_PRINTED_MAX)
        return false;
    *array_add(&t->printed) = mem_text_of(from + 1, (size_t)(to - from - 1));
    return true;
}

/* 'image = BLOB_SIZE:1234', and so many octets behind it. */
static bool take_image(struct talk *t, const char *line)
{
    char *end;
    unsigned long long len = strtoull(line, &end, 10);

    if (end == line || *end != '\0' || len > TALK_OCTETS_MAX ||
        t->image_len != 0)
        return false;
    t->image_at = t->at;
    t->image_len = (size_t)len;
    return true;
}

/* One line, whose end was cut off. */
static enum talk_state take_line(struct talk *t, const char *line)
{
    static const char image[] = "image = BLOB_SIZE:", error[] = "ERROR: ";
    bool good = true;

    if (begins(line, "OK"))
        return TALK_DONE;
    if (begins(line, error)) {
        (void)snprintf(t->error, sizeof t->error, "%s",
                       line + sizeof error - 1);
        return TALK_FAILED;
    }
    if (begins(line, "print["))
        good = take_print(t, line);
    else if (begins(line, image))
        good = take_image(t, line + sizeof image - 1);
    return good ? TALK_MORE : TALK_BROKEN;
}

/* The next line whole, *end behind it; NULL if it has not come. */
static char *next_line(struct talk *t)
{
    char *from = t->said.at + t->at;
    char *end = memchr(from, '\n', t->said.len - t->at);

    if (end == NULL)
        return NULL;
    *end = '\0';
    t->at += (size_t)(end - from) + 1;
    return from;
}

enum talk_state talk_take(struct talk *t, struct bytes in)
{
    enum talk_state state = TALK_MORE;

    if (in.len > TALK_OCTETS_MAX - t->said.len)
        return TALK_BROKEN;
    buffer_add(&t->said, in.at, in.len);
    while (state == TALK_MORE) {
        if (t->image_len > 0 && t->at == t->image_at) {
            if (t->said.len - t->at < t->image_len)
                return TALK_MORE;
            t->at += t->image_len;
        }
        char *line = next_line(t);
        if (line == NULL)
            return t->said.len - t->at > TALK_LINE_MAX ? TALK_BROKEN
                                                       : TALK_MORE;
        state = take_line(t, line);
    }
    return t->at == t->said.len ? state : TALK_BROKEN;
}

struct bytes talk_image(const struct talk *t)
{
    return (struct bytes){(const uint8_t *)t->said.at + t->image_at,
                          t->image_len};
}

void talk_clear(struct talk *t)
{
    for (size_t i = 0; i < t->printed.count; i++)
        free(t->printed.at[i]);
    array_fini(&t->printed);
    buffer_fini(&t->said);
    *t = (struct talk){0};
}
