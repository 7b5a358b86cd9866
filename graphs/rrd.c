#include "graphs/rrd.h"

#include "base/cursor.h"
#include "base/mem.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the structures of a file -------------------------------------------- */

enum { PARAMETERS = 10, COOKIE = 4, VERSION = 5 };

union parameter {
    unsigned long count;
    double value;
};

struct head {
    char cookie[COOKIE], version[VERSION];
    double float_cookie;
    unsigned long sources, archives, step;
    union parameter parameters[PARAMETERS];
};

enum { SOURCE_HEARTBEAT, SOURCE_MIN, SOURCE_MAX };
struct source {
    char name[RRD_NAME_MAX], type[RRD_NAME_MAX];
    union parameter parameters[PARAMETERS];
};

enum { ARCHIVE_XFF };
struct archive {
    char cf[RRD_NAME_MAX];
    unsigned long rows, points;
    union parameter parameters[PARAMETERS];
};

struct updated {
    long s, us;
};

enum { STEP_UNKNOWN, STEP_SUM };
struct step_begun {
    char last[RRD_LAST_MAX];
    union parameter parameters[PARAMETERS];
};

/* The newest two are where values stand before they become rows. */
enum { ROW_VALUE, ROW_UNKNOWN, ROW_NEWEST = 8, ROW_NEXT = 9 };
struct row_begun {
    union parameter parameters[PARAMETERS];
};

static const char cookie[COOKIE] = "RRD", version[VERSION] = "0003";
static const int64_t span_max_s = (int64_t)1 << 40; /* and no later update */
static const double float_cookie = 8.642135E130; /* tells the machine's order */

/* ---- reading ------------------------------------------------------------- */

static void take(struct cursor *c, void *out, size_t len)
{
    struct bytes octets = cursor_bytes(c, len);

    memset(out, 0, len);
    if (octets.len == len && len > 0)
        memcpy(out, octets.at, len);
}

static bool is_text(const char *text, size_t room)
{
    return text[0] != '\0' && memchr(text, '\0', room) != NULL;
}

static bool is_known(const struct head *h)
{
    static const char *const versions[] = {"0003", "0004", "0005"};
    bool known = false;

    for (size_t i = 0; i < COUNT_OF(versions); i++)
        known |= memcmp(h->version, versions[i], VERSION) == 0;
    return known && memcmp(h->cookie, cookie, COOKIE) == 0 &&
           memcmp(&h->float_cookie, &float_cookie, sizeof float_cookie) == 0;
}

static bool is_bounded(const struct head *h)
{
    return h->sources >= 1 && h->sources <= RRD_SOURCES_MAX &&
           h->archives >= 1 && h->archives <= RRD_ARCHIVES_MAX &&
           h->step >= 1 && h->step <= INT32_MAX;
}

static void take_source(struct cursor *c, struct rrd_source *out)
{
    struct source s;

    take(c, &s, sizeof s);
    if (!is_text(s.name, sizeof s.name) || !is_text(s.type, sizeof s.type))
        cursor_break(c, "a data source has no name");
    if (!cursor_ok(c))
        return;
    memcpy(out->name, s.name, sizeof out->name);
    memcpy(out->type, s.type, sizeof out->type);
    out->heartbeat_s = s.parameters[SOURCE_HEARTBEAT].count;
    out->min = s.parameters[SOURCE_MIN].value;
    out->max = s.parameters[SOURCE_MAX].value;
}

static void take_archive(struct cursor *c, uint64_t step_s,
                         struct rrd_archive *out)
{
    struct archive a;

    take(c, &a, sizeof a);
    if (!is_text(a.cf, sizeof a.cf) || a.rows < 1 || a.rows > RRD_ROWS_MAX ||
        a.points < 1 || a.points > (uint64_t)span_max_s / a.rows / step_s)
        cursor_break(c, "an archive is not described");
    if (!cursor_ok(c))
        return;
    memcpy(out->cf, a.cf, sizeof out->cf);
    out->rows = a.rows;
    out->points = a.points;
    out->xff = a.parameters[ARCHIVE_XFF].value;
}

