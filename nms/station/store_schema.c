#include "station/store_schema.h"

#include <stddef.h>

const char *const store_schema_steps[] = {
    /* 1 */
    "CREATE TABLE object ("
    "  kind TEXT NOT NULL,"
    "  key TEXT NOT NULL,"
    "  body TEXT NOT NULL,"
    "  PRIMARY KEY (kind, key));"
    "CREATE TABLE event ("
    "  id BIGINT NOT NULL PRIMARY KEY,"
    "  at_ms BIGINT NOT NULL,"
    "  last_ms BIGINT NOT NULL,"
    "  count INTEGER NOT NULL,"
    "  severity INTEGER NOT NULL,"
    "  class TEXT NOT NULL,"
    "  type TEXT NOT NULL,"
    "  object TEXT NOT NULL,"
    "  source TEXT NOT NULL,"
    "  text TEXT NOT NULL,"
    "  body TEXT NOT NULL);"
    "CREATE INDEX event_at ON event (at_ms);"
    "CREATE INDEX event_object ON event (object, id);",
    /* 2 */
    "CREATE TABLE past ("
    "  id BIGINT NOT NULL PRIMARY KEY,"
    "  at_ms BIGINT NOT NULL,"
    "  kind TEXT NOT NULL,"
    "  key TEXT NOT NULL,"
    "  body TEXT NOT NULL);"
    "CREATE INDEX past_of ON past (kind, key, id);"
    "CREATE INDEX past_at ON past (at_ms);"
    "CREATE TABLE past_kept (from_ms BIGINT NOT NULL);",
    /* 3: events by partitions, which store_db_events.c makes and drops */
    "CREATE TABLE event_part ("
    "  number BIGINT NOT NULL PRIMARY KEY,"
    "  from_ms BIGINT NOT NULL,"
    "  first_id BIGINT NOT NULL);"
    "ALTER TABLE event RENAME TO event_1;"
    "INSERT INTO event_part (number, from_ms, first_id) "
    "SELECT 1, coalesce(min(at_ms), 0), coalesce(min(id), 1) FROM event_1;",
    /* 4: what people changed, by partitions too */
    "CREATE TABLE audit_part ("
    "  number BIGINT NOT NULL PRIMARY KEY,"
    "  from_ms BIGINT NOT NULL,"
    "  first_id BIGINT NOT NULL);"
    "CREATE TABLE audit_1 ("
    "  id BIGINT NOT NULL PRIMARY KEY,"
    "  at_ms BIGINT NOT NULL,"
    "  last_ms BIGINT NOT NULL,"
    "  count INTEGER NOT NULL,"
    "  severity INTEGER NOT NULL,"
    "  class TEXT NOT NULL,"
    "  type TEXT NOT NULL,"
    "  object TEXT NOT NULL,"
    "  source TEXT NOT NULL,"
    "  text TEXT NOT NULL,"
    "  body TEXT NOT NULL);"
    "CREATE INDEX audit_1_at ON audit_1 (at_ms);"
    "CREATE INDEX audit_1_object ON audit_1 (object, id);"
    "INSERT INTO audit_part (number, from_ms, first_id) VALUES (1, 0, 1);",
    NULL,
};

int store_schema_version(void)
{
    int n = 0;

    while (store_schema_steps[n] != NULL)
        n++;
    return n;
}
