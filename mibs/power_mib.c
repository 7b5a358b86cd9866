#include "mibs/power_mib.h"

#include <inttypes.h>
#include <string.h>

#define UPS 1, 3, 6, 1, 2, 1, 33, 1
#define POE 1, 3, 6, 1, 2, 1, 105, 1, 3, 1, 1

/* What a value of a state means. */
struct meaning {
    const char *text, *severity;
};

/* What a column measures. */
struct measured {
    const char *class, *unit, *label;
    double divisor;
    bool is_signed;               /* below 0 it may be too */
    const struct meaning *states; /* of class state, by value; ends with NULL */
};

static const struct meaning battery_states[] = {
    {"none", "unknown"}, {"unknown", "unknown"},   {"normal", "ok"},
    {"low", "critical"}, {"depleted", "critical"}, {NULL, NULL},
};

static const struct meaning source_states[] = {
    {"none", "unknown"},    {"other", "unknown"},   {"none", "critical"},
    {"normal", "ok"},       {"bypass", "warning"},  {"battery", "critical"},
    {"booster", "warning"}, {"reducer", "warning"}, {NULL, NULL},
};

static const struct meaning pse_states[] = {
    {"none", "unknown"},    {"on", "ok"}, {"off", "unknown"},
    {"faulty", "critical"}, {NULL, NULL},
};

/* Scalars are columns whose only index is 0: one request tells whether an
 * agent is a power supply at all. */
static const struct oid ups_columns[] = {
    OID_INIT(UPS, 2, 1),       /* upsBatteryStatus */
    OID_INIT(UPS, 2, 2),       /* upsSecondsOnBattery */
    OID_INIT(UPS, 2, 3),       /* upsEstimatedMinutesRemaining */
    OID_INIT(UPS, 2, 4),       /* upsEstimatedChargeRemaining */
    OID_INIT(UPS, 2, 5),       /* upsBatteryVoltage */
    OID_INIT(UPS, 2, 6),       /* upsBatteryCurrent */
    OID_INIT(UPS, 2, 7),       /* upsBatteryTemperature */
    OID_INIT(UPS, 4, 1),       /* upsOutputSource */
    OID_INIT(UPS, 4, 2),       /* upsOutputFrequency */
    OID_INIT(UPS, 5, 1),       /* upsBypassFrequency */
    OID_INIT(UPS, 3, 3, 1, 2), /* upsInputFrequency */
    OID_INIT(UPS, 3, 3, 1, 3), /* upsInputVoltage */
    OID_INIT(UPS, 3, 3, 1, 4), /* upsInputCurrent */
    OID_INIT(UPS, 3, 3, 1, 5), /* upsInputTruePower */
    OID_INIT(UPS, 4, 4, 1, 2), /* upsOutputVoltage */
    OID_INIT(UPS, 4, 4, 1, 3), /* upsOutputCurrent */
    OID_INIT(UPS, 4, 4, 1, 4), /* upsOutputPower */
    OID_INIT(UPS, 4, 4, 1, 5), /* upsOutputPercentLoad */
    OID_INIT(UPS, 5, 3, 1, 2), /* upsBypassVoltage */
    OID_INIT(UPS, 5, 3, 1, 3), /* upsBypassCurrent */
    OID_INIT(UPS, 5, 3, 1, 4), /* upsBypassPower */
};

