/* encode.h - variable bindings in BER, one after the other, as fast as a farm
 * of ten thousand agents wants them. */
#ifndef FARM_ENCODE_H
#define FARM_ENCODE_H

#include "tests/farm/mib.h"

/* A list of varbinds that grows; room is what an answer may hold of it. */
struct varbind_list {
    uint8_t *at;
    size_t len, room;
    unsigned count;
};

/* Appends one with the name of a spot, or a given name. False, and nothing
 * written, if it does not fit. */
bool varbind_add_spot(struct varbind_list *l, const struct mib *m,
                      const struct view *v, const struct spot *at,
                      const struct value *value);
bool varbind_add(struct varbind_list *l, struct oid name,
                 const struct value *value);

#endif
