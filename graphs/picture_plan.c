#include "graphs/picture_plan.h"

#include "base/arena.h"
#include "graphs/picture_legend.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* So many objects are drawn by themselves, those with the highest means; in a
 * stack no more than there are colours, grey being that of the others. */
enum {
    SHOWN_MAX = 8,
    STACKED_MAX = TEMPLATE_COLOURS - 1,
    LABEL_CELLS_MAX = 48
};
/* Longer times are drawn of means whose maxima have an archive of their own. */
static const int64_t PEAKS_MIN_S = 2 * 86400;

/* ---- copies ---- */

struct copy {
    struct picture picture; /* the first member */
    struct arena *arena;
};

struct picture *picture_copy(const struct picture *p)
{
    struct copy *c = mem_new(struct copy);
    struct arena *arena = c->arena = arena_new();
    struct picture_object *objects =
        arena_zero(arena, p->count * sizeof *objects);
    struct picture_gap *gaps = arena_zero(arena, p->gap_count * sizeof *gaps);

    c->picture = *p;
    c->picture.what = template_keep(p->what);
    for (size_t i = 0; i < p->count; i++) {
        objects[i] = p->objects[i];
        objects[i].path = arena_text(arena, p->objects[i].path);
        objects[i].label = arena_text(arena, p->objects[i].label);
    }
    for (size_t i = 0; i < p->gap_count; i++) {
        gaps[i] = p->gaps[i];
        gaps[i].reason = arena_text(arena, p->gaps[i].reason);
    }
    c->picture.objects = objects;
    c->picture.gaps = gaps;
    c->picture.title = p->title != NULL ? arena_text(arena, p->title) : NULL;
    c->picture.unit = p->unit != NULL ? arena_text(arena, p->unit) : NULL;
    return &c->picture;
}

void picture_free(struct picture *p)
{
    struct copy *c = (struct copy *)p;

    if (c == NULL)
        return;
    template_drop(c->picture.what);
    arena_free(c->arena);
    free(c);
}

/* ---- traces ---- */

static void forget_figures(struct trace *t)
{
    for (size_t i = 0; i < FIGURES; i++)
        t->figures[i] = (double)NAN;
}

static struct trace *trace_add(struct picture_plan *plan, enum trace_kind kind,
                               const char *source, size_t object)
{
    const struct graph_template *what = plan->p->what;
    struct trace *t = array_add(&plan->traces);

    t->kind = kind;
    t->source = source;
    t->object = object;
    t->missing = plan->p->objects[object].missing;
    t->scale = what->scale;
    t->prefixes = (enum template_prefixes)what->prefixes;
    t->unit = what->unit;
    if (what->unit[0] == '\0' && plan->p->unit != NULL)
        t->unit = strcmp(plan->p->unit, "C") == 0 ? "°C" : plan->p->unit;
    forget_figures(t);
    buffer_add(&t->label, NULL, 0);
    return t;
}

static bool is_drawn(const struct picture_plan *plan,
                     const struct template_curve *curve)
{
    if (curve->optional && (plan->p->lacks & PICTURE_LACKS_OPTIONAL) != 0)
        return false;
    return !plan->several || !curve->alone;
}

static size_t count_drawn(const struct picture_plan *plan)
{
    size_t count = 0;

    for (size_t i = 0; i < plan->p->what->curve_count; i++)
        count += is_drawn(plan, &plan->p->what->curves[i]);
    return count;
}

/* "sw1 Gi0/1 in"; "in" where there is only one object; the object alone where
 * there is only one curve. */
static void label_curve(const struct picture_plan *plan, struct trace *t)
{
    struct buffer OWNED_BUFFER text = {0};
    const char *object = plan->p->objects[t->object].label;

    if (plan->several && t->kind == TRACE_CURVE)
        buffer_text(&text, object != NULL ? object : "");
    if (t->kind == TRACE_ALL)
        buffer_text(&text,
                    plan->p->what->together == TOGETHER_SUM ? "sum" : "mean");
    if (!plan->several || count_drawn(plan) > 1)
        buffer_format(&text, "%s%s", text.len > 0 ? " " : "", t->curve->label);
    buffer_clear(&t->label);
    legend_text(text.at, LABEL_CELLS_MAX, &t->label);
}

