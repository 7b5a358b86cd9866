#include "mibs/peer.h"

#include "base/mem.h"

#include <string.h>

enum peer_health peer_health(const struct peer *p)
{
    static const struct {
        const char *state;
        enum peer_health health;
    } states[] = {
        {"established", PEER_WELL}, {"idle", PEER_ILL},
        {"connect", PEER_ILL},      {"active", PEER_ILL},
        {"opensent", PEER_ILL},     {"openconfirm", PEER_ILL},
        {"full", PEER_WELL},        {"twoWay", PEER_WELL},
        {"down", PEER_ILL},         {"attempt", PEER_ILL},
        {"init", PEER_ILL},
    };
    bool stopped =
        strcmp(p->admin, "stop") == 0 || strcmp(p->admin, "halted") == 0;

    for (size_t i = 0; i < COUNT_OF(states); i++)
        if (strcmp(p->state, states[i].state) == 0)
            return states[i].health == PEER_ILL && stopped ? PEER_STOPPED
                                                           : states[i].health;
    return stopped ? PEER_STOPPED : PEER_UNKNOWN;
}

int peer_compare(const struct peer *a, const struct peer *b)
{
    int order = addr_compare(&a->addr, &b->addr);

    if (a->protocol != b->protocol)
        return a->protocol < b->protocol ? -1 : 1;
    return order != 0
               ? order
               : (a->if_index > b->if_index) - (a->if_index < b->if_index);
}
