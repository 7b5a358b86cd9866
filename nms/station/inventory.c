#include "station/inventory.h"

#include "base/table.h"
#include "base/text.h"
#include "station/owners.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct device_list ARRAY_OF(struct device *);

struct inventory {
    struct device_list devices;
    struct table *ids, *names, *dirs;
    struct owners *owners; /* of addresses */
    size_t sorted;         /* of devices: the first so many are by name */
    uint64_t order;
    struct device *changed; /* list of those touched */
    struct gone_records ARRAY_OF(struct device_record *) gone;
};

struct inventory *inventory_new(void)
{
    struct inventory *inv = mem_new(struct inventory);

    inv->ids = table_new();
    inv->names = table_new();
    inv->owners = owners_new();
    inv->dirs = table_new();
    return inv;
}

static void device_free(struct device *d)
{
    assert(d->agent == NULL && d->polled == NULL);
    free(d->name);
    free(d->dir);
    free(d->learned);
    free(d->why);
    array_fini(&d->addrs);
    decisions_fini(&d->decisions);
    facts_unref(d->facts);
    device_record_unref(d->record);
    free(d);
}

void inventory_free(struct inventory *inv)
{
    if (inv == NULL)
        return;
    for (size_t i = 0; i < inv->devices.count; i++)
        device_free(inv->devices.at[i]);
    array_fini(&inv->devices);
    for (struct device_record *r; (r = inventory_take_gone(inv)) != NULL;)
        device_record_unref(r);
    array_fini(&inv->gone);
    table_free(inv->ids);
    table_free(inv->names);
    owners_free(inv->owners);
    table_free(inv->dirs);
    free(inv);
}

size_t inventory_count(const struct inventory *inv)
{
    return inv->devices.count;
}

struct device *inventory_at(const struct inventory *inv, size_t i)
{
    assert(i < inv->devices.count);
    return inv->devices.at[i];
}

static int name_order(const struct device *a, const struct device *b)
{
    return strcmp(a->name != NULL ? a->name : "",
                  b->name != NULL ? b->name : "");
}

static int by_name(const void *a, const void *b)
{
    const struct device *const *left = a, *const *right = b;

    return name_order(*left, *right);
}

