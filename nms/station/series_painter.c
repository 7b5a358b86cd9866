#include "station/series_painter.h"

#include "base/mem.h"
#include "base/text.h"
#include "station/series_drawer.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

enum { AT_ONCE_MAX = 2, QUEUE_MAX = 128, TIME_MAX_MS = 20000 };
/* How often one is begun again because rrdtool died of it. */
enum { AGAIN_MAX = 1 };

struct drawing {
    struct drawing *next;
    struct painter *painter;
    struct picture *picture;
    struct picture_object *objects; /* of the picture, ours to mark */
    struct picture_plan *plan;      /* NULL: it waits */
    struct drawer *drawer;
    bool asked;   /* the figures are there */
    bool refused; /* too many were there before it */
    unsigned again;
    series_picture_fn done; /* NULL: forgotten */
    void *arg;
};

struct painter {
    struct event_base *base;
    char *root, *daemon;
    struct drawer *drawers[AT_ONCE_MAX];
    struct event *turn;
    struct drawing *first, **last; /* in order of asking, under way or not */
    size_t count;
};

static void start_turn(struct painter *p)
{
    static const struct timeval at_once = {0};

    (void)event_add(p->turn, &at_once); /* fails only without memory */
}

static void unlink_drawing(struct drawing *d)
{
    struct painter *p = d->painter;
    struct drawing **at = &p->first;

    while (*at != d)
        at = &(*at)->next;
    *at = d->next;
    if (p->last == &d->next)
        p->last = at;
    p->count--;
}

/* Ends a drawing that no drawer is asked of. */
static void tell(struct drawing *d, int result, struct bytes picture,
                 const char *why)
{
    unlink_drawing(d);
    start_turn(d->painter);
    if (d->done != NULL)
        d->done(d->arg, result, picture, why);
    picture_plan_free(d->plan);
    picture_free(d->picture);
    free(d->objects);
    free(d);
}

static void fail(struct drawing *d, int result, const char *why)
{
    tell(d, result, (struct bytes){0}, why);
}

/* ---- what files lack ---- */

/* True if the words name that file: "core-sw1/cpu.rrd" is not "sw1/cpu.rrd". */
static bool names_file(const char *words, const char *path)
{
    const char *at = strstr(words, path);

    while (at != NULL && at != words && strchr("/'\" :", at[-1]) == NULL)
        at = strstr(at + 1, path);
    return at != NULL;
}

/* Marks the object whose file rrdtool does not find. */
static bool mark_missing(struct drawing *d, const char *why)
{
    for (size_t i = 0; i < d->picture->count; i++) {
        struct picture_object *one = &d->objects[i];

        if (one->missing || !names_file(why, one->path))
            continue;
        one->missing = true;
        return true;
    }
    return false;
}

static bool mark_lack(struct drawing *d, unsigned lack)
{
    bool news = (d->picture->lacks & lack) == 0;

    d->picture->lacks |= lack;
    return news;
}

static bool all_are_missing(const struct drawing *d)
{
    for (size_t i = 0; i < d->picture->count; i++)
        if (!d->objects[i].missing)
            return false;
    return true;
}

/* True if what rrdtool refused can be done without. */
static bool do_without(struct drawing *d, const char *why)
{
    if (strstr(why, "No such file") != NULL)
        return mark_missing(d, why) && !all_are_missing(d);
    if (strstr(why, "No DS called") != NULL)
        return mark_lack(d, PICTURE_LACKS_OPTIONAL);
    if (strstr(why, "matching") != NULL) /* archive */
        return mark_lack(d, PICTURE_LACKS_PEAKS);
    return false;
}

/* ---- drawing ---- */

/* The words of a picture for those who do not see it, as SVG has them. */
static void put_words(const struct picture_plan *plan, struct buffer *out)
{
    struct buffer OWNED_BUFFER words = {0};

    picture_describe(plan, &words);
    char *end = strchr(words.at, '\n');
    *end = '\0';
    buffer_text(out, "\n<title>");
    text_xml(words.at, out);
    buffer_text(out, "</title>\n<desc>");
    text_xml(end + 1, out);
    buffer_text(out, "</desc>");
}

/* The first tag of an SVG with its size in pixels, as a PNG has, not in points.
 */
static void put_tag(const char *at, size_t len, struct buffer *out)
{
    for (size_t i = 0; i < len; i++) {
        if (len - i > 2 && memcmp(at + i, "pt\"", 3) == 0)
            i += 2;
        buffer_char(out, at[i]);
    }
}

/* Tells the picture; an SVG with its words behind the first tag. */
static void finish(struct drawing *d, struct bytes image)
{
    struct buffer OWNED_BUFFER whole = {0};
    const char *at = (const char *)image.at;
    const char *tag = d->picture->format == PICTURE_SVG
                          ? memmem(at, image.len, "<svg", 4)
                          : NULL;
    const char *end =
        tag != NULL ? memchr(tag, '>', image.len - (size_t)(tag - at)) : NULL;

    if (end == NULL) {
        tell(d, 0, image, NULL);
        return;
    }
    size_t head = (size_t)(end - at) + 1;
    put_tag(at, head, &whole);
    put_words(d->plan, &whole);
    buffer_add(&whole, end + 1, image.len - head);
    tell(d, 0, buffer_view(&whole), NULL);
}

