/* HOST-RESOURCES-MIB, UCD-SNMP-MIB, Printer-MIB: hosts of all kinds. */
#include "tests/farm/mib.h"

#include <stdio.h>
#include <string.h>

enum { KB_PER_MB = 1024, MEMORY_MB = 16384, SWAP_MB = 4096 };

static const struct oid storage_types[] = {
    OID_INIT(1, 3, 6, 1, 2, 1, 25, 2, 1, 2), /* hrStorageRam */
    OID_INIT(1, 3, 6, 1, 2, 1, 25, 2, 1, 3), /* hrStorageVirtualMemory */
    OID_INIT(1, 3, 6, 1, 2, 1, 25, 2, 1, 4), /* hrStorageFixedDisk */
};
static const struct oid device_processor =
    OID_INIT(1, 3, 6, 1, 2, 1, 25, 3, 1, 3);
static const struct oid device_printer =
    OID_INIT(1, 3, 6, 1, 2, 1, 25, 3, 1, 5);
static const struct oid zero = OID_INIT(0, 0);

/* A row of hrStorageTable. */
struct store {
    uint32_t index, type; /* of storage_types */
    const char *descr;
    uint32_t size_mb, low, high; /* use between low and high percent */
};

static const struct store linux_stores[] = {
    {1, 0, "Physical memory", MEMORY_MB, 30, 95},
    {3, 1, "Virtual memory", MEMORY_MB + SWAP_MB, 25, 80},
    {10, 1, "Swap space", SWAP_MB, 0, 20},
    {31, 2, "/", 40960, 20, 85},
    {32, 2, "/var", 102400, 20, 95},
    {33, 2, "/boot", 512, 30, 45},
};
static const struct store windows_stores[] = {
    {1, 2, "C:\\ Label:System  Serial Number 4e1c02ab", 122880, 30, 90},
    {2, 2, "D:\\ Label:Data  Serial Number 90bb17d2", 512000, 20, 95},
    {3, 1, "Virtual Memory", MEMORY_MB + SWAP_MB, 30, 80},
    {4, 0, "Physical Memory", MEMORY_MB, 40, 90},
};
static const struct store printer_stores[] = {
    {1, 0, "RAM", 512, 30, 50},
};

static uint32_t stores_of(const struct view *v, const struct store **out)
{
    *out = linux_stores;
    if (!view_has(v, MODEL_HOST))
        return 0;
    if (v->dev->model->family == FAMILY_WINDOWS) {
        *out = windows_stores;
        return COUNT_OF(windows_stores);
    }
    if (v->dev->model->family == FAMILY_PRINTER) {
        *out = printer_stores;
        return COUNT_OF(printer_stores);
    }
    return COUNT_OF(linux_stores);
}

static uint32_t processors_of(const struct view *v)
{
    return v->dev->model->family == FAMILY_PRINTER ? 1 : 4;
}

static uint32_t processor_base(const struct view *v)
{
    return v->dev->model->family == FAMILY_WINDOWS ? 3 : 196608;
}

/* ---- hrSystem, hrStorage --------------------------------------------------
 */

static uint32_t host_one(const struct view *v)
{
    return view_has(v, MODEL_HOST);
}

static bool hr_system_get(struct view *v, unsigned column, uint32_t row,
                          struct value *out)
{
    (void)row;
    switch (column) {
    case 1:
        return value_of(out, VALUE_TICKS, view_uptime_cs(v));
    case 5:
        return value_gauge(out, (uint64_t)view_wander(v, 500, 0, 4));
    case 6:
        return value_gauge(out, (uint64_t)view_wander(v, 501, 80, 300));
    default:
        return value_int(out, 0);
    }
}

static bool memory_size_get(struct view *v, unsigned column, uint32_t row,
                            struct value *out)
{
    (void)v;
    (void)column;
    (void)row;
    return value_int(out, (int64_t)MEMORY_MB * KB_PER_MB);
}

static uint32_t storage_rows(const struct view *v)
{
    const struct store *stores;

    return stores_of(v, &stores);
}

static void storage_index(const struct view *v, uint32_t row, struct index *out)
{
    const struct store *stores;

    (void)stores_of(v, &stores);
    index_push(out, stores[row].index);
}

static bool storage_get(struct view *v, unsigned column, uint32_t row,
                        struct value *out)
{
    const struct store *stores;

    (void)stores_of(v, &stores);
    const struct store *s = &stores[row];
    int64_t units = (int64_t)s->size_mb * 256; /* of 4096 octets */

    switch (column) {
    case 1:
        return value_int(out, s->index);
    case 2:
        return value_oid(out, storage_types[s->type]);
    case 3:
        return value_str(out, s->descr);
    case 4:
        return value_int(out, 4096);
    case 5:
        return value_int(out, units);
    case 6:
        return value_int(
            out, units / 1000 *
                     view_wander(v, 520 + row, s->low * 10, s->high * 10));
    default:
        return value_of(out, VALUE_COUNTER32, 0);
    }
}

