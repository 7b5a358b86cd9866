/* What people do to maps: said, kept, done again over what is found, undone. */
#include "topology/map_overlay.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct map_node *node(struct map *m, const char *id)
{
    uint32_t at = map_find_node(m, id);

    if (at == UINT32_MAX)
        fail_msg("there is no node %s", id);
    return &m->nodes.at[at];
}

static bool is_there(const struct map *m, const char *id)
{
    return map_find_node(m, id) != UINT32_MAX;
}

static void found(struct map *m, const char *id, const char *label,
                  const char *address)
{
    struct map_node *n = map_add_node(m, id);

    n->origin = MAP_DEVICE;
    n->label = map_keep(m, label);
    n->address = map_keep(m, address);
}

/* What discovery finds: core, sw1, sw2 by stable ids. */
static struct map *discovered(void)
{
    struct map *m = map_new("physical", MAP_PHYSICAL);
    struct map_link *l;

    found(m, "01", "core", "192.0.2.1");
    found(m, "02", "sw1", "192.0.2.2");
    found(m, "03", "sw2", "192.0.2.3");
    node(m, "01")->placed = true;
    node(m, "01")->x = 10;
    l = map_add_link(m, 0, 1);
    l->id = "l1";
    l->a_port = "Gi0/1";
    l->b_port = "eth0";
    l = map_add_link(m, 0, 2);
    l->id = "l2";
    l->a_port = "Gi0/2";
    l->b_port = "eth0";
    return m;
}

/* ---- a map, its edits, and who does them ---- */

struct desk {
    struct map *found, *shown;
    struct overlay *log;
    struct overlay_indexes clashes;
    struct complaint why;
};

static void desk_show(struct desk *d)
{
    struct map *shown = map_copy(d->found);

    overlay_apply(d->log, shown, d->shown);
    map_free(d->shown);
    d->shown = shown;
}

static struct desk *desk_new(struct map *found)
{
    struct desk *d = mem_new(struct desk);

    d->found = found;
    d->log = overlay_new();
    desk_show(d);
    return d;
}

static void desk_free(struct desk *d)
{
    map_free(d->found);
    map_free(d->shown);
    overlay_free(d->log);
    array_fini(&d->clashes);
    free(d);
}
OWNED_BY(struct desk, desk_free)

/* Operations, blanks between them, as one step of a person who saw a revision.
 */
static int say_seeing(struct desk *d, const char *who, const char *operations,
                      uint64_t seen)
{
    OWNED(arena_free) struct arena *arena = arena_new();
    struct map_edit edits[16];
    struct overlay_person person = {.who = who,
                                    .at = {1795000000000},
                                    .seen = seen,
                                    .clashes = &d->clashes};
    char text[512], *rest = NULL;
    size_t count = 0;

    d->clashes.count = 0;
    snprintf(text, sizeof text, "%s", operations);
    for (char *word = strtok_r(text, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest))
        assert_int_equal(map_edit_parse(word, arena, &edits[count++], NULL), 0);
    int rc = overlay_change(d->log, d->shown, &person, edits, count, &d->why);
    for (size_t i = 0; i < count; i++)
        map_edit_fini(&edits[i]);
    desk_show(d);
    return rc;
}

static int say(struct desk *d, const char *who, const char *operations)
{
    return say_seeing(d, who, operations, UINT64_MAX);
}

static void must(struct desk *d, const char *who, const char *operations)
{
    if (say(d, who, operations) < 0)
        fail_msg("%s: %s", operations, d->why.what);
}

/* ---- as text ---- */