static void take_begun(struct cursor *c, struct rrd *rrd)
{
    for (size_t i = 0; i < rrd->sources; i++) {
        struct step_begun b;
        struct rrd_source *s = &rrd->source[i];

        take(c, &b, sizeof b);
        memcpy(s->last, b.last, sizeof s->last - 1);
        s->sum = b.parameters[STEP_SUM].value;
        s->unknown_s = b.parameters[STEP_UNKNOWN].count;
    }
    for (size_t a = 0; a < rrd->archives; a++) {
        struct rrd_begun *begun = mem_array(rrd->sources, sizeof *begun);

        rrd->archive[a].begun = begun;
        for (size_t i = 0; i < rrd->sources; i++) {
            struct row_begun b;

            take(c, &b, sizeof b);
            begun[i] = (struct rrd_begun){b.parameters[ROW_VALUE].value,
                                          b.parameters[ROW_UNKNOWN].count};
        }
    }
}

/* The rows of one archive, which lie in a ring whose newest is at newest. */
static void take_rows(struct cursor *c, const struct rrd *rrd,
                      struct rrd_archive *a, uint64_t newest)
{
    size_t row = rrd->sources * sizeof(double);
    struct bytes ring = cursor_bytes(c, a->rows * row);

    if (ring.len == 0)
        return;
    a->values = mem_array(a->rows * rrd->sources, sizeof *a->values);
    size_t first = (newest + 1) % a->rows;
    memcpy(a->values, ring.at + first * row, (a->rows - first) * row);
    memcpy((char *)a->values + (a->rows - first) * row, ring.at, first * row);
}

static void take_archives(struct cursor *c, struct rrd *rrd)
{
    unsigned long newest[RRD_ARCHIVES_MAX] = {0};

    for (size_t a = 0; a < rrd->archives; a++) {
        take(c, &newest[a], sizeof newest[a]);
        if (newest[a] >= rrd->archive[a].rows)
            cursor_break(c, "the newest row is none of the archive");
    }
    for (size_t a = 0; a < rrd->archives && cursor_ok(c); a++)
        take_rows(c, rrd, &rrd->archive[a], newest[a]);
    if (cursor_left(c) > 0)
        cursor_break(c, "octets behind the last archive");
}

int rrd_read(struct bytes octets, struct rrd **out)
{
    struct cursor c = cursor_over(octets);
    struct updated updated;
    struct head head;

    *out = NULL;
    take(&c, &head, sizeof head);
    if (!cursor_ok(&c) || !is_known(&head) || !is_bounded(&head))
        return -EBADMSG;
    OWNED(rrd_free) struct rrd *rrd = rrd_new(head.sources, head.archives);
    rrd->step_s = head.step;
    for (size_t i = 0; i < rrd->sources; i++)
        take_source(&c, &rrd->source[i]);
    for (size_t a = 0; a < rrd->archives; a++)
        take_archive(&c, rrd->step_s, &rrd->archive[a]);
    take(&c, &updated, sizeof updated);
    rrd->updated_s = updated.s;
    if (updated.s < 0 || updated.s > span_max_s)
        cursor_break(&c, "no time of an update");
    if (!cursor_ok(&c))
        return -EBADMSG;
    take_begun(&c, rrd);
    take_archives(&c, rrd);
    if (!cursor_ok(&c))
        return -EBADMSG;
    *out = TAKE(rrd);
    return 0;
}

/* ---- writing ------------------------------------------------------------- */

static void put_source(const struct rrd_source *from, struct buffer *out)
{
    struct source s = {0};

    memcpy(s.name, from->name, sizeof s.name);
    memcpy(s.type, from->type, sizeof s.type);
    s.parameters[SOURCE_HEARTBEAT].count = from->heartbeat_s;
    s.parameters[SOURCE_MIN].value = from->min;
    s.parameters[SOURCE_MAX].value = from->max;
    buffer_add(out, &s, sizeof s);
}

