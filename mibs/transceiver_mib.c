#include "mibs/transceiver_mib.h"

#include "base/table.h"
#include "base/text.h"
#include "mibs/entity_mib.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* IANAPhysicalClass. */
enum { CLASS_CONTAINER = 5, CLASS_MODULE = 9, CLASS_PORT = 10 };

enum { LEVELS_MAX = 8 };

/* How makers call what is plugged in: form factors, and what lies in them. */
static bool is_called_transceiver(const char *text)
{
    static const char *const words[] = {
        "sfp",  "xfp",    "cfp",    "gbic", "xenpak", "transceiver",
        "xcvr", "optics", "base-l", "osfp", "base-s"};

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (text_contains_nocase(text, words[i]))
            return true;
    return false;
}

/* Some agents give the number of the whole to each of its parts. */
static bool has_number_of_whole(const struct facts *f, const struct entity *e)
{
    const struct entity *whole = entity_find(f, e->contained_in);

    for (int level = 0; level < LEVELS_MAX && whole != NULL; level++) {
        if (strcmp(whole->serial, e->serial) == 0)
            return true;
        whole = entity_find(f, whole->contained_in);
    }
    return false;
}

/* A port has no number of its own but for what is plugged into it; a module, to
 * Arista a container, is a transceiver by its name alone. */
static bool is_transceiver(const struct facts *f, const struct entity *e)
{
    if (e->serial[0] == '\0' || has_number_of_whole(f, e))
        return false;
    if (e->class == CLASS_PORT)
        return true;
    return (e->class == CLASS_MODULE || e->class == CLASS_CONTAINER) &&
           (is_called_transceiver(e->descr) || is_called_transceiver(e->name) ||
            is_called_transceiver(e->model));
}

/* ---- ports ------------------------------------------------------------------
 */

static uint32_t mapped_port(const struct harvest *h, uint32_t entity)
{
    int64_t if_index = pairing_find(&h->entity_ports, entity, 0);

    return if_index > 0 && if_index <= UINT32_MAX &&
                   facts_interface(h->facts, (uint32_t)if_index) != NULL
               ? (uint32_t)if_index
               : 0;
}

/* Where ports are, for many questions. */
struct places {
    struct pairings inside; /* entity -> interface of what is directly in it, 0
                               if there are several */
    struct table *names;    /* ifName and ifDescr -> the first of that name */
};

static int inside_compare(const void *a, const void *b)
{
    const struct pairing *x = a, *y = b;

    if (x->index != y->index)
        return x->index < y->index ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static void find_inside(struct places *p, const struct harvest *h)
{
    const struct entities *all = &h->facts->entities;
    size_t kept = 0;

    for (size_t i = 0; i < all->count; i++) {
        uint32_t port = mapped_port(h, all->at[i].index);

        if (port != 0)
            pairing_add(&p->inside, all->at[i].contained_in, port);
    }
    if (p->inside.count > 0)
        qsort(p->inside.at, p->inside.count, sizeof *p->inside.at,
              inside_compare);
    for (size_t i = 0; i < p->inside.count; i++) {
        struct pairing *last = kept > 0 ? &p->inside.at[kept - 1] : NULL;

        if (last == NULL || last->index != p->inside.at[i].index)
            p->inside.at[kept++] = p->inside.at[i];
        else if (last->number != p->inside.at[i].number)
            last->number = 0;
    }
    p->inside.count = kept;
}

static void note_name(struct places *p, const char *name,
                      const struct interface *port)
{
    if (name[0] != '\0' && table_find_text(p->names, name) == NULL)
        (void)table_put_text(p->names, name, (void *)port);
}

static void places_init(struct places *p, const struct harvest *h)
{
    const struct interfaces *ports = &h->facts->interfaces;

    *p = (struct places){.names = table_new()};
    find_inside(p, h);
    for (size_t i = 0; i < ports->count; i++) {
        note_name(p, ports->at[i].name, &ports->at[i]);
        note_name(p, ports->at[i].descr, &ports->at[i]);
    }
}

static void places_fini(struct places *p)
{
    array_fini(&p->inside);
    table_free(p->names);
}

/* The only interface of what is directly in an entity, or in the cage that it
 * is in; 0 if there are several: then it is a card. */
static uint32_t port_inside(const struct places *p, uint32_t entity)
{
    return (uint32_t)pairing_find(&p->inside, entity, 0);
}

static uint32_t port_named(const struct places *p, const char *name)
{
    const struct interface *port =
        name[0] != '\0' ? table_find_text(p->names, name) : NULL;

    return port != NULL ? port->if_index : 0;
}

/* The interface of an entity: as entAliasMappingTable has it, of itself, what
 * is in it or what it is in; else the one of its name. */
static uint32_t port_of_entity(const struct harvest *h, const struct places *p,
                               uint32_t entity)
{
    const struct entity *e = entity_find(h->facts, entity);
    uint32_t port = mapped_port(h, entity);

    if (port == 0)
        port = port_inside(p, entity);
    if (port == 0 && e != NULL)
        port = port_named(p, e->name);
    if (port == 0 && e != NULL)
        port = port_named(p, e->alias);
    if (port == 0 && e != NULL && e->contained_in != 0)
        port = mapped_port(h, e->contained_in);
    if (port == 0 && e != NULL && e->contained_in != 0)
        port = port_inside(p, e->contained_in);
    return port;
}

/* ---- transceivers -----------------------------------------------------------
 */

static void add_transceiver(struct harvest *h, const struct entity *e)
{
    *array_add(&h->facts->transceivers) = (struct transceiver){
        .index = harvest_format(h, "%" PRIu32, e->index),
        .type = e->descr,
        .vendor = e->mfg,
        .model = e->model,
        .serial = e->serial,
        .revision = e->hw_rev,
        .date = "",
        .connector = "",
        .wavelength_nm = (double)NAN,
        .distance_m = (double)NAN,
        .entity = e->index,
    };
}

static void find_ports(struct harvest *h)
{
    struct transceivers *all = &h->facts->transceivers;
    struct places places;

    if (all->count == 0)
        return;
    places_init(&places, h);
    for (size_t i = 0; i < all->count; i++)
        if (all->at[i].if_index == 0 && all->at[i].entity != 0)
            all->at[i].if_index = port_of_entity(h, &places, all->at[i].entity);
    places_fini(&places);
}

void transceiver_finish(struct harvest *h)
{
    const struct transceivers *all = &h->facts->transceivers;

    if (all->count == 0)
        for (size_t i = 0; i < h->facts->entities.count; i++)
            if (is_transceiver(h->facts, &h->facts->entities.at[i]))
                add_transceiver(h, &h->facts->entities.at[i]);
    find_ports(h);
}
