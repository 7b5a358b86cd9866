/* Pictures of maps: a queue of jobs, whose documents the thread prepares; the
 * children that lay out and draw; and a memory of the last pictures. */
#include "base/log.h"
#include "base/text.h"
#include "station/child.h"
#include "station/inference.h"
#include "station/maps_kept.h"
#include "station/maps_parts.h"
#include "station/snapshot.h"

#include <errno.h>
#include <unistd.h>

#include <event2/event.h>

enum stage {
    STAGE_THREAD,  /* the thread has it, and nobody else */
    STAGE_WAITING, /* for a child */
    STAGE_LAYOUT,  /* a child finds positions */
    STAGE_DRAW,    /* a child draws */
    STAGE_READY    /* the answer is there */
};

struct job {
    char *name, *title, *open, *fold;
    struct snapshot *snapshot; /* until its states are read; may be NULL */
    struct inferred *past;     /* to be drawn instead; NULL: of now */
    bool of_past;
    struct map *map;      /* with the states of the moment it was asked */
    int input;            /* its text, for a child; 0: none */
    struct buffer layout; /* what a child made of it */
    struct maps_catalogue *made; /* NULL: the document did not change */
    bool laid_out;               /* map is */
    uint64_t revision;           /* its */
    enum maps_format format;
    bool ports;
    struct map_json_form form;
    uint64_t key; /* of the picture in the cache */
    enum stage stage;
    struct child *child;   /* while it runs */
    struct drawn *picture; /* the answer; NULL: none yet */
    int result;
    struct complaint why;
    maps_picture_fn done;
    void *arg;   /* done is NULL: forgotten */
    bool orphan; /* nobody lists it any more */
    struct pictures *pictures;
};

struct pictures {
    struct maps *maps;
    struct jobs ARRAY_OF(struct job *) jobs; /* in the order of asking */
    struct event *turn; /* jobs to start or to answer, from the loop */
    struct maps_kept kept;
    uint64_t drawn, cached, failures;
};

static const char *const words[MAPS_FORMATS] = {
    [MAPS_SVG] = "svg", [MAPS_PNG] = "png",   [MAPS_PDF] = "pdf",
    [MAPS_GV] = "gv",   [MAPS_JSON] = "json", [MAPS_GRAPHML] = "graphml",
    [MAPS_CSV] = "csv",
};

static bool needs_child(enum maps_format f)
{
    return f == MAPS_SVG || f == MAPS_PNG || f == MAPS_PDF;
}

/* What is large: any thread. */
static void job_clear(void *arg)
{
    struct job *j = arg;

    snapshot_unref(TAKE(j->snapshot));
    inferred_unref(TAKE(j->past));
    map_free(TAKE(j->map));
    buffer_fini(&j->layout);
}

static void job_delete(void *arg, bool worked)
{
    struct job *j = arg;

    if (!worked)
        job_clear(j);
    maps_catalogue_free(j->made);
    drawn_unref(j->picture);
    if (j->input > 0)
        close(j->input);
    free(j->name);
    free(j->title);
    free(j->open);
    free(j->fold);
    free(j);
}

static void job_free(struct job *j)
{
    child_stop(TAKE(j->child), 0);
    worker_do(j->pictures->maps->worker, job_clear, job_delete, j);
}

static void turn_soon(struct pictures *p)
{
    event_active(p->turn, EV_TIMEOUT, 1);
}

static void fail(struct job *j, int result, const char *what,
                 const char *remedy)
{
    j->result = complain(&j->why, result, j->name, remedy, "%s", what);
    j->stage = STAGE_READY;
    drawn_unref(TAKE(j->picture));
    j->pictures->failures++;
}

/* ---- a job's way: the thread's part ---- */

static uint64_t key_of(const struct job *j, const struct buffer *text)
{
    struct buffer OWNED_BUFFER how = {0};

    buffer_format(&how, "%016llx %s %d %s",
                  (unsigned long long)bytes_hash(buffer_view(text)),
                  words[j->format], j->ports, j->name);
    return bytes_hash(buffer_view(&how));
}

/* What a child is told of the map, or the answer itself. */
static void write_out(struct job *j)
{
    struct buffer OWNED_BUFFER text = {0};

    j->laid_out = map_is_laid_out(j->map);
    if (needs_child(j->format) || (!j->laid_out && j->format != MAPS_CSV)) {
        map_write(j->map, &text);
        if (text.len > MAP_TEXT_MAX) {
            j->result = complain(&j->why, -EFBIG, j->name,
                                 "ask for a map of a prefix or a site",
                                 "the map is larger than 64 MB");
            return;
        }
        j->key = key_of(j, &text);
        j->input = child_input(buffer_view(&text));
        if (j->laid_out) /* the child has it; many may wait */
            map_free(TAKE(j->map));
        return;
    }
    j->picture = drawn_new();
    if (j->form.shown)
        map_turn_clouds(j->map, j->open, j->fold);
    maps_write(j->map, j->format, &j->form, &j->picture->octets);
}

