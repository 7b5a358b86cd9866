#include "mibs/sensor_mib.h"

#include "base/table.h"
#include "base/text.h"
#include "mibs/entity_mib.h"
#include "mibs/entity_state_mib.h"
#include "mibs/printer_mib.h"

#include <inttypes.h>
#include <string.h>

enum {
    SENSOR_TYPE,
    SENSOR_SCALE,
    SENSOR_PRECISION,
    SENSOR_VALUE,
    SENSOR_STATUS
};

#define ENTITY_SENSOR 1, 3, 6, 1, 2, 1, 99, 1, 1, 1
#define LM_SENSORS 1, 3, 6, 1, 4, 1, 2021, 13, 16

static const struct oid sensor_columns[] = {
    [SENSOR_TYPE] = OID_INIT(ENTITY_SENSOR, 1),
    [SENSOR_SCALE] = OID_INIT(ENTITY_SENSOR, 2),
    [SENSOR_PRECISION] = OID_INIT(ENTITY_SENSOR, 3),
    [SENSOR_VALUE] = OID_INIT(ENTITY_SENSOR, 4),
    [SENSOR_STATUS] = OID_INIT(ENTITY_SENSOR, 5),
};

static const struct oid lm_temp_columns[] = {OID_INIT(LM_SENSORS, 2, 1, 2),
                                             OID_INIT(LM_SENSORS, 2, 1, 3)};
static const struct oid lm_fan_columns[] = {OID_INIT(LM_SENSORS, 3, 1, 2),
                                            OID_INIT(LM_SENSORS, 3, 1, 3)};
static const struct oid lm_volt_columns[] = {OID_INIT(LM_SENSORS, 4, 1, 2),
                                             OID_INIT(LM_SENSORS, 4, 1, 3)};

/* EntitySensorDataType, EntitySensorStatus. */
enum { TYPE_OTHER = 1, TYPE_TRUTH = 12, TYPE_DBM = 14, STATUS_OK = 1 };

/* RFC 3433: values at these bounds are an underflow or overflow. */
static const double sensor_bound = 1e9;

struct measure {
    const char *class, *unit;
};

/* By EntitySensorDataType; classes as everywhere in Portolan. */
static const struct measure measures[] = {
    [3] = {"voltage", "V"},      [4] = {"voltage", "V"},
    [5] = {"current", "A"},      [6] = {"power", "W"},
    [7] = {"frequency", "Hz"},   [8] = {"temperature", "C"},
    [9] = {"humidity", "%"},     [10] = {"fanspeed", "rpm"},
    [11] = {"airflow", "cmm"},   [TYPE_TRUTH] = {"state", ""},
    [TYPE_DBM] = {"dbm", "dBm"},
};

static void read_sensor(struct harvest *h, const struct row *row)
{
    double value = 0;

    if (row->index.len != 1 || h->raw_sensors.count >= SENSORS_MAX ||
        !value_number(row_at(row, SENSOR_VALUE), &value))
        return;
    *array_add(&h->raw_sensors) = (struct raw_sensor){
        .entity = row->index.sub[0],
        .type = row_integer(row, SENSOR_TYPE, 0),
        .scale = row_integer(row, SENSOR_SCALE, 9),
        .precision = row_integer(row, SENSOR_PRECISION, 0),
        .status = row_integer(row, SENSOR_STATUS, STATUS_OK),
        .value = value,
    };
}

static void read_lm(struct harvest *h, const struct row *row, uint32_t table)
{
    double value = 0;

    if (row->index.len != 1 || h->lm_sensors.count >= SENSORS_MAX ||
        !value_number(row_at(row, 1), &value))
        return;
    *array_add(&h->lm_sensors) = (struct lm_sensor){
        row->index.sub[0], table, harvest_text(h, row_at(row, 0)), value};
}

static void read_lm_temp(struct harvest *h, const struct row *row)
{
    read_lm(h, row, 2);
}

