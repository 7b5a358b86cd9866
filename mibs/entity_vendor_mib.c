#include "mibs/entity_vendor_mib.h"

#include "base/text.h"

#define ENTERPRISES 1, 3, 6, 1, 4, 1

enum { CLASS_CHASSIS = 3, CLASS_CONTAINER = 5, CLASS_POWER = 6, CLASS_FAN = 7 };
enum { CLASS_MODULE = 9 };

/* An entity of facts without any text. */
static struct entity *add_entity(struct harvest *h, uint32_t index)
{
    if (h->facts->entities.count >= ENTITIES_MAX)
        return NULL;

    struct entity *e = array_add(&h->facts->entities);
    *e = (struct entity){.index = index,
                         .position = -1,
                         .descr = "",
                         .name = "",
                         .model = "",
                         .serial = "",
                         .mfg = "",
                         .alias = "",
                         .hw_rev = "",
                         .fw_rev = "",
                         .sw_rev = ""};
    return e;
}

static void add_extra(struct harvest *h, struct entity_extra extra)
{
    if (h->entity_extras.count < ENTITIES_MAX)
        *array_add(&h->entity_extras) = extra;
}

/* ---- Huawei ---- */

enum { BOARD_DESCR, BOARD_MODEL };

static const struct oid huawei_columns[] = {
    /* hwEntityBomEnDesc, hwEntityBoardName */
    [BOARD_DESCR] = OID_INIT(ENTERPRISES, 2011, 5, 25, 31, 1, 1, 2, 1, 2),
    [BOARD_MODEL] = OID_INIT(ENTERPRISES, 2011, 5, 25, 31, 1, 1, 2, 1, 11),
};

static void read_huawei(struct harvest *h, const struct row *row)
{
    if (row->index.len == 1)
        add_extra(h, (struct entity_extra){
                         .index = row->index.sub[0],
                         .descr = harvest_text(h, row_at(row, BOARD_DESCR)),
                         .model = harvest_text(h, row_at(row, BOARD_MODEL)),
                         .serial = "",
                     });
}

/* ---- Juniper ---- */

enum { CONTAINER_WITHIN, CONTAINER_DESCR };
enum { CONTENTS_DESCR, CONTENTS_SERIAL, CONTENTS_REVISION, CONTENTS_PART };

static const struct oid container_columns[] = {
    [CONTAINER_WITHIN] = OID_INIT(ENTERPRISES, 2636, 3, 1, 6, 1, 4),
    [CONTAINER_DESCR] = OID_INIT(ENTERPRISES, 2636, 3, 1, 6, 1, 6),
};

static const struct oid contents_columns[] = {
    [CONTENTS_DESCR] = OID_INIT(ENTERPRISES, 2636, 3, 1, 8, 1, 6),
    [CONTENTS_SERIAL] = OID_INIT(ENTERPRISES, 2636, 3, 1, 8, 1, 7),
    [CONTENTS_REVISION] = OID_INIT(ENTERPRISES, 2636, 3, 1, 8, 1, 8),
    [CONTENTS_PART] = OID_INIT(ENTERPRISES, 2636, 3, 1, 8, 1, 10),
};

static void read_container(struct harvest *h, const struct row *row)
{
    struct entity *e =
        row->index.len == 1 ? add_entity(h, row->index.sub[0]) : NULL;

    if (e == NULL)
        return;
    e->contained_in = row_u32(row, CONTAINER_WITHIN);
    e->class = e->contained_in == 0 ? CLASS_CHASSIS : CLASS_CONTAINER;
    e->descr = harvest_text(h, row_at(row, CONTAINER_DESCR));
}

static int32_t contents_class(const char *descr)
{
    static const char *const power[] = {"PEM", "PSU",          "PSM",
                                        "PDM", "Power Supply", "PowerSupply"};

    if (text_contains_nocase(descr, "fan"))
        return CLASS_FAN;
    for (size_t i = 0; i < COUNT_OF(power); i++)
        if (text_contains_nocase(descr, power[i]))
            return CLASS_POWER;
    return CLASS_MODULE;
}

/* Index: container, then three levels of numbers, 0 where there is no such
 * level. One number for them: levels of at most 99, below the container's. */
