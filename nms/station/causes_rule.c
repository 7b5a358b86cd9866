/* Who explains whom, by the ways there are. */
#include "station/causes.h"

#include "base/mem.h"
#include "topology/dominators.h"

/* Those that are down, though something behind them has answered since. */
static bool *passing(const uint32_t *above, const struct cause_state *states,
                     size_t count)
{
    bool *passes = mem_array(count + 1, sizeof *passes);

    for (uint32_t n = 0; above != NULL && n < count; n++) {
        if (states[n].down || states[n].seen.ms == 0)
            continue;
        for (uint32_t at = above[n]; at != ABOVE_NONE; at = above[at])
            if (states[at].down && states[n].seen.ms > states[at].since.ms)
                passes[at] = true;
    }
    return passes;
}

uint32_t *causes_by_node(const uint32_t *above,
                         const struct cause_state *states, size_t count)
{
    bool *passes = passing(above, states, count);
    uint32_t *causes = mem_array(count + 1, sizeof *causes);

    for (uint32_t n = 0; n < count; n++) {
        causes[n] = states[n].down ? n : ABOVE_NONE;
        if (above == NULL)
            continue;
        for (uint32_t at = above[n]; at != ABOVE_NONE; at = above[at])
            if (states[at].down && !passes[at])
                causes[n] = at;
    }
    free(passes);
    return causes;
}
