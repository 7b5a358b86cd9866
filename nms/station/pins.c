#include "station/pins.h"

#include "base/log.h"
#include "base/table.h"
#include "station/store.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

/* Version of the texts, so that a later station knows what it reads. */
enum { PIN_VERSION = 1 };

static const char *const kind_names[] = {
    [PIN_MERGE] = "merge", [PIN_SPLIT] = "split", [PIN_APART] = "apart"};

const char *pin_kind_name(enum pin_kind kind)
{
    return kind_names[kind];
}

struct pins {
    struct store *store;
    struct pin_list ARRAY_OF(struct pin *) list;
    struct table *by_addr; /* addr -> struct pin, the first that has it */
};

static struct bytes addr_key(const struct addr *a)
{
    return (struct bytes){(const uint8_t *)a, sizeof *a};
}

/* The list has it from now on. */
static void take(struct pins *p, struct pin *pin)
{
    *array_add(&p->list) = pin;
    for (size_t i = 0; i < pin->addrs.count; i++)
        if (table_find(p->by_addr, addr_key(&pin->addrs.at[i])) == NULL)
            (void)table_put(p->by_addr, addr_key(&pin->addrs.at[i]), pin);
}

static void pin_free(struct pin *pin)
{
    free(pin->device_name);
    free(pin->other_name);
    free(pin->dir);
    free(pin->who);
    array_fini(&pin->addrs);
    free(pin);
}

struct pins *pins_new(struct store *store)
{
    struct pins *p = mem_new(struct pins);

    p->store = store;
    p->by_addr = table_new();
    return p;
}

void pins_free(struct pins *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->list.count; i++)
        pin_free(p->list.at[i]);
    array_fini(&p->list);
    table_free(p->by_addr);
    free(p);
}

/* ---- in the store ---- */

static json_t *pin_to_json(const struct pin *pin)
{
    char device[IDENT_TEXT_MAX], other[IDENT_TEXT_MAX], addr[ADDR_TEXT_MAX];
    json_t *addrs = json_array();

    for (size_t i = 0; i < pin->addrs.count; i++)
        json_array_append_new(
            addrs,
            json_string(addr_format(&pin->addrs.at[i], addr, sizeof addr)));
    return json_pack("{s:i,s:s,s:s,s:s,s:s,s:s,s:s,s:o,s:s,s:I,s:i}", "version",
                     PIN_VERSION, "kind", kind_names[pin->kind], "device",
                     ident_format(&pin->device, device, sizeof device), "other",
                     ident_format(&pin->other, other, sizeof other),
                     "device_name", pin->device_name, "other_name",
                     pin->other_name, "dir", pin->dir, "addrs", addrs, "who",
                     pin->who, "at", (json_int_t)pin->at.ms, "lost_ports",
                     (int)pin->lost_ports);
}

void pins_save(struct pins *p, const struct pin *pin)
{
    char id[IDENT_TEXT_MAX];
    json_t *object = pin_to_json(pin);
    char *text = json_dumps(object, JSON_COMPACT);

    json_decref(object);
    if (text == NULL)
        log_error("state: what %s pinned cannot be written as text", pin->who);
    else if (p->store != NULL)
        store_put(p->store, "pin", ident_format(&pin->id, id, sizeof id), text);
    free(text);
}

static char *copy_of(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));

    return mem_text(text != NULL ? text : "");
}

static bool ident_of(const json_t *o, const char *key, struct ident *out)
{
    const char *text = json_string_value(json_object_get(o, key));

    return text != NULL && ident_parse(text, out) == 0;
}

static void addrs_of(const json_t *list, struct pin_addrs *out)
{
    struct addr addr;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));

        if (text != NULL && addr_parse(text, &addr) == 0)
            *array_add(out) = addr;
    }
}

/* NULL if it cannot be read. */
static struct pin *pin_from_json(const json_t *o)
{
    struct pin *pin = mem_new(struct pin);
    const char *kind = json_string_value(json_object_get(o, "kind"));

    while (kind != NULL && pin->kind < PIN_KINDS &&
           strcmp(kind, kind_names[pin->kind]) != 0)
        pin->kind++;
    pin->device_name = copy_of(o, "device_name");
    pin->other_name = copy_of(o, "other_name");
    pin->dir = copy_of(o, "dir");
    pin->who = copy_of(o, "who");
    pin->at.ms = json_integer_value(json_object_get(o, "at"));
    json_int_t lost = json_integer_value(json_object_get(o, "lost_ports"));
    pin->lost_ports = lost > 0 && lost <= INT32_MAX ? (uint32_t)lost : 0;
    addrs_of(json_object_get(o, "addrs"), &pin->addrs);
    if (kind != NULL && pin->kind < PIN_KINDS &&
        ident_of(o, "device", &pin->device) &&
        ident_of(o, "other", &pin->other))
        return pin;
    pin_free(pin);
    return NULL;
}

static int on_pin(void *arg, const char *key, const char *text)
{
    struct pins *p = arg;
    json_t *object = json_loads(text, 0, NULL);
    struct pin *pin = json_is_object(object) ? pin_from_json(object) : NULL;

    json_decref(object);
    if (pin == NULL || p->list.count >= PINS_MAX ||
        ident_parse(key, &pin->id) < 0) {
        log_error("state: pin %s cannot be read and is left out", key);
        if (pin != NULL)
            pin_free(pin);
        return 0;
    }
    take(p, pin);
    return 0;
}

int pins_load(struct pins *p, struct complaint *why)
{
    return store_load(p->store, "pin", on_pin, p, why);
}

