/* described.h - what files should look like, and whether they do: by what
 * rrdcached's INFO tells of one, and by a note of what all of them were like.
 * Pure. */
#ifndef GRAPHS_DESCRIBED_H
#define GRAPHS_DESCRIBED_H

#include "graphs/layout.h"

/* A comparison of one file with what it should be. All zeros to begin with. */
struct described {
    struct buffer expected; /* lines, a newline before and behind each */
    size_t lines, matched;
    bool other; /* something is not as expected */
};

void described_begin(struct described *d, const struct layout *l,
                     enum series_group group);
/* Takes a line of INFO's answer. */
void described_take(struct described *d, const char *line);
/* Behind the last line: step, data sources and archives are as they should be.
 */
bool described_is_same(const struct described *d);
void described_fini(struct described *d);

/* Appends the note of a layout, some lines of text. */
void layout_note(const struct layout *l, struct buffer *out);

/* Appends the note for the time of a change from what the note before says:
 * equal to none, and with the hardest of both for each group. */
void layout_note_changing(const char *before, const struct layout *l,
                          struct buffer *out);

/* What is to be done about files that are as a note says. */
struct layout_change {
    bool any;                 /* files are to be looked at */
    bool look[SERIES_GROUPS]; /* those of this group */
    /* Samples of a group cannot go to a file that is not yet changed: it has
     * other data sources, or takes their silence for a gap. */
    bool hold[SERIES_GROUPS];
};

/* note: NULL or one that cannot be read says nothing. */
struct layout_change layout_compare(const char *note, const struct layout *l);

#endif
