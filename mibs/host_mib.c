#include "mibs/host_mib.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

enum { STORAGE_TYPE, STORAGE_DESCR, STORAGE_UNIT, STORAGE_SIZE, STORAGE_USED };
enum {
    MEM_TOTAL_SWAP,
    MEM_FREE_SWAP,
    MEM_TOTAL_REAL,
    MEM_FREE_REAL,
    MEM_SHARED,
    MEM_BUFFER,
    MEM_CACHED,
};

/* Last arcs of hrStorageTypes. */
enum {
    TYPE_OTHER = 1,
    TYPE_RAM = 2,
    TYPE_VIRTUAL = 3,
    TYPE_FIXED_DISK = 4,
    TYPE_RAM_DISK = 8,
    TYPE_FLASH = 9,
};

static const struct oid processor_columns[] = {
    OID_INIT(1, 3, 6, 1, 2, 1, 25, 3, 3, 1, 2), /* hrProcessorLoad */
};

static const struct oid storage_columns[] = {
    [STORAGE_TYPE] = OID_INIT(1, 3, 6, 1, 2, 1, 25, 2, 3, 1, 2),
    [STORAGE_DESCR] = OID_INIT(1, 3, 6, 1, 2, 1, 25, 2, 3, 1, 3),
    [STORAGE_UNIT] = OID_INIT(1, 3, 6, 1, 2, 1, 25, 2, 3, 1, 4),
    [STORAGE_SIZE] = OID_INIT(1, 3, 6, 1, 2, 1, 25, 2, 3, 1, 5),
    [STORAGE_USED] = OID_INIT(1, 3, 6, 1, 2, 1, 25, 2, 3, 1, 6),
};

static const struct oid memory_scalars[] = {
    [MEM_TOTAL_SWAP] = OID_INIT(1, 3, 6, 1, 4, 1, 2021, 4, 3, 0),
    [MEM_FREE_SWAP] = OID_INIT(1, 3, 6, 1, 4, 1, 2021, 4, 4, 0),
    [MEM_TOTAL_REAL] = OID_INIT(1, 3, 6, 1, 4, 1, 2021, 4, 5, 0),
    [MEM_FREE_REAL] = OID_INIT(1, 3, 6, 1, 4, 1, 2021, 4, 6, 0),
    [MEM_SHARED] = OID_INIT(1, 3, 6, 1, 4, 1, 2021, 4, 13, 0),
    [MEM_BUFFER] = OID_INIT(1, 3, 6, 1, 4, 1, 2021, 4, 14, 0),
    [MEM_CACHED] = OID_INIT(1, 3, 6, 1, 4, 1, 2021, 4, 15, 0),
};

static const struct oid cpu_scalars[] = {
    OID_INIT(1, 3, 6, 1, 4, 1, 2021, 11, 11, 0), /* ssCpuIdle */
};

static void read_processor(struct harvest *h, const struct row *row)
{
    int64_t load = row_integer(row, 0, -1);

    if (row->index.len == 1 && load >= 0 && load <= 100 &&
        h->hr_loads.count < PROCESSORS_MAX)
        pairing_add(&h->hr_loads, row->index.sub[0], load);
}

/* Numbers of Integer32 that have grown past it come out negative. */
static double size_of(const struct row *row, size_t column)
{
    int64_t number = row_integer(row, column, 0);

    return (double)(number < 0 && number >= INT32_MIN
                        ? number + (INT64_C(1) << 32)
                        : number);
}

/* FreeBSD's bsnmpd gives hrFSTypes in place of hrStorageTypes. Those of disks:
 * BerkeleyFFS, Sys5FS, Fat, HPFS, HFS, NTFS, journaled, FAT32, ext2. */
static bool is_local_file_system(const struct value *type)
{
    static const uint32_t local[] = {3, 4, 5, 6, 7, 9, 11, 22, 23};
    const struct oid types = OID(1, 3, 6, 1, 2, 1, 25, 3, 9);

    if (type->type != VALUE_OID || type->oid.len != types.len + 1 ||
        !oid_begins(type->oid, types))
        return false;
    for (size_t i = 0; i < COUNT_OF(local); i++)
        if (type->oid.sub[types.len] == local[i])
            return true;
    return false;
}