static void read_contents(struct harvest *h, const struct row *row)
{
    enum { LEVELS = 4, LEVEL_MAX = 99 };
    const uint32_t *level = row->index.sub;

    if (row->index.len != LEVELS || level[0] > LEVEL_MAX)
        return;
    const char *serial = harvest_text(h, row_at(row, CONTENTS_SERIAL));
    if (level[0] == 1) { /* the chassis, which is a container too */
        add_extra(h, (struct entity_extra){1, "", "", serial});
        return;
    }
    for (size_t i = 1; i < LEVELS; i++)
        if (level[i] > LEVEL_MAX)
            return;

    struct entity *e = add_entity(h, level[1] * 1000000 + level[2] * 10000 +
                                         level[3] * 100 + level[0]);
    if (e == NULL)
        return;
    e->contained_in = level[0];
    e->descr = harvest_text(h, row_at(row, CONTENTS_DESCR));
    e->class = contents_class(e->descr);
    e->serial = serial;
    e->hw_rev = harvest_text(h, row_at(row, CONTENTS_REVISION));
    e->model = harvest_text(h, row_at(row, CONTENTS_PART));
    e->mfg = "Juniper";
}

/* ---- Nokia (TiMOS, SR OS) ---- */

enum { HW_PART, HW_SERIAL, HW_CLASS, HW_NAME, HW_WITHIN };

#define TIMETRA_HW ENTERPRISES, 6527, 3, 1, 2, 2, 1, 8, 1

static const struct oid timetra_columns[] = {
    [HW_PART] = OID_INIT(TIMETRA_HW, 4),    /* tmnxHwMfgBoardNumber */
    [HW_SERIAL] = OID_INIT(TIMETRA_HW, 5),  /* tmnxHwSerialNumber */
    [HW_CLASS] = OID_INIT(TIMETRA_HW, 7),   /* tmnxHwClass */
    [HW_NAME] = OID_INIT(TIMETRA_HW, 8),    /* tmnxHwName */
    [HW_WITHIN] = OID_INIT(TIMETRA_HW, 13), /* tmnxHwContainedIn */
};

/* TmnxHwClass, where it has the meaning of PhysicalClass of RFC 6933; else
 * its own name. */
static int32_t timetra_class(int64_t class)
{
    static const int32_t classes[] = {
        [0] = 2,
        [1] = 1,
        [2] = 2,
        [3] = CLASS_CHASSIS,
        [4] = CLASS_CONTAINER,
        [5] = CLASS_POWER,
        [6] = CLASS_FAN,
        [7] = 8,
        [8] = ENTITY_IO_MODULE,
        [9] = ENTITY_CPM_MODULE,
        [10] = ENTITY_FABRIC_MODULE,
        [11] = ENTITY_MDA_MODULE,
        [12] = ENTITY_FLASH_MODULE,
        [13] = 10,
    };

    return class >= 0 && (size_t) class < COUNT_OF(classes) ? classes[class]
                                                            : CLASS_MODULE;
}

/* Index: chassis, hardware. */
static void read_timetra(struct harvest *h, const struct row *row)
{
    struct entity *e =
        row->index.len == 2 ? add_entity(h, row->index.sub[1]) : NULL;

    if (e == NULL)
        return;
    e->contained_in = row_u32(row, HW_WITHIN);
    e->class = timetra_class(row_integer(row, HW_CLASS, 0));
    e->name = harvest_text(h, row_at(row, HW_NAME));
    e->model = harvest_text(h, row_at(row, HW_PART));
    e->serial = harvest_text(h, row_at(row, HW_SERIAL));
    e->mfg = "Nokia";
}

const struct reader huawei_entity_reader = {
    .name = "hwBoardTable",
    READ_COLUMNS(huawei_columns),
    .rows_max = ENTITIES_MAX,
    .row = read_huawei,
};

const struct reader juniper_container_reader = {
    .name = "jnxContainersTable",
    READ_COLUMNS(container_columns),
    .rows_max = ENTITIES_MAX,
    .row = read_container,
};

const struct reader juniper_contents_reader = {
    .name = "jnxContentsTable",
    READ_COLUMNS(contents_columns),
    .rows_max = ENTITIES_MAX,
    .row = read_contents,
};

const struct reader timetra_hardware_reader = {
    .name = "tmnxHwTable",
    READ_COLUMNS(timetra_columns),
    .rows_max = ENTITIES_MAX,
    .row = read_timetra,
};
