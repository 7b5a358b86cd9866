#include "topology/kind.h"

enum { FORWARDS = 1, ROUTES = 2 };

static const uint8_t does[DEVICE_KINDS] = {
    [KIND_UNKNOWN] = FORWARDS | ROUTES,
    [KIND_ROUTER] = FORWARDS | ROUTES,
    [KIND_SWITCH] = FORWARDS,
    [KIND_L3SWITCH] = FORWARDS | ROUTES,
    [KIND_FIREWALL] = FORWARDS | ROUTES,
    [KIND_AP] = FORWARDS,
    [KIND_WLC] = FORWARDS,
    [KIND_HYPERVISOR] = FORWARDS,
    [KIND_PHONE] = FORWARDS,
    [KIND_LOADBALANCER] = FORWARDS | ROUTES,
    [KIND_STACK] = FORWARDS | ROUTES,
    [KIND_SEGMENT] = FORWARDS,
    [KIND_CLOUD] = FORWARDS | ROUTES,
    [KIND_INTERNET] = FORWARDS | ROUTES,
};

bool kind_forwards(enum device_kind kind)
{
    return (unsigned)kind < DEVICE_KINDS && (does[kind] & FORWARDS) != 0;
}

bool kind_routes(enum device_kind kind)
{
    return (unsigned)kind < DEVICE_KINDS && (does[kind] & ROUTES) != 0;
}
