#include "station/series_shelves_parts.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "station/series_volume.h"
#include "station/worker.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <event2/event.h>

/* Samples are written when they are that old. */
enum { WRITE_MS = 500, MS_US = 1000, DIR_MODE = 0750 };
/* Another volume is begun behind so many octets. */
enum { VOLUME_FULL = 16 << 20 };
/* Of samples that the disk does not take, before they are lost. */
enum { MEMORY_MAX = 32 << 20 };

/* ---- what the thread is told ---- */

struct piece {
    struct volume_name name;
    struct buffer blocks;
    uint64_t samples, again; /* all; written before */
    int result;
};

struct writing {
    struct shelves *s;
    uint64_t batch;
    struct pieces ARRAY_OF(struct piece) pieces;
};

struct counting {
    struct shelves *s;
    struct volume_name name;
    uint64_t samples, spoilt;
    int result;
};

/* ---- in the thread ---- */

static void write_pieces(void *arg)
{
    struct writing *w = arg;

    for (size_t i = 0; i < w->pieces.count; i++) {
        struct piece *p = &w->pieces.at[i];

        p->result = volume_append(w->s->dir, p->name, buffer_view(&p->blocks));
    }
}

static void count_volume(void *arg)
{
    struct counting *c = arg;
    struct buffer OWNED_BUFFER blocks = {0};

    c->result = volume_read(c->s->dir, c->name, GATHER_MAX, &blocks);
    c->samples = gather_count(buffer_view(&blocks), &c->spoilt);
}

/* ---- writing ---- */

static void lose(struct shelves *s, uint64_t samples, const char *why)
{
    s->dropped += samples;
    snprintf(s->error, sizeof s->error, "%s", why);
    if (!s->losing)
        log_error("series: samples are lost: %s; bring rrdcached back or make "
                  "space in %s",
                  why, s->dir);
    s->losing = true;
}

/* The volume that a shelf is added to. */
static struct volume *open_volume(struct shelves *s, struct shelf *shelf)
{
    struct volume *last =
        shelf->open ? &shelf->volumes.at[shelf->volumes.count - 1] : NULL;

    if (last != NULL && last->octets < VOLUME_FULL)
        return last;
    last = array_add(&shelf->volumes);
    last->number = ++s->last_number;
    shelf->open = true;
    return last;
}

/* The volume of this number; NULL: it is gone. */
struct volume *shelf_find(struct shelf *shelf, uint64_t number)
{
    for (size_t i = shelf->volumes.count; i > 0; i--)
        if (shelf->volumes.at[i - 1].number == number)
            return &shelf->volumes.at[i - 1];
    return NULL;
}

static void put_back(struct shelves *s, struct piece *p)
{
    struct shelf *shelf = &s->shelf[p->name.shelf];
    struct volume *volume = shelf_find(shelf, p->name.number);

    if (volume != NULL) {
        volume->octets -= p->blocks.len;
        volume->samples -= p->samples;
    }
    buffer_add(&shelf->unwritten, p->blocks.at, p->blocks.len);
    shelf->unwritten_samples += p->samples;
    shelf->unwritten_again += p->again;
}

static void on_written(void *arg, bool worked)
{
    struct writing *w = arg;
    struct shelves *s = w->s;
    int failed = 0;

    if (!worked)
        write_pieces(w);
    for (size_t i = 0; i < w->pieces.count; i++) {
        struct piece *p = &w->pieces.at[i];

        if (p->result == 0) {
            s->written += p->samples - p->again;
            s->memory -= p->blocks.len;
        } else {
            failed = p->result;
            put_back(s, p);
        }
        buffer_fini(&p->blocks);
    }
    if (failed < 0 && !s->stuck)
        log_error("series: %s cannot be written to: %s; samples wait in "
                  "memory; make space there",
                  s->dir, strerror(-failed));
    if (failed < 0)
        snprintf(s->error, sizeof s->error, "%s", strerror(-failed));
    s->stuck = failed < 0;
    if (!s->stuck)
        s->durable = w->batch;
    s->losing &= s->stuck;
    s->in_flight--;
    array_fini(&w->pieces);
    free(w);
}

