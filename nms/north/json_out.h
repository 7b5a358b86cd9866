/* json_out.h - facts and records as JSON members; what is not known is left
 * out. */
#ifndef NORTH_JSON_OUT_H
#define NORTH_JSON_OUT_H

#include "base/addr.h"
#include "base/clock.h"

#include <jansson.h>

struct buffer;

void json_put_text(json_t *o, const char *key, const char *text);
void json_put_number(json_t *o, const char *key, double number);
void json_put_count(json_t *o, const char *key, uint64_t number);
void json_put_flag(json_t *o, const char *key, bool flag);
void json_put_wall(json_t *o, const char *key, struct wall at);
void json_put_addr(json_t *o, const char *key, const struct addr *addr);
void json_put_mac(json_t *o, const char *key, const struct mac *mac);

/* Appends item, which is taken, as text to a list that is written as such: one
 * of a hundred thousand elements need not stand in memory as values. */
void json_list_add(struct buffer *list, json_t *item);
/* Appends that list as member key of an object that is written as text. */
void json_list_put(struct buffer *object, const char *key,
                   const struct buffer *list);
/* Ends the object; next: where the next page begins, NULL: there is none. */
void json_list_end(struct buffer *object, const char *next);

#endif
