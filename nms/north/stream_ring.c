#include "north/stream_ring.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

static const char *const names[STREAM_KINDS] = {
    [STREAM_DEVICE] = "device",       [STREAM_LINK] = "link",
    [STREAM_ALERT] = "alert",         [STREAM_RISK] = "risk",
    [STREAM_DISCOVERY] = "discovery", [STREAM_MAP] = "map",
    [STREAM_STATUS] = "status",       [STREAM_EVENT] = "event",
};

const char *stream_kind_name(enum stream_kind kind)
{
    return names[kind];
}

/* The bit of a word; 0 if it is none. */
static unsigned bit_of(const char *word, size_t len)
{
    for (unsigned i = 0; i < STREAM_KINDS; i++)
        if (strlen(names[i]) == len && strncmp(names[i], word, len) == 0)
            return 1u << i;
    return 0;
}

bool stream_kinds_parse(const char *text, unsigned *out)
{
    *out = text == NULL ? STREAM_ALL : 0;
    while (text != NULL && *text != '\0') {
        size_t len = strcspn(text, ",");
        unsigned bit = bit_of(text, len);

        if (bit == 0)
            return false;
        *out |= bit;
        text += len + (text[len] == ',');
    }
    return *out != 0;
}

/* ---- batches ---- */

struct stream_batch *stream_batch_new(uint64_t epoch, uint64_t first)
{
    struct stream_batch *b = mem_new(struct stream_batch);

    b->epoch = epoch;
    b->first = first;
    b->refs = 1;
    return b;
}

static int append(const char *text, size_t len, void *arg)
{
    buffer_add(arg, text, len);
    return 0;
}

/* JSON has no line feed outside of its texts, and none as such within. */
static void add(struct stream_batch *b, enum stream_kind kind,
                const char *event, json_t *data)
{
    buffer_format(&b->text,
                  "id: %" PRIu64 "-%" PRIu64 "\nevent: %s\ndata: ", b->epoch,
                  b->first + b->pieces.count, event);
    (void)json_dump_callback(data, append, &b->text, JSON_COMPACT);
    buffer_text(&b->text, "\n\n");
    json_decref(data);
    *array_add(&b->pieces) = (struct stream_piece){kind, b->text.len};
    b->kinds |= 1u << kind;
}

void stream_batch_add(struct stream_batch *b, enum stream_kind kind,
                      json_t *data)
{
    add(b, kind, names[kind], data);
}

void stream_batch_reset(struct stream_batch *b, enum stream_kind kind)
{
    add(b, kind, "reset", json_pack("{s:[s]}", "kinds", names[kind]));
}

struct stream_mark stream_batch_mark(const struct stream_batch *b)
{
    return (struct stream_mark){b->pieces.count, b->text.len};
}

void stream_batch_settle(struct stream_batch *b, struct stream_mark since,
                         enum stream_kind kind)
{
    if (b->text.len - since.octets <= STREAM_SETTLE_OCTETS)
        return;
    b->pieces.count = since.pieces;
    b->text.len = since.octets;
    stream_batch_reset(b, kind);
}

void stream_batch_unref(struct stream_batch *b)
{
    if (b == NULL || --b->refs > 0)
        return;
    array_fini(&b->pieces);
    buffer_fini(&b->text);
    free(b);
}

bool stream_batch_part(const struct stream_batch *b, unsigned kinds, size_t *at,
                       struct bytes *out)
{
    const struct stream_pieces *p = &b->pieces;
    size_t i = *at;

    while (i < p->count && (kinds & 1u << p->at[i].kind) == 0)
        i++;
    if (i == p->count)
        return false;
    size_t begin = i > 0 ? p->at[i - 1].end : 0;
    while (i < p->count && (kinds & 1u << p->at[i].kind) != 0)
        i++;
    *out = (struct bytes){(const uint8_t *)b->text.at + begin,
                          p->at[i - 1].end - begin};
    *at = i;
    return true;
}

/* ---- the ring ---- */

void stream_ring_init(struct stream_ring *r, uint64_t epoch)
{
    *r = (struct stream_ring){.epoch = epoch, .next = 1};
}

static void drop_first(struct stream_ring *r)
{
    struct stream_batch *b = r->at[r->first];

    r->octets -= b->text.len;
    r->first = (r->first + 1) % STREAM_RING_BATCHES;
    r->count--;
    stream_batch_unref(b);
}

void stream_ring_fini(struct stream_ring *r)
{
    while (r->count > 0)
        drop_first(r);
}

void stream_ring_add(struct stream_ring *r, struct stream_batch *b)
{
    assert(b->first == r->next && b->epoch == r->epoch);
    while (r->count > 0 && (r->count == STREAM_RING_BATCHES ||
                            r->octets + b->text.len > STREAM_RING_OCTETS))
        drop_first(r);
    r->at[(r->first + r->count) % STREAM_RING_BATCHES] = b;
    r->count++;
    r->octets += b->text.len;
    r->next += b->pieces.count;
}

struct stream_batch *stream_ring_batch(const struct stream_ring *r, size_t n)
{
    return n < r->count ? r->at[(r->first + n) % STREAM_RING_BATCHES] : NULL;
}

static bool read_number(const char **text, uint64_t *out)
{
    char *end;

    if (**text < '0' || **text > '9')
        return false;
    errno = 0;
    *out = strtoull(*text, &end, 10);
    *text = end;
    return errno == 0;
}

bool stream_ring_resume(const struct stream_ring *r, const char *id,
                        uint64_t *next)
{
    uint64_t epoch, number,
        oldest = r->count > 0 ? r->at[r->first]->first : r->next;

    if (!read_number(&id, &epoch) || *id++ != '-' ||
        !read_number(&id, &number) || *id != '\0' || epoch != r->epoch ||
        number >= r->next || number + 1 < oldest)
        return false;
    *next = number + 1;
    return true;
}
