/* What others make of a configuration. */
#include "station/config.h"

#include <string.h>

struct fence *config_fence(const struct config *c)
{
    const struct config_discovery *d = &c->discovery;
    struct fence *fence = fence_new();

    for (size_t i = 0; i < d->within.count; i++)
        fence_permit(fence, &d->within.at[i]);
    for (size_t i = 0; i < d->exclude.count; i++)
        fence_forbid(fence, &d->exclude.at[i]);
    return fence;
}

size_t config_line(const struct config *c, enum config_list list, size_t place)
{
    const struct config_lines *lines = &c->lines[list];

    return place < c->own[list] && place < lines->count ? lines->at[place] : 0;
}

const struct credential *config_credential(const struct config *c,
                                           const char *name)
{
    for (size_t i = 0; i < c->credentials.count; i++)
        if (strcmp(c->credentials.at[i]->name, name) == 0)
            return c->credentials.at[i];
    return NULL;
}

void config_follow(struct config *next, struct config *before)
{
    for (size_t i = 0; i < next->credentials.count; i++) {
        for (size_t k = 0; k < before->credentials.count; k++) {
            struct credential *now = next->credentials.at[i];

            if (!credential_equal(now, before->credentials.at[k]))
                continue;
            next->credentials.at[i] = before->credentials.at[k];
            before->credentials.at[k] = now;
        }
    }
}
