/* entity.h - the parts a device is made of, for the tables that tell of them.
 */
#ifndef FARM_ENTITY_H
#define FARM_ENTITY_H

#include "tests/farm/view.h"

/* One row of entPhysicalTable; index ascending in a family's list. */
struct part {
    uint32_t index, contained_in;
    uint32_t class; /* PhysicalClass */
    const char *name, *descr;
};

enum { PART_POWER = 6, PART_FAN = 7, PART_SENSOR = 8 };

uint32_t view_parts(const struct view *v, const struct part **out);

/* Parts of one class, and the nth of them. */
uint32_t view_parts_of(const struct view *v, uint32_t class);
const struct part *view_part_of(const struct view *v, uint32_t class,
                                uint32_t nth);

void part_serial(const struct view *v, const struct part *p, char *out,
                 size_t len);

#endif
