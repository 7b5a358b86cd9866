#include "mibs/program_mib.h"

#include "base/mem.h"
#include "base/table.h"
#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 255 }; /* octets of hrSWRunPath and its like, at most 128 */

static const struct oid installed_entry =
    OID_INIT(1, 3, 6, 1, 2, 1, 25, 6, 3, 1);
static const struct oid run_entry = OID_INIT(1, 3, 6, 1, 2, 1, 25, 4, 2, 1);
static const struct oid perf_entry = OID_INIT(1, 3, 6, 1, 2, 1, 25, 5, 1, 1);

struct programs {
    struct arena *arena;
    struct {
        struct program *at;
        size_t count, room;
    } list;
    struct table *by_index; /* index -> 1 + place in the list */
    size_t cut;
};

struct programs *programs_new(void)
{
    struct programs *p = mem_new(struct programs);

    p->arena = arena_new();
    p->by_index = table_new();
    return p;
}

void programs_free(struct programs *p)
{
    if (p == NULL)
        return;
    array_fini(&p->list);
    table_free(p->by_index);
    arena_free(p->arena);
    free(p);
}

struct oid programs_installed_entry(void)
{
    return installed_entry;
}

struct oid programs_run_entry(void)
{
    return run_entry;
}

struct oid programs_perf_entry(void)
{
    return perf_entry;
}

/* ---- values -----------------------------------------------------------------
 */

static const char *text_of(struct programs *p, const struct value *v)
{
    struct buffer OWNED_BUFFER text = {0};

    if (v->type != VALUE_OCTETS)
        return "";
    text_safe(v->octets, NULL, false, TEXT_MAX, &text);
    return text.len > 0 ? arena_text(p->arena, text.at) : "";
}

/* DateAndTime (RFC 2579), without the zone: a host writes its own time. */
static const char *date_of(struct programs *p, const struct value *v)
{
    const struct bytes b = v->octets;
    char text[32];

    if (v->type != VALUE_OCTETS || b.len < 8 || b.at[2] < 1 || b.at[2] > 12 ||
        b.at[3] < 1 || b.at[3] > 31)
        return "";
    (void)snprintf(text, sizeof text, "%04u-%02u-%02u %02u:%02u:%02u",
                   (unsigned)(b.at[0] << 8 | b.at[1]), b.at[2], b.at[3],
                   b.at[4], b.at[5], b.at[6]);
    return arena_text(p->arena, text);
}

static const char *word_of(const char *const *words, size_t count,
                           const struct value *v)
{
    int64_t n = value_integer(v, 0);

    return n >= 1 && (size_t)n <= count ? words[n - 1] : "";
}

static const char *type_of(const struct value *v)
{
    static const char *const types[] = {"", "operatingSystem", "deviceDriver",
                                        "application"};

    return word_of(types, COUNT_OF(types), v);
}

static const char *status_of(const struct value *v)
{
    static const char *const states[] = {"running", "runnable", "notRunnable",
                                         "invalid"};

    return word_of(states, COUNT_OF(states), v);
}

static double number_of(const struct value *v, double factor)
{
    double n = 0;

    return value_number(v, &n) && n >= 0 ? n * factor : (double)NAN;
}

/* ---- rows -------------------------------------------------------------------
 */

static void take_installed(struct programs *p, struct program *row,
                           uint32_t column, const struct value *v)
{
    enum { NAME = 2, TYPE = 4, DATE = 5 };

    if (column == NAME)
        row->name = text_of(p, v);
    else if (column == TYPE)
        row->type = type_of(v);
    else if (column == DATE)
        row->installed = date_of(p, v);
}

static void take_run(struct programs *p, struct program *row, uint32_t column,
                     const struct value *v)
{
    enum { NAME = 2, PATH = 4, PARAMETERS = 5, TYPE = 6, STATUS = 7 };

    if (column == NAME)
        row->name = text_of(p, v);
    else if (column == PATH)
        row->path = text_of(p, v);
    else if (column == PARAMETERS)
        row->parameters = text_of(p, v);
    else if (column == TYPE)
        row->type = type_of(v);
    else if (column == STATUS)
        row->status = status_of(v);
}

static void take_perf(struct programs *p, struct program *row, uint32_t column,
                      const struct value *v)
{
    enum { CPU = 1, MEMORY = 2 };

    (void)p;
    if (column == CPU)
        row->cpu_s = number_of(v, 0.01); /* hundredths */
    else if (column == MEMORY)
        row->memory_bytes = number_of(v, 1024); /* KBytes */
}

/* The row of an index, a new one where there is none; NULL beyond the limit. */
static struct program *row_of(struct programs *p, uint32_t index)
{
    const struct bytes key = {(const uint8_t *)&index, sizeof index};
    uintptr_t place = (uintptr_t)table_find(p->by_index, key);

    if (place > 0)
        return &p->list.at[place - 1];
    if (p->list.count == PROGRAMS_MAX)
        return NULL;
    *array_add(&p->list) = (struct program){
        .index = index,
        .name = "",
        .type = "",
        .installed = "",
        .path = "",
        .parameters = "",
        .status = "",
        .cpu_s = (double)NAN,
        .memory_bytes = (double)NAN,
    };
    (void)table_put(p->by_index, key, (void *)(uintptr_t)p->list.count);
    return &p->list.at[p->list.count - 1];
}

void programs_take(struct programs *p, struct oid name, const struct value *v)
{
    static const struct {
        const struct oid *entry;
        void (*take)(struct programs *, struct program *, uint32_t,
                     const struct value *);
    } tables[] = {{&installed_entry, take_installed},
                  {&run_entry, take_run},
                  {&perf_entry, take_perf}};

    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        const size_t len = tables[i].entry->len; /* then column, index */
        struct program *row;

        if (name.len != len + 2 || !oid_begins(name, *tables[i].entry) ||
            !value_exists(v))
            continue;
        row = row_of(p, name.sub[len + 1]);
        if (row != NULL)
            tables[i].take(p, row, name.sub[len], v);
        else if (name.sub[len] == 1) /* once a row */
            p->cut++;
    }
}

static int program_order(const void *a, const void *b)
{
    const struct program *x = a, *y = b;

    return (x->index > y->index) - (x->index < y->index);
}

size_t programs_list(struct programs *p, const struct program **out,
                     size_t *cut)
{
    size_t kept = 0;

    for (size_t i = 0; i < p->list.count; i++)
        if (p->list.at[i].name[0] != '\0')
            p->list.at[kept++] = p->list.at[i];
    p->list.count = kept;
    table_free(p->by_index); /* places have moved */
    p->by_index = table_new();
    if (kept > 0)
        qsort(p->list.at, kept, sizeof *p->list.at, program_order);
    *out = p->list.at;
    *cut = p->cut;
    return kept;
}
