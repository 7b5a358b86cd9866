#include "station/series_shelves_parts.h"

#include "base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    struct shelves *s;
    unsigned shelf;
    uint64_t upto;
    struct numbers ARRAY_OF(uint64_t) numbers;
    struct table *paths;
    char *folder;
    struct gathered found;
    shelves_fn done;
    void *arg;
    /* Of what is retired. */
    struct buffer stays;
    uint64_t stay_samples;
    struct shelves_end end;
    int result;
};

struct removing {
    struct shelves *s;
    struct names ARRAY_OF(struct volume_name) names;
};

/* ---- in the thread ---- */

/* Whole volumes, as many as can be gathered at once. */
static void read_volumes(struct reading *r, struct buffer *out)
{
    for (size_t i = 0; i < r->numbers.count; i++) {
        struct volume_name name = {r->shelf, r->numbers.at[i]};
        size_t before = out->len;
        int rc = volume_read(r->s->dir, name, GATHER_MAX - out->len, out);

        if (rc < 0)
            out->len = before;
        if (rc < 0 && rc != -ENOENT && (r->result == 0 || rc != -EFBIG))
            r->result = rc;
    }
}

static void read_shelf(void *arg)
{
    struct reading *r = arg;
    struct wanted wanted = {r->paths, r->folder};
    struct buffer OWNED_BUFFER blocks = {0};

    read_volumes(r, &blocks);
    gather(buffer_view(&blocks), &wanted, &r->found);
}

static void read_what_stays(void *arg)
{
    struct reading *r = arg;
    struct wanted wanted = {r->paths, NULL};
    struct buffer OWNED_BUFFER blocks = {0};

    read_volumes(r, &blocks);
    if (r->result == 0)
        r->stay_samples =
            gather_again(buffer_view(&blocks), &wanted, &r->stays);
}

static void remove_volumes(void *arg)
{
    struct removing *r = arg;

    for (size_t i = 0; i < r->names.count; i++) {
        int rc = volume_remove(r->s->dir, r->names.at[i]);

        if (rc < 0 && rc != -ENOENT)
            log_warning("%s: what is handed over cannot be removed: %s; it "
                        "will be offered again",
                        r->s->dir, strerror(-rc));
    }
}

/* ---- reading ---- */

uint64_t shelves_close(struct shelves *s, unsigned shelf)
{
    struct shelf *of = &s->shelf[shelf];
    uint64_t upto = 0, octets = 0;

    shelves_write(s, shelf, shelf + 1);
    of->open = false;
    for (size_t i = 0; i < of->volumes.count; i++) {
        octets += of->volumes.at[i].octets;
        if (!of->volumes.at[i].retired && (upto == 0 || octets < GATHER_MAX))
            upto = of->volumes.at[i].number;
    }
    return upto;
}

void shelves_reopen(struct shelves *s, unsigned shelf)
{
    struct shelf *of = &s->shelf[shelf];

    of->open =
        of->volumes.count > 0 && !of->volumes.at[of->volumes.count - 1].retired;
}

static struct reading *reading_new(struct shelves *s, unsigned at,
                                   uint64_t upto, struct table *paths)
{
    const struct shelf *shelf = &s->shelf[at];
    struct reading *r = mem_new(struct reading);

    r->s = s;
    r->shelf = at;
    r->upto = upto;
    r->paths = paths;
    for (size_t i = 0; i < shelf->volumes.count; i++)
        if (!shelf->volumes.at[i].retired &&
            shelf->volumes.at[i].number <= upto)
            *array_add(&r->numbers) = shelf->volumes.at[i].number;
    return r;
}

static void reading_free(struct reading *r)
{
    table_free(r->paths);
    free(r->folder);
    gathered_fini(&r->found);
    buffer_fini(&r->stays);
    array_fini(&r->numbers);
    free(r);
}

