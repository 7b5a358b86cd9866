#include "mibs/transceiver_mib.h"

#include "base/text.h"
#include "mibs/entity_mib.h"

#include <inttypes.h>
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

/* The only interface of what is directly in an entity, or in the cage that it
 * is in; 0 if there are several: then it is a card. */
static uint32_t port_inside(const struct harvest *h, uint32_t entity)
{
    const struct entities *all = &h->facts->entities;
    uint32_t found = 0;

    for (size_t i = 0; i < all->count; i++) {
        uint32_t port = all->at[i].contained_in == entity
                            ? mapped_port(h, all->at[i].index)
                            : 0;

        if (port != 0 && found != 0 && port != found)
            return 0;
        found = port != 0 ? port : found;
    }
    return found;
}

static uint32_t port_named(const struct facts *f, const char *name)
{
    for (size_t i = 0; name[0] != '\0' && i < f->interfaces.count; i++) {
        const struct interface *port = &f->interfaces.at[i];

        if (strcmp(port->name, name) == 0 || strcmp(port->descr, name) == 0)
            return port->if_index;
    }
    return 0;
}

/* The interface of an entity: as entAliasMappingTable has it, of itself, what
 * is in it or what it is in; else the one of its name. */
static uint32_t port_of_entity(const struct harvest *h, uint32_t entity)
{
    const struct entity *e = entity_find(h->facts, entity);
    uint32_t port = mapped_port(h, entity);

    if (port == 0)
        port = port_inside(h, entity);
    if (port == 0 && e != NULL)
        port = port_named(h->facts, e->name);
    if (port == 0 && e != NULL)
        port = port_named(h->facts, e->alias);
    if (port == 0 && e != NULL && e->contained_in != 0)
        port = mapped_port(h, e->contained_in);
    if (port == 0 && e != NULL && e->contained_in != 0)
        port = port_inside(h, e->contained_in);
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

void transceiver_finish(struct harvest *h)
{
    struct transceivers *all = &h->facts->transceivers;

    if (all->count == 0)
        for (size_t i = 0; i < h->facts->entities.count; i++)
            if (is_transceiver(h->facts, &h->facts->entities.at[i]))
                add_transceiver(h, &h->facts->entities.at[i]);
    for (size_t i = 0; i < all->count; i++)
        if (all->at[i].if_index == 0 && all->at[i].entity != 0)
            all->at[i].if_index = port_of_entity(h, all->at[i].entity);
}