static void read_storage(struct harvest *h, const struct row *row)
{
    const struct oid types = OID(1, 3, 6, 1, 2, 1, 25, 2, 1);
    const struct value *type = row_at(row, STORAGE_TYPE);

    if (row->index.len != 1 || h->hr_storages.count >= STORAGES_MAX)
        return;

    struct hr_storage *s = array_add(&h->hr_storages);
    s->index = row->index.sub[0];
    if (type->type == VALUE_OID && type->oid.len == types.len + 1 &&
        oid_begins(type->oid, types))
        s->type = type->oid.sub[types.len];
    if (is_local_file_system(type))
        s->type = TYPE_FIXED_DISK;
    s->descr = harvest_text(h, row_at(row, STORAGE_DESCR));
    s->unit = size_of(row, STORAGE_UNIT);
    s->size = size_of(row, STORAGE_SIZE);
    s->used = size_of(row, STORAGE_USED);
}

/* "1024 kB" as text occurs, besides plain integers. */
static double kilo(const struct row *row, size_t column)
{
    double number = 0;

    if (!value_number(row_at(row, column), &number) || number < 0)
        return (double)NAN;
    return number * 1024;
}

static void read_memory(struct harvest *h, const struct row *row)
{
    h->ucd.total_swap = kilo(row, MEM_TOTAL_SWAP);
    h->ucd.free_swap = kilo(row, MEM_FREE_SWAP);
    h->ucd.total_real = kilo(row, MEM_TOTAL_REAL);
    h->ucd.free_real = kilo(row, MEM_FREE_REAL);
    h->ucd.shared = kilo(row, MEM_SHARED);
    h->ucd.buffer = kilo(row, MEM_BUFFER);
    h->ucd.cached = kilo(row, MEM_CACHED);
}

static void read_cpu(struct harvest *h, const struct row *row)
{
    int64_t idle = row_integer(row, 0, -1);

    h->ucd.cpu_idle = idle >= 0 && idle <= 100 ? (double)idle : (double)NAN;
}

/* ---- processors -------------------------------------------------------------
 */

static const char *device_descr(const struct harvest *h, uint32_t index)
{
    for (size_t i = 0; i < h->hr_devices.count; i++)
        if (h->hr_devices.at[i].index == index)
            return h->hr_devices.at[i].text;
    return "";
}

/* What it was called when hrDeviceTable was asked: polling does not ask it. */
static const char *known_descr(struct harvest *h, uint32_t index)
{
    const char *text = harvest_format(h, "%" PRIu32, index);

    for (size_t i = 0; i < h->known->processors.count; i++)
        if (strcmp(h->known->processors.at[i].index, text) == 0)
            return arena_text(h->facts->arena,
                              h->known->processors.at[i].descr);
    return "";
}

/* net-snmp's word for a processor that it knows nothing of. */
static const char *processor_descr(struct harvest *h, uint32_t index)
{
    const char *descr = device_descr(h, index);

    if (descr[0] == '\0' && h->known != NULL)
        descr = known_descr(h, index);
    if (descr[0] == '\0' ||
        text_contains_nocase(descr, "electronic chip that makes"))
        return "Processor";
    return descr;
}

static void processors_finish(struct harvest *h)
{
    struct processors *all = &h->facts->processors;

    if (all->count > 0)
        return;
    pairings_sort(&h->hr_loads);
    for (size_t i = 0; i < h->hr_loads.count; i++) {
        const struct pairing *p = &h->hr_loads.at[i];

        *array_add(all) = (struct processor){
            .index = harvest_format(h, "%" PRIu32, p->index),
            .descr = processor_descr(h, p->index),
            .oid =
                harvest_format(h, "1.3.6.1.2.1.25.3.3.1.2.%" PRIu32, p->index),
            .usage_percent = (double)p->number,
        };
    }
    if (all->count == 0 && !isnan(h->ucd.cpu_idle))
        *array_add(all) = (struct processor){
            .index = "0",
            .descr = "CPU",
            .oid = "1.3.6.1.4.1.2021.11.11.0",
            .usage_percent = 100 - h->ucd.cpu_idle,
        };
}

/* ---- memory -----------------------------------------------------------------
 */

static double or_zero(double number)
{
    return isnan(number) ? 0 : number;
}

static bool descr_has(const struct hr_storage *s, const char *part)
{
    return text_contains_nocase(s->descr, part);
}