/* Says so once. */
static void note_result(struct shelves *s, int result)
{
    if (result < 0 && !s->unread)
        log_warning("%s: samples that wait cannot be read: %s; they stay, and "
                    "are tried again",
                    s->dir, strerror(-result));
    s->unread = result < 0;
}

static void on_read(void *arg, bool worked)
{
    struct reading *r = arg;

    if (worked)
        note_result(r->s, r->result);
    r->done(r->arg, worked ? r->result : -ECANCELED, &r->found);
    reading_free(r);
}

void shelves_read(struct shelves *s, unsigned shelf, uint64_t upto,
                  struct table *paths, const char *folder, shelves_fn done,
                  void *arg)
{
    shelves_write(s, shelf, shelf + 1);
    struct reading *r = reading_new(s, shelf, upto, paths);
    r->folder = mem_text(folder);
    r->done = done;
    r->arg = arg;
    worker_do(s->worker, read_shelf, on_read, r);
}

/* ---- what is done with ---- */

static void retire(struct shelves *s, const struct reading *r)
{
    struct shelf *shelf = &s->shelf[r->shelf];

    for (size_t i = 0; i < r->numbers.count; i++) {
        struct volume *v = shelf_find(shelf, r->numbers.at[i]);

        if (v == NULL || v->retired)
            continue;
        v->retired = true;
        v->due = mono_after_ms(mono_now(), r->end.keep_ms);
        s->waiting -= v->samples;
    }
}

/* What stays is written anew before its volumes go. */
static void on_stays(void *arg, bool worked)
{
    struct reading *r = arg;
    struct shelves *s = r->s;
    struct shelf *shelf = &s->shelf[r->shelf];

    if (worked && r->result == 0) {
        buffer_add(&shelf->unwritten, r->stays.at, r->stays.len);
        shelf->unwritten_samples += r->stay_samples;
        shelf->unwritten_again += r->stay_samples;
        s->octets += r->stays.len;
        s->memory += r->stays.len;
        s->waiting += r->stay_samples;
        retire(s, r);
        shelves_write(s, r->shelf, r->shelf + 1);
    }
    r->end.done(r->end.arg);
    reading_free(r);
}

static void nothing_stays(void *arg)
{
    (void)arg;
}

void shelves_retire(struct shelves *s, const struct shelves_end *end)
{
    struct reading *r = reading_new(s, end->shelf, end->upto, end->paths);

    r->end = *end;
    worker_do(s->worker, end->paths != NULL ? read_what_stays : nothing_stays,
              on_stays, r);
}

void shelves_take_back(struct shelves *s)
{
    for (unsigned at = 0; at < SHELVES; at++) {
        struct shelf *shelf = &s->shelf[at];

        for (size_t i = 0; i < shelf->volumes.count; i++) {
            struct volume *v = &shelf->volumes.at[i];

            s->waiting += v->retired ? v->samples : 0;
            v->retired = false;
        }
    }
}

static void on_removed(void *arg, bool worked)
{
    struct removing *r = arg;

    (void)worked; /* what is not removed is offered again, and refused */
    array_fini(&r->names);
    free(r);
}

/* Removes what is due; never while something is on its way to the disk that may
 * have been made of it. */
void shelves_sweep(struct shelves *s, struct mono now)
{
    struct removing *r = mem_new(struct removing);

    r->s = s;
    for (unsigned at = 0; at < SHELVES && s->in_flight == 0 && !s->stuck;
         at++) {
        struct shelf *shelf = &s->shelf[at];
        size_t kept = 0;

        for (size_t i = 0; i < shelf->volumes.count; i++) {
            struct volume v = shelf->volumes.at[i];

            if (v.retired && mono_reached(now, v.due)) {
                *array_add(&r->names) = (struct volume_name){at, v.number};
                s->octets -= v.octets;
            } else {
                shelf->volumes.at[kept++] = v;
            }
        }
        shelf->volumes.count = kept;
    }
    if (r->names.count == 0) {
        free(r);
        return;
    }
    worker_do(s->worker, remove_volumes, on_removed, r);
}