static void put_archive(const struct rrd_archive *from, struct buffer *out)
{
    struct archive a = {.rows = from->rows, .points = from->points};

    memcpy(a.cf, from->cf, sizeof a.cf);
    a.parameters[ARCHIVE_XFF].value = from->xff;
    buffer_add(out, &a, sizeof a);
}

static void put_begun(const struct rrd *rrd, struct buffer *out)
{
    for (size_t i = 0; i < rrd->sources; i++) {
        struct step_begun b = {0};

        memcpy(b.last, rrd->source[i].last, sizeof b.last);
        b.parameters[STEP_UNKNOWN].count = rrd->source[i].unknown_s;
        b.parameters[STEP_SUM].value = rrd->source[i].sum;
        buffer_add(out, &b, sizeof b);
    }
    for (size_t a = 0; a < rrd->archives; a++) {
        const struct rrd_archive *from = &rrd->archive[a];
        size_t last = (from->rows - 1) * rrd->sources;

        for (size_t i = 0; i < rrd->sources; i++) {
            double newest = from->values != NULL ? from->values[last + i] : 0;
            struct row_begun b = {0};

            b.parameters[ROW_VALUE].value = from->begun[i].value;
            b.parameters[ROW_UNKNOWN].count = from->begun[i].unknown;
            b.parameters[ROW_NEWEST].value = newest;
            b.parameters[ROW_NEXT].value = newest;
            buffer_add(out, &b, sizeof b);
        }
    }
}

void rrd_write_head(const struct rrd *rrd, uint64_t turn, struct buffer *out)
{
    struct updated updated = {.s = (long)rrd->updated_s};
    struct head head = {.float_cookie = float_cookie,
                        .sources = rrd->sources,
                        .archives = rrd->archives,
                        .step = rrd->step_s};

    memcpy(head.cookie, cookie, sizeof cookie);
    memcpy(head.version, version, sizeof version);
    buffer_add(out, &head, sizeof head);
    for (size_t i = 0; i < rrd->sources; i++)
        put_source(&rrd->source[i], out);
    for (size_t a = 0; a < rrd->archives; a++)
        put_archive(&rrd->archive[a], out);
    buffer_add(out, &updated, sizeof updated);
    put_begun(rrd, out);
    for (size_t a = 0; a < rrd->archives; a++) {
        uint64_t rows = rrd->archive[a].rows;
        unsigned long newest = (rows - 1 + turn % rows) % rows;

        buffer_add(out, &newest, sizeof newest);
    }
}

void rrd_write(const struct rrd *rrd, struct buffer *out)
{
    rrd_write_head(rrd, 0, out);
    for (size_t a = 0; a < rrd->archives; a++)
        buffer_add(out, rrd->archive[a].values,
                   rrd->archive[a].rows * rrd->sources * sizeof(double));
}

/* ---- making and ending one ----------------------------------------------- */

struct rrd *rrd_new(size_t sources, size_t archives)
{
    struct rrd *rrd = mem_new(struct rrd);

    rrd->sources = sources;
    rrd->archives = archives;
    rrd->source = mem_array(sources, sizeof *rrd->source);
    rrd->archive = mem_array(archives, sizeof *rrd->archive);
    return rrd;
}

void rrd_archive_init(const struct rrd *rrd, struct rrd_archive *archive,
                      uint64_t rows)
{
    size_t count = rows * rrd->sources;

    archive->rows = rows;
    free(archive->begun);
    archive->begun = mem_array(rrd->sources, sizeof *archive->begun);
    archive->values = mem_array(count, sizeof *archive->values);
    for (size_t i = 0; i < count; i++)
        archive->values[i] = NAN;
}

void rrd_free(struct rrd *rrd)
{
    if (rrd == NULL)
        return;
    for (size_t a = 0; a < rrd->archives; a++) {
        free(rrd->archive[a].begun);
        free(rrd->archive[a].values);
    }
    free(rrd->source);
    free(rrd->archive);
    free(rrd);
}
