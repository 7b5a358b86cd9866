/* Rows and texts of the ports of a device, laid out in as little memory as they
 * need. */
#include "base/arena.h"
#include "station/port_rows.h"
#include "station/ports_parts.h"

#include <stdlib.h>
#include <string.h>

void ports_own(struct ports *ps)
{
    struct port_rows *before = ps->rows;

    if (before == NULL)
        return;
    const struct port_record *first = before->at;
    ps->rows = port_rows_own(before);
    if (ps->rows->at == first)
        return;
    for (size_t i = 0; i < ps->list.count; i++) {
        struct port *p = &ps->list.at[i];

        p->row = &ps->rows->at[p->row - first];
    }
}

struct readings *ports_own_readings(struct ports *ps)
{
    ps->readings = readings_own(ps->readings);
    return ps->readings;
}

struct arena *ports_fresh(struct ports *ps)
{
    if (ps->fresh == NULL)
        ps->fresh = arena_new();
    return ps->fresh;
}

/* The texts of a port; most say the same. */
enum { TEXTS = 4 };

static void texts_of(struct port *p, const char **out[TEXTS])
{
    out[0] = &p->row->object;
    out[1] = &p->label;
    out[2] = &p->descr;
    out[3] = &p->alias;
}

/* The one before the nth that is the same; n if there is none. */
static size_t first_alike(const char **texts[TEXTS], size_t n)
{
    size_t i = 0;

    while (i < n && strcmp(*texts[i], *texts[n]) != 0)
        i++;
    return i;
}

static size_t texts_room(struct port *p)
{
    const char **texts[TEXTS];
    size_t room = 0;

    texts_of(p, texts);
    for (size_t i = 0; i < TEXTS; i++)
        if (first_alike(texts, i) == i)
            room += strlen(*texts[i]) + 1;
    return room;
}

static void move_texts(struct port *p, struct port_texts *to)
{
    const char **texts[TEXTS];

    texts_of(p, texts);
    for (size_t i = 0; i < TEXTS; i++) {
        size_t alike = first_alike(texts, i);

        *texts[i] = alike < i ? *texts[alike] : port_texts_add(to, *texts[i]);
    }
}

/* Those present first, else in their order. */
static void place_rows(struct ports *ps, struct port_rows *rows)
{
    uint32_t *orders = mem_array(ps->list.count + 1, sizeof *orders);
    bool moved = false;
    uint32_t next = 0;

    for (int present = 1; present >= 0; present--) {
        for (size_t i = 0; i < ps->list.count; i++) {
            struct port *p = &ps->list.at[i];

            if (p->present != (present != 0))
                continue;
            rows->at[next] = *p->row;
            orders[next] = (uint32_t)i;
            moved |= next != i;
            p->row = &rows->at[next++];
        }
        if (present != 0)
            rows->present = next;
    }
    if (moved)
        rows->orders = TAKE(orders);
    free(orders);
}

void ports_arrange(struct ports *ps)
{
    struct port_texts *texts = ps->texts;

    if (texts == NULL || ps->fresh != NULL) {
        size_t room = 0;
        for (size_t i = 0; i < ps->list.count; i++)
            room += texts_room(&ps->list.at[i]);
        texts = port_texts_new(room);
        for (size_t i = 0; i < ps->list.count; i++)
            move_texts(&ps->list.at[i], texts);
    }
    struct port_rows *rows = port_rows_new(ps->list.count, texts);
    place_rows(ps, rows);
    port_rows_unref(ps->rows);
    ps->rows = rows;
    if (texts != ps->texts) {
        port_texts_unref(ps->texts);
        ps->texts = texts;
    }
    arena_free(ps->fresh);
    ps->fresh = NULL;
}