/* What was then, as people edited it since. */
static void take_past(struct job *j)
{
    j->result = maps_past_make(j->pictures->maps->shelf, j->name, j->past,
                               &j->map, &j->why);
    inferred_unref(TAKE(j->past));
    if (j->result < 0)
        return;
    free(j->title);
    j->title = mem_text(map_title(j->map)); /* it tells what is not known */
}

/* The document as it is now. */
static void take_document(struct job *j)
{
    struct maps_shelf *shelf = j->pictures->maps->shelf;
    bool made;
    struct maps_file *f = maps_stock_demand(shelf, j->name, &made);

    if (f == NULL) {
        j->result =
            complain(&j->why, -ENOENT, j->name, "portolan map list names all",
                     "there is no such map");
        return;
    }
    const struct map *m = maps_shelf_look(f);
    if (m == NULL) {
        j->result = maps_unread(f, &j->why);
        return;
    }
    j->map = map_copy(m);
    j->revision = f->edits->revision;
    if (made)
        j->made = maps_shelf_list(shelf);
}

/* The map, with the states of the moment it was asked. */
static void prepare_work(void *arg)
{
    struct job *j = arg;

    if (j->of_past)
        take_past(j);
    else
        take_document(j);
    maps_shelf_rest(j->pictures->maps->shelf);
    if (j->map == NULL)
        return;
    if (j->snapshot != NULL && j->snapshot->topology != NULL) {
        OWNED(arena_free) struct arena *arena = arena_new();
        struct map_status status = snapshot_map_status(j->snapshot, arena);

        map_set_status(j->map, j->snapshot->topology, &status);
        maps_platform_status(j->map, j->snapshot);
    }
    snapshot_unref(TAKE(j->snapshot));
    write_out(j);
}

/* Says of a layout that it is of no use, in the log too. */
static int unusable(struct job *j, const char *what, const char *more)
{
    log_warning("map %s: %s: %s", j->name, what, more);
    return complain(&j->why, -EIO, j->name,
                    "see whether portolan-render is as it was installed",
                    "%s: %.150s", what, more);
}

static const char *first_unplaced(const struct map *m)
{
    for (size_t i = 0; i < m->nodes.count; i++)
        if (!m->nodes.at[i].placed && map_node_is_shown(&m->nodes.at[i]))
            return m->nodes.at[i].id;
    return "";
}

/* The layout's positions go into the document, where it still is, and into the
 * picture at hand. */
static void positions_work(void *arg)
{
    struct job *j = arg;
    struct maps_shelf *shelf = j->pictures->maps->shelf;
    struct maps_file *f =
        j->of_past ? NULL : maps_shelf_find(shelf, map_name(j->map));
    struct map *read = NULL;

    j->result = map_read(j->name, j->layout.at != NULL ? j->layout.at : "",
                         j->layout.len, &read, &j->why);
    buffer_fini(&j->layout);
    if (j->result < 0) {
        struct complaint was = j->why;

        j->result = unusable(j, "the layout cannot be read", was.what);
        return;
    }
    OWNED(map_free) struct map *laid_out = read;
    (void)map_take_layout(j->map, laid_out);
    if (f != NULL && maps_shelf_take_layout(f, laid_out)) {
        (void)maps_shelf_changed(shelf, f, wall_now()); /* it is found again */
        maps_catalogue_free(j->made);
        j->made = maps_shelf_list(shelf);
    }
    maps_shelf_rest(shelf);
    write_out(j); /* as whoever asks next will find it */
    if (!j->laid_out)
        j->result = unusable(j, "the layout left nodes without a place",
                             first_unplaced(j->map));
}

/* ---- a job's way: the loop's part ---- */

static void on_worked(void *arg, bool worked)
{
    struct job *j = arg;
    struct pictures *p = j->pictures;

    if (j->orphan) {
        job_delete(j, false);
        return;
    }
    j->stage = STAGE_READY;
    turn_soon(p);
    if (j->made != NULL)
        maps_publish_placed(p->maps, TAKE(j->made), j->name);
    if (!worked || j->result < 0 || j->done == NULL) {
        p->failures += j->result < 0;
        return;
    }
    if (j->picture != NULL)
        p->drawn++;
    else
        j->stage = STAGE_WAITING;
}

