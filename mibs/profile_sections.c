/* What a row of a profile's table becomes: a processor, a sensor ... */
#include "mibs/profile_measure.h"

#include "base/table.h"
#include "base/text.h"

enum { MEASURED_MAX = 20000, TEXT_LIMIT = 255 };

/* ---- texts of a row --------------------------------------------------------
 */

static const char *text_keep(const struct measure *m, const char *text)
{
    struct buffer *safe = &m->scratch->safe;

    if (text[0] == '\0')
        return "";
    safe->len = 0;
    text_safe(bytes_of_text(text), NULL, false, TEXT_LIMIT, safe);
    return arena_text(m->facts->arena, safe->at);
}

static const char *template_keep(const struct measure *m,
                                 const struct template *t,
                                 const char *otherwise)
{
    struct buffer *text = &m->scratch->text;

    text->len = 0;
    return text_keep(m,
                     template_give(t, &m->scene, text) ? text->at : otherwise);
}

/* What the series is called for life, by default the table's name and index. */
static const char *index_keep(const struct measure *m)
{
    struct buffer *name = &m->scratch->name;

    name->len = 0;
    buffer_text(name, m->table->name);
    if (m->scene.index.len > 0 && isnan(m->combined)) {
        char index[OID_TEXT_MAX];

        buffer_char(name, '.');
        buffer_text(name, oid_format(m->scene.index, index, sizeof index));
    }
    return template_keep(m, &m->table->index, name->at);
}

static const char *class_keep(const struct measure *m, const char *otherwise)
{
    const struct profile_table *t = m->table;
    const char *text = template_keep(m, &t->class, otherwise);

    if (t->class_count == 0)
        return text;
    for (size_t i = 0; i < t->class_count; i++)
        if (strcmp(t->classes[i].from, text) == 0)
            return text_keep(m, t->classes[i].to);
    return "";
}

/* The instance that e is mostly made of. */
static const char *oid_keep(const struct measure *m, const struct expr *e)
{
    const struct ref *r = expr_column(e);
    struct oid_store whole;
    char text[OID_TEXT_MAX];

    if (r == NULL)
        return "";
    const struct column *c = &m->table->columns[r->column];
    struct oid tail = c->kind == COLUMN_WALK   ? m->scene.index
                      : c->kind == COLUMN_JOIN ? oid_view(&m->joined[r->column])
                                               : (struct oid){0};

    oid_copy(&whole, c->oid);
    if (!oid_append(&whole, tail))
        return "";
    return arena_text(m->facts->arena,
                      oid_format(oid_view(&whole), text, sizeof text));
}

/* True the first time that index is there in the section and class. */
static bool is_new(struct measure *m, const char *class, const char *index)
{
    struct buffer *key = &m->scratch->name;

    if (table_count(m->seen) >= MEASURED_MAX)
        return false;
    key->len = 0;
    buffer_char(key, (char)('0' + m->table->section));
    buffer_text(key, class);
    buffer_char(key, '/');
    buffer_text(key, index);
    return table_put(m->seen, buffer_view(key), m) == NULL;
}

/* ---- sections --------------------------------------------------------------
 */

double measure_value(const struct measure *m)
{
    return isnan(m->combined) ? expr_value(&m->table->value, &m->scene)
                              : m->combined;
}

static bool processor_add(struct measure *m)
{
    double usage = measure_value(m);
    const char *index = index_keep(m);

    if (!(usage >= 0) || !is_new(m, "", index))
        return false;
    *array_add(&m->facts->processors) = (struct processor){
        .index = index,
        .descr = template_keep(m, &m->table->label, "Processor"),
        .oid = oid_keep(m, &m->table->value),
        .usage_percent = usage > 100 ? 100 : usage,
    };
    return true;
}

/* How full something is; what was not told follows from the rest. */
struct fill {
    double total, used, free, percent;
};

static struct fill fill_value(const struct measure *m)
{
    const struct profile_table *t = m->table;
    struct fill f = {
        .total = expr_value(&t->total, &m->scene),
        .used = expr_value(&t->used, &m->scene),
        .free = expr_value(&t->free, &m->scene),
        .percent = expr_value(&t->percent, &m->scene),
    };