static void add_piece(struct shelves *s, unsigned at, struct writing *w)
{
    struct shelf *shelf = &s->shelf[at];
    uint64_t samples = shelf->unwritten_samples + shelf->filling.count;

    ledger_seal(&shelf->filling, &shelf->unwritten);
    if (shelf->unwritten.len == 0)
        return;
    struct volume *volume = open_volume(s, shelf);
    struct piece *p = array_add(&w->pieces);
    p->name = (struct volume_name){at, volume->number};
    p->samples = samples;
    p->again = shelf->unwritten_again;
    buffer_move(&p->blocks, &shelf->unwritten);
    shelf->unwritten_samples = shelf->unwritten_again = 0;
    volume->octets += p->blocks.len;
    volume->samples += samples;
}

void shelves_write(struct shelves *s, unsigned from, unsigned behind)
{
    struct writing *w = mem_new(struct writing);

    w->s = s;
    for (unsigned at = from; at < behind; at++)
        add_piece(s, at, w);
    if (w->pieces.count == 0) {
        free(w);
        return;
    }
    w->batch = s->batch++;
    s->in_flight++;
    worker_do(s->worker, write_pieces, on_written, w);
}

static bool has_room(struct shelves *s)
{
    if (s->max < LEDGER_RECORD_MAX || s->octets > s->max - LEDGER_RECORD_MAX)
        lose(s, 1, "the spool is full");
    else if (s->memory > MEMORY_MAX)
        lose(s, 1, s->stuck ? s->error : "the disk is too slow");
    else
        return true;
    return false;
}

void shelves_add(struct shelves *s, const char *path, enum series_group group,
                 int64_t at_ms, const double *values, size_t count)
{
    unsigned at = shelves_of(path);
    struct ledger *l = &s->shelf[at].filling;
    size_t before = l->count > 0 ? l->records.len : 0;

    if (!has_room(s))
        return;
    ledger_add(l, path, group, at_ms, values, count);
    size_t more = l->records.len - before;
    more += l->count == 1 ? LEDGER_HEAD_LEN : 0;
    s->octets += more;
    s->memory += more;
    s->waiting++;
    if (ledger_is_full(l))
        shelves_write(s, at, at + 1);
}

/* ---- what an earlier run left, and the clock ---- */

unsigned shelves_of(const char *path)
{
    struct bytes folder = {(const uint8_t *)path, strcspn(path, "/")};

    return (unsigned)(bytes_hash(folder) % SHELVES);
}

bool shelves_is_empty(const struct shelves *s, unsigned at)
{
    const struct shelf *shelf = &s->shelf[at];

    return shelf->volumes.count == 0 && shelf->filling.count == 0;
}

static void say_what_is_spoilt(const struct shelves *s, uint64_t octets)
{
    if (octets > 0)
        log_warning("series: %llu octets of the samples that waited in %s are "
                    "spoilt, as when a machine stops short; they are left out",
                    (unsigned long long)octets, s->dir);
}

static void on_counted(void *arg, bool worked);

/* From the loop: the thread must not be there before the station is the user
 * it runs as. One after the other: what comes is written in between. */
static void count_what_is_left(struct shelves *s)
{
    for (unsigned at = 0; at < SHELVES; at++) {
        struct shelf *shelf = &s->shelf[at];

        for (size_t i = 0; i < shelf->volumes.count; i++) {
            struct volume *v = &shelf->volumes.at[i];

            if (!v->left)
                continue;
            struct counting *c = mem_new(struct counting);
            c->s = s;
            c->name = (struct volume_name){at, v->number};
            v->left = false;
            worker_do(s->worker, count_volume, on_counted, c);
            return;
        }
    }
}

