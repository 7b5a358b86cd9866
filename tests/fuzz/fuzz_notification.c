/* Any octets as what comes to the listener: it ends, keeps within its bounds,
 * and tells only of what has a name and lies inside what came. */
#include "wire/notifications.h"

#include "base/mem.h"
#include "wire/engine_udp.h"
#include "wire/strangers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static bool knows(void *arg, const struct addr *from,
                  const struct credential **credential)
{
    (void)arg;
    *credential = NULL;
    return from->octets[3] == 1;
}

static bool engine_clock(void *arg, struct bytes id, int32_t *boots,
                         int32_t *time_s)
{
    (void)arg;
    (void)id;
    *boots = *time_s = 0;
    return false;
}

static void on_notified(void *arg, const struct notification *n)
{
    (void)arg;
    must(n->trap.len > 0 && n->trap.len <= OID_MAX);
    must(n->count <= MESSAGE_VARBINDS_MAX);
    must(addr_is_set(&n->origin));
    must(n->version == SNMP_V3 || n->engine_id.len == 0);
    for (size_t i = 0; i < n->count; i++)
        must(n->varbinds[i].name.len <= OID_MAX);
}

static void on_stranger(void *arg, const struct addr *from, const char *why)
{
    (void)arg;
    (void)from;
    must(why != NULL);
}

static bool full(void *arg)
{
    (void)arg;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char user[] = "monitor", secret[] = "not-a-secret", name[] = "lab";
    static const struct credential none = {.version = SNMP_V3, .user = user};
    static const struct credential v3 = {.version = SNMP_V3,
                                         .user = user,
                                         .auth = AUTH_SHA1,
                                         .priv = PRIV_DES,
                                         .auth_secret = secret,
                                         .priv_secret = secret};
    static const struct credential v2c = {.version = SNMP_V2C,
                                          .community = name};
    static const struct credential *const all[] = {&none, &v2c, &v3};
    static const struct notifications_listener listener = {
        knows, engine_clock, on_notified, on_stranger, full, NULL};
    static const uint8_t id[] = {0x80, 0, 0x7e, 0xd9, 5, 1};
    static struct notifications *n;
    struct notifications_stats stats;

    if (n == NULL) {
        n = notifications_new(NULL, NULL, 0, &listener);
        notifications_use(n, all, COUNT_OF(all));
        notifications_start(n, (struct bytes){id, sizeof id}, 1);
    }
    if (size < 1 || size > MESSAGE_MAX)
        return 0;
    struct datagram d = {.octets = {data + 1, size - 1}, .port = 162};
    uint8_t from[4] = {192, 0, 2, data[0]};

    d.from = addr_v4(from);
    d.came = d.read = mono_now();
    notifications_take(n, &d);
    notifications_stats(n, &stats);
    must(stats.kept <= STRANGERS_MAX);
    if (stats.kept > STRANGERS_MAX / 2)
        notifications_meet(n, NULL);
    return 0;
}