static void on_answer(void *arg, int result, const struct talk *answer,
                      const char *why);

/* Asks the figures, or has it drawn with them. */
static void go_on(struct drawing *d)
{
    struct painter *p = d->painter;
    OWNED(picture_argv_free)
    struct picture_argv *argv =
        d->asked ? picture_arguments(d->plan, p->root, p->daemon)
                 : picture_ask(d->plan, p->root, p->daemon);

    drawer_ask(d->drawer, argv, on_answer, d);
}

static void begin(struct drawing *d, struct drawer *drawer)
{
    picture_plan_free(d->plan);
    d->plan = picture_plan_new(d->picture);
    d->drawer = drawer;
    d->asked = false;
    go_on(d);
}

static void take_answer(struct drawing *d, const struct talk *answer)
{
    if (d->asked && answer->image_len == 0) {
        fail(d, -EIO, "rrdtool drew nothing");
    } else if (d->asked) {
        finish(d, talk_image(answer));
    } else if (picture_take(d->plan, (const char *const *)answer->printed.at,
                            answer->printed.count) < 0) {
        fail(d, -EBADMSG, "rrdtool cannot be understood");
    } else {
        d->asked = true;
        go_on(d);
    }
}

static void on_answer(void *arg, int result, const struct talk *answer,
                      const char *why)
{
    struct drawing *d = arg;
    bool died = result == -EIO || result == -EBADMSG;
    bool cut_off = result == -EREMOTEIO && strstr(why, "connect") != NULL;

    if (d->done == NULL) {
        fail(d, -ECANCELED, NULL);
    } else if (result == 0) {
        take_answer(d, answer);
    } else if (result == -EREMOTEIO && do_without(d, why)) {
        begin(d, d->drawer);
    } else if ((died || cut_off) && d->again < AGAIN_MAX) {
        d->again++; /* of rrdcached it has an old connection, then */
        drawer_restart(d->drawer);
        begin(d, d->drawer);
    } else if (strstr(why, "No such file") != NULL) {
        fail(d, -ENOENT, "there is no such series yet");
    } else {
        fail(d, result == -EREMOTEIO ? -EIO : result, why);
    }
}

/* ---- the queue ---- */

static struct drawer *free_drawer(const struct painter *p)
{
    for (size_t i = 0; i < AT_ONCE_MAX; i++)
        if (drawer_is_free(p->drawers[i]))
            return p->drawers[i];
    return NULL;
}

/* The first that has not begun, NULL if there is none. */
static struct drawing *next_waiting(struct painter *p)
{
    struct drawing *d = p->first;

    while (d != NULL && d->plan != NULL)
        d = d->next;
    return d;
}

static bool paths_are_ours(const struct drawing *d)
{
    for (size_t i = 0; i < d->picture->count; i++)
        if (!layout_path_is_ours(d->objects[i].path))
            return false;
    return true;
}

/* Those that found the queue full, however long the others take. */
static void tell_refused(struct painter *p)
{
    for (struct drawing *d = p->first, *next; d != NULL; d = next) {
        next = d->next;
        if (d->refused)
            fail(d, -EBUSY, "too many pictures are asked for at once");
    }
}

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
    struct painter *p = arg;
    struct drawing *d;
    struct drawer *drawer;

    (void)fd;
    (void)what;
    tell_refused(p);
    while ((drawer = free_drawer(p)) != NULL && (d = next_waiting(p)) != NULL) {
        if (d->done == NULL)
            fail(d, -ECANCELED, NULL);
        else if (!paths_are_ours(d))
            fail(d, -ENOENT, "this is no path of a series");
        else
            begin(d, drawer);
    }
}

void painter_draw(struct painter *p, const struct picture *picture,
                  series_picture_fn done, void *arg)
{
    struct drawing *d = mem_new(struct drawing);

    assert(done != NULL);
    d->painter = p;
    d->picture = picture_copy(picture);
    d->objects = mem_array(picture->count, sizeof *d->objects);
    memcpy(d->objects, d->picture->objects,
           picture->count * sizeof *d->objects);
    d->picture->objects = d->objects;
    d->done = done;
    d->arg = arg;
    d->refused = p->count >= QUEUE_MAX;
    *p->last = d;
    p->last = &d->next;
    p->count++;
    start_turn(p);
}

void painter_forget(struct painter *p, const void *arg)
{
    for (struct drawing *d = p->first; d != NULL; d = d->next)
        if (d->arg == arg)
            d->done = NULL;
}

void painter_free(struct painter *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < AT_ONCE_MAX; i++)
        drawer_free(p->drawers[i]);
    while (p->first != NULL)
        fail(p->first, -ECANCELED, "the station ends");
    event_free(p->turn);
    free(p->root);
    free(p->daemon);
    free(p);
}

struct painter *painter_new(struct event_base *base, const char *root,
                            const char *daemon, const char *cache_dir)
{
    struct painter *p = mem_new(struct painter);

    p->base = base;
    p->root = mem_text(root);
    p->daemon = mem_text(daemon);
    for (size_t i = 0; i < AT_ONCE_MAX; i++)
        p->drawers[i] = drawer_new(base, cache_dir, TIME_MAX_MS);
    p->last = &p->first;
    p->turn = event_new(base, -1, 0, on_turn, p);
    assert(p->turn != NULL); /* fails only without memory */
    return p;
}