/* FreeBSD lists the zones of its allocator as RAM, Junos what is mounted in
 * it. */
static bool is_no_memory(const struct hr_storage *s)
{
    return strncmp(s->descr, "UMA:", 4) == 0 ||
           strncmp(s->descr, "MALLOC:", 7) == 0 ||
           strncmp(s->descr, "MBUF:", 5) == 0 || descr_has(s, "mounted on") ||
           descr_has(s, ", type: ");
}

/* The class of memory pool that a row is, NULL if it is none. */
static const char *memory_class(const struct hr_storage *s)
{
    bool memory =
        s->type == TYPE_OTHER || s->type == TYPE_RAM || s->type == TYPE_VIRTUAL;

    if (!memory || s->size <= 0 || s->unit <= 0 || is_no_memory(s))
        return NULL;
    if (descr_has(s, "swap") || strncmp(s->descr, "/dev/", 5) == 0)
        return s->type == TYPE_OTHER ? NULL : "swap";
    if (s->type == TYPE_VIRTUAL)
        return "virtual";
    if ((descr_has(s, "buffers") && !descr_has(s, "fast")) ||
        descr_has(s, "packet descriptors"))
        return "buffers";
    if (descr_has(s, "cache"))
        return "cached";
    if (s->type == TYPE_RAM)
        return "system";
    return strcmp(s->descr, "Shared memory") == 0 ? "shared" : NULL;
}

static void add_mempool(struct harvest *h, struct mempool m)
{
    if (!(m.total_bytes > 0))
        return;
    m.used_bytes = fmin(fmax(m.used_bytes, 0), m.total_bytes);
    m.free_bytes = m.total_bytes - m.used_bytes;
    m.used_percent = 100 * m.used_bytes / m.total_bytes;
    *array_add(&h->facts->mempools) = m;
}

/* What the kernel of a net-snmp agent lends out of its memory: the rows have
 * no size of their own. */
static bool is_share(const struct hr_storage *s)
{
    return strcmp(s->descr, "Memory buffers") == 0 ||
           strcmp(s->descr, "Cached memory") == 0 ||
           strcmp(s->descr, "Shared memory") == 0;
}

/* Octets in use by rows of a class that memory can be taken back from. */
static double spare_of(const struct harvest *h, const char *class)
{
    double sum = 0;

    for (size_t i = 0; i < h->hr_storages.count; i++) {
        const struct hr_storage *s = &h->hr_storages.at[i];
        const char *its = memory_class(s);

        if (its != NULL && strcmp(its, class) == 0 &&
            (is_share(s) || strncmp(s->descr, "RAM (", 5) == 0))
            sum += s->used * s->unit;
    }
    return sum;
}

/* Memory that caches and buffers of Linux hold is free when it is needed.
 * FreeBSD, known by what it says of shared memory, does not count its cache as
 * in use. */
static double spare_memory(const struct harvest *h)
{
    for (size_t i = 0; i < h->hr_storages.count; i++)
        if (strcmp(h->hr_storages.at[i].descr, "Shared real memory") == 0)
            return 0;
    return spare_of(h, "buffers") + spare_of(h, "cached");
}

/* The size of all memory, 0 if no row tells. */
static double physical_size(const struct harvest *h)
{
    for (size_t i = 0; i < h->hr_storages.count; i++) {
        const struct hr_storage *s = &h->hr_storages.at[i];
        const char *class = memory_class(s);

        if (s->type == TYPE_RAM && class != NULL &&
            strcmp(class, "system") == 0)
            return s->size * s->unit;
    }
    return 0;
}

static void hr_mempools(struct harvest *h)
{
    double spare = spare_memory(h);
    double physical = physical_size(h);

    for (size_t i = 0; i < h->hr_storages.count; i++) {
        const struct hr_storage *s = &h->hr_storages.at[i];
        const char *class = memory_class(s);
        struct mempool m = {.class = class, .descr = s->descr};

        if (class == NULL)
            continue;
        m.index = harvest_format(h, "%" PRIu32, s->index);
        m.total_bytes = s->size * s->unit;
        m.used_bytes = s->used * s->unit;
        if (s->type == TYPE_RAM && strcmp(class, "system") == 0 &&
            m.used_bytes > spare)
            m.used_bytes -= spare;
        if (is_share(s) && physical > 0)
            m.total_bytes = physical;
        add_mempool(h, m);
    }
}

