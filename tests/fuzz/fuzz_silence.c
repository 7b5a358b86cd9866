/* What people write of silences: an object is read whole or refused, and covers
 * or does not; a time holds between its ends and is over in the end. */
#include "base/mem.h"
#include "base/own.h"
#include "station/silence.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool in_prefix(void *arg, const struct ident *device,
                      const struct prefix *p)
{
    (void)arg;
    return device->octets[0] == p->len;
}

static bool in_group(void *arg, const struct alert_record *r, const char *name)
{
    (void)arg;
    (void)r;
    assert(name[0] != '\0');
    return true;
}

static bool in_cloud(void *arg, const struct ident *device, const char *cloud)
{
    (void)arg;
    assert(ident_is_set(device) && strchr(cloud, '/') != NULL);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct silence_world world = {in_prefix, in_group, in_cloud, NULL};
    const struct alert_record r = {.object = {OBJECT_DEVICE, {{24}}, ""},
                                   .name = "sw1:Gi0/1",
                                   .device = "sw1"};
    int64_t times[4] = {0};
    size_t head = size < sizeof times ? size : sizeof times;

    if (head > 0)
        memcpy(times, data, head);
    OWNED(free) char *text = mem_text_of(data + head, size - head);
    struct silence_object o;
    if (silence_object_read(text, &o, NULL) == 0) {
        assert(o.name[0] != '\0' && strlen(text) <= SILENCE_OBJECT_MAX);
        (void)silence_covers(&o, &r, &world);
    } else {
        assert(o.text == NULL);
    }
    enum { BITS = 16 }; /* times that people mean */
    struct silence_time t = {
        {times[0] >> BITS}, {times[1] >> BITS}, times[2] >> BITS};
    struct wall now = {times[3] >> BITS};
    if (silence_time_check(&t, NULL) < 0)
        return 0;
    if (silence_holds(&t, now)) {
        assert(now.ms >= t.from.ms && !silence_is_over(&t, now));
        assert(silence_next(&t, now).ms <= now.ms);
    }
    assert(silence_holds(&t, t.from));
    assert(t.every_ms > 0 || !silence_holds(&t, t.until));
    return 0;
}
