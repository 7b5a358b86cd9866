/* alert_book.h - makes the books of alerts (alert.h). Books follow each other
 * as rolls do (roll.h): one that is read stays as it is, and what two of them
 * list is not looked at again.
 */
#ifndef STATION_ALERT_BOOK_H
#define STATION_ALERT_BOOK_H

#include "station/alert.h"

/* An empty one with one reference. */
struct alert_book *alert_book_new(void);

/* The successor of before, whose reference is taken, with these records in
 * place of older ones of the same index: active ones stand among the active,
 * cleared ones at the end of the cleared. Each index comes once; the order of
 * records is changed. */
struct alert_book *alert_book_follow(struct alert_book *before,
                                     struct alert_record **records,
                                     size_t count);

/* What stands in place of a cleared record: itself, another one of the same
 * index with a reference for the book, or NULL: it goes. */
typedef struct alert_record *(*alert_amend_fn)(void *arg,
                                               const struct alert_record *r);

/* The successor of before, whose reference is taken, with its cleared records
 * amended. */
struct alert_book *alert_book_amend(struct alert_book *before,
                                    alert_amend_fn amend, void *arg);

#endif