static void add_curves(struct picture_plan *plan, enum trace_kind kind,
                       size_t object)
{
    const struct graph_template *what = plan->p->what;

    for (size_t i = 0; i < what->curve_count; i++) {
        const struct template_curve *curve = &what->curves[i];

        if (!is_drawn(plan, curve))
            continue;
        struct trace *t = trace_add(plan, kind, curve->source, object);
        t->curve = curve;
        t->colour = plan->several ? object % TEMPLATE_COLOURS
                                  : (size_t)curve->colour - 1;
        t->dash = plan->several ? object / TEMPLATE_COLOURS : 0;
        plan->below |= curve->below;
        label_curve(plan, t);
    }
}

static void add_beside(struct picture_plan *plan)
{
    const struct graph_template *what = plan->p->what;

    for (size_t i = 0; i < what->beside_count; i++) {
        struct trace *t =
            trace_add(plan, TRACE_BESIDE, what->beside[i].source, 0);

        t->unit = what->beside[i].unit;
        t->prefixes = (enum template_prefixes)what->beside[i].prefixes;
        t->scale = 1;
        legend_text(what->beside[i].label, LABEL_CELLS_MAX, &t->label);
    }
}

static void add_tint(struct picture_plan *plan)
{
    const struct template_tint *tint = &plan->p->what->tint;

    if (tint->source == NULL)
        return;
    struct trace *t = trace_add(plan, TRACE_TINT, tint->source, 0);
    t->unit = tint->unit;
    t->prefixes = PREFIXES_NONE;
    t->scale = 1;
    legend_text(tint->label, LABEL_CELLS_MAX, &t->label);
}

struct picture_plan *picture_plan_new(const struct picture *p)
{
    struct picture_plan *plan = mem_new(struct picture_plan);

    assert(p->count >= 1 && p->count <= PICTURE_OBJECTS_MAX);
    plan->p = p;
    plan->several = p->count > 1;
    plan->peaks = p->to_s - p->from_s > PEAKS_MIN_S &&
                  (p->lacks & PICTURE_LACKS_PEAKS) == 0;
    for (size_t i = 0; i < p->count; i++)
        add_curves(plan, TRACE_CURVE, i);
    if (plan->several && p->what->together != TOGETHER_NONE)
        add_curves(plan, TRACE_ALL, 0);
    if (!plan->several) {
        add_beside(plan);
        add_tint(plan);
    }
    for (size_t i = 0; i < plan->traces.count; i++)
        if (plan->traces.at[i].kind == TRACE_ALL)
            plan->traces.at[i].missing = false;
    bands_make(p, &plan->bands);
    return plan;
}

void picture_plan_free(struct picture_plan *plan)
{
    if (plan == NULL)
        return;
    for (size_t i = 0; i < plan->traces.count; i++)
        buffer_fini(&plan->traces.at[i].label);
    array_fini(&plan->traces);
    free(plan);
}

/* ---- figures ---- */

bool trace_is_known(const struct trace *t)
{
    return isfinite(t->figures[FIGURE_MEAN]);
}

static double plan_extreme(const struct picture_plan *plan, enum figure figure,
                           double (*choose)(double, double))
{
    double extreme = (double)NAN;

    for (size_t i = 0; i < plan->traces.count; i++) {
        const struct trace *t = &plan->traces.at[i];

        if (t->kind == TRACE_CURVE && !t->hidden)
            extreme = choose(extreme, t->figures[figure]); /* NaN is left out */
    }
    return isfinite(extreme) ? extreme : 0;
}

double plan_highest(const struct picture_plan *plan)
{
    return plan_extreme(plan, FIGURE_MAX, fmax);
}

