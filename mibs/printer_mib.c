#include "mibs/printer_mib.h"

#include <inttypes.h>
#include <string.h>

#define SUPPLY 1, 3, 6, 1, 2, 1, 43, 11, 1, 1
#define INPUT 1, 3, 6, 1, 2, 1, 43, 8, 2, 1

enum {
    SUPPLY_TYPE,
    SUPPLY_DESCR,
    SUPPLY_CAPACITY,
    SUPPLY_LEVEL,
    INPUT_CAPACITY,
    INPUT_LEVEL,
    INPUT_NAME,
    INPUT_DESCR,
};

/* Two tables of one shape of index; a row may be of both. */
static const struct oid printer_columns[] = {
    [SUPPLY_TYPE] = OID_INIT(SUPPLY, 5),     /* prtMarkerSuppliesType */
    [SUPPLY_DESCR] = OID_INIT(SUPPLY, 6),    /* prtMarkerSuppliesDescription */
    [SUPPLY_CAPACITY] = OID_INIT(SUPPLY, 8), /* prtMarkerSuppliesMaxCapacity */
    [SUPPLY_LEVEL] = OID_INIT(SUPPLY, 9),    /* prtMarkerSuppliesLevel */
    [INPUT_CAPACITY] = OID_INIT(INPUT, 9),   /* prtInputMaxCapacity */
    [INPUT_LEVEL] = OID_INIT(INPUT, 10),     /* prtInputCurrentLevel */
    [INPUT_NAME] = OID_INIT(INPUT, 13),      /* prtInputName */
    [INPUT_DESCR] = OID_INIT(INPUT, 18),     /* prtInputDescription */
};

/* PrtMarkerSuppliesTypeTC. */
static const char *const type_names[] = {
    [1] = "other",
    [2] = "unknown",
    [3] = "toner",
    [4] = "wasteToner",
    [5] = "ink",
    [6] = "inkCartridge",
    [7] = "inkRibbon",
    [8] = "wasteInk",
    [9] = "opc",
    [10] = "developer",
    [11] = "fuserOil",
    [12] = "solidWax",
    [13] = "ribbonWax",
    [14] = "wasteWax",
    [15] = "fuser",
    [16] = "coronaWire",
    [17] = "fuserOilWick",
    [18] = "cleanerUnit",
    [19] = "fuserCleaningPad",
    [20] = "transferUnit",
    [21] = "tonerCartridge",
    [22] = "fuserOiler",
    [23] = "water",
    [24] = "wasteWater",
    [25] = "glueWaterAdditive",
    [26] = "wastePaper",
    [27] = "bindingSupply",
    [28] = "bandingSupply",
    [29] = "stitchingWire",
    [30] = "shrinkWrap",
    [31] = "paperWrap",
    [32] = "staples",
    [33] = "inserts",
    [34] = "covers",
};

static const char *type_name(int64_t type)
{
    return type > 0 && (size_t)type < COUNT_OF(type_names) ? type_names[type]
                                                           : "markerSupply";
}

/* Below 0 levels and capacities are words: -1 other, -2 unknown, -3 something
 * is left, but how much is not known. */
static double known(const struct row *row, size_t column)
{
    int64_t number = row_integer(row, column, -2);

    return number >= 0 ? (double)number : (double)NAN;
}

static void add_supply(struct harvest *h, const struct row *row,
                       struct supply s, size_t capacity, size_t level)
{
    double most = known(row, capacity), left = known(row, level);
    uint32_t printer = row->index.sub[0], index = row->index.sub[1];
    const char *kind = level == INPUT_LEVEL ? "input-" : "";
    char digits[OID_TEXT_MAX];

    if (!value_exists(row_at(row, level)) || h->supplies.count >= SENSORS_MAX)
        return;
    s.capacity = most > 0 ? most : (double)NAN;
    s.current_percent = most > 0 ? 100 * left / most : (double)NAN;
    if (h->printer == 0)
        h->printer = printer;
    s.index =
        printer == h->printer
            ? harvest_format(h, "%s%" PRIu32, kind, index)
            : harvest_format(h, "%s%" PRIu32 ".%" PRIu32, kind, printer, index);
    s.oid = harvest_format(
        h, "%s.%" PRIu32 ".%" PRIu32,
        oid_format(printer_columns[level], digits, sizeof digits), printer,
        index);
    *array_add(&h->supplies) = s;
}

static const char *first_text(struct harvest *h, const struct row *row,
                              size_t column, size_t other)
{
    const char *text = harvest_text(h, row_at(row, column));

    return text[0] != '\0' ? text : harvest_text(h, row_at(row, other));
}

/* Index: hrDeviceIndex, number. */
static void read_printer(struct harvest *h, const struct row *row)
{
    if (row->index.len != 2)
        return;
    add_supply(h, row,
               (struct supply){
                   .type = type_name(row_integer(row, SUPPLY_TYPE, 0)),
                   .descr = harvest_text(h, row_at(row, SUPPLY_DESCR)),
               },
               SUPPLY_CAPACITY, SUPPLY_LEVEL);
    add_supply(h, row,
               (struct supply){
                   .type = "input",
                   .descr = first_text(h, row, INPUT_NAME, INPUT_DESCR),
               },
               INPUT_CAPACITY, INPUT_LEVEL);
}

void printer_finish(struct harvest *h)
{
    struct supplies *all = &h->facts->supplies;

    if (all->count > 0)
        return;
    for (size_t i = 0; i < h->supplies.count; i++)
        *array_add(all) = h->supplies.at[i];
}

const struct reader printer_reader = {
    .name = "prtMarkerSuppliesTable",
    READ_COLUMNS(printer_columns),
    .rows_max = SENSORS_MAX,
    .row = read_printer,
};
