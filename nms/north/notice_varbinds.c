#include "north/notice_varbinds.h"

#include "north/alarm_row.h"

/* A name for the next varbind: what begins as given. */
static struct oid_store *next_name(struct notice *n, struct oid begin)
{
    struct oid_store *name = &n->names[n->count];

    oid_copy(name, begin);
    return name;
}

static void add(struct notice *n, const struct oid_store *name,
                struct value value)
{
    n->varbinds[n->count++] =
        (struct varbind){.name = oid_view(name), .value = value};
}

/* An object of PORTOLAN-MIB: portolanStation's nth scalar, or a column of
 * portolanObjectTable. */
static struct oid_store *own_name(struct notice *n, uint32_t enterprise,
                                  bool column, uint32_t arc)
{
    struct oid_store *name = next_name(n, OID(1, 3, 6, 1, 4, 1));

    (void)oid_push(name, enterprise);
    (void)oid_append(name, column ? OID(1, 1, 2, 1) : OID(1, 1, 1));
    (void)oid_push(name, arc);
    return name;
}

static void add_scalar(struct notice *n, uint32_t enterprise, uint32_t arc,
                       struct value value)
{
    struct oid_store *name = own_name(n, enterprise, false, arc);

    (void)oid_push(name, 0);
    add(n, name, value);
}

static void add_column(struct notice *n, const struct notice_source *from,
                       uint32_t arc, struct value value)
{
    struct oid_store *name = own_name(n, from->enterprise, true, arc);

    (void)oid_push(name, from->object);
    add(n, name, value);
}

static struct value octets(struct bytes b)
{
    return (struct value){.type = VALUE_OCTETS, .octets = b};
}

static struct value integer(int64_t number)
{
    return (struct value){.type = VALUE_INTEGER, .integer = number};
}

static struct value pointer(const struct oid_store *to)
{
    return (struct value){.type = VALUE_OID, .oid = oid_view(to)};
}

/* alarmActiveModelPointer and alarmActiveResourceId: of the row as it is, or
 * was (RFC 3877, 5.4). */
static void add_generic(struct notice *n, const struct notice_source *from,
                        bool over)
{
    const struct alert_record *a = from->alert;
    struct oid_store *name =
        next_name(n, OID(1, 3, 6, 1, 2, 1, 118, 1, 2, 2, 1, 13));

    alarm_model_pointer(
        a->type, alarm_state(over ? SEVERITY_CLEARED : a->severity), &n->model);
    alarm_active_index(a, name);
    add(n, name, pointer(&n->model));
    name = next_name(n, OID(1, 3, 6, 1, 2, 1, 118, 1, 2, 2, 1, 10));
    alarm_active_index(a, name);
    if (from->object != 0) /* portolanObjName */
        oid_copy(&n->resource, OID(1, 3, 6, 1, 4, 1, from->enterprise, 1, 1, 2,
                                   1, 2, from->object));
    else
        oid_copy(&n->resource, OID(0, 0));
    add(n, name, pointer(&n->resource));
}

void notice_compose(const struct notice_source *from, struct notice *out)
{
    const struct alert_record *a = from->alert;
    bool over = a->state == ALERT_CLEARED;
    enum { EXPLAINED_ARC = 21 };
    uint8_t arc = from->explained ? EXPLAINED_ARC
                  : over          ? a->type->clear
                                  : a->type->raise;
    uint32_t enterprise = from->enterprise;

    *out = (struct notice){.addr = from->addr};
    if (a->index != 0)
        alarm_row_pointer(a, &out->pointer);
    else
        oid_copy(&out->pointer, OID(0, 0));
    if (arc != 0) {
        oid_copy(&out->trap, OID(1, 3, 6, 1, 4, 1));
        (void)oid_push(&out->trap, enterprise);
        (void)oid_append(&out->trap, OID(1, 0, arc));
    } else {
        oid_copy(&out->trap, OID(1, 3, 6, 1, 2, 1, 118, 0, over ? 3 : 2));
        add_generic(out, from, over);
    }
    enum { SEQ = 5, SEVERITY = 28, ALARM = 29, TEXT = 30 }; /* scalars */
    enum { OBJ_NAME = 2, OBJ_ADDRESS = 6, OBJ_RISK_LEVEL = 12 };
    add_scalar(out, enterprise, SEQ,
               (struct value){.type = VALUE_COUNTER32, .number = from->seq});
    add_column(out, from, OBJ_NAME,
               octets(admin_string(a->name, ADMIN_STRING_MAX)));
    add_column(out, from, OBJ_ADDRESS, octets(addr_octets(&out->addr)));
    add_scalar(out, enterprise, SEVERITY,
               integer(itu_severity(over ? SEVERITY_CLEARED : a->severity)));
    add_column(out, from, OBJ_RISK_LEVEL, integer(from->risk_level));
    add_scalar(out, enterprise, ALARM, pointer(&out->pointer));
    add_scalar(out, enterprise, TEXT,
               octets(admin_string(from->text != NULL ? from->text : a->text,
                                   ADMIN_STRING_MAX)));
}
