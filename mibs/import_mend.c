/* A profile that would be refused for one of its parts loses that part. */
#include "mibs/import_parts.h"

#include "mibs/profile.h"

#include <stdio.h>
#include <stdlib.h>

enum { MENDS_MAX = 200 };

/* The first fault of a set. */
struct first_fault {
    struct complaint why;
    bool any;
};

static void keep_first(const struct complaint *why, void *arg)
{
    struct first_fault *first = arg;

    if (!first->any)
        first->why = *why;
    first->any = true;
}

/* Where the nth line, from 1, begins; NULL if there are not so many. */
static char *line_at(char *text, size_t nth)
{
    for (; nth > 1 && text != NULL; nth--) {
        text = strchr(text, '\n');
        text = text != NULL ? text + 1 : NULL;
    }
    return text;
}

static char *line_after(char *line)
{
    line += strcspn(line, "\n");
    return *line == '\n' ? line + 1 : line;
}

/* The lines of the part that a line is of: the item of a list at the margin
 * with all that is indented below it, or one source of a fact. */
static bool part_find(char *text, size_t nth, char **from, char **to)
{
    char *line = line_at(text, nth);

    if (line == NULL || *line == '\0')
        return false;
    *from = line;
    while (nth > 1 && (*from)[0] == ' ')
        *from = line_at(text, --nth);
    if (strncmp(*from, "- ", 2) != 0) {
        *from = line;
        *to = line_after(line);
        return strncmp(line, "  - ", 4) == 0;
    }
    for (*to = line_after(*from); (*to)[0] == ' ';)
        *to = line_after(*to);
    return true;
}

/* The line of a place, "NAME:LINE:COLUMN: ..."; 0 if it has none. */
static size_t line_of(const char *place, const char *name)
{
    size_t len = strlen(name);

    return strncmp(place, name, len) == 0 && place[len] == ':'
               ? strtoul(place + len + 1, NULL, 10)
               : 0;
}

size_t import_mend(const char *name, struct buffer *profile,
                   struct import_report *report)
{
    size_t mended = 0;

    for (; mended < MENDS_MAX; mended++) {
        const struct profile_file file = {name, profile->at, profile->len};
        struct first_fault first = {.any = false};
        size_t faults = 0;
        char *from, *to;

        profiles_free(profiles_of_files(&file, 1, keep_first, &first, &faults));
        if (!first.any ||
            !part_find(profile->at, line_of(first.why.place, name), &from, &to))
            break;
        struct import_note *note = array_add(&report->notes);

        (void)snprintf(note->place, sizeof note->place, "%s", first.why.place);
        (void)snprintf(note->what, sizeof note->what, "%.150s", first.why.what);
        (void)snprintf(note->why, sizeof note->why, "%s",
                       "left out: the profile would be refused");
        memmove(from, to, strlen(to) + 1);
        profile->len -= (size_t)(to - from);
    }
    return mended;
}
