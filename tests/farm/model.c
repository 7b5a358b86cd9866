#include "tests/farm/model.h"

#include "base/mem.h"

#include <assert.h>
#include <string.h>

const struct model *model_find(const char *key)
{
    static const struct model *const lists[] = {models_network, models_hosts};

    for (size_t i = 0; i < COUNT_OF(lists); i++)
        for (const struct model *m = lists[i]; m->key != NULL; m++)
            if (strcmp(m->key, key) == 0)
                return m;
    assert(key == NULL); /* a plan names a model that there is not */
    return NULL;
}

/* LLDP-MIB LldpSystemCapabilitiesMap: bridge is bit 2, wlanAccessPoint 3,
 * router 4, stationOnly 7, counted from the most significant. */
uint8_t role_lldp_caps(enum role role)
{
    static const uint8_t caps[ROLES] = {
        [ROLE_ROUTER] = 0x08,   [ROLE_L3SWITCH] = 0x28, [ROLE_SWITCH] = 0x20,
        [ROLE_FIREWALL] = 0x08, [ROLE_SERVER] = 0x01,   [ROLE_PRINTER] = 0x01,
        [ROLE_AP] = 0x10,       [ROLE_UPS] = 0x01,
    };

    return caps[role];
}

/* CISCO-CDP-MIB cdpCacheCapabilities: 0x01 router, 0x02 transparent bridge,
 * 0x08 switch, 0x10 host, 0x20 IGMP capable. */
uint32_t role_cdp_caps(enum role role)
{
    static const uint32_t caps[ROLES] = {
        [ROLE_ROUTER] = 0x01,   [ROLE_L3SWITCH] = 0x29, [ROLE_SWITCH] = 0x28,
        [ROLE_FIREWALL] = 0x01, [ROLE_SERVER] = 0x10,   [ROLE_PRINTER] = 0x10,
        [ROLE_AP] = 0x02,       [ROLE_UPS] = 0x10,
    };

    return caps[role];
}

const char *role_kind_name(enum role role)
{
    static const char *const names[ROLES] = {
        [ROLE_ROUTER] = "router", [ROLE_L3SWITCH] = "l3switch",
        [ROLE_SWITCH] = "switch", [ROLE_FIREWALL] = "firewall",
        [ROLE_SERVER] = "server", [ROLE_PRINTER] = "printer",
        [ROLE_AP] = "ap",         [ROLE_UPS] = "ups",
    };

    return names[role];
}
