#include "station/port_rows.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct port_texts {
    unsigned refs;
    size_t used, room;
    char octets[];
};

struct port_texts *port_texts_new(size_t room)
{
    struct port_texts *t = mem_zero(sizeof *t + room);

    t->refs = 1;
    t->room = room;
    return t;
}

const char *port_texts_add(struct port_texts *t, const char *text)
{
    size_t size = strlen(text) + 1;
    char *at = t->octets + t->used;

    assert(size <= t->room - t->used);
    memcpy(at, text, size);
    t->used += size;
    return at;
}

struct port_texts *port_texts_ref(struct port_texts *t)
{
    __atomic_add_fetch(&t->refs, 1, __ATOMIC_RELAXED);
    return t;
}

void port_texts_unref(struct port_texts *t)
{
    if (t != NULL && __atomic_sub_fetch(&t->refs, 1, __ATOMIC_ACQ_REL) == 0)
        free(t);
}

struct port_rows *port_rows_new(size_t count, struct port_texts *texts)
{
    struct port_rows *rows =
        mem_zero(sizeof *rows + count * sizeof rows->at[0]);

    rows->refs = 1;
    rows->count = (uint32_t)count;
    rows->texts = port_texts_ref(texts);
    return rows;
}

struct port_rows *port_rows_ref(struct port_rows *rows)
{
    __atomic_add_fetch(&rows->refs, 1, __ATOMIC_RELAXED);
    return rows;
}

void port_rows_unref(struct port_rows *rows)
{
    if (rows == NULL ||
        __atomic_sub_fetch(&rows->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    port_texts_unref(rows->texts);
    free(rows->orders);
    free(rows);
}

struct port_rows *port_rows_own(struct port_rows *rows)
{
    if (__atomic_load_n(&rows->refs, __ATOMIC_ACQUIRE) == 1)
        return rows;
    struct port_rows *own = port_rows_new(rows->count, rows->texts);

    own->present = rows->present;
    memcpy(own->at, rows->at, rows->count * sizeof rows->at[0]);
    if (rows->orders != NULL) {
        own->orders = mem_array(rows->count + 1, sizeof *own->orders);
        memcpy(own->orders, rows->orders, rows->count * sizeof *own->orders);
    }
    port_rows_unref(rows);
    return own;
}