static void ucd_share(struct harvest *h, const char *index, const char *class,
                      const char *descr, double used)
{
    if (!isnan(used) && used > 0)
        add_mempool(h, (struct mempool){.index = index,
                                        .class = class,
                                        .descr = descr,
                                        .total_bytes = h->ucd.total_real,
                                        .used_bytes = used});
}

static void ucd_mempools(struct harvest *h)
{
    const struct ucd_facts *u = &h->ucd;
    double spare = or_zero(u->buffer) + or_zero(u->cached);
    double used = u->total_real - u->free_real;

    if (isnan(used) || used < 0)
        return;
    add_mempool(
        h, (struct mempool){.index = "1",
                            .class = "system",
                            .descr = "Physical memory",
                            .total_bytes = u->total_real,
                            .used_bytes = used > spare ? used - spare : used});
    if (!isnan(u->total_swap - u->free_swap))
        add_mempool(
            h, (struct mempool){.index = "2",
                                .class = "swap",
                                .descr = "Swap space",
                                .total_bytes = u->total_swap,
                                .used_bytes = u->total_swap - u->free_swap});
    ucd_share(h, "3", "buffers", "Memory buffers", u->buffer);
    ucd_share(h, "4", "cached", "Cached memory", u->cached);
    ucd_share(h, "5", "shared", "Shared memory", u->shared);
}

/* ---- storage ----------------------------------------------------------------
 */

/* Places in the file tree that hold no files of their own. */
static bool is_pseudo(const char *descr)
{
    static const char *const whole[] = {"/dev", "/dev/fd", "/proc", "/sys"};
    static const char *const begins[] = {"/proc/", "/sys/", "/run/user/",
                                         "procfs:", "devfs:"};

    for (size_t i = 0; i < COUNT_OF(whole); i++)
        if (strcmp(descr, whole[i]) == 0)
            return true;
    for (size_t i = 0; i < COUNT_OF(begins); i++)
        if (strncmp(descr, begins[i], strlen(begins[i])) == 0)
            return true;
    /* Junos: images that are always full */
    return text_contains_nocase(descr, "mounted on: /packages");
}

static bool is_storage(const struct hr_storage *s)
{
    bool disk = s->type == TYPE_FIXED_DISK || s->type == TYPE_RAM_DISK ||
                s->type == TYPE_FLASH ||
                (s->type == TYPE_VIRTUAL && descr_has(s, "type: ufs"));

    return disk && s->size > 0 && s->unit > 0 && !is_pseudo(s->descr);
}

/* Agents of many systems list what the profile asks for as well. */
static bool is_listed(const struct storages *all, size_t count,
                      const char *descr)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(all->at[i].descr, descr) == 0)
            return true;
    return false;
}

static void storages_finish(struct harvest *h)
{
    const size_t of_profile = h->facts->storages.count;

    for (size_t i = 0; i < h->hr_storages.count; i++) {
        const struct hr_storage *s = &h->hr_storages.at[i];

        if (!is_storage(s) ||
            is_listed(&h->facts->storages, of_profile, s->descr))
            continue;
        *array_add(&h->facts->storages) = (struct storage){
            .index = harvest_format(h, "%" PRIu32, s->index),
            .descr = s->descr,
            .total_bytes = s->size * s->unit,
            .used_bytes = s->used * s->unit,
            .used_percent = 100 * s->used / s->size,
        };
    }
}

void host_finish(struct harvest *h)
{
    processors_finish(h);
    if (h->facts->mempools.count == 0)
        hr_mempools(h);
    if (h->facts->mempools.count == 0)
        ucd_mempools(h);
    storages_finish(h);
}

const struct reader hr_processor_reader = {
    .name = "hrProcessorTable",
    READ_COLUMNS(processor_columns),
    .rows_max = PROCESSORS_MAX,
    .row = read_processor,
};

const struct reader hr_storage_reader = {
    .name = "hrStorageTable",
    READ_COLUMNS(storage_columns),
    .rows_max = STORAGES_MAX,
    .row = read_storage,
};

const struct reader ucd_memory_reader = {
    .name = "memory",
    READ_SCALARS(memory_scalars),
    .row = read_memory,
};

const struct reader ucd_cpu_reader = {
    .name = "systemStats",
    READ_SCALARS(cpu_scalars),
    .row = read_cpu,
};
