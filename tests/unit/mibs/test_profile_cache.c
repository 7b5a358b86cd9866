/* Profiles out of the cache are as those out of YAML; and what is wrong with a
 * cache does no harm. */
#include "base/file.h"
#include "base/text.h"
#include "mibs/profile_cache.h"
#include "mibs/profile_pack.h"
#include "test_profile_agent.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#define BOX "1.3.6.1.4.1.9999"

/* One of everything. */
static const char everything[] =
    "profiles:\n"
    "- profile: base\n"
    "  facts: {vendor: Acme, descr: ['v(?<version>\\S+)']}\n"
    "  states: {unit: {1: [good, ok], 2: [bad, critical]}}\n"
    "  sensors:\n"
    "  - {name: old, class: state, walk: {x: " BOX ".1.1.2}, value: x,\n"
    "     states: unit}\n"
    "- profile: box\n"
    "  parent: base\n"
    "  match:\n"
    "  - object_id: " BOX "\n"
    "    object_id_pattern: '9$'\n"
    "    descr: [Box, Bax]\n"
    "    descr_pattern: '^[A-Z]'\n"
    "    get: [[{oid: " BOX ".2.0, at_least: 3, not_in: [4, 5]}],\n"
    "      {column: " BOX ".3.1.1, pattern: '^a'}]\n"
    "    except: {descr: Lite, get: {oid: " BOX ".2.1.0, exists: true}}\n"
    "  facts:\n"
    "    values: {rev: {oid: " BOX ".4.0, replace: [['_', '-']]}}\n"
    "    hardware: [{column: " BOX ".5.1.1}, '{device.vendor} {rev}']\n"
    "    serial: {entity: {class: chassis, field: serial}}\n"
    "    features: {oid: " BOX ".6.0, pattern: '(?<n>\\d)', text: 'L{n}'}\n"
    "    kind: {of: device.object_id, map: {" BOX ".9: router}}\n"
    "  processors:\n"
    "  - {name: cpu, walk: {x: " BOX ".7.1.1}, value: 100 - x, combine: sum,\n"
    "     label: ['CPU {index.1-}', cpu], skip: [{of: x, less: 0},\n"
    "     [{of: '{index}', equal: 7}, {of: device.version, starts: '1'}]]}\n"
    "  mempools:\n"
    "  - {name: ram, get: {t: " BOX ".8.0}, class: swap, total: t * 2, free:\n"
    "     t / 4}\n"
    "  - {name: ram2, unless: ram, get: {t: " BOX ".8.0}, percent: t}\n"
    "  storage:\n"
    "  - {name: disk, get: {t: " BOX ".8.0}, total: t, used: t / 2}\n"
    "  sensors:\n"
    "  - {name: temp, walk: {x: " BOX ".10.1.2, k: " BOX ".10.1.3}, join: {n:\n"
    "     {oid: " BOX ".11.1.1, at: '{index}.1'}}, class: {of: k, map: {8:\n"
    "     temperature}}, value: 'first(dbm_uw(x), nth(n, 1)) + \"1{index}\"',\n"
    "     unit: K, group: g, low_crit: '1', low_warn: '2', high_warn: '3',\n"
    "     high_crit: '4', entity: index, if_index: index.1, index: 'i{index}',\n"
    "     label: '{n:upper} {table} {count}'}\n"
    "  - {name: own, class: state, get: {x: " BOX ".12.0}, value: x, states:\n"
    "     {on: [on, ok, 1], 'off': [off, warning, 0]}}\n"
    "  supplies:\n"
    "  - {name: ink, get: {x: " BOX ".12.1.0}, capacity: '10', left: x, type:\n"
    "     ink}\n"
    "  transceivers:\n"
    "  - {name: sfp, walk: {x: " BOX
    ".13.1.1}, type: '{x}', vendor: V, model:\n"
    "     M, serial: S, revision: R, date: '{x:date}', connector: LC,\n"
    "     wavelength: '850', distance: '300', if_index: index}\n"
    "  replaces: [ucdCpu]\n"
    "  quirks: {encoding: GBK, no_bulk: true, max_repetitions: 5, unordered:\n"
    "    true, unordered_tables: ifTable, skip: cdpCacheTable, slow_start: 1m,\n"
    "    lldp_local_is_if_index: true, bad_hc_counters: true, vlan_contexts:\n"
    "    true, port_name: '{descr}', ignore_ports: {of: name, equal: lo},\n"
    "    ignore_vlans: {of: id, more: 1000}, ignore_storage: {of: descr,\n"
    "    starts: /proc}}\n"
    "- {profile: child, parent: box, without: own, match: [{descr: Kid}]}\n";

