#include "topology/hardware.h"

#include "base/text.h"
#include "mibs/entity_mib.h"
#include "topology/mac_set.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ENTITY-MIB, PhysicalClass. */
enum { CLASS_CHASSIS = 3, CLASS_STACK = 11 };

/* Serial numbers that are none; letters' case aside. */
static const char *const no_serials[] = {
    "0",       "n/a",           "na",
    "none",    "builtin",       "not specified",
    "unknown", "default",       "to be filled by o.e.m.",
    "empty",   "not available", "system serial number",
};

bool hardware_serial_counts(const char *serial)
{
    for (size_t i = 0; i < COUNT_OF(no_serials); i++)
        if (text_compare_nocase(serial, no_serials[i]) == 0)
            return false;
    return serial[0] != '\0';
}

/* ---- members ---- */

/* Agents list places for members that are not there: without a word. */
static bool is_there(const struct entity *e)
{
    return e->name[0] != '\0' || e->descr[0] != '\0' || e->model[0] != '\0' ||
           e->serial[0] != '\0';
}

static bool is_in_stack(const struct facts *f, const struct entity *e)
{
    const struct entity *in = entity_find(f, e->contained_in);

    return in != NULL && in->class == CLASS_STACK &&
           (e->class == CLASS_CHASSIS || e->class == CLASS_STACK) &&
           is_there(e);
}

/* Extenders have chassis too, which are another device's as well. */
static bool stands_alone(const struct facts *f, const struct entity *e)
{
    (void)f;
    return e->class == CLASS_CHASSIS && e->contained_in == 0 &&
           hardware_serial_counts(e->serial) &&
           !text_contains_nocase(e->name, "fex") &&
           !text_contains_nocase(e->descr, "fex") &&
           !text_contains_nocase(e->descr, "fabric extender");
}

/* The number behind a word that members are called by, or the whole name;
 * UINT32_MAX if there is none. */
static uint32_t number_in(const char *name)
{
    static const char *const words[] = {"unit",    "switch", "member",
                                        "chassis", "frame",  "fpc"};
    const char *at = name;

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        size_t len = strlen(words[i]);

        for (const char *p = name; *p != '\0'; p++) {
            if (strncasecmp(p, words[i], len) != 0)
                continue;
            for (at = p + len; *at == ' ' || *at == '-' || *at == '.';)
                at++;
            if (isdigit((unsigned char)*at))
                return (uint32_t)strtoul(at, NULL, 10);
        }
    }
    if (name[0] != '\0' && strspn(name, "0123456789") == strlen(name))
        return (uint32_t)strtoul(name, NULL, 10);
    return UINT32_MAX;
}

/* Numbers as names tell, if each tells one of its own; else places. */
static void number(struct members *m)
{
    bool told = true;

    for (size_t i = 0; i < m->count; i++) {
        m->at[i].number = number_in(m->at[i].name);
        told = told && m->at[i].number != UINT32_MAX;
        for (size_t k = 0; k < i; k++)
            told = told && m->at[k].number != m->at[i].number;
    }
    for (size_t i = 0; !told && i < m->count; i++)
        m->at[i].number = (uint32_t)i + 1;
}

static void collect(const struct facts *f,
                    bool (*is_member)(const struct facts *f,
                                      const struct entity *e),
                    struct members *out)
{
    for (size_t i = 0;
         i < f->entities.count && out->count < HARDWARE_MEMBERS_MAX; i++) {
        const struct entity *e = &f->entities.at[i];

        if (is_member(f, e))
            *array_add(out) = (struct member){
                .entity = e->index,
                .name = e->name,
                .descr = e->descr,
                .model = e->model,
                .serial = hardware_serial_counts(e->serial) ? e->serial : "",
                .version = e->sw_rev};
    }
}

/* A stack may have lost all members but one. */
static void list_boxes(const struct facts *f, struct members *out)
{
    out->count = 0;
    collect(f, is_in_stack, out);
    if (out->count == 0)
        collect(f, stands_alone, out);
    number(out);
}

void hardware_members(const struct facts *f, struct members *out)
{
    list_boxes(f, out);
    if (out->count < 2)
        out->count = 0;
}

const struct member *hardware_member_of(const struct members *m,
                                        const char *port)
{
    const char *digits = port + strcspn(port, "0123456789");
    char *end;
    unsigned long n = strtoul(digits, &end, 10);

    if (*digits == '\0' || (*end != '/' && *end != '.'))
        return NULL;
    for (size_t i = 0; i < m->count; i++)
        if (m->at[i].number == n)
            return &m->at[i];
    return NULL;
}

bool hardware_has_serial(const struct facts *f, const char *serial)
{
    struct members m = {0};
    bool has = strcmp(f->identity.serial, serial) == 0;

    if (!has)
        hardware_members(f, &m);
    for (size_t i = 0; !has && i < m.count; i++)
        has = strcmp(m.at[i].serial, serial) == 0;
    array_fini(&m);
    return has;
}

/* ---- what changed ---- */

static bool other_engine(const struct facts *a, const struct facts *b)
{
    return a->system.engine_id.len > 0 && b->system.engine_id.len > 0 &&
           !bytes_equal(a->system.engine_id, b->system.engine_id);
}

bool hardware_replaced(const struct facts *before, const struct facts *now,
                       char *why, size_t len)
{
    const char *was = before->identity.serial, *is = now->identity.serial;

    why[0] = '\0';
    if (hardware_serial_counts(was) && hardware_serial_counts(is)) {
        if (hardware_has_serial(now, was) || hardware_has_serial(before, is))
            return false;
        (void)snprintf(why, len, "serial number %s instead of %s", is, was);
        return true;
    }
    if (!other_engine(before, now) || mac_sets_match(before, now) != MATCH_NO)
        return false;
    (void)snprintf(why, len,
                   "other MAC addresses and another snmpEngineID than before");
    return true;
}

static bool lists_serial(const struct members *m, const char *serial)
{
    for (size_t i = 0; i < m->count; i++)
        if (strcmp(m->at[i].serial, serial) == 0)
            return true;
    return false;
}

static void tell_others(const struct members *of, const struct members *but,
                        bool came, hardware_member_fn fn, void *arg)
{
    for (size_t i = 0; i < of->count; i++)
        if (of->at[i].serial[0] != '\0' && !lists_serial(but, of->at[i].serial))
            fn(arg, &of->at[i], came);
}

void hardware_members_changed(const struct facts *before,
                              const struct facts *now, hardware_member_fn fn,
                              void *arg)
{
    struct members was = {0}, is = {0};

    list_boxes(before, &was);
    list_boxes(now, &is);
    if (was.count > 0 && is.count > 0 && was.count + is.count > 2) {
        tell_others(&was, &is, false, fn, arg);
        tell_others(&is, &was, true, fn, arg);
    }
    array_fini(&was);
    array_fini(&is);
}