static void text_and_json_say_the_same(void **state)
{
    static const char *const texts[] = {
        "add:fw,kind=firewall,label=Fire wall\\, old",
        "remove:fw",
        "hide:a\\=b",
        "hide:a/1=b/2",
        "show:x",
        "rename:core-1=The = core, of it",
        "set:core-1,rack=R7=2",
        "bind:fw=core-1",
        "move:core\\=1=12.5,-3",
        "pin:a",
        "unpin:a",
        "link:a/Gi0/1=b/eth0",
        "link:a\\/1=b",
        "unlink:a=b",
        "cloud:west=a,b\\,c,d",
        "cloud:lan=192.0.2.0/24",
        "dissolve:west",
        "collapse:west",
        "expand:west",
        "nest:west=lan",
        "undo",
        "redo",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        OWNED(arena_free) struct arena *arena = arena_new();
        struct buffer OWNED_BUFFER first = {0};
        struct buffer OWNED_BUFFER second = {0};
        struct map_edit e, again;
        struct complaint why;

        if (map_edit_parse(texts[i], arena, &e, &why) < 0)
            fail_msg("%s: %s", texts[i], why.what);
        json_t *json = map_edit_json(&e);
        if (map_edit_read(json, arena, &again, &why) < 0)
            fail_msg("%s: %s", texts[i], why.what);
        map_edit_text(&e, &first);
        map_edit_text(&again, &second);
        assert_string_equal(first.at, second.at);
        struct map_edit third;
        assert_int_equal(map_edit_parse(first.at, arena, &third, &why), 0);
        assert_string_equal(third.id, e.id);
        json_decref(json);
        map_edit_fini(&e);
        map_edit_fini(&again);
        map_edit_fini(&third);
    }
}

static void what_is_not_understood_names_its_column(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"fly:a", "no such operation"},
        {"move:a", "column 7: '=' is missing"},
        {"move:a=1", "column 9: ',' is missing"},
        {"move:a=x,2", "column 8: a number"},
        {"move:a=nan,2", "column 8: a number"},
        {"move:a=1,2,3", "column 11: nothing belongs here"},
        {"hide:", "column 6: a name is missing"},
        {"set:a,=x", "column 7: a name is missing"},
        {"link:a/=b", "column 8: a name is missing"},
        {"cloud:x=", "column 9: a name is missing"},
        {"undo:a", "column 6: nothing belongs here"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        OWNED(arena_free) struct arena *arena = arena_new();
        struct map_edit e;
        struct complaint why = {.what = ""};

        assert_int_equal(map_edit_parse(cases[i].text, arena, &e, &why),
                         -EINVAL);
        if (strstr(why.what, cases[i].says) == NULL)
            fail_msg("%s: %s", cases[i].text, why.what);
        map_edit_fini(&e);
    }
}

/* ---- what can be done ---- */

static void what_cannot_be_done_says_why_and_changes_nothing(void **state)
{
    static const struct {
        const char *operation, *says;
        int rc;
    } cases[] = {
        {"rename:nobody=x", "\"nobody\" is not on this map", -ENOENT},
        {"add:01", "is on this map already", -EEXIST},
        {"add:~x", "begins with '~'", -EINVAL},
        {"add:x,kind=spaceship", "is no kind of node", -EINVAL},
        {"set:core,pos=1", "the map itself keeps", -EINVAL},
        {"set:core,9x=1", "is no name of an attribute", -EINVAL},
        {"set:core=sw1,speed=fast", "is no speed", -EINVAL},
        {"link:core=core", "linked to itself", -EINVAL},
        {"link:core/Gi0\\/1=sw1/eth0", "has that link already", -EEXIST},
        {"unlink:sw1=sw2", "has no such link", -ENOENT},
        {"collapse:nothing", "is no cloud", -ENOENT},
        {"move:core=1e9,0", "out of every picture", -EINVAL},
        {"bind:core=nobody", "no discovered device", -ENOENT},
        {"hide:core undo", "no part of a list", -EINVAL},
        {"hide:core rename:nobody=x", "is not on this map", -ENOENT},
    };
    OWNED(desk_free) struct desk *d = desk_new(discovered());

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int rc = say(d, "ann", cases[i].operation);

        if (rc != cases[i].rc || strstr(d->why.what, cases[i].says) == NULL)
            fail_msg("%s: %d %s", cases[i].operation, rc, d->why.what);
    }
    assert_int_equal(d->log->edits.count, 0);
    assert_int_equal(d->log->revision, 0);
    assert_false(node(d->shown, "01")->edit.hidden);
}