struct place {
    char dir[32], file[64], cache[64];
};

static struct place place_make(const char *text)
{
    struct place p = {.dir = "/tmp/test-cache.XXXXXX"};

    assert_non_null(mkdtemp(p.dir));
    (void)snprintf(p.file, sizeof p.file, "%s/a.yaml", p.dir);
    (void)snprintf(p.cache, sizeof p.cache, "%s/cache", p.dir);
    assert_int_equal(file_write(p.file, bytes_of_text(text), 0644), 0);
    return p;
}

static void place_remove(const struct place *p)
{
    (void)unlink(p->file);
    (void)unlink(p->cache);
    assert_int_equal(rmdir(p->dir), 0);
}

static struct profiles *load(const struct place *p, size_t *faults)
{
    const char *dir = p->dir;

    return profiles_load_cached(&dir, 1, p->cache, NULL, NULL, faults);
}

/* True if the cache would be used for the file as it is now. */
static bool is_taken(const struct place *p)
{
    OWNED(profile_cache_free)
    struct profile_cache *c = profile_cache_open(p->cache);
    struct profiles_read taken = {0};
    bool is = profile_cache_take(c, p->file, &taken);

    for (size_t i = 0; i < taken.count; i++)
        profile_free(taken.at[i]);
    array_fini(&taken);
    return is;
}

static void read_free(struct profiles_read *read)
{
    for (size_t i = 0; i < read->count; i++)
        profile_free(read->at[i]);
    array_fini(read);
}

static void profiles_of(const char *text, struct profiles_read *out)
{
    assert_int_equal(
        profile_read_text("t.yaml", text, strlen(text), out, fault_fails, NULL),
        0);
}

static void packed(struct profile *profile, struct buffer *out)
{
    struct pack p = {.reads = false};

    profile_pack(&p, &profile);
    *out = p.out;
}

/* NULL if the octets are no profile. */
static struct profile *unpacked(struct bytes octets, struct arena *arena)
{
    struct pack p = {.reads = true, .in = cursor_over(octets), .arena = arena};
    struct profile *made = NULL;

    profile_pack(&p, &made);
    return made;
}

static void what_is_packed_is_what_is_unpacked(void **state)
{
    (void)state;
    struct profiles_read read = {0};

    profiles_of(everything, &read);
    assert_int_equal(read.count, 3);
    for (size_t i = 0; i < read.count; i++) {
        struct buffer OWNED_BUFFER first = {0}, OWNED_BUFFER second = {0};
        OWNED(arena_free) struct arena *arena = arena_new();

        packed(read.at[i], &first);
        OWNED(profile_free)
        struct profile *again = unpacked(buffer_view(&first), arena);

        assert_non_null(again);
        assert_string_equal(again->name, read.at[i]->name);
        packed(again, &second);
        assert_true(bytes_equal(buffer_view(&first), buffer_view(&second)));
    }
    read_free(&read);
}

/* Whatever the octets are, what comes of them can be linked and used. */
static void use(struct profile *p)
{
    static const struct said said[] = {
        {BOX ".7.1.1.1", NULL, 5},   {BOX ".8.0", NULL, 7},
        {BOX ".10.1.2.1", NULL, 5},  {BOX ".10.1.3.1", NULL, 8},
        {BOX ".13.1.1.1", "SFP", 0}, {NULL, NULL, 0}};
    struct facts *f = facts_new();

    if (profile_link(p, NULL, NULL) == 0)
        agent_read(p, said, f, true, true);
    facts_unref(f);
}