/* ---- hrDevice, hrProcessor ------------------------------------------------
 */

static uint32_t device_rows(const struct view *v)
{
    bool printer = v->dev->model->family == FAMILY_PRINTER;

    if (!view_has(v, MODEL_HOST))
        return 0;
    return processors_of(v) + printer;
}

static void device_index(const struct view *v, uint32_t row, struct index *out)
{
    if (v->dev->model->family == FAMILY_PRINTER)
        index_push(out, row + 1); /* 1 the printer, 2 its processor */
    else
        index_push(out, processor_base(v) + row);
}

static bool device_get(struct view *v, unsigned column, uint32_t row,
                       struct value *out)
{
    bool printer = v->dev->model->family == FAMILY_PRINTER && row == 0;
    struct index i = {.len = 0};

    switch (column) {
    case 1:
        device_index(v, row, &i);
        return value_int(out, i.sub[0]);
    case 2:
        return value_oid(out, printer ? device_printer : device_processor);
    case 3:
        return value_str(out, printer ? v->dev->model->hardware
                                      : "Intel(R) Xeon(R) CPU E5-2640 v4");
    case 4:
        return value_oid(out, zero);
    default: /* running(2) */
        return value_int(out, 2);
    }
}

static uint32_t processor_rows(const struct view *v)
{
    return view_has(v, MODEL_HOST) ? processors_of(v) : 0;
}

static void processor_index(const struct view *v, uint32_t row,
                            struct index *out)
{
    bool printer = v->dev->model->family == FAMILY_PRINTER;

    device_index(v, printer ? 1 : row, out);
}

static bool processor_get(struct view *v, unsigned column, uint32_t row,
                          struct value *out)
{
    return column == 1 ? value_oid(out, zero)
                       : value_int(out, view_wander(v, 540 + row, 2, 97));
}

/* ---- UCD-SNMP-MIB ---------------------------------------------------------
 */

static uint32_t ucd_one(const struct view *v)
{
    return view_has(v, MODEL_UCD);
}

static bool ucd_memory_get(struct view *v, unsigned column, uint32_t row,
                           struct value *out)
{
    int64_t total = (int64_t)MEMORY_MB * KB_PER_MB;
    int64_t swap = (int64_t)SWAP_MB * KB_PER_MB;

    (void)row;
    switch (column) {
    case 1:
        return value_int(out, 0);
    case 2:
        return value_str(out, "swap");
    case 3:
        return value_int(out, swap);
    case 4:
        return value_int(out, swap / 100 * view_wander(v, 560, 70, 100));
    case 5:
        return value_int(out, total);
    case 6:
        return value_int(out, total / 100 * view_wander(v, 561, 5, 40));
    case 11:
        return value_int(out, total / 100 * view_wander(v, 562, 50, 99));
    case 14:
        return value_int(out, total / 100 * 3);
    default: /* cached */
        return value_int(out, total / 100 * view_wander(v, 563, 10, 30));
    }
}

static uint32_t load_rows(const struct view *v)
{
    return view_has(v, MODEL_UCD) ? 3 : 0;
}

static void load_index(const struct view *v, uint32_t row, struct index *out)
{
    (void)v;
    index_push(out, row + 1);
}

static bool load_get(struct view *v, unsigned column, uint32_t row,
                     struct value *out)
{
    static const char *const names[] = {"Load-1", "Load-5", "Load-15"};
    int64_t load = view_wander(v, 570 + row, 5, 380);

    switch (column) {
    case 1:
        return value_int(out, row + 1);
    case 2:
        return value_str(out, names[row]);
    case 3:
        (void)snprintf(v->text, sizeof v->text, "%d.%02d", (int)(load / 100),
                       (int)(load % 100));
        return value_text_of(v, out);
    case 4:
        return value_str(out, "12.00");
    default:
        return value_int(out, load);
    }
}

/* ssCpuUser, System, Idle; and their raw counters in 1/100 s of four cores. */
static bool cpu_get(struct view *v, unsigned column, uint32_t row,
                    struct value *out)
{
    int64_t busy = view_wander(v, 580, 2, 90);
    uint64_t ticks = (uint64_t)view_up_ms(v) / 10 * 4;
    uint64_t share = 2 + network_hash(v->net->seed, 581, v->index) % 60;