static const struct measured ups_measured[COUNT_OF(ups_columns)] = {
    {"state", "", "Battery status", 1, false, battery_states},
    {"runtime", "min", "Time on battery", 60, false, NULL},
    {"runtime", "min", "Estimated battery time remaining", 1, false, NULL},
    {"charge", "%", "Battery charge remaining", 1, false, NULL},
    {"voltage", "V", "Battery", 10, false, NULL},
    {"current", "A", "Battery", 10, true, NULL},
    {"temperature", "C", "Battery", 1, true, NULL},
    {"state", "", "Output source", 1, false, source_states},
    {"frequency", "Hz", "Output", 10, false, NULL},
    {"frequency", "Hz", "Bypass", 10, false, NULL},
    {"frequency", "Hz", "Input", 10, false, NULL},
    {"voltage", "V", "Input", 1, false, NULL},
    {"current", "A", "Input", 10, false, NULL},
    {"power", "W", "Input", 1, false, NULL},
    {"voltage", "V", "Output", 1, false, NULL},
    {"current", "A", "Output", 10, false, NULL},
    {"power", "W", "Output", 1, false, NULL},
    {"load", "%", "Percentage load", 1, false, NULL},
    {"voltage", "V", "Bypass", 1, false, NULL},
    {"current", "A", "Bypass", 10, false, NULL},
    {"power", "W", "Bypass", 1, false, NULL},
};

static const struct oid poe_columns[] = {
    OID_INIT(POE, 2), /* pethMainPsePower */
    OID_INIT(POE, 3), /* pethMainPseOperStatus */
    OID_INIT(POE, 4), /* pethMainPseConsumptionPower */
};

static const struct measured poe_measured[COUNT_OF(poe_columns)] = {
    {"power", "W", "PoE budget", 1, false, NULL},
    {"state", "", "PoE status", 1, false, pse_states},
    {"power", "W", "PoE consumed", 1, false, NULL},
};

static void set_state(struct sensor *s, const struct meaning *states)
{
    s->state_severity = "unknown";
    for (size_t i = 0; states[i].text != NULL; i++) {
        if ((double)i != s->value)
            continue;
        s->state_descr = states[i].text;
        s->state_severity = states[i].severity;
    }
}

/* The value of a column in this row as a sensor. Agents say -1 of what they do
 * not measure. */
static void add_measured(struct harvest *h, const struct row *row,
                         size_t column, struct oid oid,
                         const struct measured *m)
{
    double value = 0;
    uint32_t index = row->index.sub[0];
    char digits[OID_TEXT_MAX];

    if (h->generic_sensors.count >= SENSORS_MAX ||
        !value_number(row_at(row, column), &value) ||
        (value < 0 && !m->is_signed))
        return;

    struct sensor *s = array_add(&h->generic_sensors);
    *s = (struct sensor){
        .class = m->class,
        .unit = m->unit,
        .value = value / m->divisor,
        .state_descr = "",
        .state_severity = "",
        .group = "",
        .low_crit = (double)NAN,
        .low_warn = (double)NAN,
        .high_warn = (double)NAN,
        .high_crit = (double)NAN,
    };
    s->oid = harvest_format(h, "%s.%" PRIu32,
                            oid_format(oid, digits, sizeof digits), index);
    s->index = s->oid + strlen("1.3.6.1.2.1.");
    s->descr = index == 0 ? m->label
                          : harvest_format(h, "%s %" PRIu32, m->label, index);
    if (m->states != NULL)
        set_state(s, m->states);
}

static void read_ups(struct harvest *h, const struct row *row)
{
    for (size_t i = 0; i < COUNT_OF(ups_columns) && row->index.len == 1; i++)
        add_measured(h, row, i, ups_columns[i], &ups_measured[i]);
}

/* Index: group of power sourcing equipment. */
static void read_poe(struct harvest *h, const struct row *row)
{
    for (size_t i = 0; i < COUNT_OF(poe_columns) && row->index.len == 1; i++)
        add_measured(h, row, i, poe_columns[i], &poe_measured[i]);
}

const struct reader ups_reader = {
    .name = "upsObjects",
    READ_COLUMNS(ups_columns),
    .rows_max = SENSORS_MAX,
    .row = read_ups,
};

const struct reader poe_reader = {
    .name = "pethMainPseTable",
    READ_COLUMNS(poe_columns),
    .rows_max = SENSORS_MAX,
    .row = read_poe,
};
