/* Columns that need not be asked where the collector has read them anyway:
 * names of ports and entities, which sensors are called by. */
#include "mibs/profile_model.h"

static const struct oid if_descr = OID_INIT(1, 3, 6, 1, 2, 1, 2, 2, 1, 2);
static const struct oid if_name = OID_INIT(1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1);

/* entPhysicalIndex of entities ascends; NULL if there is none of that index. */
static const struct entity *entity_find(const struct facts *f, uint32_t index)
{
    size_t from = 0, to = f->entities.count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (f->entities.at[middle].index < index)
            from = middle + 1;
        else
            to = middle;
    }
    return from < f->entities.count && f->entities.at[from].index == index
               ? &f->entities.at[from]
               : NULL;
}

static struct value text_value(const char *text)
{
    if (text == NULL || text[0] == '\0')
        return (struct value){.type = VALUE_NONE};
    return (struct value){.type = VALUE_OCTETS, .octets = bytes_of_text(text)};
}

const char *entity_text(const struct entity *e, uint8_t field)
{
    const char *const texts[ENTITY_FIELDS] = {
        e->descr,  e->name, e->hw_rev, e->fw_rev, e->sw_rev,
        e->serial, e->mfg,  e->model,  e->alias,
    };

    return field < ENTITY_FIELDS && texts[field] != NULL ? texts[field] : "";
}

static bool entity_value(const struct facts *f, struct oid column,
                         uint32_t index, struct value *out)
{
    const struct entity *e = entity_find(f, index);

    *out = (struct value){.type = VALUE_NONE};
    if (oid_equal(column, entity_class_column())) {
        if (e != NULL)
            *out = (struct value){.type = VALUE_INTEGER, .integer = e->class};
        return true;
    }
    for (unsigned field = 0; field < ENTITY_FIELDS; field++)
        if (oid_equal(column, entity_column((uint8_t)field))) {
            if (e != NULL)
                *out = text_value(entity_text(e, (uint8_t)field));
            return true;
        }
    return false;
}

static bool port_value(const struct facts *f, struct oid column, uint32_t index,
                       struct value *out)
{
    const struct interface *i = facts_interface(f, index);

    *out = (struct value){.type = VALUE_NONE};
    if (!known_port_column(column))
        return false;
    if (i != NULL)
        *out = text_value(oid_equal(column, if_name) ? i->name : i->descr);
    return true;
}

bool known_value(const struct facts *f, struct oid column, struct oid index,
                 struct value *out)
{
    uint32_t at = index.len == 1 ? index.sub[0] : 0;

    return entity_value(f, column, at, out) || port_value(f, column, at, out);
}

bool known_port_column(struct oid column)
{
    return oid_equal(column, if_descr) || oid_equal(column, if_name);
}

bool known_column(struct oid column)
{
    static const struct facts nothing = {.refs = 1};
    struct value none;

    return known_value(&nothing, column, (struct oid){0}, &none);
}