static void octets_that_are_no_profile_do_no_harm(void **state)
{
    (void)state;
    struct profiles_read read = {0};
    struct buffer OWNED_BUFFER octets = {0};
    size_t refused = 0;

    profiles_of(everything, &read);
    read.at[1]->parent_name = NULL;
    packed(read.at[1], &octets);
    for (size_t i = 0; i < octets.len; i++) {
        OWNED(arena_free) struct arena *arena = arena_new();
        char was = octets.at[i];

        assert_null(unpacked((struct bytes){(uint8_t *)octets.at, i}, arena));
        octets.at[i] = (char)(was ^ 0x15);
        OWNED(profile_free)
        struct profile *made = unpacked(buffer_view(&octets), arena);

        octets.at[i] = was;
        if (made != NULL)
            use(made);
        else
            refused++;
    }
    assert_true(refused > octets.len / 4); /* texts and digits may be others */
    read_free(&read);
}

static void unchanged_files_are_taken_from_the_cache(void **state)
{
    (void)state;
    struct place p = place_make(everything);
    size_t faults = 1;
    const struct timeval then[2] = {{1700000000, 0}, {1700000000, 0}};

    assert_false(is_taken(&p));
    profiles_free(load(&p, &faults));
    assert_int_equal(faults, 0);
    assert_true(is_taken(&p));
    assert_int_equal(utimes(p.file, then), 0); /* the same contents */
    assert_true(is_taken(&p));

    OWNED(profiles_free) struct profiles *set = load(&p, &faults);

    assert_int_equal(faults, 0);
    assert_int_equal(profiles_count(set), 3);
    assert_non_null(profiles_find(set, "child")->parent);
    assert_string_equal(
        profile_name(profiles_match(
            set, &(struct system_facts){.descr = "Kid", .object_id = ""},
            NULL)),
        "child");
    place_remove(&p);
}

static void changed_files_are_read_anew(void **state)
{
    (void)state;
    struct place p = place_make("profile: one\n");
    size_t faults = 0;

    profiles_free(load(&p, &faults));
    assert_int_equal(file_write(p.file, bytes_of_text("profile: two\n"), 0644),
                     0);
    assert_false(is_taken(&p));
    OWNED(profiles_free) struct profiles *set = load(&p, &faults);

    assert_null(profiles_find(set, "one"));
    assert_non_null(profiles_find(set, "two"));
    assert_true(is_taken(&p)); /* the cache was made anew by itself */
    assert_int_equal(unlink(p.file), 0);
    OWNED(profiles_free) struct profiles *empty = load(&p, &faults);

    assert_int_equal(profiles_count(empty), 0);
    assert_int_equal(file_write(p.file, bytes_of_text("profile: two\n"), 0644),
                     0);
    assert_false(is_taken(&p)); /* forgotten with its file */
    place_remove(&p);
}

static void faults_are_told_each_time(void **state)
{
    (void)state;
    struct place p = place_make("profiles: [{profile: a}, {profile: '?'}]\n");

    for (size_t i = 0; i < 2; i++) {
        size_t faults = 0;
        OWNED(profiles_free) struct profiles *set = load(&p, &faults);

        assert_int_equal(faults, 1);
        assert_int_equal(profiles_count(set), 1);
    }
    place_remove(&p);
}

struct tellings {
    unsigned faults, kept;
};

static void tell(const struct complaint *why, void *arg)
{
    struct tellings *t = arg;

    if (strstr(why->what, "stays in force") != NULL)
        t->kept++;
    else
        t->faults++;
}

static void file_put(const char *path, const char *text)
{
    assert_int_equal(file_write(path, bytes_of_text(text), 0644), 0);
}

/* A set is renewed: what became faulty stays as it was, what is sound counts;
 * also where a fault shows only beside the other files. */