static void read_lm_fan(struct harvest *h, const struct row *row)
{
    read_lm(h, row, 3);
}

static void read_lm_volt(struct harvest *h, const struct row *row)
{
    read_lm(h, row, 4);
}

/* EntitySensorDataScale is the power of a thousand, units in the middle;
 * precision the decimal places that the value has. */
static double scaled(const struct raw_sensor *s)
{
    static const int exponents[] = {
        [1] = -24, [2] = -21, [3] = -18, [4] = -15, [5] = -12, [6] = -9,
        [7] = -6,  [8] = -3,  [9] = 0,   [10] = 3,  [11] = 6,  [12] = 9,
        [13] = 12, [14] = 18, [15] = 15, [16] = 21, [17] = 24};
    bool known = s->scale > 0 && (size_t)s->scale < COUNT_OF(exponents);
    double value = s->value * pow(10, known ? exponents[s->scale] : 0);

    return s->precision > 0 && s->precision <= 9
               ? value / pow(10, (double)s->precision)
               : value;
}

const struct entity *sensor_entity(const struct harvest *h, uint32_t index)
{
    const struct entity *e = entity_find(h->facts, index);

    if (e == NULL && h->known != NULL)
        e = entity_find(h->known, index);
    return e;
}

const char *sensor_entity_descr(struct harvest *h, const struct entity *e,
                                uint32_t index)
{
    if (e == NULL)
        return harvest_format(h, "Sensor %" PRIu32, index);
    if (e->descr[0] != '\0')
        return arena_text(h->facts->arena, e->descr);
    if (e->name[0] != '\0')
        return arena_text(h->facts->arena, e->name);
    return harvest_format(h, "Sensor %" PRIu32, index);
}

/* The interface that a sensor is of: that of the port, a transceiver mostly,
 * that it is contained in. */
uint32_t sensor_port(const struct harvest *h, uint32_t index)
{
    enum { LEVELS_MAX = 8 };

    for (int level = 0; level < LEVELS_MAX && index != 0; level++) {
        const struct entity *e = sensor_entity(h, index);
        int64_t if_index =
            pairing_find(&h->entity_ports, index, e != NULL ? e->if_index : 0);

        if (if_index > 0 && if_index <= UINT32_MAX)
            return (uint32_t)if_index;
        index = e != NULL ? e->contained_in : 0;
    }
    return 0;
}

struct sensor *sensor_add(struct harvest *h, const char *class,
                          const char *unit, double value)
{
    struct sensor *s = array_add(&h->facts->sensors);

    *s = (struct sensor){
        .class = class,
        .unit = unit,
        .value = value,
        .state_descr = "",
        .state_severity = "",
        .group = "",
        .low_crit = (double)NAN,
        .low_warn = (double)NAN,
        .high_warn = (double)NAN,
        .high_crit = (double)NAN,
    };
    return s;
}

/* RFC 3433 has no type for decibels: where Cisco's own MIB says dBm, the
 * standard one says other, and the entity's name what it is. */
static void settle_type(const struct harvest *h, struct raw_sensor *raw)
{
    static const char *const powers[] = {"tx power", "rx power",
                                         "transmit power", "receive power"};
    const struct entity *e =
        raw->type == TYPE_OTHER ? sensor_entity(h, raw->entity) : NULL;

    for (size_t i = 0; e != NULL && i < COUNT_OF(powers); i++)
        if (text_contains_nocase(e->descr, powers[i]) ||
            text_contains_nocase(e->name, powers[i]))
            raw->type = TYPE_DBM;
}

static void add_entity_sensor(struct harvest *h, const struct raw_sensor *raw,
                              const char *oid)
{
    const struct measure *m = &measures[raw->type];
    const struct entity *e = sensor_entity(h, raw->entity);
    struct sensor *s = sensor_add(h, m->class, m->unit, scaled(raw));

    if (raw->type == TYPE_TRUTH) {
        s->value = raw->value;
        s->state_descr = raw->value == 1 ? "true" : "false";
        s->state_severity = "unknown";
    }
    s->index = harvest_format(h, "%" PRIu32, raw->entity);
    s->descr = sensor_entity_descr(h, e, raw->entity);
    s->oid = oid;
    s->entity = raw->entity;
    s->if_index = sensor_port(h, raw->entity);
}

