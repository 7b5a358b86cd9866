/* Clouds that a map made by itself stay the same clouds while the network
 * changes: what people did to them stays in place. */
#include "topology/map_same.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* "CLOUD: MEMBER MEMBER ..." a line; a cloud is a member by its name. */
static struct map *read_clouds(const char *text)
{
    struct map *m = map_new("physical", MAP_PHYSICAL);
    char *copy = mem_text(text), *rest = copy, *line;

    while ((line = strsep(&rest, "\n")) != NULL) {
        char *name = strsep(&line, ":"), *member;
        struct buffer OWNED_BUFFER id = {0};

        if (line == NULL)
            break;
        buffer_format(&id, "~cloud-%s", name);
        struct map_node *cloud = map_add_node(m, id.at);
        const char *cloud_id = cloud->id;
        cloud->origin = MAP_CLOUD;
        cloud->label = map_keep(m, name);
        while ((member = strsep(&line, " ")) != NULL) {
            if (member[0] == '\0')
                continue;
            uint32_t at = map_find_node(m, member);
            if (at == UINT32_MAX) {
                (void)map_add_node(m, member);
                at = map_find_node(m, member);
            }
            m->nodes.at[at].cloud = cloud_id;
        }
    }
    free(copy);
    return m;
}

/* The label of the cloud that has an id, "" if there is none. */
static const char *label_of(const struct map *m, const char *id)
{
    uint32_t at = map_find_node(m, id);

    return at == UINT32_MAX ? "" : m->nodes.at[at].label;
}

static void the_same_cloud_keeps_its_id_whatever_it_is_called(void **state)
{
    static const struct {
        const char *name, *before, *after, *id, *label;
    } cases[] = {
        {"nothing changed", "a: 1 2 3\nb: 4 5 6\n", "a: 1 2 3\nb: 4 5 6\n",
         "~cloud-a", "a"},
        {"its head was renamed", "a: 1 2 3\nb: 4 5 6\n", "z: 1 2 3\nb: 4 5 6\n",
         "~cloud-a", "z"},
        {"two changed names", "a: 1 2 3\nb: 4 5 6\n", "b: 1 2 3\na: 4 5 6\n",
         "~cloud-a", "b"},
        {"many came", "a: 1 2 3\nb: 4 5 6\n",
         "z: 1 2 3 7 8 9 10 11 12 13\nb: 4 5 6\n", "~cloud-a", "z"},
        {"most stayed", "a: 1 2 3\nb: 4 5 6\n", "z: 1 2 9\nb: 3 4 5 6\n",
         "~cloud-a", "z"},
        {"it fell apart", "a: 1 2 3 4\n", "y: 1 2\nz: 3 4\n", "~cloud-a", ""},
        {"another is called so now", "a: 1 2 3\n", "z: 1 2 3\na: 7 8 9\n",
         "~cloud-a", "z"},
        {"and has an id of its own", "a: 1 2 3\n", "z: 1 2 3\na: 7 8 9\n",
         "~cloud-a 2", "a"},
        {"the inner of two", "a: 1 2 3\no: ~cloud-a 4 5 6\n",
         "y: 1 2 3\nz: ~cloud-y 4 5 6\n", "~cloud-a", "y"},
        {"the outer of two", "a: 1 2 3\no: ~cloud-a 4 5 6\n",
         "y: 1 2 3\nz: ~cloud-y 4 5 6\n", "~cloud-o", "z"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        OWNED(map_free) struct map *before = read_clouds(cases[i].before);
        OWNED(map_free) struct map *after = read_clouds(cases[i].after);
        size_t count = after->nodes.count;

        printf("%s\n", cases[i].name);
        map_same_clouds(after, before);
        assert_string_equal(label_of(after, cases[i].id), cases[i].label);
        assert_int_equal(after->nodes.count, count);
        for (size_t n = 0; n < after->nodes.count; n++)
            if (after->nodes.at[n].cloud[0] != '\0')
                assert_true(map_cloud_of(after, &after->nodes.at[n]) !=
                            UINT32_MAX);
    }
}

static void sites_are_known_by_their_names(void **state)
{
    OWNED(map_free) struct map *before = read_clouds("a: 1 2 3\n");
    OWNED(map_free) struct map *after = read_clouds("Hamburg: 1 2 3\n");

    (void)state;
    after->nodes.at[map_find_node(after, "~cloud-Hamburg")].leads =
        "site-Hamburg";
    map_same_clouds(after, before);
    assert_string_equal(label_of(after, "~cloud-Hamburg"), "Hamburg");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_cloud_keeps_its_id_whatever_it_is_called),
        cmocka_unit_test(sites_are_known_by_their_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