static void objects_go_by_id_name_or_address(void **state)
{
    OWNED(desk_free) struct desk *d = desk_new(discovered());

    (void)state;
    must(d, "ann", "rename:01=a rename:sw1=b rename:192.0.2.3=c");
    assert_string_equal(map_node_label(node(d->shown, "01")), "a");
    assert_string_equal(map_node_label(node(d->shown, "02")), "b");
    assert_string_equal(map_node_label(node(d->shown, "03")), "c");
    must(d, "ann", "rename:a=x");    /* by the new name */
    must(d, "ann", "rename:core=y"); /* and by the old one */
    assert_string_equal(map_node_label(node(d->shown, "01")), "y");
    node(d->found, "03")->label = "sw1";
    desk_show(d);
    assert_int_equal(say(d, "ann", "hide:sw1"), -EINVAL);
    assert_non_null(strstr(d->why.what, "names several nodes"));
}

static void attributes_are_set_on_nodes_and_links(void **state)
{
    OWNED(desk_free) struct desk *d = desk_new(discovered());

    (void)state;
    must(d, "ann",
         "set:core,rack=R7 set:sw1,kind=l3switch set:core=sw1,speed=2.5G "
         "set:l2,fibre=blue");
    assert_string_equal(node(d->shown, "01")->extras.at[0].value, "R7");
    assert_int_equal(node(d->shown, "02")->kind, KIND_L3SWITCH);
    assert_true(d->shown->links.at[0].speed_bps == 2500000000);
    assert_string_equal(d->shown->links.at[1].extras.at[0].value, "blue");
    must(d, "ann", "set:core,rack=");
    assert_int_equal(node(d->shown, "01")->extras.count, 0);
}

static void what_discovery_finds_is_hidden_what_people_add_goes(void **state)
{
    OWNED(desk_free) struct desk *d = desk_new(discovered());

    (void)state;
    must(d, "ann", "add:fw,kind=firewall link:fw/x=core/wan");
    assert_int_equal(d->shown->links.count, 3);
    must(d, "ann", "remove:core remove:fw unlink:core=sw2");
    assert_true(node(d->shown, "01")->edit.hidden);
    assert_false(is_there(d->shown, "fw"));
    assert_int_equal(d->shown->links.count, 2);
    assert_true(d->shown->links.at[1].edit.hidden);
    must(d, "ann", "show:core add:fw");
    assert_int_equal(node(d->shown, "fw")->kind, KIND_UNKNOWN); /* a new one */
    assert_int_equal(d->shown->links.count, 2);
}

/* ---- undo ---- */

static void steps_are_undone_by_person_and_done_again(void **state)
{
    OWNED(desk_free) struct desk *d = desk_new(discovered());

    (void)state;
    must(d, "ann", "move:core=1,1 move:sw1=2,2");
    must(d, "bob", "move:core=9,9");
    must(d, "ann", "rename:core=heart");
    must(d, "ann", "undo");
    assert_string_equal(map_node_label(node(d->shown, "01")), "core");
    must(d, "ann", "undo"); /* both moves; Bob's stays */
    assert_true(node(d->shown, "01")->x == 9);
    assert_false(node(d->shown, "02")->edit.pinned);
    assert_int_equal(say(d, "ann", "undo"), -ENOENT);
    must(d, "bob", "undo");
    assert_true(node(d->shown, "01")->x == 10); /* where the layout had it */
    must(d, "ann", "redo");
    assert_true(node(d->shown, "01")->x == 1 && node(d->shown, "02")->x == 2);
    must(d, "ann", "redo");
    assert_string_equal(map_node_label(node(d->shown, "01")), "heart");
    assert_int_equal(say(d, "ann", "redo"), -ENOENT);
    must(d, "ann", "undo");
    must(d, "ann", "hide:sw2"); /* another way: what was undone stays so */
    assert_int_equal(say(d, "ann", "redo"), -ENOENT);
    assert_int_equal(d->log->edits.count, 5);
    assert_string_equal(d->log->edits.at[3].undone_by, "ann");
}

/* ---- rediscovery ---- */