    if (isnan(f.total))
        f.total = f.used + f.free;
    if (isnan(f.total) && f.percent > 0)
        f.total = f.used * 100 / f.percent;
    if (isnan(f.total) && f.percent < 100)
        f.total = f.free * 100 / (100 - f.percent);
    if (isnan(f.used))
        f.used = f.total - f.free;
    if (isnan(f.used))
        f.used = f.total * f.percent / 100;
    if (isnan(f.free))
        f.free = f.total - f.used;
    if (isnan(f.percent) && f.total > 0)
        f.percent = f.used / f.total * 100;
    return f;
}

/* True for something that has a size or tells how full it is. */
static bool fill_is_known(const struct fill *f)
{
    return f->percent >= 0 && f->percent <= 100 &&
           (isnan(f->total) || f->total > 0);
}

static bool mempool_add(struct measure *m)
{
    struct fill f = fill_value(m);
    const char *class = class_keep(m, "system");
    const char *index = index_keep(m);

    if (!fill_is_known(&f) || !is_new(m, class, index))
        return false;
    *array_add(&m->facts->mempools) = (struct mempool){
        .index = index,
        .class = class,
        .descr = template_keep(m, &m->table->label, "Memory"),
        .used_percent = f.percent,
        .total_bytes = f.total,
        .used_bytes = f.used,
        .free_bytes = f.free,
    };
    return true;
}

static bool storage_add(struct measure *m)
{
    struct fill f = fill_value(m);
    const char *index = index_keep(m);

    if (!fill_is_known(&f) || !is_new(m, "", index))
        return false;
    *array_add(&m->facts->storages) = (struct storage){
        .index = index,
        .descr = template_keep(m, &m->table->label, "Storage"),
        .total_bytes = f.total,
        .used_bytes = f.used,
        .used_percent = f.percent,
    };
    return true;
}

/* Units by class, as the tables for users have them. */
static const char *unit_of(const char *class)
{
    static const char *const units[][2] = {
        {"temperature", "C"},
        {"voltage", "V"},
        {"current", "A"},
        {"power", "W"},
        {"fanspeed", "rpm"},
        {"frequency", "Hz"},
        {"humidity", "%"},
        {"load", "%"},
        {"charge", "%"},
        {"percent", "%"},
        {"runtime", "min"},
        {"dbm", "dBm"},
        {"snr", "dB"},
        {"signal", "dBm"},
        {"power_consumed", "kWh"},
        {"loss", "%"},
        {"delay", "s"},
        {"cooling", "W"},
        {"bitrate", "bps"},
        {"waterflow", "l/m"},
        {"chromatic_dispersion", "ps/nm"},
        {"signal_loss", "dB"},
        {"quality_factor", "dB"},
        {"tv_signal", "dBmV"},
    };

    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (strcmp(units[i][0], class) == 0)
            return units[i][1];
    return "";
}

/* The state that a number or text stands for; NULL if it is not known. */
static const struct state *state_find(const struct states *set, double number,
                                      const char *text)
{
    for (size_t i = 0; i < set->count; i++) {
        char *end;
        double key = strtod(set->at[i].key, &end);
        bool is_number = end != set->at[i].key && *end == '\0';

        if (is_number ? key == number
                      : text_compare_nocase(set->at[i].key, text) == 0)
            return &set->at[i];
    }
    return NULL;
}

/* The value of a sensor with states: what its state counts as. */
static double state_value(const struct measure *m, double number,
                          const struct state **out)
{
    struct buffer OWNED_BUFFER text = {0};
    struct ref r;

    *out = NULL;
    if (m->table->states == NULL)
        return number;
    buffer_text(&text, "");
    if (expr_is_ref(&m->table->value, &r))
        (void)ref_text(&r, &m->scene, &text); /* no text is no state */
    *out = state_find(m->table->states, number, text.at);
    return *out != NULL ? (*out)->number : number;
}

static uint32_t number_keep(const struct measure *m, const struct expr *e)
{
    double n = expr_value(e, &m->scene);

    return n >= 0 && n <= UINT32_MAX ? (uint32_t)n : 0;
}

