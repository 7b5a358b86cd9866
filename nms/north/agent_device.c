#include "north/agent_device.h"

#include "base/table.h"
#include "mibs/facts_pack.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Entities of ours lie beyond those that agents use to number. */
enum { OWN_CHASSIS = 2000000000, OWN_PORTS = 1000000000 };
enum { CLASS_CHASSIS = 3, CLASS_PORT = 10 }; /* PhysicalClass */

struct open_device {
    struct facts *told; /* at rest, as the record has them; what it is found by
                         */
    struct facts *facts;
    uint64_t asked; /* when last, by a count */
    struct device_scene scene;
};

struct agent_devices {
    struct mib_set *tables;
    struct open_device at[DEVICES_OPEN_MAX];
    size_t count;
    uint64_t asked;
};

/* ---- rows ---- */

static int compare_entities(const void *a, const void *b)
{
    const struct entity_row *left = a, *right = b;

    if (left->index != right->index)
        return left->index < right->index ? -1 : 1;
    /* what the device told comes before what is ours */
    return (left->told == NULL) - (right->told == NULL);
}

static void drop_repeated_entities(struct device_scene *s)
{
    size_t kept = 0;

    if (s->entities.count == 0)
        return;
    qsort(s->entities.at, s->entities.count, sizeof s->entities.at[0],
          compare_entities);
    for (size_t i = 0; i < s->entities.count; i++)
        if (kept == 0 ||
            s->entities.at[kept - 1].index != s->entities.at[i].index)
            s->entities.at[kept++] = s->entities.at[i];
    s->entities.count = kept;
}

static void list_entities(struct device_scene *s)
{
    const struct entities *told = &s->facts->entities;

    for (size_t i = 0; i < told->count; i++) {
        const struct entity *e = &told->at[i];

        if (e->index == 0 || e->index > INT32_MAX) /* PhysicalIndex */
            continue;
        *array_add(&s->entities) =
            (struct entity_row){.index = e->index, .told = e};
        if (e->class == CLASS_CHASSIS && s->chassis == 0)
            s->chassis = e->index;
    }
    if (s->chassis != 0)
        return;
    s->chassis = OWN_CHASSIS;
    *array_add(&s->entities) = (struct entity_row){.index = OWN_CHASSIS};
}

/* Entities that are ports, by their names: the first of each. */
static struct table *ports_by_name(const struct entities *told)
{
    struct table *t = table_new();

    for (size_t i = 0; i < told->count; i++) {
        const struct entity *e = &told->at[i];

        if (e->class == CLASS_PORT && e->index > 0 && e->index <= INT32_MAX &&
            e->name[0] != '\0' && table_find_text(t, e->name) == NULL)
            (void)table_put_text(t, e->name, (void *)e);
    }
    return t;
}

/* The entity that a port is: one of its name, or one of ours. */
static uint32_t entity_of_port(struct device_scene *s,
                               const struct table *entities,
                               const struct interface *port)
{
    const struct entity *e = table_find_text(entities, port->name);

    if (e == NULL)
        e = table_find_text(entities, port->descr);
    if (e != NULL)
        return e->index;
    uint32_t index = OWN_PORTS + port->if_index % OWN_PORTS;
    *array_add(&s->entities) =
        (struct entity_row){.index = index, .port = port};
    return index;
}

static int compare_connections(const void *a, const void *b)
{
    const struct connection_row *left = a, *right = b;

    if (left->port != right->port)
        return left->port < right->port ? -1 : 1;
    return left->neighbor < right->neighbor ? -1
                                            : left->neighbor > right->neighbor;
}

static void list_connections(struct device_scene *s)
{
    const struct neighbors *heard = &s->facts->neighbors;
    OWNED(table_free)
    struct table *entities = ports_by_name(&s->facts->entities);
    uint32_t number = 0;

    for (size_t i = 0; i < heard->count; i++) {
        const struct interface *port =
            facts_interface(s->facts, heard->at[i].local_if_index);

        if (port != NULL)
            *array_add(&s->connections) = (struct connection_row){
                .port = entity_of_port(s, entities, port),
                .neighbor = &heard->at[i]};
    }
    if (s->connections.count == 0)
        return;
    qsort(s->connections.at, s->connections.count, sizeof s->connections.at[0],
          compare_connections);
    for (size_t i = 0; i < s->connections.count; i++) {
        struct connection_row *row = &s->connections.at[i];

        number = i > 0 && row[-1].port == row->port ? number + 1 : 1;
        row->number = number;
    }
}

static int compare_locals(const void *a, const void *b)
{
    const struct lldp_local_port *const *left = a, *const *right = b;

    return (*left)->port_num < (*right)->port_num
               ? -1
               : (*left)->port_num > (*right)->port_num;
}

static void list_locals(struct device_scene *s)
{
    const struct lldp_local_ports *told = &s->facts->lldp.ports;
    size_t kept = 0;

    for (size_t i = 0; i < told->count; i++)
        *array_add(&s->locals) = &told->at[i];
    if (s->locals.count == 0)
        return;
    qsort((void *)s->locals.at, s->locals.count, sizeof s->locals.at[0],
          compare_locals);
    for (size_t i = 0; i < s->locals.count; i++)
        if (kept == 0 ||
            s->locals.at[kept - 1]->port_num != s->locals.at[i]->port_num)
            s->locals.at[kept++] = s->locals.at[i];
    s->locals.count = kept;
}

