#include "station/series_gone.h"

#include "base/mem.h"
#include "base/table.h"

#include <stdlib.h>

struct gone {
    struct table *until; /* folder -> int64_t, milliseconds */
};

struct gone *gone_new(void)
{
    struct gone *g = mem_new(struct gone);

    g->until = table_new();
    return g;
}

void gone_free(struct gone *g)
{
    void *until;

    if (g == NULL)
        return;
    for (size_t at = 0; table_next(g->until, &at, NULL, &until);)
        free(until);
    table_free(g->until);
    free(g);
}

void gone_add(struct gone *g, const char *folder, int64_t until_ms)
{
    int64_t *until = mem_new(int64_t);

    *until = until_ms;
    free(table_put_text(g->until, folder, until));
}

bool gone_has(const struct gone *g, struct bytes path, int64_t at_ms)
{
    const uint8_t *slash = path.len > 0 ? memchr(path.at, '/', path.len) : NULL;

    if (slash == NULL || table_count(g->until) == 0)
        return false;
    path.len = (size_t)(slash - path.at);
    const int64_t *until_ms = table_find(g->until, path);
    return until_ms != NULL && at_ms <= *until_ms;
}