static void to_thread(struct job *j, worker_fn work)
{
    j->stage = STAGE_THREAD;
    worker_do(j->pictures->maps->worker, work, on_worked, j);
}

/* The last line of what a child said: its own words; what is before it may be
 * of Graphviz or of fonts. */
static struct bytes last_line(const char *said)
{
    size_t end = strlen(said), from;

    while (end > 0 && said[end - 1] == '\n')
        end--;
    for (from = end; from > 0 && said[from - 1] != '\n';)
        from--;
    return (struct bytes){(const uint8_t *)said + from, end - from};
}

static void explain(struct job *j, int result, const char *said)
{
    enum { SAID_MAX = 200 };
    struct buffer OWNED_BUFFER last = {0};

    text_safe(last_line(said), NULL, false, SAID_MAX, &last);
    if (result == -ETIMEDOUT)
        fail(j, result, "drawing took longer than 60 s and was ended",
             "ask for a map of a prefix instead of the whole network");
    else if (result == -EFBIG)
        fail(j, result, "the picture is larger than 64 MB",
             "ask for svg, or for a map of a prefix");
    else
        fail(j, result, last.len > 0 ? last.at : "drawing ended without a word",
             "see the log of the station");
    log_warning("map %s: cannot be drawn as %s: %s", j->name, words[j->format],
                j->why.what);
}

static void on_child(void *arg, const struct child_end *end)
{
    struct job *j = arg;

    j->child = NULL;
    turn_soon(j->pictures);
    if (end->result < 0 || end->status != 0) {
        explain(j, end->result < 0 ? end->result : -EIO, end->errors);
    } else if (j->stage == STAGE_LAYOUT) {
        buffer_move(&j->layout, end->output);
        to_thread(j, positions_work);
    } else {
        j->picture = drawn_new();
        buffer_move(&j->picture->octets, end->output);
        maps_kept_add(&j->pictures->kept, j->key, j->picture, mono_now());
        j->pictures->drawn++;
        j->stage = STAGE_READY;
    }
}

static void explain_start(struct job *j, int rc)
{
    struct buffer OWNED_BUFFER text = {0};

    buffer_format(&text, "%s cannot be started: %s", j->pictures->maps->render,
                  strerror(-rc));
    explain(j, -EIO, text.at);
}

/* Starts a child for what the job needs next. */
static void job_spawn(struct job *j, enum stage stage)
{
    struct maps *s = j->pictures->maps;
    static const char *const environment[] = {"LC_ALL=C.UTF-8", NULL};
    const char *arguments[14] = {s->render, "--name", j->name, "--format"};
    size_t count = 4;

    arguments[count++] = stage == STAGE_LAYOUT ? "gv" : words[j->format];
    if (stage == STAGE_DRAW) {
        arguments[count++] = "--title";
        arguments[count++] = j->title;
    }
    if (s->icons != NULL) {
        arguments[count++] = "--icons";
        arguments[count++] = s->icons;
    }
    if (j->ports)
        arguments[count++] = "--ports";
    struct child_options options = {.argv = arguments,
                                    .env = environment,
                                    .input = j->input,
                                    .time_max_ms = MAPS_RENDER_LIMIT_MS,
                                    .output_max = MAPS_PICTURE_MAX};
    int rc = j->input > 0
                 ? child_start(s->base, &options, on_child, j, &j->child)
                 : j->input;
    j->input = 0; /* closed */
    j->stage = stage;
    if (rc < 0)
        explain_start(j, rc);
}

static unsigned running(const struct pictures *p)
{
    unsigned count = 0;

    for (size_t i = 0; i < p->jobs.count; i++)
        count += p->jobs.at[i]->child != NULL;
    return count;
}

/* The same picture was drawn meanwhile. */
static bool take_kept(struct job *j)
{
    struct pictures *p = j->pictures;
    struct drawn *kept = maps_kept_find(&p->kept, j->key, mono_now());

    if (kept == NULL)
        return false;
    j->picture = drawn_ref(kept);
    j->stage = STAGE_READY;
    p->cached++;
    return true;
}

/* The same picture is being drawn. */
static bool is_under_way(const struct pictures *p, const struct job *j)
{
    for (size_t i = 0; i < p->jobs.count; i++) {
        const struct job *other = p->jobs.at[i];

        if (other->child != NULL && other->stage == STAGE_DRAW &&
            other->key == j->key)
            return true;
    }
    return false;
}

static void start_waiting(struct pictures *p)
{
    for (size_t i = 0; i < p->jobs.count; i++) {
        struct job *j = p->jobs.at[i];

        if (j->stage != STAGE_WAITING ||
            (j->laid_out && (take_kept(j) || is_under_way(p, j))))
            continue;
        if (running(p) < MAPS_RENDERERS)
            job_spawn(j, j->laid_out ? STAGE_DRAW : STAGE_LAYOUT);
    }
}

