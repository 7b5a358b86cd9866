/* Any octets as a compiled profile, raw or as changes to a sound one: they are
 * refused, or what comes of them can be linked and read with. */
#include "base/mem.h"
#include "mibs/profile_pack.h"

#include <stdlib.h>

enum { ASKS_MAX = 128, VALUES_MAX = 64, CHANGE = 3 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

#define BOX "1.3.6.1.4.1.9999"
static const char sound[] =
    "profile: box\n"
    "match:\n"
    "- {object_id: " BOX ", descr: [Box, Bax], descr_pattern: '^[A-Z]',\n"
    "   get: [[{oid: " BOX ".2.0, at_least: 3}], {column: " BOX ".3.1.1,\n"
    "   pattern: '^a'}], except: {descr: Lite}}\n"
    "facts:\n"
    "  descr: ['v(?<version>\\S+)']\n"
    "  values: {rev: {oid: " BOX ".4.0, replace: [['_', '-']]}}\n"
    "  hardware: [{column: " BOX ".5.1.1}, '{device.vendor} {rev}']\n"
    "  serial: {entity: {class: chassis, field: serial}}\n"
    "  features: {oid: " BOX ".6.0, pattern: '(?<n>\\d)', text: 'L{n}'}\n"
    "  kind: {of: device.object_id, map: {" BOX ".9: router}}\n"
    "states: {unit: {1: [good, ok], 2: [bad, critical]}}\n"
    "processors:\n"
    "- {name: cpu, walk: {x: " BOX ".7.1.1}, value: 100 - x, combine: sum,\n"
    "   label: ['CPU {index.1-}', cpu], skip: [{of: x, less: 0}]}\n"
    "mempools:\n"
    "- {name: ram, get: {t: " BOX ".8.0}, total: t * 2, free: t / 4}\n"
    "sensors:\n"
    "- {name: temp, walk: {x: " BOX ".10.1.2, k: " BOX ".10.1.3}, join: {n:\n"
    "   {oid: " BOX ".11.1.1, at: '{index}.1'}}, class: {of: k, map: {8:\n"
    "   temperature}}, value: 'first(dbm_uw(x), nth(n, 1)) + \"1{index}\"',\n"
    "   high_crit: '4', entity: index, label: '{n:upper} {table} {count}'}\n"
    "- {name: fan, class: state, walk: {x: " BOX ".12.1}, value: x, states:\n"
    "   unit}\n"
    "quirks: {port_name: '{descr}', ignore_ports: {of: name, equal: lo}}\n";

/* The sound one, packed. */
static void base_pack(struct buffer *out)
{
    struct profiles_read read = {0};
    struct pack p = {.reads = false};

    must(profile_read_text("f", sound, sizeof sound - 1, &read, NULL, NULL) ==
         0);
    must(read.count == 1);
    profile_pack(&p, &read.at[0]);
    profile_free(read.at[0]);
    array_fini(&read);
    *out = p.out;
}

/* Each three octets of the input put a value at a place. */
static void change(struct buffer *octets, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i + CHANGE <= size; i += CHANGE) {
        size_t at = (size_t)(data[i] << 8 | data[i + 1]) % octets->len;

        octets->at[at] = (char)data[i + 2];
    }
}

static void rows_give(struct profile_reading *r, size_t n,
                      const struct ask *ask)
{
    static const uint32_t index[] = {1, 4, 65};
    struct value values[VALUES_MAX];
    size_t count = ask->count + ask->scalar_count;

    must(count > 0 && count <= VALUES_MAX);
    for (size_t i = 0; i < count; i++)
        values[i] = i % 2 == 0
                        ? (struct value){.type = VALUE_INTEGER, .integer = 8}
                        : (struct value){.type = VALUE_OCTETS,
                                         .octets = bytes_of_text("a 7")};
    profile_row(r, n,
                &(struct row){.index = {index, ask->count > 0 ? 3 : 0},
                              .values = values,
                              .count = count});
}

static void use(struct profile *p)
{
    struct complaint why;

    if (profile_link(p, NULL, &why) < 0)
        return;
    struct profile_reading *r = profile_reading_new(p, true, true, false);
    struct facts *f = facts_new();
    struct ask ask;

    f->system.descr = "Box v1.2";
    *array_add(&f->interfaces) = (struct interface){
        .if_index = 1, .name = "lo", .descr = "lo", .alias = ""};
    for (size_t n = 0; n < ASKS_MAX && profile_ask(r, n, &ask); n++)
        rows_give(r, n, &ask);
    profile_finish(r, f);
    profile_name_ports(p, f);
    profile_ignore(p, f);
    for (size_t i = 0; i < f->sensors.count; i++)
        must(f->sensors.at[i].class[0] != '\0' &&
             !isnan(f->sensors.at[i].value));
    profile_reading_free(r);
    facts_unref(f);
}

static void unpack(struct bytes octets)
{
    struct arena *arena = arena_new();
    struct pack p = {.reads = true, .in = cursor_over(octets), .arena = arena};
    struct profile *made = NULL;

    profile_pack(&p, &made);
    must((made != NULL) == pack_ok(&p));
    if (made != NULL)
        use(made);
    profile_free(made);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer octets = {0};

    if (size > 0 && (data[0] & 1) == 0) {
        unpack((struct bytes){data + 1, size - 1});
        return 0;
    }
    base_pack(&octets);
    if (size > 0)
        change(&octets, data + 1, size - 1);
    unpack(buffer_view(&octets));
    buffer_fini(&octets);
    return 0;
}
