/* Maps that are made when somebody asks for them, and searches in all. */
#include "maps_scene.h"

#include "station/maps_parts.h"

static void maps_are_made_when_asked_for(void **state)
{
    struct bench *b = *state;
    struct answer a = {.count = 0};
    struct maps_entry entry = {.name = NULL};

    refresh(b);
    assert_false(entry_of(b, "near-core-1", &entry));
    ask(b, "near-core-1", MAPS_GV, &a);
    assert_int_equal(a.result, 0);
    assert_true(entry_of(b, "near-core-1", &entry));
    assert_int_equal(entry.view, MAP_NEAR);
    assert_int_equal(entry.nodes, 2);
    ask(b, "near-nobody-1", MAPS_GV, &a);
    assert_int_equal(a.result, -ENOENT);
    /* A new answer of the network makes it anew when it is asked for. */
    b->topology.links.at[0].layer = 3;
    refresh(b);
    assert_true(entry_of(b, "near-core-1", &entry) && entry.links == 1);
    ask(b, "near-core-1", MAPS_GV, &a);
    assert_true(entry_of(b, "near-core-1", &entry) && entry.links == 1);
    b->topology.nodes.at[0].name = "nucleus";
    refresh(b);
    ask(b, "near-core-1", MAPS_GV, &a); /* nobody is called so */
    assert_int_equal(a.result, -ENOENT);
    buffer_fini(&a.picture);
}

struct found {
    unsigned count;
    struct buffer names; /* "NAME in MAP; " ... */
};

static void on_found(void *arg, const struct maps_hits *hits)
{
    struct found *f = arg;

    f->count++;
    buffer_clear(&f->names);
    buffer_text(&f->names, "");
    for (size_t i = 0; i < hits->count; i++)
        buffer_format(&f->names, "%s in %s%s%s; ", hits->at[i].name,
                      hits->at[i].map, hits->at[i].clouds[0] ? " / " : "",
                      hits->at[i].clouds);
}

static void find(struct bench *b, const char *text, struct found *f)
{
    unsigned before = f->count;

    maps_find(b->maps, text, on_found, f);
    assert_int_equal(f->count, before);
    while (f->count == before)
        assert_true(event_base_loop(b->base, EVLOOP_ONCE) >= 0);
}

/* In whichever map and cloud they are, by name or by address. */
static void nodes_are_found_in_all_maps(void **state)
{
    static const char everywhere[] = "core in physical; "
                                     "core in prefix-192.0.2.0-24; ";
    struct bench *b = *state;
    struct found f = {.count = 0}, forgotten = {.count = 0};

    refresh(b);
    put_file(b, "isle.gv",
             "graph { c [origin=cloud, label=\"Far isle\", collapsed=true];"
             " hut [label=\"Corent\", cloud=c,"
             " addresses=\"10.7.0.1 10.7.0.2\"] }");
    reopen(b, NULL);
    maps_find(b->maps, "core", on_found, &forgotten);
    maps_find_forget(b->maps, &forgotten);
    find(b, "192.0.2.7", &f);
    assert_string_equal(f.names.at, everywhere);
    find(b, "10.7.0.2", &f); /* which is not the one it is known by */
    assert_string_equal(f.names.at, "Corent in isle / Far isle; ");
    find(b, "nothing like that", &f);
    assert_string_equal(f.names.at, "");
    find(b, "CORE", &f);
    assert_int_equal(strncmp(f.names.at, everywhere, strlen(everywhere)), 0);
    assert_string_equal(f.names.at + strlen(everywhere),
                        "Corent in isle / Far isle; ");
    assert_int_equal(forgotten.count, 0);
    buffer_fini(&f.names);
}

static size_t in_memory(const struct bench *b)
{
    const struct maps_shelf *shelf = b->maps->shelf; /* its thread rests */
    size_t count = 0;

    for (size_t i = 0; i < shelf->files.count; i++)
        count +=
            shelf->files.at[i]->asked > 0 && shelf->files.at[i]->found != NULL;
    return count;
}

/* Many large ones together would be more than the station has. */
static void a_search_does_not_keep_what_it_looked_at(void **state)
{
    struct bench *b = *state;
    struct answer a = {.count = 0};
    struct found f = {.count = 0};

    refresh(b);
    ask(b, "near-core-1", MAPS_CSV, &a);
    ask(b, "near-core-2", MAPS_CSV, &a);
    reopen(b, NULL);
    assert_int_equal(in_memory(b), 0);
    find(b, "core", &f);
    assert_non_null(strstr(f.names.at, "core in near-core-1; "));
    assert_non_null(strstr(f.names.at, "core in near-core-2; "));
    assert_int_equal(in_memory(b), 0);
    buffer_fini(&f.names);
    buffer_fini(&a.picture);
}

/* However many are asked for, so many are kept; and the newest. */
static void maps_that_were_asked_for_do_not_pile_up(void **state)
{
    struct bench *b = *state;
    struct answer a = {.count = 0};
    struct maps_entry entry = {.name = NULL};
    struct maps_entries entries = {0};
    char name[40];

    refresh(b);
    for (unsigned i = 0; i < MAPS_ASKED_MAX + 20; i++) {
        snprintf(name, sizeof name, "prefix-10.0.%u.0-24", i);
        ask(b, name, MAPS_GV, &a);
        assert_int_equal(a.result, 0);
    }
    maps_list(b->maps, &entries);
    assert_true(entries.count <= MAPS_ASKED_MAX + 4);
    assert_true(entry_of(b, name, &entry));
    assert_false(is_there(b, "prefix-10.0.0.0-24.gv"));
    assert_true(is_there(b, "physical.gv"));
    array_fini(&entries);
    buffer_fini(&a.picture);
}