static void edits_follow_objects_not_names(void **state)
{
    OWNED(desk_free) struct desk *d = desk_new(discovered());

    (void)state;
    must(d, "ann", "move:core=5,6 rename:sw1=west hide:sw2 cloud:c=sw1,core");
    map_free(d->found);
    d->found = discovered();
    node(d->found, "01")->label = "router-nine";
    node(d->found, "01")->address = "203.0.113.1";
    found(d->found, "04", "core", "192.0.2.1"); /* takes its name and address */
    desk_show(d);
    assert_true(node(d->shown, "01")->x == 5 && node(d->shown, "01")->y == 6);
    assert_false(node(d->shown, "04")->edit.pinned);
    assert_string_equal(node(d->shown, "01")->cloud, "~cloud-c");
    assert_string_equal(node(d->shown, "04")->cloud, "");
}

static void an_edit_whose_object_is_gone_waits_for_it(void **state)
{
    OWNED(desk_free) struct desk *d = desk_new(discovered());
    struct map *all = map_copy(d->found);

    (void)state;
    must(d, "ann", "move:sw1=5,6 hide:core=sw1 rename:core=heart");
    node(d->found, "02")->edit.removed = true;
    map_tidy(d->found);
    desk_show(d);
    assert_true(d->log->edits.at[0].gone && d->log->edits.at[1].gone);
    assert_false(d->log->edits.at[2].gone);
    json_t *told = overlay_edit_json(&d->log->edits.at[0]);
    assert_string_equal(json_string_value(json_object_get(told, "status")),
                        "gone");
    assert_string_equal(json_string_value(json_object_get(told, "text")),
                        "move:sw1=5,6");
    json_decref(told);
    map_free(d->found);
    d->found = all;
    desk_show(d);
    assert_false(d->log->edits.at[0].gone);
    assert_true(node(d->shown, "02")->x == 5);
    assert_true(d->shown->links.at[0].edit.hidden);
}

/* The network of the acceptance: 300 devices, then 100 more, 10 renamed, 10
 * with other ports; each edit stays where it was. */
static void rediscovery_of_many_leaves_every_edit_in_place(void **state)
{
    enum { BEFORE = 300, AFTER = 400, CHANGED = 10 };
    struct map *m = map_new("physical", MAP_PHYSICAL);
    char id[16], name[16], line[64];

    (void)state;
    for (unsigned i = 0; i < BEFORE; i++) {
        snprintf(id, sizeof id, "id%u", i);
        snprintf(name, sizeof name, "sw%u", i);
        found(m, id, name, "");
    }
    OWNED(desk_free) struct desk *d = desk_new(m);
    for (unsigned i = 0; i < BEFORE; i++) {
        snprintf(line, sizeof line, "move:sw%u=%u,%u rename:sw%u=n%u", i, i,
                 2 * i, i, i);
        must(d, "ann", line);
    }
    map_free(d->found);
    d->found = map_new("physical", MAP_PHYSICAL);
    for (unsigned i = AFTER; i-- > 0;) { /* in another order, too */
        snprintf(id, sizeof id, "id%u", i);
        snprintf(name, sizeof name, i < CHANGED ? "new%u" : "sw%u", i);
        found(d->found, id, name, "");
    }
    desk_show(d);
    for (unsigned i = 0; i < BEFORE; i++) {
        snprintf(id, sizeof id, "id%u", i);
        snprintf(name, sizeof name, "n%u", i);
        const struct map_node *n = node(d->shown, id);
        assert_true(n->x == i && n->y == 2 * i && n->edit.pinned);
        assert_string_equal(map_node_label(n), name);
    }
    assert_int_equal(d->shown->nodes.count, AFTER);
}

/* ---- together ---- */