static bool is_measured(const struct raw_sensor *raw)
{
    return raw->status == STATUS_OK && raw->type > 0 &&
           (size_t)raw->type < COUNT_OF(measures) &&
           measures[raw->type].class != NULL && fabs(raw->value) < sensor_bound;
}

static void entity_sensors(struct harvest *h, struct table *seen)
{
    for (size_t i = 0; i < h->raw_sensors.count; i++) {
        struct raw_sensor *raw = &h->raw_sensors.at[i];
        const char *oid;

        settle_type(h, raw);
        if (!is_measured(raw))
            continue;
        oid = harvest_format(h, "1.3.6.1.2.1.99.1.1.1.4.%" PRIu32, raw->entity);
        if (table_put_text(seen, oid, h) == NULL)
            add_entity_sensor(h, raw, oid);
    }
}

static void lm_sensors(struct harvest *h, struct table *seen)
{
    static const struct {
        struct measure measure;
        double divisor;
    } kinds[] = {[2] = {{"temperature", "C"}, 1000},
                 [3] = {{"fanspeed", "rpm"}, 1},
                 [4] = {{"voltage", "V"}, 1000}};

    for (size_t i = 0; i < h->lm_sensors.count; i++) {
        const struct lm_sensor *lm = &h->lm_sensors.at[i];
        const char *oid =
            harvest_format(h, "1.3.6.1.4.1.2021.13.16.%" PRIu32 ".1.3.%" PRIu32,
                           lm->table, lm->index);

        if (table_put_text(seen, oid, h) != NULL)
            continue;
        struct sensor *s = sensor_add(h, kinds[lm->table].measure.class,
                                      kinds[lm->table].measure.unit,
                                      lm->value / kinds[lm->table].divisor);
        /* Those of ENTITY-SENSOR-MIB count from 1 too, and series are told
         * apart by class and index. */
        s->index = harvest_format(
            h, h->raw_sensors.count > 0 ? "lm-%" PRIu32 : "%" PRIu32,
            lm->index);
        s->descr = lm->descr;
        s->oid = oid;
    }
}

void sensor_finish(struct harvest *h)
{
    OWNED(table_free) struct table *seen = table_new();

    for (size_t i = 0; i < h->facts->sensors.count; i++)
        if (h->facts->sensors.at[i].oid != NULL)
            (void)table_put_text(seen, h->facts->sensors.at[i].oid, h);
    entity_sensors(h, seen);
    lm_sensors(h, seen);
    for (size_t i = 0; i < h->generic_sensors.count; i++) {
        const struct sensor *s = &h->generic_sensors.at[i];

        if (table_put_text(seen, s->oid, h) == NULL)
            *array_add(&h->facts->sensors) = *s;
    }
    entity_state_finish(h);
    printer_finish(h);
}

const struct reader entity_sensor_reader = {
    .name = "entPhySensorTable",
    READ_COLUMNS(sensor_columns),
    .rows_max = SENSORS_MAX,
    .row = read_sensor,
};

const struct reader lm_temp_reader = {
    .name = "lmTempSensorsTable",
    READ_COLUMNS(lm_temp_columns),
    .rows_max = SENSORS_MAX,
    .row = read_lm_temp,
};

const struct reader lm_fan_reader = {
    .name = "lmFanSensorsTable",
    READ_COLUMNS(lm_fan_columns),
    .rows_max = SENSORS_MAX,
    .row = read_lm_fan,
};

const struct reader lm_volt_reader = {
    .name = "lmVoltSensorsTable",
    READ_COLUMNS(lm_volt_columns),
    .rows_max = SENSORS_MAX,
    .row = read_lm_volt,
};
