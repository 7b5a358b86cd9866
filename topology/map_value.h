/* map_value.h - values of attributes in documents of maps, as text. */
#ifndef TOPOLOGY_MAP_VALUE_H
#define TOPOLOGY_MAP_VALUE_H

#include <stdbool.h>
#include <stdint.h>

/* "true", "yes" or "1". */
bool map_value_flag(const char *text);

/* Plain digits; 0 for what is none, or beyond most. */
uint64_t map_value_number(const char *text, uint64_t most);

/* From 0 to 1, what is beyond is cut; NaN for what is no number. */
double map_value_share(const char *text);

/* "x,y" or "x,y!" (which only tells Graphviz to keep it); else false. */
bool map_value_position(const char *text, double *x, double *y);

#endif