static void on_counted(void *arg, bool worked)
{
    struct counting *c = arg;
    struct volume *v = shelf_find(&c->s->shelf[c->name.shelf], c->name.number);

    if (worked && v != NULL && c->result == 0) {
        v->samples += c->samples;
        c->s->waiting += v->retired ? 0 : c->samples;
        say_what_is_spoilt(c->s, c->spoilt);
    } else if (worked && c->result < 0) {
        log_warning("%s: samples that wait cannot be read: %s", c->s->dir,
                    strerror(-c->result));
    }
    if (worked)
        count_what_is_left(c->s);
    free(c);
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    struct shelves *s = arg;

    (void)fd;
    (void)what;
    if (s->left)
        count_what_is_left(s);
    s->left = false;
    shelves_sweep(s, mono_now());
    shelves_write(s, 0, SHELVES);
}

/* ---- opening ---- */

/* Takes note of a volume that an earlier run left. */
static void find_left(struct shelves *s, const char *file)
{
    struct buffer OWNED_BUFFER path = {0};
    struct volume_name name;
    struct stat about;

    if (!volume_name_parse(file, &name) || name.shelf >= SHELVES)
        return;
    volume_path(s->dir, name, &path);
    if (stat(path.at, &about) < 0)
        return;
    struct volume *v = array_add(&s->shelf[name.shelf].volumes);
    v->number = name.number;
    v->octets = (uint64_t)about.st_size;
    v->left = s->left = true;
    s->octets += v->octets;
    if (name.number > s->last_number)
        s->last_number = name.number;
}

static int by_number(const void *a, const void *b)
{
    const struct volume *left = a, *right = b;

    return (left->number > right->number) - (left->number < right->number);
}

static int find_all(struct shelves *s)
{
    DIR *dir = opendir(s->dir);

    if (dir == NULL)
        return -errno;
    for (struct dirent *d; (d = readdir(dir)) != NULL;)
        find_left(s, d->d_name);
    closedir(dir);
    for (unsigned at = 0; at < SHELVES; at++)
        if (s->shelf[at].volumes.count > 1)
            qsort(s->shelf[at].volumes.at, s->shelf[at].volumes.count,
                  sizeof *s->shelf[at].volumes.at, by_number);
    if (s->octets > 0)
        log_notice("series: %llu octets of samples wait in %s and will be "
                   "handed over",
                   (unsigned long long)s->octets, s->dir);
    return 0;
}

void shelves_stats(const struct shelves *s, struct shelves_stats *out)
{
    *out = (struct shelves_stats){
        .filling = s->batch,
        .durable = s->durable,
        .written = s->written,
        .dropped = s->dropped,
        .waiting = s->waiting,
        .octets = s->octets,
        .max = s->max,
        .error = s->error,
    };
}

void shelves_free(struct shelves *s)
{
    if (s == NULL)
        return;
    if (s->worker != NULL)
        shelves_write(s, 0, SHELVES);
    worker_free(s->worker);
    if (s->tick != NULL)
        event_free(s->tick);
    for (unsigned at = 0; at < SHELVES; at++) {
        if (s->shelf[at].unwritten_samples > 0)
            lose(s, s->shelf[at].unwritten_samples, s->error);
        ledger_fini(&s->shelf[at].filling);
        buffer_fini(&s->shelf[at].unwritten);
        array_fini(&s->shelf[at].volumes);
    }
    free(s->dir);
    free(s);
}

int shelves_open(struct event_base *base, const char *dir, uint64_t max,
                 struct shelves **out)
{
    static const struct timeval tick = {.tv_usec = WRITE_MS * MS_US};
    OWNED(shelves_free) struct shelves *s = mem_new(struct shelves);

    *out = NULL;
    s->dir = mem_text(dir);
    s->max = max;
    s->batch = 1;
    int rc = file_make_dir(dir, DIR_MODE);
    if (rc < 0)
        return rc;
    s->worker = worker_new(base);
    s->tick = event_new(base, -1, EV_PERSIST, on_tick, s);
    assert(s->tick != NULL); /* fails only without memory */
    (void)event_add(s->tick, &tick);
    rc = find_all(s);
    if (rc < 0)
        return rc;
    *out = TAKE(s);
    return 0;
}