/* The first of the sorted that does not come before d. */
static size_t lower_bound(const struct inventory *inv, size_t count,
                          const struct device *d)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (name_order(inv->devices.at[mid], d) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

void inventory_sort(struct inventory *inv)
{
    struct device **at = inv->devices.at;
    size_t sorted = inv->sorted, late = inv->devices.count - sorted;

    if (late == 0)
        return;
    struct device **came = mem_array(late, sizeof *came);
    memcpy(came, at + sorted, late * sizeof *came);
    qsort(came, late, sizeof *came, by_name);
    for (size_t i = late; i > 0; i--) { /* the last finds its place first */
        size_t place = lower_bound(inv, sorted, came[i - 1]);

        memmove(at + place + i, at + place, (sorted - place) * sizeof *at);
        at[place + i - 1] = came[i - 1];
        sorted = place;
    }
    free(came);
    inv->sorted = inv->devices.count;
}

uint64_t inventory_order(const struct inventory *inv)
{
    return inv->order;
}

/* Takes d out of the list. */
static void list_remove(struct inventory *inv, const struct device *d)
{
    struct device **at = inv->devices.at;
    size_t place = lower_bound(inv, inv->sorted, d);

    if (place == inv->sorted || at[place] != d)
        for (place = inv->devices.count - 1; at[place] != d;)
            place--;
    inv->devices.count--;
    memmove(at + place, at + place + 1,
            (inv->devices.count - place) * sizeof *at);
    inv->sorted -= place < inv->sorted;
    inv->order++;
}

static void list_add(struct inventory *inv, struct device *d)
{
    *array_add(&inv->devices) = d;
    inv->order++;
}

void device_why(struct device *d, const char *why)
{
    if (strcmp(d->why, why) == 0)
        return;
    free(d->why);
    d->why = mem_text(why);
}

void device_touch(struct device *d)
{
    struct inventory *inv = d->inventory;

    if (d->changed)
        return;
    d->changed = true;
    d->next_changed = inv->changed;
    inv->changed = d;
}

struct device *inventory_take_changed(struct inventory *inv)
{
    struct device *d = inv->changed;

    if (d != NULL) {
        inv->changed = d->next_changed;
        d->changed = false;
    }
    return d;
}

bool inventory_is_published(const struct inventory *inv)
{
    return inv->changed == NULL;
}

struct device_record *inventory_take_gone(struct inventory *inv)
{
    return inv->gone.count > 0 ? inv->gone.at[--inv->gone.count] : NULL;
}

/* A device goes: it is not to be published any more. */
static void unlist_changed(struct inventory *inv, const struct device *d)
{
    struct device **at = &inv->changed;

    if (!d->changed)
        return;
    while (*at != d)
        at = &(*at)->next_changed;
    *at = d->next_changed;
}

struct device *inventory_add(struct inventory *inv, const struct ident *id)
{
    struct device *d = mem_new(struct device);

    d->id = id != NULL ? *id : ident_new();
    d->why = mem_text("");
    d->facts = facts_new();
    d->inventory = inv;
    d->unsaved = true;
    device_touch(d);
    list_add(inv, d);
    void *before = table_put(inv->ids, ident_key(&d->id), d);
    assert(before == NULL);
    return d;
}

void inventory_remove(struct inventory *inv, struct device *d)
{
    for (size_t i = 0; i < d->addrs.count; i++)
        (void)owners_remove(inv->owners, &d->addrs.at[i]);
    if (d->name != NULL)
        (void)table_remove(inv->names, bytes_of_text(d->name));
    (void)table_remove(inv->ids, ident_key(&d->id));
    list_remove(inv, d);
    unlist_changed(inv, d);
    if (d->record != NULL)
        *array_add(&inv->gone) = TAKE(d->record);
    device_free(d);
}

struct device *inventory_by_id(const struct inventory *inv,
                               const struct ident *id)
{
    return table_find(inv->ids, ident_key(id));
}

struct device *inventory_by_name(const struct inventory *inv, const char *name)
{
    return table_find_text(inv->names, name);
}

struct device *inventory_by_addr(const struct inventory *inv,
                                 const struct addr *addr)
{
    return owners_find(inv->owners, addr);
}

struct device *inventory_find(const struct inventory *inv, const char *text)
{
    struct device *d = inventory_by_name(inv, text);
    struct addr addr;
    struct ident id;

    if (d == NULL && addr_parse(text, &addr) == 0)
        d = inventory_by_addr(inv, &addr);
    if (d == NULL && ident_parse(text, &id) == 0)
        d = inventory_by_id(inv, &id);
    return d;
}

/* The folder is chosen once, and never shared, not even with a device that is
 * gone: its series stay on disk. */
static void choose_dir(struct inventory *inv, struct device *d)
{
    struct buffer OWNED_BUFFER dir = {0};
    char id[IDENT_TEXT_MAX];

    text_file_name(d->name, &dir);
    if (dir.len == 0 || dir.len > 200 ||
        table_find_text(inv->dirs, dir.at) != NULL) {
        if (dir.len > 200)
            dir.len = 200;
        buffer_format(&dir, "-%.8s", ident_format(&d->id, id, sizeof id));
    }
    inventory_restore_dir(inv, d, dir.at);
}

void inventory_restore_dir(struct inventory *inv, struct device *d,
                           const char *dir)
{
    free(d->dir);
    d->dir = mem_text(dir);
    (void)table_put_text(inv->dirs, dir, d->dir);
}

bool inventory_rename(struct inventory *inv, struct device *d,
                      const char *wanted)
{
    struct buffer OWNED_BUFFER name = {0};
    char addr[ADDR_TEXT_MAX] = "", id[IDENT_TEXT_MAX];

    if (d->addrs.count > 0)
        addr_format(&d->addrs.at[0], addr, sizeof addr);
    buffer_text(&name, wanted[0] != '\0' ? wanted : addr);
    struct device *other =
        name.len > 0 ? inventory_by_name(inv, name.at) : NULL;
    if (other == d)
        return false;
    if (other != NULL && addr[0] != '\0')
        buffer_format(&name, "-%s", addr);
    if (name.len == 0 || (other = inventory_by_name(inv, name.at)) != NULL)
        buffer_format(&name, "-%.8s", ident_format(&d->id, id, sizeof id));
    if (other == d || (d->name != NULL && strcmp(d->name, name.at) == 0))
        return false;

    if (d->name != NULL)
        (void)table_remove(inv->names, bytes_of_text(d->name));
    list_remove(inv, d);
    free(d->name);
    d->name = buffer_take(&name);
    (void)table_put_text(inv->names, d->name, d);
    list_add(inv, d);
    if (d->dir == NULL)
        choose_dir(inv, d);
    device_touch(d);
    d->unsaved = true;
    return true;
}

bool inventory_give_addr(struct inventory *inv, struct device *d,
                         const struct addr *addr)
{
    struct device *owner = inventory_by_addr(inv, addr);

    if (owner != NULL)
        return owner == d;
    *array_add(&d->addrs) = *addr;
    owners_add(inv->owners, addr, d);
    device_touch(d);
    d->unsaved = true;
    return true;
}

static size_t place_of(const struct device *d, const struct addr *addr)
{
    size_t i = 0;

    while (i < d->addrs.count && !addr_equal(&d->addrs.at[i], addr))
        i++;
    return i;
}

void inventory_prefer_addr(struct device *d, const struct addr *addr)
{
    struct addr first = *addr;
    size_t i = place_of(d, addr);

    assert(i < d->addrs.count);
    memmove(&d->addrs.at[1], &d->addrs.at[0], i * sizeof d->addrs.at[0]);
    d->addrs.at[0] = first;
    device_touch(d);
    d->unsaved = true;
}

void inventory_take_addr(struct inventory *inv, const struct addr *addr)
{
    struct device *d = owners_remove(inv->owners, addr);

    if (d == NULL)
        return;
    decisions_forget(&d->decisions, addr);
    size_t i = place_of(d, addr);
    d->addrs.count--;
    memmove(&d->addrs.at[i], &d->addrs.at[i + 1],
            (d->addrs.count - i) * sizeof d->addrs.at[0]);
    device_touch(d);
    d->unsaved = true;
}

void inventory_merge(struct inventory *inv, struct device *to,
                     struct device *from)
{
    while (from->addrs.count > 0) {
        struct addr addr = from->addrs.at[0];

        inventory_take_addr(inv, &addr);
        (void)inventory_give_addr(inv, to, &addr);
    }
    if (from->first_seen.ms != 0 && from->first_seen.ms < to->first_seen.ms)
        to->first_seen = from->first_seen;
    to->by_hand |= from->by_hand;
    inventory_remove(inv, from);
}