struct roll {
    struct buffer text;
    unsigned count;
};

static void on_members(void *arg, const struct cloud_member *members,
                       size_t count)
{
    struct roll *r = arg;

    r->count++;
    buffer_clear(&r->text);
    buffer_text(&r->text, "");
    for (size_t i = 0; i < count; i++)
        buffer_format(&r->text, "%s %u; ", members[i].cloud,
                      members[i].device.octets[0]);
}

static const char *members_of(struct bench *b, const char *cloud,
                              struct roll *r)
{
    unsigned before = r->count;

    maps_members(b->maps, cloud, on_members, r);
    while (r->count == before)
        assert_true(event_base_loop(b->base, EVLOOP_ONCE) >= 0);
    return r->text.at;
}

/* By hand, within each other, by prefix; each device once. */
static void clouds_have_members(void **state)
{
    static const char zeros[] = "0000-0000-0000-0000-000000000000";
    struct bench *b = *state;
    struct buffer OWNED_BUFFER text = {0};
    struct roll r = {.count = 0}, forgotten = {.count = 0};
    char id[IDENT_TEXT_MAX];

    buffer_text(&text, "graph { "
                       "yard [origin=cloud, label=\"The yard\"];"
                       "hall [origin=cloud, cloud=yard];"
                       "net [origin=cloud, within=\"192.0.2.0/24\"];");
    for (uint8_t i = 1; i <= 3; i++) {
        const struct ident device = {.octets = {i}};

        buffer_format(&text, "\"%s\" [cloud=%s, address=\"192.0.%u.1\"];",
                      ident_format(&device, id, sizeof id),
                      i == 1 ? "hall" : "yard", i < 3 ? 2u : 3u);
    }
    buffer_format(&text, "stranger [cloud=yard]; \"%s\" }", zeros);
    put_file(b, "isle.gv", text.at);
    reopen(b, NULL);
    assert_string_equal(members_of(b, NULL, &r),
                        "isle/The yard 1; isle/The yard 2; isle/The yard 3; "
                        "isle/hall 1; isle/net 1; isle/net 2; ");
    assert_string_equal(members_of(b, "isle/yard", &r),
                        "isle/yard 1; isle/yard 2; isle/yard 3; ");
    assert_string_equal(members_of(b, "isle/nothing", &r), "");
    maps_members(b->maps, NULL, on_members, &forgotten);
    maps_members_forget(b->maps, &forgotten);
    assert_string_equal(members_of(b, "nowhere/yard", &r), "");
    assert_int_equal(forgotten.count, 0);
    buffer_fini(&r.text);
}

/* Large ones are on disk alone, where much may happen to them. */
static void a_map_that_cannot_be_read_is_no_empty_one(void **state)
{
    struct bench *b = *state;
    struct answer a = {.count = 0};
    struct maps_entry entry = {.name = NULL};

    refresh(b);
    ask(b, "near-core-1", MAPS_GV, &a);
    reopen(b, NULL);
    log_open(LOG_LEVEL_ERROR, LOG_TO_STDERR);
    put_file(b, "near-core-1.gv", "graph { ");
    ask(b, "near-core-1", MAPS_GV, &a); /* of which nothing is known yet */
    assert_int_equal(a.result, -EBUSY);
    assert_non_null(strstr(a.why.what, "cannot be read"));
    assert_true(is_there(b, "near-core-1.gv"));
    refresh(b);
    ask(b, "near-core-1", MAPS_GV, &a);
    assert_int_equal(a.result, 0);
    assert_true(entry_of(b, "near-core-1", &entry) && entry.nodes == 2);
    assert_true(is_there(b, "near-core-1.gv.broken"));
    log_open(LOG_LEVEL_NOTICE, LOG_TO_STDERR);
    buffer_fini(&a.picture);
}

static void a_large_map_that_is_lost_is_made_anew_at_once(void **state)
{
    struct bench *b = *state;
    struct answer a = {.count = 0};
    struct maps_entry entry = {.name = NULL};
    char path[128];

    script(b, "lays-out", LAYOUT_SCRIPT, path, sizeof path);
    reopen(b, path);
    grow(b, 2000);
    refresh(b);
    assert_true(entry_of(b, "physical", &entry) && entry.nodes >= 2003);
    snprintf(path, sizeof path, "%s/maps/physical.gv", b->dir);
    assert_int_equal(unlink(path), 0);
    log_open(LOG_LEVEL_ERROR, LOG_TO_STDERR);
    ask(b, "physical", MAPS_GV, &a);
    log_open(LOG_LEVEL_NOTICE, LOG_TO_STDERR);
    assert_int_equal(a.result, 0);
    assert_non_null(strstr(a.picture.at, "label=\"core\""));
    assert_true(is_there(b, "physical.gv"));
    buffer_fini(&a.picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_large_map_that_is_lost_is_made_anew_at_once),
        CASE(a_map_that_cannot_be_read_is_no_empty_one),
        CASE(a_search_does_not_keep_what_it_looked_at),
        CASE(clouds_have_members),
        CASE(maps_are_made_when_asked_for),
        CASE(maps_that_were_asked_for_do_not_pile_up),
        CASE(nodes_are_found_in_all_maps),
    };

    return cmocka_run_group_tests_name("maps_asked", tests, NULL, NULL);
}
