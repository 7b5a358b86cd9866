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
    NULL,
};

int store_schema_version(void)
{
    int n = 0;

    while (store_schema_steps[n] != NULL)
        n++;
    return n;
}
