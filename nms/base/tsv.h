/* tsv.h - tables as text: one header line, tabs between fields, \t \n \\
 * escaped, empty where nothing is known; rows sorted when they are written. */
#ifndef BASE_TSV_H
#define BASE_TSV_H

#include "base/bytes.h"
#include "base/own.h"

struct tsv;

/* A table with the given header, columns separated by blanks. */
struct tsv *tsv_new(const char *columns);
void tsv_free(struct tsv *t);
OWNED_BY(struct tsv, tsv_free)

/* Adds to the row at hand, from left to right. NULL and "" are empty. */
void tsv_text(struct tsv *t, const char *text);
void tsv_format(struct tsv *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void tsv_count(struct tsv *t, uint64_t number);
/* The shortest form with up to digits decimals; NaN is empty. */
void tsv_number(struct tsv *t, double number, int digits);

/* Ends the row; fields not given are empty; too many are a mistake (assert). */
void tsv_row(struct tsv *t);

/* Sorts rows by their first columns (numbers within names by value) and
 * appends header and rows to out. */
void tsv_print(struct tsv *t, struct buffer *out);

/* Writes it to dir/name, whole or not at all. 0 or -errno. */
int tsv_save(struct tsv *t, const char *dir, const char *name)
    __attribute__((warn_unused_result));

#endif
