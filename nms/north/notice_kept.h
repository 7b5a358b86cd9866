/* notice_kept.h - what the store keeps of receivers, by their name and a
 * number: "noc/0000000042". What nobody takes is forgotten.
 */
#ifndef NORTH_NOTICE_KEPT_H
#define NORTH_NOTICE_KEPT_H

#include "base/complaint.h"

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

struct store;

/* One of them, valid within the call: an object, or NULL if it is no JSON.
 * False: it is nobody's, or makes no sense. */
typedef bool (*notice_kept_fn)(void *arg, const char *name, uint32_t number,
                               const json_t *o);

/* Reads all of a kind, by their keys in byte order. For the start: it blocks.
 * 0, or -EIO and *why. */
int notice_kept_load(struct store *store, const char *kind,
                     notice_kept_fn on_kept, void *arg, struct complaint *why)
    __attribute__((warn_unused_result));

#endif
