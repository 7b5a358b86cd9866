#include "station/sample.h"

#include "mibs/facts.h"

static void give(struct sample *s, sample_fn each, void *arg)
{
    for (size_t i = 0; i < series_group_values(s->group); i++)
        if (isnan(s->values[i]))
            s->why = GAP_BROKEN;
    each(arg, s);
}

static void give_sensor(const struct sensor *x, sample_fn each, void *arg)
{
    struct buffer OWNED_BUFFER object = {0};
    struct sample s = {.group = SERIES_SENSOR,
                       .descr = x->descr,
                       .sensor = x,
                       .values = &x->value};

    buffer_text(&object, x->class);
    buffer_char(&object, '-');
    buffer_text(&object, x->index);
    s.object = object.at;
    give(&s, each, arg);
}

/* How full a supply is, in percent, goes with the sensors. */
static void give_supply(const struct supply *x, sample_fn each, void *arg)
{
    struct buffer OWNED_BUFFER object = {0};
    struct sample s = {.group = SERIES_SENSOR,
                       .descr = x->descr,
                       .values = &x->current_percent};

    buffer_format(&object, "supply-%s", x->index);
    s.object = object.at;
    give(&s, each, arg);
}

void samples_of(const struct facts *f, sample_fn each, void *arg)
{
    for (size_t i = 0; i < f->processors.count; i++) {
        const struct processor *c = &f->processors.at[i];
        struct sample s = {.group = SERIES_CPU,
                           .object = c->index,
                           .descr = c->descr,
                           .values = &c->usage_percent};

        give(&s, each, arg);
    }
    for (size_t i = 0; i < f->mempools.count; i++) {
        const struct mempool *m = &f->mempools.at[i];
        const double values[] = {m->used_percent, m->used_bytes,
                                 m->total_bytes};
        struct sample s = {.group = SERIES_MEMORY,
                           .object = m->index,
                           .descr = m->descr,
                           .values = values};

        give(&s, each, arg);
    }
    for (size_t i = 0; i < f->storages.count; i++) {
        const struct storage *d = &f->storages.at[i];
        const double values[] = {d->used_percent, d->used_bytes,
                                 d->total_bytes};
        struct sample s = {.group = SERIES_STORAGE,
                           .object = d->index,
                           .descr = d->descr,
                           .values = values};

        give(&s, each, arg);
    }
    for (size_t i = 0; i < f->sensors.count; i++)
        give_sensor(&f->sensors.at[i], each, arg);
    for (size_t i = 0; i < f->supplies.count; i++)
        give_supply(&f->supplies.at[i], each, arg);
}