static bool sensor_add(struct measure *m)
{
    const struct profile_table *t = m->table;
    const struct state *state = NULL;
    double value = state_value(m, measure_value(m), &state);
    const char *class = class_keep(m, "");
    const char *index = index_keep(m);

    if (isnan(value) || class[0] == '\0' || !is_new(m, class, index))
        return false;
    *array_add(&m->facts->sensors) = (struct sensor){
        .class = class,
        .index = index,
        .descr = template_keep(m, &t->label, index),
        .unit = template_keep(m, &t->unit, unit_of(class)),
        .oid = oid_keep(m, &t->value),
        .value = value,
        .state_descr = state != NULL ? text_keep(m, state->text) : "",
        .state_severity = state != NULL       ? text_keep(m, state->severity)
                          : t->states != NULL ? "unknown"
                                              : "",
        .group = template_keep(m, &t->group, ""),
        .low_crit = expr_value(&t->limits[LIMIT_LOW_CRIT], &m->scene),
        .low_warn = expr_value(&t->limits[LIMIT_LOW_WARN], &m->scene),
        .high_warn = expr_value(&t->limits[LIMIT_HIGH_WARN], &m->scene),
        .high_crit = expr_value(&t->limits[LIMIT_HIGH_CRIT], &m->scene),
        .if_index = number_keep(m, &t->if_index),
        .entity = number_keep(m, &t->entity),
    };
    return true;
}

/* Printers tell of what is left in negative numbers what they do not know
 * (Printer-MIB, prtMarkerSuppliesLevel). */
static bool supply_add(struct measure *m)
{
    const struct profile_table *t = m->table;
    double capacity = expr_value(&t->capacity, &m->scene);
    double left = expr_value(&t->left, &m->scene);
    double percent = expr_value(&t->percent, &m->scene);
    const char *index = index_keep(m);

    if (isnan(percent) && left >= 0 && capacity > 0)
        percent = left * 100 / capacity;
    if ((isnan(percent) && isnan(left)) || !is_new(m, "", index))
        return false;
    *array_add(&m->facts->supplies) = (struct supply){
        .index = index,
        .type = class_keep(m, ""),
        .descr = template_keep(m, &t->label, index),
        .oid = oid_keep(m, t->left.count > 0 ? &t->left : &t->percent),
        .capacity = capacity > 0 ? capacity : NAN,
        .current_percent = percent >= 0 && percent <= 100 ? percent : NAN,
    };
    return true;
}

static bool transceiver_add(struct measure *m)
{
    const struct profile_table *t = m->table;
    const char *texts[TRANSCEIVER_TEXTS];
    const char *type = class_keep(m, "");
    const char *index = index_keep(m);
    double wavelength = expr_value(&t->wavelength, &m->scene);
    bool any = type[0] != '\0' || wavelength > 0;

    for (size_t i = 0; i < TRANSCEIVER_TEXTS; i++) {
        texts[i] = template_keep(m, &t->transceiver[i], "");
        any |= texts[i][0] != '\0';
    }
    if (!any || !is_new(m, "", index))
        return false; /* an empty slot */
    *array_add(&m->facts->transceivers) = (struct transceiver){
        .index = index,
        .type = type,
        .vendor = texts[TRANSCEIVER_VENDOR],
        .model = texts[TRANSCEIVER_MODEL],
        .serial = texts[TRANSCEIVER_SERIAL],
        .revision = texts[TRANSCEIVER_REVISION],
        .date = texts[TRANSCEIVER_DATE],
        .connector = texts[TRANSCEIVER_CONNECTOR],
        .wavelength_nm = wavelength,
        .distance_m = expr_value(&t->distance, &m->scene),
        .if_index = number_keep(m, &t->if_index),
        .entity = number_keep(m, &t->entity),
    };
    return true;
}

static bool (*const section_add[SECTIONS])(struct measure *m) = {
    [SECTION_PROCESSORS] = processor_add,
    [SECTION_MEMPOOLS] = mempool_add,
    [SECTION_STORAGE] = storage_add,
    [SECTION_SENSORS] = sensor_add,
    [SECTION_SUPPLIES] = supply_add,
    [SECTION_TRANSCEIVERS] = transceiver_add,
};

bool measure_add(struct measure *m)
{
    return section_add[m->table->section](m);
}
