/* What people do to maps: said, done again over what is found, undone. */
#include "edit_desk.h"

#include "topology/map_import.h"

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
        {"set:core,leads=https://evil/", "is no name of a map", -EINVAL},
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

static struct map *imported(const char *csv)
{
    struct complaint why = {.what = ""};
    struct map *m = NULL;

    if (map_import("plan", "file", MAP_FROM_CSV, bytes_of_text(csv), &m, &why) <
        0)
        fail_msg("%s: %s", why.place, why.what);
    return m;
}

/* Links of a table have no names but their places in it; edits are of the link
 * between these ends, wherever it stands in the next one. */
static void edits_of_an_import_are_of_the_same_links_in_the_next(void **state)
{
    OWNED(desk_free)
    struct desk *d = desk_new(imported("a,a_port,b,b_port\n"
                                       "a,1,b,1\na,2,c,1\nb,2,c,2\n"));

    (void)state;
    must(d, "ann", "hide:a=c remove:b=c set:a=b,a_port=9 set:a=b,speed=10G");
    assert_true(d->shown->links.at[0].speed_bps == 10000000000);
    map_free(d->found);
    d->found = imported("a,a_port,b,b_port\n"
                        "a,5,d,1\nb,1,a,1\nc,1,a,2\nb,7,c,7\n");
    desk_show(d);
    assert_true(d->log->edits.at[1].gone);
    assert_false(d->shown->links.at[0].edit.hidden);
    assert_true(d->shown->links.at[0].speed_bps == 0);
    assert_string_equal(d->shown->links.at[1].b_port, "9");
    assert_true(d->shown->links.at[1].speed_bps == 10000000000);
    assert_true(d->shown->links.at[2].edit.hidden);
    assert_false(d->shown->links.at[2].edit.removed);
    assert_false(d->shown->links.at[3].edit.removed);
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
        cmocka_unit_test(edits_of_an_import_are_of_the_same_links_in_the_next),
        cmocka_unit_test(rediscovery_of_many_leaves_every_edit_in_place),
        cmocka_unit_test(the_same_thing_changed_unseen_is_a_clash),
        cmocka_unit_test(clouds_are_made_nested_opened_and_dissolved),
    };

    return cmocka_run_group_tests_name("edit", tests, NULL, NULL);
}
