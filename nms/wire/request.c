#include "wire/request.h"

#include "base/mem.h"
#include "wire/engine_parts.h"

#include <assert.h>

#include <openssl/rand.h>

enum {
    SLOT_BITS = 16,
    SLOT_MASK = (1 << SLOT_BITS) - 1,
    TRY_BITS = 2,
    TRY_MASK = (1 << TRY_BITS) - 1,
    GENERATION_SHIFT = SLOT_BITS + TRY_BITS,
    GENERATION_MASK = INT32_MAX >> GENERATION_SHIFT, /* an id is positive */
};

_Static_assert((int)REQUEST_TRIES == (int)TRY_MASK + 1, "an id has a place");

/* The context that is asked: of the request, else of the credential. */
static const char *context_of(const struct agent *a,
                              const struct request *request)
{
    if (request->context != NULL)
        return request->context;
    return a->credential != NULL && a->credential->context != NULL
               ? a->credential->context
               : "";
}

struct exchange *exchange_new(struct agent *a, const struct request *request,
                              answer_fn done, void *arg)
{
    const char *context = context_of(a, request);
    size_t text = strlen(context) + 1;
    uint8_t room[UDP_SEND_MAX];
    struct ber_builder b = ber_builder_over(room, sizeof room);

    struct bytes list = request->list;
    if (request->names != NULL || request->count == 0) {
        names_encode(&b, request->names, request->count);
        list = ber_built(&b);
    }
    size_t octets = sizeof(struct exchange) + list.len + text;
    struct exchange *x = spares_take(&a->engine->requests.memory, octets);
    *x = (struct exchange){
        .agent = a,
        .octets = (uint32_t)octets,
        .done = done,
        .arg = arg,
        .type = (uint8_t)request->type,
        .skim = request->skim,
        .columns = request->columns,
        .non_repeaters = request->non_repeaters,
        .max_repetitions = request->max_repetitions,
        .count = request->count,
    };
    uint8_t *behind = (uint8_t *)(x + 1);
    if (list.len > 0)
        memcpy(behind, list.at, list.len);
    x->list = (struct bytes){behind, list.len};
    x->context = memcpy(behind + list.len, context, text);
    return x;
}

void exchange_free(struct exchange *x)
{
    spares_give(&x->agent->engine->requests.memory, x, x->octets);
}

unsigned exchange_tries(const struct exchange *x)
{
    return x->tries - (x->probed && x->tries > 0 ? 1 : 0);
}

/* ---- the table ---------------------------------------------------------- */

static void grow(struct request_table *t, uint32_t count)
{
    t->slots = mem_resize(t->slots, count, sizeof *t->slots);
    for (uint32_t i = t->count; i < count; i++) {
        t->slots[i] = (struct request_slot){
            .next_free = i + 1,
            .generation = (uint16_t)(t->seed + i),
        };
    }
    t->free = t->count;
    t->count = count;
}

void request_table_init(struct request_table *t)
{
    *t = (struct request_table){.memory.octets = REQUEST_OCTETS};
    /* if there is no randomness, ids are only easier to guess */
    (void)RAND_bytes((unsigned char *)&t->seed, sizeof t->seed);
    grow(t, REQUEST_SLOTS_FIRST);
}

void request_table_fini(struct request_table *t)
{
    free(t->slots);
    spares_fini(&t->memory);
    *t = (struct request_table){0};
}

/* Generations are 1 .. GENERATION_MASK: an id is never 0. */
static uint16_t generation_after(uint16_t generation)
{
    generation = (generation + 1U) & GENERATION_MASK;
    return generation == 0 ? 1 : generation;
}

bool request_table_add(struct request_table *t, struct exchange *x)
{
    if (t->free == t->count && t->count == REQUEST_SLOTS_MAX)
        return false;
    if (t->free == t->count)
        grow(t, t->count * 2);
    uint32_t at = t->free;
    struct request_slot *slot = &t->slots[at];
    t->free = slot->next_free;
    slot->generation = generation_after(slot->generation);
    slot->exchange = x;
    x->id = (uint32_t)slot->generation << GENERATION_SHIFT | at;
    return true;
}

void request_table_remove(struct request_table *t, struct exchange *x)
{
    uint32_t at = x->id & SLOT_MASK;

    if (x->id == 0)
        return;
    assert(at < t->count && t->slots[at].exchange == x);
    t->slots[at].exchange = NULL;
    t->slots[at].next_free = t->free;
    t->free = at;
    x->id = 0;
}

struct exchange *request_table_find(const struct request_table *t, int32_t id)
{
    const uint32_t try_mask = (uint32_t)TRY_MASK << SLOT_BITS;
    uint32_t at = (uint32_t)id & SLOT_MASK;

    if (at >= t->count || t->slots[at].exchange == NULL ||
        t->slots[at].exchange->id != ((uint32_t)id & ~try_mask))
        return NULL;
    return t->slots[at].exchange;
}

int32_t request_id_next(const struct exchange *x)
{
    return (int32_t)(x->id | (x->tries & TRY_MASK) << SLOT_BITS);
}

struct mono request_sent(const struct exchange *x, int32_t id)
{
    unsigned its = (uint32_t)id >> SLOT_BITS & TRY_MASK;
    bool last = x->tries <= REQUEST_TRIES && its + 1 == x->tries;

    return last ? x->sent : x->asked;
}