static void the_same_thing_changed_unseen_is_a_clash(void **state)
{
    static const struct {
        const char *theirs, *mine;
        bool clash;
    } cases[] = {
        {"move:core=1,1", "move:core=2,2", true},
        {"move:core=1,1", "pin:core", true},
        {"move:core=1,1", "move:sw1=2,2", false},
        {"move:core=1,1", "rename:core=x", false},
        {"rename:core=a", "set:core,label=b", true},
        {"set:core,rack=1", "set:core,rack=2", true},
        {"set:core,rack=1", "set:core,room=2", false},
        {"remove:core", "rename:core=x", true},
        {"cloud:a=core,sw1", "cloud:b=sw1", true},
        {"cloud:a=core", "cloud:b=sw1", false},
        {"unlink:core=sw1", "set:l1,speed=1G", true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        OWNED(desk_free) struct desk *d = desk_new(discovered());

        must(d, "bob", "hide:sw2");
        must(d, "bob", cases[i].theirs);
        int rc = say_seeing(d, "ann", cases[i].mine, 1);
        if ((rc == -EALREADY) != cases[i].clash || (rc < 0) != cases[i].clash)
            fail_msg("%s, %s: %d", cases[i].theirs, cases[i].mine, rc);
        assert_int_equal(d->clashes.count, cases[i].clash);
        assert_int_equal(d->log->edits.count, cases[i].clash ? 2 : 3);
        assert_true(!cases[i].clash ||
                    say_seeing(d, "ann", cases[i].mine, 2) == 0);
    }
}

/* ---- clouds ---- */

static void clouds_are_made_nested_opened_and_dissolved(void **state)
{
    OWNED(desk_free) struct desk *d = desk_new(discovered());

    (void)state;
    must(d, "ann", "cloud:in=sw1 cloud:out=in,sw2");
    assert_true(node(d->shown, "02")->folded);
    assert_string_equal(node(d->shown, "~cloud-in")->cloud, "~cloud-out");
    assert_int_equal(say(d, "ann", "nest:out=in"), -EINVAL);
    must(d, "ann", "expand:out expand:in");
    assert_false(node(d->shown, "02")->folded);
    must(d, "ann", "dissolve:out");
    assert_false(is_there(d->shown, "~cloud-out"));
    assert_string_equal(node(d->shown, "~cloud-in")->cloud, "");
    must(d, "ann", "undo");
    assert_true(is_there(d->shown, "~cloud-out"));
    must(d, "ann", "cloud:lan=192.0.2.0/24 rename:lan=Office");
    assert_string_equal(node(d->shown, "01")->cloud, "~cloud-lan");
    must(d, "ann", "collapse:Office");
    assert_true(node(d->shown, "01")->folded);
}

/* ---- the file ---- */

static void the_log_survives_writing(void **state)
{
    OWNED(desk_free) struct desk *d = desk_new(discovered());
    struct buffer OWNED_BUFFER first = {0};
    struct buffer OWNED_BUFFER second = {0};

    (void)state;
    must(d, "ann", "add:fw,kind=firewall,label=x move:fw=1,2 link:fw/a=core/b");
    must(d, "bob \"x\" 上海", "cloud:c=sw1,sw2 set:core=sw1,speed=1G");
    must(d, "ann", "pin:core bind:fw=core");
    must(d, "ann", "undo");
    overlay_write(d->log, "physical", &first);
    struct overlay *read = NULL;
    assert_int_equal(
        overlay_read("physical", buffer_view(&first), &read, &d->why), 0);
    overlay_write(read, "physical", &second);
    assert_string_equal(first.at, second.at);
    struct buffer OWNED_BUFFER before = {0};
    struct buffer OWNED_BUFFER after = {0};
    map_write(d->shown, &before);
    overlay_free(d->log);
    d->log = read;
    desk_show(d);
    map_write(d->shown, &after);
    assert_string_equal(before.at, after.at);
    must(d, "ann", "redo");
}

static void a_damaged_log_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *text, *place;
    } cases[] = {
        {"", "p:1:0"},
        {"{\"edits\": [", "p:1:11"},
        {"[]", "p"},
        {"{\"edits\": [7]}", "p: edit 1"},
        {"{\"edits\": [{\"op\":\"pin\",\"id\":\"a\"}, {\"op\":\"fly\"}]}",
         "p: edit 2"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct overlay *o = NULL;
        struct complaint why = {.place = ""};

        assert_true(overlay_read("p", bytes_of_text(cases[i].text), &o, &why) <
                    0);
        assert_null(o);
        if (strncmp(why.place, cases[i].place, strlen(cases[i].place)) != 0)
            fail_msg("%s: %s", cases[i].text, why.place);
    }
}

