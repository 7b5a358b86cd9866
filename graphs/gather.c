#include "graphs/gather.h"

#include "graphs/cached.h"

#include <stdlib.h>
#include <string.h>

enum { MS_PER_S = 1000, NONE = 0 };

/* A sample; next is the number of the one behind it of its file, from 1. */
struct entry {
    int64_t at_s;
    uint32_t next, packed;
    uint8_t count;
};

struct file {
    size_t path, path_len; /* in names */
    enum series_group group;
    uint32_t first, last;
};

struct work {
    struct bytes ledgers;
    struct table *known; /* path to number of its file, from 1 */
    struct buffer names;
    struct files ARRAY_OF(struct file) files;
    struct entries ARRAY_OF(struct entry) entries;
};

bool wanted_has(const struct wanted *wanted, struct bytes path)
{
    struct bytes folder = bytes_of_text(wanted->folder);

    if (wanted->paths == NULL && wanted->folder == NULL)
        return true;
    if (folder.len > 0 && path.len >= folder.len &&
        memcmp(path.at, folder.at, folder.len) == 0)
        return true;
    return wanted->paths != NULL && table_find(wanted->paths, path) != NULL;
}

static struct file *file_of(struct work *w, const struct ledger_sample *s)
{
    uintptr_t number = (uintptr_t)table_find(w->known, s->path);

    if (number != NONE)
        return &w->files.at[number - 1];
    struct file *file = array_add(&w->files);
    file->path = w->names.len;
    file->path_len = s->path.len;
    file->group = s->group;
    buffer_add(&w->names, s->path.at, s->path.len);
    (void)table_put(w->known, s->path, (void *)w->files.count);
    return file;
}

static struct entry *entry_at(const struct work *w, uint32_t number)
{
    return &w->entries.at[number - 1];
}

/* Puts the newest entry into the order of its file; false if there is one of
 * that second. */
static bool put_in_order(struct work *w, struct file *file)
{
    uint32_t number = (uint32_t)w->entries.count, before = NONE;
    struct entry *own = entry_at(w, number);

    if (file->last != NONE && entry_at(w, file->last)->at_s < own->at_s)
        before = file->last;
    else
        for (uint32_t at = file->first;
             at != NONE && entry_at(w, at)->at_s <= own->at_s;
             at = entry_at(w, at)->next)
            before = at;
    if (before != NONE && entry_at(w, before)->at_s == own->at_s)
        return false;
    uint32_t *link = before != NONE ? &entry_at(w, before)->next : &file->first;
    own->next = *link;
    *link = number;
    if (own->next == NONE)
        file->last = number;
    return true;
}

static void take(struct work *w, const struct ledger_sample *s,
                 struct gathered *out)
{
    struct file *file = file_of(w, s);
    struct entry *entry = array_add(&w->entries);

    entry->at_s = cached_second(s->at_ms);
    entry->packed = (uint32_t)(s->packed.at - w->ledgers.at);
    entry->count = (uint8_t)s->count;
    if (put_in_order(w, file))
        return;
    w->entries.count--;
    out->repeated++;
}

static void put_sample(const struct work *w, const struct file *file,
                       const struct entry *entry, struct buffer *out)
{
    double values[SERIES_VALUES_MAX];
    struct bytes packed = {w->ledgers.at + entry->packed,
                           w->ledgers.len - entry->packed};
    size_t has = series_group_values(file->group);

    ledger_values(packed, entry->count, values);
    /* One of an earlier version may lack some. */
    cached_sample(entry->at_s, values, entry->count < has ? entry->count : has,
                  has, out);
}

/* Adds a line with what fits of a file's samples from number on; gives the
 * number of the first that does not. */
static uint32_t put_line(const struct work *w, const struct file *file,
                         uint32_t number, uint32_t layer, struct gathered *out)
{
    struct parcel *p = array_add(&out->parcels);
    struct buffer *text = &out->text;

    p->line = text->len;
    p->group = file->group;
    p->layer = layer;
    p->first_ms = entry_at(w, number)->at_s * MS_PER_S;
    buffer_text(text, "UPDATE ");
    p->path = text->len;
    p->path_len = file->path_len;
    buffer_add(text, w->names.at + file->path, file->path_len);
    while (number != NONE &&
           text->len - p->line < CACHED_LINE_MAX - CACHED_SAMPLE_MAX) {
        put_sample(w, file, entry_at(w, number), text);
        number = entry_at(w, number)->next;
        p->samples++;
    }
    buffer_char(text, '\n');
    p->len = text->len - p->line;
    out->samples += p->samples;
    return number;
}

static void put_lines(struct work *w, struct gathered *out)
{
    bool more = true;

    for (uint32_t layer = 0; more; layer++) {
        more = false;
        for (size_t i = 0; i < w->files.count; i++) {
            struct file *file = &w->files.at[i];

            if (file->first != NONE)
                file->first = put_line(w, file, file->first, layer, out);
            more |= file->first != NONE;
        }
    }
}

void gather(struct bytes ledgers, const struct wanted *wanted,
            struct gathered *out)
{
    struct ledger_sample sample;
    struct work w = {.ledgers = ledgers, .known = table_new()};

    w.ledgers.len = ledgers.len < GATHER_MAX ? ledgers.len : GATHER_MAX;
    struct ledger_reader reader = {.rest = w.ledgers};
    while (ledger_next(&reader, &sample))
        if (wanted_has(wanted, sample.path))
            take(&w, &sample, out);
    out->spoilt = reader.spoilt;
    put_lines(&w, out);
    table_free(w.known);
    buffer_fini(&w.names);
    array_fini(&w.files);
    array_fini(&w.entries);
}

void gathered_fini(struct gathered *g)
{
    buffer_fini(&g->text);
    array_fini(&g->parcels);
    *g = (struct gathered){0};
}

struct bytes parcel_line(const struct gathered *g, const struct parcel *p)
{
    return (struct bytes){(const uint8_t *)g->text.at + p->line, p->len};
}

struct bytes parcel_path(const struct gathered *g, const struct parcel *p)
{
    return (struct bytes){(const uint8_t *)g->text.at + p->path, p->path_len};
}

uint64_t gather_again(struct bytes ledgers, const struct wanted *wanted,
                      struct buffer *out)
{
    struct ledger_reader reader = {.rest = ledgers};
    struct ledger_sample sample;
    struct ledger block = {0};
    uint64_t count = 0;

    while (ledger_next(&reader, &sample)) {
        double values[SERIES_VALUES_MAX];

        if (!wanted_has(wanted, sample.path))
            continue;
        if (ledger_is_full(&block))
            ledger_seal(&block, out);
        ledger_values(sample.packed, sample.count, values);
        ledger_add(&block, reader.path, sample.group, sample.at_ms, values,
                   sample.count);
        count++;
    }
    ledger_seal(&block, out);
    ledger_fini(&block);
    return count;
}

uint64_t gather_count(struct bytes ledgers, uint64_t *spoilt)
{
    struct ledger_reader reader = {.rest = ledgers};
    struct ledger_sample sample;
    uint64_t count = 0;

    while (ledger_next(&reader, &sample))
        count++;
    *spoilt = reader.spoilt;
    return count;
}
