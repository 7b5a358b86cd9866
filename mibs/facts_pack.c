#include "mibs/facts_pack.h"

#include "base/table.h"
#include "mibs/facts_shape.h"

#include <stdlib.h>

/* Every ARRAY_OF() has this shape. */
struct any_list {
    char *at;
    size_t count, room;
};

/* Texts and octets by what they hold: gathered first, then placed. */
struct packing {
    struct table *known; /* content -> itself, later its place */
    size_t octets;       /* of all that are known, NULs included */
    struct arena *arena; /* NULL while gathering */
};

/* A text and octets of the same content share a place: both end with a NUL. */
static const char *place(struct packing *p, const char *at, size_t len)
{
    struct bytes key = {(const uint8_t *)at, len};
    char *found = table_find(p->known, key);

    if (len == 0)
        return at;
    if (p->arena == NULL && found == NULL) {
        (void)table_put(p->known, key, (void *)(uintptr_t)at);
        p->octets += len + 1;
        return at;
    }
    if (p->arena == NULL)
        return at;
    if (found == at) { /* the first to ask gives it its place */
        found = (char *)(uintptr_t)arena_text_of(p->arena, at, len);
        (void)table_put(p->known, key, found);
    }
    return found;
}

static void pack_text(struct packing *p, const char **text)
{
    if (*text != NULL)
        *text = (*text)[0] != '\0' ? place(p, *text, strlen(*text)) : "";
}

static void pack_bytes(struct packing *p, struct bytes *b)
{
    b->at = (const uint8_t *)place(p, (const char *)b->at, b->len);
}

static void pack_object(struct packing *p, const struct member *members,
                        void *object);

static void pack_list(struct packing *p, const struct member *m,
                      struct any_list *list)
{
    if (p->arena != NULL && list->room > list->count && list->count > 0) {
        list->at = mem_resize(list->at, list->count, m->size);
        list->room = list->count;
    }
    for (size_t i = 0; i < list->count; i++)
        pack_object(p, m->inside, list->at + i * m->size);
}

static void pack_member(struct packing *p, const struct member *m, void *at)
{
    switch (m->type) {
    case M_TEXT:
        pack_text(p, at);
        break;
    case M_BYTES:
        pack_bytes(p, at);
        break;
    case M_OBJECT:
        pack_object(p, m->inside, at);
        break;
    case M_LIST:
        pack_list(p, m, at);
        break;
    case M_BOOL:
    case M_U8:
    case M_U16:
    case M_U32:
    case M_U64:
    case M_I32:
    case M_I64:
    case M_DOUBLE:
    case M_ADDR:
    case M_ADDRS:
    case M_PREFIX:
    case M_MAC:
    case M_WALL:
        break; /* hold nothing */
    }
}

static void pack_object(struct packing *p, const struct member *members,
                        void *object)
{
    for (const struct member *m = members; m->key != NULL; m++)
        pack_member(p, m, (char *)object + m->offset);
}

void facts_pack(struct facts *f)
{
    OWNED(table_free) struct table *known = table_new();
    struct packing p = {.known = known};

    pack_object(&p, facts_members, f);
    p.arena = arena_new_of(p.octets);
    pack_object(&p, facts_members, f);
    arena_free(f->arena);
    f->arena = p.arena;
}
