/* UPS-MIB (RFC 1628), and of PowerNet-MIB who it is. */
#include "tests/farm/mib.h"

static uint32_t ups_one(const struct view *v)
{
    return v->dev->model->family == FAMILY_UPS;
}

static void line_index(const struct view *v, uint32_t row, struct index *out)
{
    (void)v;
    index_push(out, row + 1);
}

static bool ident_get(struct view *v, unsigned column, uint32_t row,
                      struct value *out)
{
    (void)row;
    switch (column) {
    case 1:
        return value_str(out, v->dev->model->vendor);
    case 2:
        return value_str(out, v->dev->model->hardware);
    case 5:
        return value_str(out, v->dev->name);
    default: /* software versions */
        return value_str(out, v->dev->model->version);
    }
}

static bool battery_get(struct view *v, unsigned column, uint32_t row,
                        struct value *out)
{
    (void)row;
    switch (column) {
    case 1: /* batteryNormal(2) */
        return value_int(out, 2);
    case 2:
        return value_int(out, 0);
    case 3: /* minutes */
        return value_int(out, view_wander(v, 900, 18, 75));
    case 4:
        return value_int(out, view_wander(v, 901, 88, 100));
    case 5: /* 0.1 V */
        return value_int(out, view_wander(v, 902, 540, 560));
    case 6:
        return value_int(out, 0);
    default: /* degrees Celsius */
        return value_int(out, view_wander(v, 903, 22, 34));
    }
}

/* Input: 0.1 Hz, V, 0.1 A, W. */
static bool input_get(struct view *v, unsigned column, uint32_t row,
                      struct value *out)
{
    (void)row;
    switch (column) {
    case 2:
        return value_int(out, view_wander(v, 910, 498, 502));
    case 3:
        return value_int(out, view_wander(v, 911, 225, 236));
    case 4:
        return value_int(out, view_wander(v, 912, 20, 90));
    default:
        return value_int(out, view_wander(v, 913, 450, 2000));
    }
}

static bool output_scalar_get(struct view *v, unsigned column, uint32_t row,
                              struct value *out)
{
    (void)row;
    switch (column) {
    case 1: /* normal(3) */
        return value_int(out, 3);
    case 2:
        return value_int(out, view_wander(v, 910, 498, 502));
    default:
        return value_int(out, 1);
    }
}

/* Output: V, 0.1 A, W, percent of load. */
static bool output_get(struct view *v, unsigned column, uint32_t row,
                       struct value *out)
{
    int64_t load = view_wander(v, 920, 15, 78);

    (void)row;
    switch (column) {
    case 2:
        return value_int(out, 230);
    case 3:
        return value_int(out, load * 27 * 10 / 230);
    case 4:
        return value_int(out, load * 27);
    default:
        return value_int(out, load);
    }
}

/* PowerNet-MIB upsBasicIdent (model, name), upsAdvIdent (firmware, date,
 * serial number). */
static bool powernet_basic_get(struct view *v, unsigned column, uint32_t row,
                               struct value *out)
{
    (void)row;
    return value_str(out, column == 1 ? v->dev->model->hardware : v->dev->name);
}

static bool powernet_advanced_get(struct view *v, unsigned column, uint32_t row,
                                  struct value *out)
{
    (void)row;
    if (column == 2)
        return value_str(out, "03/12/2019");
    if (column == 1)
        return value_str(out, "UPS 09.3 (ID18)");
    view_serial(v, v->text, sizeof v->text);
    return value_text_of(v, out);
}

const struct group groups_ups[] = {
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 33, 1, 1),
        GROUP_COLUMNS(1, 2, 3, 4, 5),
        .rows = ups_one,
        .get = ident_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 33, 1, 2),
        GROUP_COLUMNS(1, 2, 3, 4, 5, 6, 7),
        .rows = ups_one,
        .get = battery_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 33, 1, 3, 3, 1),
        GROUP_COLUMNS(2, 3, 4, 5),
        .rows = ups_one,
        .index = line_index,
        .get = input_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 33, 1, 4),
        GROUP_COLUMNS(1, 2, 3),
        .rows = ups_one,
        .get = output_scalar_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 2, 1, 33, 1, 4, 4, 1),
        GROUP_COLUMNS(2, 3, 4, 5),
        .rows = ups_one,
        .index = line_index,
        .get = output_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 4, 1, 318, 1, 1, 1, 1, 1),
        GROUP_COLUMNS(1, 2),
        .rows = ups_one,
        .get = powernet_basic_get,
    },
    {
        .prefix = OID_INIT(1, 3, 6, 1, 4, 1, 318, 1, 1, 1, 1, 2),
        GROUP_COLUMNS(1, 2, 3),
        .rows = ups_one,
        .get = powernet_advanced_get,
    },
    {.count = 0},
};