double plan_lowest(const struct picture_plan *plan)
{
    return plan_extreme(plan, FIGURE_MIN, fmin);
}

/* The mean of the first curve of an object, for their order. */
struct rank {
    double mean;
    size_t object;
};

static int by_mean(const void *a, const void *b)
{
    const struct rank *left = a, *right = b;

    if (left->mean != right->mean)
        return left->mean < right->mean ? 1 : -1;
    return (left->object > right->object) - (left->object < right->object);
}

/* Draws those with the highest means alone where there are too many. */
static void hide_many(struct picture_plan *plan)
{
    struct rank ranks[PICTURE_OBJECTS_MAX];
    size_t place[PICTURE_OBJECTS_MAX], count = plan->p->count;
    size_t shown = plan->p->stacked ? STACKED_MAX : SHOWN_MAX;

    if (count <= shown)
        return;
    for (size_t i = 0; i < count; i++)
        ranks[i] = (struct rank){-1, i};
    for (size_t i = 0; i < plan->traces.count; i++) {
        const struct trace *t = &plan->traces.at[i];

        if (t->kind == TRACE_CURVE && trace_is_known(t))
            ranks[t->object].mean =
                fmax(ranks[t->object].mean, t->figures[FIGURE_MEAN]);
    }
    qsort(ranks, count, sizeof ranks[0], by_mean);
    for (size_t i = 0; i < count; i++)
        place[ranks[i].object] = i;
    for (size_t i = 0; i < plan->traces.count; i++) {
        struct trace *t = &plan->traces.at[i];

        if (t->kind != TRACE_CURVE)
            continue;
        t->hidden = place[t->object] >= shown;
        t->colour = place[t->object] % TEMPLATE_COLOURS;
        t->dash = place[t->object] / TEMPLATE_COLOURS;
    }
    plan->hidden = count - shown;
}

/* A number as rrdtool prints it. */
static int number(const char *text, double *out)
{
    char *end;

    *out = strtod(text, &end); /* "-nan" is none */
    if (end == text || *end != '\0')
        return -EBADMSG;
    if (!isfinite(*out))
        *out = (double)NAN;
    return 0;
}

/* What was counted adds up, also where others were not. */
static void add_up_totals(struct picture_plan *plan)
{
    for (size_t n = 0; n < plan->traces.count; n++) {
        struct trace *all = &plan->traces.at[n];
        double total = 0;

        if (all->kind != TRACE_ALL || plan->p->what->together != TOGETHER_SUM)
            continue;
        for (size_t i = 0; i < n; i++) {
            const struct trace *t = &plan->traces.at[i];

            if (t->kind == TRACE_CURVE && t->curve == all->curve &&
                isfinite(t->figures[FIGURE_TOTAL]))
                total += t->figures[FIGURE_TOTAL];
        }
        all->figures[FIGURE_TOTAL] = total;
    }
}

int picture_take(struct picture_plan *plan, const char *const *printed,
                 size_t count)
{
    size_t n = 0;

    for (size_t i = 0; i < plan->traces.count; i++) {
        struct trace *t = &plan->traces.at[i];
        bool peak = plan->peaks && t->kind == TRACE_CURVE;
        size_t want = FIGURES + (peak ? 1 : 0);
        double highest = (double)NAN;

        if (t->missing)
            continue;
        if (count - n < want)
            return -EBADMSG;
        for (size_t k = 0; k < FIGURES; k++)
            if (number(printed[n++], &t->figures[k]) < 0)
                return -EBADMSG;
        if (peak && number(printed[n++], &highest) < 0)
            return -EBADMSG;
        t->figures[FIGURE_MAX] = fmax(t->figures[FIGURE_MAX], highest);
        t->figures[FIGURE_TOTAL] /= t->scale;
        if (!trace_is_known(t)) /* rrdtool's percentile of nothing is 0 */
            forget_figures(t);
    }
    add_up_totals(plan);
    hide_many(plan);
    return n == count ? 0 : -EBADMSG;
}