/* Takes the first job that is ready out of the queue. */
static struct job *take_ready(struct pictures *p)
{
    for (size_t i = 0; i < p->jobs.count; i++) {
        struct job *j = p->jobs.at[i];

        if (j->stage != STAGE_READY || j->child != NULL)
            continue;
        memmove(&p->jobs.at[i], &p->jobs.at[i + 1],
                (p->jobs.count - i - 1) * sizeof *p->jobs.at);
        p->jobs.count--;
        return j;
    }
    return NULL;
}

static void answer(struct job *j)
{
    struct bytes none = {NULL, 0};

    if (j->done != NULL)
        j->done(j->arg, j->result,
                j->result == 0 ? buffer_view(&j->picture->octets) : none,
                j->revision, &j->why);
    job_free(j);
}

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
    struct pictures *p = arg;
    struct job *ready;

    (void)fd;
    (void)what;
    start_waiting(p);
    while ((ready = take_ready(p)) != NULL)
        answer(ready);
}

/* ---- asking ---- */

static struct wall moment_of(const struct maps_view *v)
{
    if (v->past != NULL)
        return v->past->at;
    return v->snapshot != NULL ? v->snapshot->at : (struct wall){0};
}

void maps_picture(struct maps *s, const char *name, enum maps_format format,
                  const struct maps_view *view, maps_picture_fn done, void *arg)
{
    static const struct maps_view nothing = {.snapshot = NULL};
    struct job *j = mem_new(struct job);

    if (view == NULL)
        view = &nothing;
    j->pictures = s->pictures;
    j->name = mem_text(name);
    j->format = (unsigned)format < MAPS_FORMATS ? format : MAPS_SVG;
    j->ports = view->ports;
    if (format == MAPS_JSON)
        j->form = view->form;
    j->open = mem_text(view->open);
    j->fold = mem_text(view->fold);
    j->done = done;
    j->arg = arg;
    j->of_past = view->past != NULL;
    j->title = maps_title(name, moment_of(view));
    *array_add(&s->pictures->jobs) = j;
    if (s->pictures->jobs.count > MAPS_QUEUE_MAX) {
        fail(j, -EBUSY, "too many pictures are asked for at once",
             "ask again in a few seconds");
        turn_soon(s->pictures);
        return;
    }
    if (view->past != NULL)
        j->past = inferred_ref(view->past);
    else if (view->snapshot != NULL)
        j->snapshot = snapshot_ref(view->snapshot);
    to_thread(j, prepare_work);
}

/* Drawing goes on for what others may ask next, unless nothing was begun. */
void maps_forget(struct maps *s, const void *arg)
{
    struct pictures *p = s->pictures;

    for (size_t i = 0; i < p->jobs.count; i++) {
        struct job *j = p->jobs.at[i];

        if (j->arg != arg || j->done == NULL)
            continue;
        j->done = NULL;
        if (j->stage == STAGE_WAITING)
            j->stage = STAGE_READY;
    }
    maps_asks_forget(s, arg);
    turn_soon(p);
}

struct pictures *pictures_new(struct maps *maps)
{
    struct pictures *p = mem_new(struct pictures);

    p->maps = maps;
    p->turn = evtimer_new(maps->base, on_turn, p);
    return p;
}

/* Each is told; what the thread still has is freed when it gives it back. */
void pictures_end(struct pictures *p)
{
    for (size_t i = 0; i < p->jobs.count; i++) {
        struct job *j = p->jobs.at[i];
        bool is_ready = j->stage == STAGE_READY;
        struct complaint why = j->why;
        int result = is_ready ? j->result
                              : complain(&why, -ECANCELED, j->name,
                                         "ask again later", "the station ends");

        if (j->done != NULL)
            j->done(j->arg, result,
                    result == 0 ? buffer_view(&j->picture->octets)
                                : (struct bytes){NULL, 0},
                    j->revision, &why);
        j->done = NULL;
        if (j->stage != STAGE_THREAD)
            job_free(j);
        else
            j->orphan = true;
    }
    p->jobs.count = 0;
}

void pictures_free(struct pictures *p)
{
    if (p == NULL)
        return;
    array_fini(&p->jobs);
    maps_kept_fini(&p->kept);
    event_free(p->turn);
    free(p);
}

void pictures_stats(const struct pictures *p, struct maps_stats *out)
{
    out->pictures = p->drawn;
    out->cached = p->cached;
    out->failures = p->failures;
    out->running = running(p);
    out->waiting = (uint32_t)p->jobs.count;
}
