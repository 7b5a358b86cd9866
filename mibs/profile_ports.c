/* What a profile has to say of ports, VLANs and storage that generic tables
 * tell: what ports are called, and which of all these are not shown. */
#include "mibs/profile_model.h"

#include "base/text.h"

#include <stdio.h>

enum { PORT_NAME_MAX = 255, NUMBER_TEXT_MAX = 24 };

const char *const port_columns[PORT_COLUMNS] = {
    [PORT_NAME] = "name",
    [PORT_DESCR] = "descr",
    [PORT_ALIAS] = "alias",
    [PORT_TYPE] = "type",
};
const char *const vlan_columns[VLAN_COLUMNS] = {
    [VLAN_ID] = "id",
    [VLAN_NAME] = "name",
};
const char *const storage_columns[STORAGE_COLUMNS] = {
    [STORAGE_DESCR] = "descr",
    [STORAGE_TOTAL] = "total",
};

static struct value text_value(const char *text)
{
    if (text == NULL || text[0] == '\0')
        return (struct value){.type = VALUE_NONE};
    return (struct value){.type = VALUE_OCTETS, .octets = bytes_of_text(text)};
}

bool any_holds(const struct any_of *list, const struct scene *s)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct all_of *all = &list->at[i];
        bool holds = true;

        for (size_t k = 0; k < all->count && holds; k++)
            holds = condition_holds(&all->conditions[k], s);
        if (holds)
            return true;
    }
    return false;
}

/* What the names of port_columns stand for; type has room for a number. */
static void port_load(const struct interface *i, char *type, size_t len,
                      struct value *out)
{
    out[PORT_NAME] = text_value(i->name);
    out[PORT_DESCR] = text_value(i->descr);
    out[PORT_ALIAS] = text_value(i->alias);
    out[PORT_TYPE] =
        text_value(i->has_type ? if_type_name(i->type, type, len) : "");
}

void profile_name_ports(const struct profile *p, struct facts *f)
{
    struct value values[PORT_COLUMNS];
    char type[NUMBER_TEXT_MAX];

    if (p == NULL || p->port_name.count == 0)
        return;
    for (size_t n = 0; n < f->interfaces.count; n++) {
        struct interface *i = &f->interfaces.at[n];
        struct buffer OWNED_BUFFER text = {0}, OWNED_BUFFER safe = {0};
        const struct scene scene = {
            .columns = values, .index = {&i->if_index, 1}, .facts = f};

        port_load(i, type, sizeof type, values);
        if (!template_give_whole(&p->port_name, &scene, &text))
            continue;
        text_safe(buffer_view(&text), NULL, false, PORT_NAME_MAX, &safe);
        i->label = arena_text(f->arena, safe.at);
    }
}

static void ports_ignore(const struct profile *p, struct facts *f)
{
    struct value values[PORT_COLUMNS];
    char type[NUMBER_TEXT_MAX];
    size_t kept = 0;

    for (size_t n = 0; n < f->interfaces.count; n++) {
        const struct interface i = f->interfaces.at[n];
        const struct scene scene = {
            .columns = values, .index = {&i.if_index, 1}, .facts = f};

        port_load(&i, type, sizeof type, values);
        if (!any_holds(&p->ignore_ports, &scene))
            f->interfaces.at[kept++] = i;
    }
    f->interfaces.count = kept;
}

static void vlans_ignore(const struct profile *p, struct facts *f)
{
    size_t kept = 0;

    for (size_t n = 0; n < f->vlans.count; n++) {
        const struct vlan v = f->vlans.at[n];
        const struct value values[VLAN_COLUMNS] = {
            [VLAN_ID] = {.type = VALUE_INTEGER, .integer = v.id},
            [VLAN_NAME] = text_value(v.name),
        };

        if (!any_holds(&p->ignore_vlans,
                       &(struct scene){.columns = values, .facts = f}))
            f->vlans.at[kept++] = v;
    }
    f->vlans.count = kept;
}

static void storage_ignore(const struct profile *p, struct facts *f)
{
    size_t kept = 0;

    for (size_t n = 0; n < f->storages.count; n++) {
        const struct storage s = f->storages.at[n];
        char total[NUMBER_TEXT_MAX] = "";

        if (!isnan(s.total_bytes))
            (void)snprintf(total, sizeof total, "%.0f", s.total_bytes);
        const struct value values[STORAGE_COLUMNS] = {
            [STORAGE_DESCR] = text_value(s.descr),
            [STORAGE_TOTAL] = text_value(total),
        };

        if (!any_holds(&p->ignore_storage,
                       &(struct scene){.columns = values, .facts = f}))
            f->storages.at[kept++] = s;
    }
    f->storages.count = kept;
}

unsigned profile_alters(const struct profile *p)
{
    return (p->port_name.count > 0 ? ALTERS_PORT_NAMES : 0) |
           (p->ignore_ports.count > 0 ? ALTERS_PORTS : 0) |
           (p->ignore_vlans.count > 0 ? ALTERS_VLANS : 0) |
           (p->ignore_storage.count > 0 ? ALTERS_STORAGE : 0);
}

void profile_ignore(const struct profile *p, struct facts *f)
{
    if (p == NULL)
        return;
    if (p->ignore_ports.count > 0)
        ports_ignore(p, f);
    if (p->ignore_vlans.count > 0)
        vlans_ignore(p, f);
    if (p->ignore_storage.count > 0)
        storage_ignore(p, f);
}