/* ---- the list ---- */

struct pin *pins_add(struct pins *p, const struct pin *new)
{
    if (p->list.count >= PINS_MAX)
        return NULL;
    struct pin *pin = mem_new(struct pin);
    *pin = *new;
    pin->id = ident_new();
    pin->device_name = mem_text(new->device_name);
    pin->other_name = mem_text(new->other_name);
    pin->dir = mem_text(new->dir != NULL ? new->dir : "");
    pin->who = mem_text(new->who);
    pin->addrs = (struct pin_addrs){0};
    for (size_t i = 0; i < new->addrs.count; i++)
        *array_add(&pin->addrs) = new->addrs.at[i];
    take(p, pin);
    pins_save(p, pin);
    return pin;
}

void pins_remove(struct pins *p, struct pin *pin)
{
    char id[IDENT_TEXT_MAX];
    size_t i = 0;

    while (p->list.at[i] != pin)
        i++;
    p->list.count--;
    memmove(&p->list.at[i], &p->list.at[i + 1],
            (p->list.count - i) * sizeof p->list.at[0]);
    for (size_t k = 0; k < pin->addrs.count; k++)
        if (table_find(p->by_addr, addr_key(&pin->addrs.at[k])) == pin)
            (void)table_remove(p->by_addr, addr_key(&pin->addrs.at[k]));
    if (p->store != NULL)
        store_delete(p->store, "pin", ident_format(&pin->id, id, sizeof id));
    pin_free(pin);
}

void pins_forget(struct pins *p, const struct ident *device)
{
    for (size_t i = p != NULL ? p->list.count : 0; i > 0; i--) {
        struct pin *pin = p->list.at[i - 1];

        if (ident_equal(&pin->device, device) ||
            (pin->kind == PIN_APART && ident_equal(&pin->other, device)))
            pins_remove(p, pin);
    }
}

size_t pins_rename_person(struct pins *p, const char *from, const char *to)
{
    size_t count = 0;

    for (size_t i = 0; i < p->list.count; i++) {
        struct pin *pin = p->list.at[i];

        if (pin->who == NULL || strcmp(pin->who, from) != 0)
            continue;
        free(pin->who);
        pin->who = mem_text(to);
        pins_save(p, pin);
        count++;
    }
    return count;
}

void pins_inherit(struct pins *p, const struct ident *from,
                  const struct ident *to)
{
    for (size_t i = 0; p != NULL && i < p->list.count; i++) {
        struct pin *pin = p->list.at[i];
        bool device = ident_equal(&pin->device, from);
        bool other = pin->kind != PIN_MERGE && ident_equal(&pin->other, from);

        if (device)
            pin->device = *to;
        if (other)
            pin->other = *to;
        if (device || other)
            pins_save(p, pin);
    }
}

size_t pins_count(const struct pins *p)
{
    return p->list.count;
}

struct pin *pins_at(const struct pins *p, size_t i)
{
    return p->list.at[i];
}

static bool is_of_two(const struct pin *pin, const struct ident *a,
                      const struct ident *b)
{
    return (ident_equal(&pin->device, a) && ident_equal(&pin->other, b)) ||
           (ident_equal(&pin->device, b) && ident_equal(&pin->other, a));
}

static bool has_addr(const struct pin *pin, const struct addr *addr)
{
    for (size_t i = 0; i < pin->addrs.count; i++)
        if (addr_equal(&pin->addrs.at[i], addr))
            return true;
    return false;
}

struct pin *pins_of(const struct pins *p, const struct addr *addr)
{
    return p != NULL ? table_find(p->by_addr, addr_key(addr)) : NULL;
}

bool pins_part(const struct pins *p, const struct ident *a,
               const struct ident *b)
{
    for (size_t i = 0; p != NULL && i < p->list.count; i++) {
        const struct pin *pin = p->list.at[i];

        if (pin->kind != PIN_MERGE && is_of_two(pin, a, b))
            return true;
    }
    return false;
}

struct pin *pins_apart(const struct pins *p, const struct ident *a,
                       const struct ident *b)
{
    for (size_t i = 0; i < p->list.count; i++) {
        struct pin *pin = p->list.at[i];

        if (pin->kind == PIN_APART && is_of_two(pin, a, b))
            return pin;
    }
    return NULL;
}

struct pin *pins_merge(const struct pins *p, const struct ident *device,
                       const char *other)
{
    struct addr addr;
    bool is_addr = addr_parse(other, &addr) == 0;

    for (size_t i = 0; i < p->list.count; i++) {
        struct pin *pin = p->list.at[i];

        if (pin->kind == PIN_MERGE && ident_equal(&pin->device, device) &&
            (strcmp(pin->other_name, other) == 0 ||
             (is_addr && has_addr(pin, &addr))))
            return pin;
    }
    return NULL;
}

bool pins_keep(const struct pins *p, const struct ident *other)
{
    for (size_t i = 0; p != NULL && i < p->list.count; i++)
        if (p->list.at[i]->kind == PIN_MERGE &&
            ident_equal(&p->list.at[i]->other, other))
            return true;
    return false;
}

void pin_text(const struct pin *pin, char *out, size_t len)
{
    static const char *const forms[] = {[PIN_MERGE] = "merged with",
                                        [PIN_SPLIT] = "split from",
                                        [PIN_APART] = "kept apart from"};

    (void)snprintf(out, len, "%s %s by %s", forms[pin->kind],
                   pin->kind == PIN_MERGE ? pin->other_name : pin->device_name,
                   pin->who);
}