static void what_became_faulty_stays_as_it_was(void **state)
{
    static const char sound[] =
        "{profile: a, match: [{descr: A}], processors: [{name: old, get: {x: "
        "1.2}, value: x}]}";
    static const struct {
        const char *label, *text;
        size_t faults;
    } faulty[] = {
        {"no YAML", "{profile: a, match: [", 1},
        {"no such key", "{profile: a, matches: 7}", 1},
        {"no such parent", "{profile: a, parent: none, match: [{descr: A}]}",
         1},
        {"a tie", "{profile: a, match: [{object_id: 1.3.6.1.4.1.9999}]}", 1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(faulty); i++) {
        struct place p = place_make(sound);
        const char *dir = p.dir;
        struct tellings told = {0};
        size_t faults = 9;
        char beside[64];

        printf("%s\n", faulty[i].label);
        profiles_free(load(&p, &faults));
        assert_int_equal(faults, 0);
        file_put(p.file, faulty[i].text);
        snprintf(beside, sizeof beside, "%s/b.yaml", p.dir);
        file_put(beside,
                 "{profile: b, match: [{object_id: 1.3.6.1.4.1.9999}]}");
        for (int round = 0; round < 2; round++) { /* it holds further */
            struct profiles *set =
                profiles_renew(&dir, 1, p.cache, tell, &told, &faults);

            assert_int_equal(faults, faulty[i].faults);
            assert_int_equal(profiles_count(set), 2);
            assert_int_equal(profiles_find(set, "a")->table_count, 1);
            assert_non_null(profiles_find(set, "b"));
            profiles_free(set);
        }
        assert_int_equal(told.kept, 2);
        file_put(p.file, "{profile: a, match: [{descr: C}]}");
        struct profiles *mended =
            profiles_renew(&dir, 1, p.cache, tell, &told, &faults);
        assert_int_equal(faults, 0);
        assert_int_equal(profiles_find(mended, "a")->table_count, 0);
        profiles_free(mended);
        assert_int_equal(unlink(beside), 0);
        place_remove(&p);
    }
}

static void without_its_directory_nothing_is_renewed(void **state)
{
    const char *dir = "/nowhere/at/all";
    struct tellings told = {0};
    size_t faults = 0;

    (void)state;
    assert_null(profiles_renew(&dir, 1, NULL, tell, &told, &faults));
    assert_int_equal(told.faults, 1);
}

static void a_cache_that_is_not_what_was_written_is_left_aside(void **state)
{
    (void)state;
    struct place p = place_make("profile: one\n");
    struct buffer OWNED_BUFFER octets = {0};
    size_t faults = 0;

    profiles_free(load(&p, &faults));
    assert_int_equal(file_read(p.cache, 1 << 20, &octets), 0);
    for (size_t i = 0; i < octets.len; i++) {
        octets.at[i] = (char)(octets.at[i] ^ 1);
        assert_int_equal(file_write(p.cache, buffer_view(&octets), 0600), 0);
        assert_false(is_taken(&p));
        octets.at[i] = (char)(octets.at[i] ^ 1);
    }
    octets.len--;
    assert_int_equal(file_write(p.cache, buffer_view(&octets), 0600), 0);
    OWNED(profiles_free) struct profiles *set = load(&p, &faults);

    assert_int_equal(faults, 0);
    assert_non_null(profiles_find(set, "one"));
    assert_true(is_taken(&p));
    place_remove(&p);
}

static void a_cache_that_cannot_be_written_is_none(void **state)
{
    (void)state;
    struct place p = place_make("profile: one\n");
    const char *dir = p.dir;
    size_t faults = 0;
    OWNED(profiles_free)
    struct profiles *set = profiles_load_cached(&dir, 1, "/nowhere/cache",
                                                fault_fails, NULL, &faults);

    assert_int_equal(faults, 0);
    assert_int_equal(profiles_count(set), 1);
    place_remove(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_packed_is_what_is_unpacked),
        cmocka_unit_test(octets_that_are_no_profile_do_no_harm),
        cmocka_unit_test(unchanged_files_are_taken_from_the_cache),
        cmocka_unit_test(changed_files_are_read_anew),
        cmocka_unit_test(faults_are_told_each_time),
        cmocka_unit_test(what_became_faulty_stays_as_it_was),
        cmocka_unit_test(without_its_directory_nothing_is_renewed),
        cmocka_unit_test(a_cache_that_is_not_what_was_written_is_left_aside),
        cmocka_unit_test(a_cache_that_cannot_be_written_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
