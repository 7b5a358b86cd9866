#include "station/storms.h"

#include "base/mem.h"
#include "base/table.h"

#include <stdlib.h>

struct sender {
    double tokens;
    struct mono at; /* when these were counted */
    bool storm;
    struct addr from; /* with whom it began: others share a bucket */
    struct ident device;
    struct mono begun, last;
    uint64_t count;
};

struct storms {
    struct table *senders; /* struct sender by address */
    struct sender others;
    struct mono looked; /* when calm ones were last forgotten */
    size_t storms;
};

static void sender_init(struct sender *x, struct mono now)
{
    *x = (struct sender){.tokens = STORM_BURST, .at = now};
}

/* Family, zone, octets. */
enum { KEY_LEN = 1 + sizeof(uint32_t) + 16 };

static struct bytes key_of(const struct addr *from, uint8_t out[KEY_LEN])
{
    out[0] = from->family;
    memcpy(out + 1, &from->zone, sizeof from->zone);
    memcpy(out + 1 + sizeof from->zone, from->octets, sizeof from->octets);
    return (struct bytes){out, KEY_LEN};
}

struct storms *storms_new(void)
{
    struct storms *s = mem_new(struct storms);

    s->senders = table_new();
    s->others.tokens = STORM_BURST;
    return s;
}

void storms_free(struct storms *s)
{
    size_t at = 0;
    void *value;

    if (s == NULL)
        return;
    while (table_next(s->senders, &at, NULL, &value))
        free(value);
    table_free(s->senders);
    free(s);
}

static void refill(struct sender *x, struct mono now)
{
    double ms = (double)mono_ms_between(x->at, now);

    if (ms <= 0)
        return;
    x->tokens += ms * STORM_RATE / 1000;
    if (x->tokens > STORM_BURST)
        x->tokens = STORM_BURST;
    x->at = now;
}

/* Those that may send all they may again are as if they had never been here. */
static void forget_calm(struct storms *s, struct mono now)
{
    size_t at = 0;
    struct bytes key;
    void *value;

    while (table_next(s->senders, &at, &key, &value)) {
        struct sender *x = value;

        refill(x, now);
        if (!x->storm && x->tokens >= STORM_BURST)
            free(table_remove(s->senders, key));
    }
}

static struct sender *sender_of(struct storms *s, const struct addr *from,
                                struct mono now)
{
    uint8_t octets[KEY_LEN];
    struct bytes key = key_of(from, octets);
    struct sender *x = table_find(s->senders, key);

    if (x != NULL)
        return x;
    if (table_count(s->senders) >= STORM_SENDERS_MAX &&
        mono_ms_between(s->looked, now) >= 1000) {
        s->looked = now;
        forget_calm(s, now);
    }
    if (table_count(s->senders) >= STORM_SENDERS_MAX)
        return &s->others;
    x = mem_new(struct sender);
    sender_init(x, now);
    free(table_put(s->senders, key, x));
    return x;
}

enum storm_verdict storms_take(struct storms *s, const struct addr *from,
                               const struct ident *device, struct mono now)
{
    struct sender *x = sender_of(s, from, now);

    refill(x, now);
    x->last = now;
    if (x->tokens >= 1)
        x->tokens -= 1;
    else if (!x->storm) {
        x->storm = true;
        x->from = *from;
        x->device = device != NULL ? *device : (struct ident){0};
        x->begun = now;
        x->count = 1;
        s->storms++;
        return STORM_BEGINS;
    }
    if (!x->storm)
        return STORM_NONE;
    x->count++;
    return STORM_GOES_ON;
}

static bool is_over(struct storms *s, struct sender *x, struct mono now,
                    struct storm *out)
{
    if (!x->storm)
        return false;
    refill(x, now);
    if (x->tokens < STORM_BURST / 2.0)
        return false;
    *out = (struct storm){.from = x->from,
                          .device = x->device,
                          .count = x->count,
                          .lasted_ms = mono_ms_between(x->begun, x->last)};
    x->storm = false;
    s->storms--;
    return true;
}

bool storms_over(struct storms *s, struct mono now, struct storm *out)
{
    size_t at = 0;
    void *value;

    if (s->storms == 0)
        return false;
    while (table_next(s->senders, &at, NULL, &value))
        if (is_over(s, value, now, out))
            return true;
    return is_over(s, &s->others, now, out);
}

size_t storms_count(const struct storms *s)
{
    return s->storms;
}
