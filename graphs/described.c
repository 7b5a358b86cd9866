#include "graphs/described.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char changing[] = "changing";

static void expect_archive(struct described *d, size_t nth, const char *cf,
                           const struct layout_archive *archive)
{
    buffer_format(&d->expected,
                  "rra[%zu].cf 2 %s\nrra[%zu].rows 1 %" PRIu32
                  "\nrra[%zu].pdp_per_row 1 %" PRIu32 "\n",
                  nth, cf, nth, archive->rows, nth, archive->points);
    d->lines += 3;
}

void described_begin(struct described *d, const struct layout *l,
                     enum series_group group)
{
    size_t nth = 0;

    buffer_clear(&d->expected);
    d->matched = 0;
    d->other = false;
    d->lines = 1;
    buffer_format(&d->expected, "\nstep 1 %" PRIu32 "\n", l->step_s);
    for (size_t i = 0; i < series_group_values(group); i++) {
        const char *name = series_group_value(group, i);

        buffer_format(&d->expected,
                      "ds[%s].index 1 %zu\nds[%s].minimal_heartbeat 1 %" PRIu32
                      "\n",
                      name, i, name, l->heartbeat_s);
        d->lines += 2;
    }
    for (size_t i = 0; i < l->count; i++)
        expect_archive(d, nth++, "AVERAGE", &l->archives[i]);
    for (size_t i = 0; i < l->count; i++)
        if (l->archives[i].max)
            expect_archive(d, nth++, "MAX", &l->archives[i]);
}

/* Whether a line tells of the layout, not of what the file holds. */
static bool is_layout(const char *line)
{
    static const char *const keys[] = {".index ", ".minimal_heartbeat ", ".cf ",
                                       ".rows ", ".pdp_per_row "};
    bool is_part =
        strncmp(line, "ds[", 3) == 0 || strncmp(line, "rra[", 4) == 0;

    for (size_t i = 0; is_part && i < sizeof keys / sizeof keys[0]; i++)
        if (strstr(line, keys[i]) != NULL)
            return true;
    return strncmp(line, "step ", 5) == 0;
}

void described_take(struct described *d, const char *line)
{
    struct buffer OWNED_BUFFER whole = {0};

    if (!is_layout(line))
        return;
    buffer_format(&whole, "\n%s\n", line);
    if (strstr(d->expected.at, whole.at) != NULL)
        d->matched++;
    else
        d->other = true;
}

bool described_is_same(const struct described *d)
{
    return !d->other && d->matched == d->lines;
}

void described_fini(struct described *d)
{
    buffer_fini(&d->expected);
}

/* ---- the note ---- */

static void note_group(enum series_group group, struct buffer *out)
{
    buffer_format(out, "%s", series_group_name(group));
    for (size_t i = 0; i < series_group_values(group); i++)
        buffer_format(out, " %s", series_group_value(group, i));
    buffer_char(out, '\n');
}

static void note_clock(const struct layout *l, struct buffer *out)
{
    buffer_format(out, "heartbeat %" PRIu32 "\nstep %" PRIu32, l->heartbeat_s,
                  l->step_s);
    for (size_t i = 0; i < l->count; i++)
        buffer_format(out, " %" PRIu32 "x%" PRIu32 "%s", l->archives[i].points,
                      l->archives[i].rows, l->archives[i].max ? "max" : "");
    buffer_char(out, '\n');
}

void layout_note(const struct layout *l, struct buffer *out)
{
    note_clock(l, out);
    for (int group = 0; group < SERIES_GROUPS; group++)
        note_group((enum series_group)group, out);
}

/* Whether a note has this group as it is now. */
static bool has_group(const char *note, enum series_group group)
{
    struct buffer OWNED_BUFFER line = {0};

    buffer_char(&line, '\n');
    note_group(group, &line);
    return strstr(note, line.at) != NULL;
}

/* The heartbeat that a note tells, 0 if none. */
static uint32_t heartbeat_of(const char *note)
{
    uint32_t heartbeat_s;

    return sscanf(note, "heartbeat %" SCNu32, &heartbeat_s) == 1 ? heartbeat_s
                                                                 : 0;
}

void layout_note_changing(const char *before, const struct layout *l,
                          struct buffer *out)
{
    uint32_t heartbeat_s = before != NULL ? heartbeat_of(before) : 0;

    if (heartbeat_s > l->heartbeat_s)
        heartbeat_s = l->heartbeat_s;
    buffer_format(out, "heartbeat %" PRIu32 "\n%s\n", heartbeat_s, changing);
    for (int group = 0; group < SERIES_GROUPS; group++)
        if (before != NULL && has_group(before, (enum series_group)group))
            note_group((enum series_group)group, out);
}

struct layout_change layout_compare(const char *note, const struct layout *l)
{
    struct buffer OWNED_BUFFER clock = {0};
    struct layout_change change = {0};

    note_clock(l, &clock);
    bool same = note != NULL && strncmp(note, clock.at, clock.len) == 0;
    uint32_t least_s = l->heartbeat_s - l->step_s; /* none is missed */
    bool patient = note != NULL && heartbeat_of(note) >= least_s;
    for (int group = 0; group < SERIES_GROUPS; group++) {
        bool known = note != NULL && has_group(note, (enum series_group)group);

        change.look[group] = !same || !known;
        change.hold[group] = !patient || !known;
        change.any |= change.look[group];
    }
    return change;
}
