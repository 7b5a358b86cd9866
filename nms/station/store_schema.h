/* store_schema.h - the tables of the state, as the steps that lead to them. */
#ifndef STATION_STORE_SCHEMA_H
#define STATION_STORE_SCHEMA_H

/* What step n + 1 adds, the first at 0; NULL behind the last. A step that was
 * released never changes. The SQL is what SQLite and PostgreSQL share. */
extern const char *const store_schema_steps[];

/* The version that the steps lead to: their number. */
int store_schema_version(void);

#endif