    (void)row;
    switch (column) {
    case 9:
        return value_int(out, busy * 2 / 3);
    case 10:
        return value_int(out, busy - busy * 2 / 3);
    case 11:
        return value_int(out, 100 - busy);
    case 50: /* user */
        return value_of(out, VALUE_COUNTER32,
                        ticks / 100 * share * 2 / 3 & UINT32_MAX);
    case 52: /* system */
        return value_of(out, VALUE_COUNTER32,
                        ticks / 100 * share / 3 & UINT32_MAX);
    case 53: /* idle */
        return value_of(out, VALUE_COUNTER32,
                        ticks / 100 * (100 - share) & UINT32_MAX);
    default: /* nice, wait, kernel, interrupt, ...: none */
        return value_of(out, VALUE_COUNTER32, 0);
    }
}

/* LM-SENSORS-MIB lmTempSensorsTable: thousandths of a degree. */
static uint32_t lm_rows(const struct view *v)
{
    return view_has(v, MODEL_UCD) ? 2 : 0;
}

static bool lm_get(struct view *v, unsigned column, uint32_t row,
                   struct value *out)
{
    switch (column) {
    case 1:
        return value_int(out, row + 1);
    case 2:
        (void)snprintf(v->text, sizeof v->text, "Core %u", row);
        return value_text_of(v, out);
    default:
        return value_gauge(out,
                           (uint64_t)view_wander(v, 590 + row, 35, 78) * 1000);
    }
}

/* ---- Printer-MIB ----------------------------------------------------------
 */

static uint32_t printer_one(const struct view *v)
{
    return v->dev->model->family == FAMILY_PRINTER;
}

static void printer_index(const struct view *v, uint32_t row, struct index *out)
{
    (void)v;
    (void)row;
    index_push(out, 1);
}

static bool printer_get(struct view *v, unsigned column, uint32_t row,
                        struct value *out)
{
    (void)row;
    if (column == 16)
        return value_str(out, v->dev->model->hardware);
    view_serial(v, v->text, sizeof v->text);
    return value_text_of(v, out);
}

static uint32_t supply_rows(const struct view *v)
{
    return v->dev->model->family == FAMILY_PRINTER ? 4 : 0;
}

static void supply_index(const struct view *v, uint32_t row, struct index *out)
{
    (void)v;
    index_push(out, 1);
    index_push(out, row + 1);
}

static bool supply_get(struct view *v, unsigned column, uint32_t row,
                       struct value *out)
{
    static const char *const names[] = {
        "Black Cartridge HP CF360X", "Cyan Cartridge HP CF361X",
        "Magenta Cartridge HP CF363X", "Yellow Cartridge HP CF362X"};

    switch (column) {
    case 4: /* supplyThatIsConsumed(3) */
    case 5: /* toner(3) */
        return value_int(out, 3);
    case 6:
        return value_str(out, names[row]);
    case 7: /* percent(19) */
        return value_int(out, 19);
    case 8:
        return value_int(out, 100);
    case 9:
        return value_int(out, view_wander(v, 600 + row, 3, 100));
    default:
        return value_int(out, (int64_t)row + 1);
    }
}

const struct group groups_host[] = {
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 25, 1),
        GROUP_COLUMNS(1, 5, 6, 7),
        .rows = host_one,
        .get = hr_system_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 25, 2),
        GROUP_COLUMNS(2),
        .rows = host_one,
        .get = memory_size_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 25, 2, 3, 1),
        GROUP_COLUMNS(1, 2, 3, 4, 5, 6, 7),
        .rows = storage_rows,
        .index = storage_index,
        .get = storage_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 25, 3, 2, 1),
        GROUP_COLUMNS(1, 2, 3, 4, 5),
        .rows = device_rows,
        .index = device_index,
        .get = device_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 25, 3, 3, 1),
        GROUP_COLUMNS(1, 2),
        .rows = processor_rows,
        .index = processor_index,
        .get = processor_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 43, 5, 1, 1),
        GROUP_COLUMNS(16, 17),
        .rows = printer_one,
        .index = printer_index,
        .get = printer_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 43, 11, 1, 1),
        GROUP_COLUMNS(2, 3, 4, 5, 6, 7, 8, 9),
        .rows = supply_rows,
        .index = supply_index,
        .get = supply_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 4, 1, 2021, 4),
        GROUP_COLUMNS(1, 2, 3, 4, 5, 6, 11, 14, 15),
        .rows = ucd_one,
        .get = ucd_memory_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 4, 1, 2021, 10, 1),
        GROUP_COLUMNS(1, 2, 3, 4, 5),
        .rows = load_rows,
        .index = load_index,
        .get = load_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 4, 1, 2021, 11),
        GROUP_COLUMNS(9, 10, 11, 50, 51, 52, 53, 54, 55, 56),
        .rows = ucd_one,
        .get = cpu_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 4, 1, 2021, 13, 16, 2, 1),
        GROUP_COLUMNS(1, 2, 3),
        .rows = lm_rows,
        .index = load_index,
        .get = lm_get,
    },
    {.count = 0},
};