/* Both layers of a document on disk come back. */
static void found_and_shown_stand_in_one_document(void **state)
{
    OWNED(desk_free) struct desk *d = desk_new(discovered());
    struct buffer OWNED_BUFFER text = {0};
    struct buffer OWNED_BUFFER x = {0}, OWNED_BUFFER y = {0};
    struct map *read = NULL;

    (void)state;
    must(d, "ann",
         "move:core=5,6 rename:sw1=west hide:sw2 set:core,kind=router "
         "set:core,rack=R7 unlink:core=sw2 set:core=sw1,speed=1G add:fw "
         "link:fw=core");
    map_write_edited(d->found, d->shown, &text);
    assert_int_equal(map_read_found("physical", text.at, text.len, &read, NULL),
                     0);
    map_write(read, &x);
    map_write(d->found, &y);
    assert_string_equal(x.at, y.at);
    map_free(read);
    assert_int_equal(map_read("physical", text.at, text.len, &read, NULL), 0);
    OWNED(map_free) struct map *shown = read;
    assert_true(node(shown, "01")->x == 5);
    assert_int_equal(node(shown, "01")->kind, KIND_ROUTER);
    assert_string_equal(map_node_label(node(shown, "02")), "west");
    assert_true(node(shown, "03")->edit.hidden);
    assert_true(is_there(shown, "fw"));
    assert_int_equal(shown->links.count, 3);
}

static void old_edits_that_mean_nothing_any_more_make_room(void **state)
{
    OWNED(desk_free) struct desk *d = desk_new(discovered());
    struct map_edit *edits = mem_array(OVERLAY_EDITS_MAX, sizeof *edits);
    OWNED(arena_free) struct arena *arena = arena_new();
    struct overlay_person person = {
        .who = "ann", .seen = UINT64_MAX, .clashes = &d->clashes};

    (void)state;
    must(d, "ann", "rename:sw1=west");
    for (size_t i = 0; i < OVERLAY_EDITS_MAX - 1; i++)
        assert_int_equal(
            map_edit_parse("move:core=1,1", arena, &edits[i], NULL), 0);
    assert_int_equal(overlay_change(d->log, d->shown, &person, edits,
                                    OVERLAY_EDITS_MAX - 1, NULL),
                     0);
    free(edits);
    must(d, "ann", "move:core=7,7");
    assert_true(d->log->edits.count < OVERLAY_EDITS_MAX * 2 / 3);
    assert_true(node(d->shown, "01")->x == 7);
    assert_string_equal(map_node_label(node(d->shown, "02")), "west");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_and_json_say_the_same),
        cmocka_unit_test(what_is_not_understood_names_its_column),
        cmocka_unit_test(what_cannot_be_done_says_why_and_changes_nothing),
        cmocka_unit_test(objects_go_by_id_name_or_address),
        cmocka_unit_test(attributes_are_set_on_nodes_and_links),
        cmocka_unit_test(what_discovery_finds_is_hidden_what_people_add_goes),
        cmocka_unit_test(steps_are_undone_by_person_and_done_again),
        cmocka_unit_test(edits_follow_objects_not_names),
        cmocka_unit_test(an_edit_whose_object_is_gone_waits_for_it),
        cmocka_unit_test(rediscovery_of_many_leaves_every_edit_in_place),
        cmocka_unit_test(the_same_thing_changed_unseen_is_a_clash),
        cmocka_unit_test(clouds_are_made_nested_opened_and_dissolved),
        cmocka_unit_test(the_log_survives_writing),
        cmocka_unit_test(a_damaged_log_is_refused_with_its_place),
        cmocka_unit_test(found_and_shown_stand_in_one_document),
        cmocka_unit_test(old_edits_that_mean_nothing_any_more_make_room),
    };

    return cmocka_run_group_tests_name("edit", tests, NULL, NULL);
}