static int compare_remotes(const void *a, const void *b)
{
    const struct neighbor *const *left = a, *const *right = b;

    if ((*left)->local_port_num != (*right)->local_port_num)
        return (*left)->local_port_num < (*right)->local_port_num ? -1 : 1;
    return (*left)->rem_index < (*right)->rem_index
               ? -1
               : (*left)->rem_index > (*right)->rem_index;
}

static void list_remotes(struct device_scene *s)
{
    const struct neighbors *heard = &s->facts->neighbors;
    size_t kept = 0;

    for (size_t i = 0; i < heard->count; i++)
        if (heard->at[i].protocol == NEIGHBOR_LLDP)
            *array_add(&s->remotes) = &heard->at[i];
    if (s->remotes.count == 0)
        return;
    qsort((void *)s->remotes.at, s->remotes.count, sizeof s->remotes.at[0],
          compare_remotes);
    for (size_t i = 0; i < s->remotes.count; i++)
        if (kept == 0 ||
            compare_remotes(&s->remotes.at[kept - 1], &s->remotes.at[i]) != 0)
            s->remotes.at[kept++] = s->remotes.at[i];
    s->remotes.count = kept;
}

static int compare_mgmt(const void *a, const void *b)
{
    const struct mgmt_row *left = a, *right = b;
    int order = compare_remotes(&left->neighbor, &right->neighbor);

    return order != 0 ? order : addr_compare(left->addr, right->addr);
}

static void list_mgmt(struct device_scene *s)
{
    size_t kept = 0;

    for (size_t i = 0; i < s->remotes.count; i++)
        for (size_t j = 0; j < s->remotes.at[i]->mgmt_count; j++)
            *array_add(&s->mgmt) =
                (struct mgmt_row){s->remotes.at[i], &s->remotes.at[i]->mgmt[j]};
    if (s->mgmt.count == 0)
        return;
    qsort(s->mgmt.at, s->mgmt.count, sizeof s->mgmt.at[0], compare_mgmt);
    for (size_t i = 0; i < s->mgmt.count; i++)
        if (kept == 0 ||
            compare_mgmt(&s->mgmt.at[kept - 1], &s->mgmt.at[i]) != 0)
            s->mgmt.at[kept++] = s->mgmt.at[i];
    s->mgmt.count = kept;
}

/* ---- those that lie open ---- */

static void close_device(struct open_device *o)
{
    array_fini(&o->scene.entities);
    array_fini(&o->scene.connections);
    array_fini(&o->scene.locals);
    array_fini(&o->scene.remotes);
    array_fini(&o->scene.mgmt);
    facts_unref(o->facts);
    facts_unref(o->told);
    *o = (struct open_device){0};
}

static void open_device(struct open_device *o, const struct device_record *d)
{
    o->told = facts_ref(d->facts);
    o->facts = facts_open(d->facts);
    o->scene.facts = o->facts;
    list_entities(&o->scene);
    list_connections(&o->scene);
    drop_repeated_entities(&o->scene);
    list_locals(&o->scene);
    list_remotes(&o->scene);
    list_mgmt(&o->scene);
}

/* A place that is free, or that of the one that was not asked for longest. */
static struct open_device *place_for(struct agent_devices *a)
{
    struct open_device *oldest = &a->at[0];

    if (a->count < DEVICES_OPEN_MAX)
        return &a->at[a->count++];
    for (size_t i = 1; i < a->count; i++)
        if (a->at[i].asked < oldest->asked)
            oldest = &a->at[i];
    close_device(oldest);
    return oldest;
}

const struct device_scene *agent_devices_open(struct agent_devices *a,
                                              const struct device_record *d,
                                              uint32_t enterprise,
                                              enum severity worst)
{
    struct open_device *o = NULL;

    for (size_t i = 0; i < a->count && o == NULL; i++)
        if (a->at[i].told == d->facts)
            o = &a->at[i];
    if (o == NULL) {
        o = place_for(a);
        open_device(o, d);
    }
    o->asked = ++a->asked;
    o->scene.record = d;
    o->scene.enterprise = enterprise;
    o->scene.worst = worst;
    return &o->scene;
}

struct agent_devices *agent_devices_new(void)
{
    struct agent_devices *a = mem_new(struct agent_devices);
    const struct mib_table *const *const files[] = {
        device_if_tables, device_entity_tables, device_lldp_tables,
        device_ptopo_tables};
    const struct mib_table *all[MIB_TABLES_MAX];
    size_t count = 0;

    for (size_t i = 0; i < COUNT_OF(files); i++)
        for (size_t j = 0; files[i][j] != NULL; j++) {
            assert(count < MIB_TABLES_MAX);
            all[count++] = files[i][j];
        }
    a->tables = mib_set_new(all, count, 0);
    return a;
}

void agent_devices_free(struct agent_devices *a)
{
    if (a == NULL)
        return;
    for (size_t i = 0; i < a->count; i++)
        close_device(&a->at[i]);
    mib_set_free(a->tables);
    free(a);
}

const struct mib_set *agent_devices_tables(const struct agent_devices *a)
{
    return a->tables;
}
