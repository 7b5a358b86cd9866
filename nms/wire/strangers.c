#include "wire/strangers.h"

#include "base/mem.h"

#include <stdlib.h>

struct kept {
    struct stranger message;
    uint8_t *octets; /* owned */
};

struct strangers {
    struct ARRAY_OF(struct kept) kept; /* oldest first */
    size_t octets;
};

struct strangers *strangers_new(void)
{
    return mem_new(struct strangers);
}

void strangers_free(struct strangers *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->kept.count; i++)
        free(s->kept.at[i].octets);
    array_fini(&s->kept);
    free(s);
}

static void release(struct strangers *s, struct kept *k)
{
    s->octets -= k->message.octets.len;
    free(k->octets);
}

static void drop_first(struct strangers *s, size_t count)
{
    for (size_t i = 0; i < count; i++)
        release(s, &s->kept.at[i]);
    s->kept.count -= count;
    if (count == 0)
        return;
    memmove(s->kept.at, s->kept.at + count, s->kept.count * sizeof *s->kept.at);
}

static bool is_old(const struct kept *k, struct mono now)
{
    return mono_ms_between(k->message.came, now) >
           STRANGERS_KEEP_S * INT64_C(1000);
}

/* Room for one more of len octets. An eighth goes at once, so that a flood
 * moves the others rarely. */
static void make_room(struct strangers *s, size_t len, struct mono now)
{
    size_t old = 0;

    while (old < s->kept.count && is_old(&s->kept.at[old], now))
        old++;
    drop_first(s, old);
    while (s->kept.count > 0 && (s->kept.count >= STRANGERS_MAX ||
                                 s->octets + len > STRANGERS_OCTETS_MAX))
        drop_first(s, s->kept.count / 8 + 1);
}

static size_t count_of(const struct strangers *s, const struct addr *from)
{
    size_t count = 0;

    for (size_t i = 0; i < s->kept.count; i++)
        count += addr_equal(&s->kept.at[i].message.from, from);
    return count;
}

void strangers_keep(struct strangers *s, const struct stranger *message,
                    bool *first)
{
    size_t of_it = count_of(s, &message->from);

    *first = of_it == 0;
    if (of_it >= STRANGER_MAX || message->octets.len > STRANGERS_OCTETS_MAX)
        return;
    make_room(s, message->octets.len, message->came);
    struct kept *k = array_add(&s->kept);
    k->message = *message;
    k->octets = mem_array(1, message->octets.len + 1);
    memcpy(k->octets, message->octets.at, message->octets.len);
    k->message.octets.at = k->octets;
    s->octets += message->octets.len;
}

void strangers_replay(struct strangers *s, const struct addr *from,
                      struct mono now, stranger_fn read, void *arg)
{
    size_t left = 0;

    for (size_t i = 0; i < s->kept.count; i++) {
        struct kept *k = &s->kept.at[i];
        bool is_meant = from == NULL || addr_equal(&k->message.from, from);

        if (is_old(k, now) || (is_meant && read(arg, &k->message)))
            release(s, k);
        else
            s->kept.at[left++] = *k;
    }
    s->kept.count = left;
}

size_t strangers_count(const struct strangers *s)
{
    return s->kept.count;
}
