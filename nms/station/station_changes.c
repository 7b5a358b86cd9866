/* What changed and is no alert goes to whoever listens. */
#include "station/changes.h"
#include "station/station_parts.h"

#include <string.h>

static void on_risk(void *arg, const struct risk_change *c)
{
    struct station *s = arg;

    if (s->changes.on_risk != NULL)
        s->changes.on_risk(s->changes.arg, c);
}

void station_listen_changes(struct station *s, const struct change_listener *l)
{
    s->changes = l != NULL ? *l : (struct change_listener){.arg = NULL};
    risks_listen(s->risks, on_risk, s);
}

static bool is_any(const char *type, const char *const *types)
{
    while (*types != NULL)
        if (strcmp(type, *types++) == 0)
            return true;
    return false;
}

void station_tell_topology(struct station *s, const struct inferred *result)
{
    static const char *const came[] = {"link.found", "link.up", NULL};
    static const char *const went[] = {"link.down", "link.stale", "link.gone",
                                       NULL};
    struct topology_change c = {.first = ""};

    for (size_t i = 0; i < result->news.count; i++) {
        const struct news_item *n = &result->news.at[i];

        if (i == 0)
            c.first = n->text;
        if (is_any(n->type, came))
            c.came++;
        else if (is_any(n->type, went))
            c.went++;
        else
            c.others++;
    }
    if (result->news.count > 0 && s->changes.on_topology != NULL)
        s->changes.on_topology(s->changes.arg, &c);
}
