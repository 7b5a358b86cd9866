#include "mibs/system_mib.h"

enum {
    SYS_DESCR,
    SYS_OBJECT_ID,
    SYS_UPTIME,
    SYS_CONTACT,
    SYS_NAME,
    SYS_LOCATION,
    SYS_SERVICES,
    IF_NUMBER,
    IP_FORWARDING,
    ENGINE_ID,
    ENGINE_BOOTS,
    ENGINE_TIME,
    SYSTEM_SCALARS
};

static const struct oid system_scalars[] = {
    [SYS_DESCR] = OID_INIT(1, 3, 6, 1, 2, 1, 1, 1, 0),
    [SYS_OBJECT_ID] = OID_INIT(1, 3, 6, 1, 2, 1, 1, 2, 0),
    [SYS_UPTIME] = OID_INIT(1, 3, 6, 1, 2, 1, 1, 3, 0),
    [SYS_CONTACT] = OID_INIT(1, 3, 6, 1, 2, 1, 1, 4, 0),
    [SYS_NAME] = OID_INIT(1, 3, 6, 1, 2, 1, 1, 5, 0),
    [SYS_LOCATION] = OID_INIT(1, 3, 6, 1, 2, 1, 1, 6, 0),
    [SYS_SERVICES] = OID_INIT(1, 3, 6, 1, 2, 1, 1, 7, 0),
    [IF_NUMBER] = OID_INIT(1, 3, 6, 1, 2, 1, 2, 1, 0),
    [IP_FORWARDING] = OID_INIT(1, 3, 6, 1, 2, 1, 4, 1, 0),
    [ENGINE_ID] = OID_INIT(1, 3, 6, 1, 6, 3, 10, 2, 1, 1, 0),
    [ENGINE_BOOTS] = OID_INIT(1, 3, 6, 1, 6, 3, 10, 2, 1, 2, 0),
    [ENGINE_TIME] = OID_INIT(1, 3, 6, 1, 6, 3, 10, 2, 1, 3, 0),
};

/* Bounds of SnmpEngineID (RFC 3411, 5). */
enum { ENGINE_ID_MIN = 5, ENGINE_ID_MAX = 32 };

static void read_system(struct harvest *h, const struct row *row)
{
    struct system_facts *s = &h->facts->system;
    const struct value *uptime = row_at(row, SYS_UPTIME);
    struct bytes engine = row_octets(row, ENGINE_ID);

    s->descr = harvest_lines(h, row_at(row, SYS_DESCR));
    s->object_id = harvest_text(h, row_at(row, SYS_OBJECT_ID));
    s->name = harvest_text(h, row_at(row, SYS_NAME));
    s->contact = harvest_text(h, row_at(row, SYS_CONTACT));
    s->location = harvest_text(h, row_at(row, SYS_LOCATION));
    s->services = row_u32(row, SYS_SERVICES);
    s->seen_at = row->stamp->received;
    if (uptime->type == VALUE_TICKS) {
        s->has_uptime = true;
        s->uptime_cs = (uint32_t)uptime->number;
    }
    if (engine.len >= ENGINE_ID_MIN && engine.len <= ENGINE_ID_MAX)
        s->engine_id = arena_bytes(h->facts->arena, engine);
    s->engine_boots = row_integer(row, ENGINE_BOOTS, FACT_UNKNOWN);
    s->engine_time_s = row_integer(row, ENGINE_TIME, FACT_UNKNOWN);
    s->if_number = row_integer(row, IF_NUMBER, FACT_UNKNOWN);
    h->forwards = row_integer(row, IP_FORWARDING, 0) == 1;
}

const struct reader system_reader = {
    .name = "system",
    READ_SCALARS(system_scalars),
    .row = read_system,
};

/* HOST-RESOURCES-MIB hrDeviceType and, for the name of a processor,
 * hrDeviceDescr. */
static const struct oid host_columns[] = {
    OID_INIT(1, 3, 6, 1, 2, 1, 25, 3, 2, 1, 2),
    OID_INIT(1, 3, 6, 1, 2, 1, 25, 3, 2, 1, 3),
};

static void read_host_type(struct harvest *h, const struct row *row)
{
    const struct oid types = OID(1, 3, 6, 1, 2, 1, 25, 3, 1);
    const struct value *type = row_at(row, 0);
    const char *descr = harvest_text(h, row_at(row, 1));

    if (row->index.len != 1)
        return;
    if (type->type == VALUE_OID && type->oid.len == types.len + 1 &&
        oid_begins(type->oid, types) && type->oid.sub[types.len] < 32)
        h->hr_types |= UINT32_C(1) << type->oid.sub[types.len];
    if (descr[0] != '\0')
        *array_add(&h->hr_devices) = (struct label){row->index.sub[0], descr};
}

const struct reader host_types_reader = {
    .name = "hrDeviceTable",
    READ_COLUMNS(host_columns),
    .rows_max = STORAGES_MAX,
    .row = read_host_type,
};
