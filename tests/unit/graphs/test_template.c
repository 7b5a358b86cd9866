/* Templates: those compiled in, and what files add; a fault names its place and
 * leaves the others alone. */
#include "graphs/template.h"

#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

struct heard {
    size_t faults;
    struct complaint last;
};

static void hear(const struct complaint *why, void *arg)
{
    struct heard *heard = arg;

    heard->faults++;
    heard->last = *why;
}

static void what_is_compiled_in_has_no_fault(void **state)
{
    static const char *const names[] = {"traffic",        "packets",
                                        "errors",         "discards",
                                        "icmp",           "cpu",
                                        "memory",         "storage",
                                        "sensor",         "risk",
                                        "station",        "station-load",
                                        "station-memory", "station-requests",
                                        "station-disk",   "station-helpers"};
    struct heard heard = {0};
    OWNED(templates_free)
    struct graph_templates *set = templates_load(NULL, 0, hear, &heard);

    (void)state;
    if (heard.faults != 0)
        fail_msg("%s: %s", heard.last.place, heard.last.what);
    assert_int_equal(templates_count(set), COUNT_OF(names));
    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_string_equal(templates_at(set, i)->name, names[i]);
    const struct graph_template *t = templates_find(set, "traffic");
    assert_int_equal(t->group, SERIES_PORT);
    assert_int_equal((int)t->scale, 8);
    assert_int_equal(t->curve_count, 2);
    assert_true(t->curves[1].below && !t->curves[0].below);
    assert_true(t->columns[FIGURE_P95] && t->columns[FIGURE_TOTAL]);
    assert_false(t->columns[FIGURE_MIN]);
    assert_null(templates_find(set, "nonsense"));
}

#define GOOD                                                   \
    "mine:\n  title: Mine\n  group: port\n  columns: [last]\n" \
    "  curves: [{source: in_octets, label: a}]\n"

static void faults_name_their_place(void **state)
{
    static const struct {
        const char *text, *place, *what;
    } cases[] = {
        {"a: {title: A, group: nothing}", "mine.yaml:1:22", "nothing"},
        {"a: {title: A, group: port, columns: [last]}", "mine.yaml:1:4",
         "curves"},
        {"a: {title: A, group: port, columns: [best],\n curves: []}",
         "mine.yaml:1:38", "column"},
        {"a: {title: A, group: icmp, columns: [last],\n"
         " curves: [{source: in_octets, label: x}]}",
         "mine.yaml:2:20", "in_octets"},
        {"a: {title: A, group: icmp, columns: [last],\n"
         " curves: [{source: rtt_ms, label: x, colour: 7}]}",
         "mine.yaml:2:46", "7"},
        {"a: {title: A, group: icmp, columns: [last], curves: [],\n"
         " tint: {source: rtt_ms, label: x, above: [5, 5]}}",
         "mine.yaml:1:53", "list"},
        {"a: {title: A, group: icmp, columns: [last],\n"
         " curves: [{source: rtt_ms, label: x}],\n"
         " tint: {source: rtt_ms, label: x, above: [5, 5]}}",
         "mine.yaml:3:46", "above"},
        {"a/b: {title: A}", "mine.yaml:1:6", "name"},
        {"a: 5", "mine.yaml:1:4", "template"},
        {"[a]", "mine.yaml:1:1", "by name"},
        {"a: {colour: red, title: A, group: cpu}", "mine.yaml:1:5", "colour"},
        {"a: {", "mine.yaml:", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        OWNED_BUFFER struct buffer text = {0};
        struct heard heard = {0};

        buffer_text(&text, cases[i].text);
        OWNED(templates_free)
        struct graph_templates *set =
            templates_of_text("mine.yaml", buffer_view(&text), hear, &heard);
        if (heard.faults != 1 ||
            strncmp(heard.last.place, cases[i].place, strlen(cases[i].place)) !=
                0 ||
            strstr(heard.last.what, cases[i].what) == NULL ||
            heard.last.remedy[0] == '\0')
            fail_msg("%s: %zu faults, %s: %s; %s", cases[i].text, heard.faults,
                     heard.last.place, heard.last.what, heard.last.remedy);
        assert_int_equal(templates_count(set), 16);
    }
}

static void a_fault_leaves_the_others(void **state)
{
    struct heard heard = {0};
    OWNED(templates_free)
    struct graph_templates *set = templates_of_text(
        "mine.yaml",
        bytes_of_text("bad: 1\n" GOOD "worse: {title: x}\n"
                      "traffic:\n  title: T\n  group: port\n"
                      "  columns: [total]\n"
                      "  curves: [{source: out_octets, label: z}]\n"),
        hear, &heard);

    (void)state;
    assert_int_equal(heard.faults, 2);
    assert_int_equal(templates_count(set), 17);
    assert_non_null(templates_find(set, "mine"));
    const struct graph_template *t = templates_find(set, "traffic");
    assert_string_equal(t->curves[0].source, "out_octets");
    assert_int_equal((int)t->scale, 1);
}

static void words_are_made_safe(void **state)
{
    struct heard heard = {0};
    OWNED(templates_free)
    struct graph_templates *set = templates_of_text(
        "mine.yaml",
        bytes_of_text("mine:\n  title: \"A\\tB\\eC\\nD\"\n  group: cpu\n"
                      "  columns: [last]\n"
                      "  curves: [{source: usage_percent, label: a}]\n"),
        hear, &heard);

    (void)state;
    assert_int_equal(heard.faults, 0);
    assert_string_equal(templates_find(set, "mine")->title, "A BC D");
}

static void files_of_a_directory_are_read(void **state)
{
    char dir[] = "/tmp/portolan-graphs-XXXXXX";
    OWNED_BUFFER struct buffer path = {0};
    const char *const dirs[] = {"/nowhere", dir};
    struct heard heard = {0};

    (void)state;
    assert_non_null(mkdtemp(dir));
    buffer_format(&path, "%s/a.yaml", dir);
    FILE *file = fopen(path.at, "we");
    assert_non_null(file);
    assert_true(fputs(GOOD "bad: 1\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    OWNED(templates_free)
    struct graph_templates *set =
        templates_load(dirs, COUNT_OF(dirs), hear, &heard);
    assert_int_equal(heard.faults, 1);
    assert_non_null(strstr(heard.last.place, "a.yaml:6:6"));
    assert_non_null(templates_find(set, "mine"));
    assert_int_equal(remove(path.at), 0);
    assert_int_equal(rmdir(dir), 0);
}

/* The example of the documentation is one that can be copied. */
static void documented_example_has_no_fault(void **state)
{
    OWNED_BUFFER struct buffer text = {0};
    struct heard heard = {0};

    (void)state;
    assert_int_equal(file_read("docs/graphs.md", 1 << 20, &text), 0);
    const char *from = strstr(text.at, "```yaml\n");
    assert_non_null(from);
    from += strlen("```yaml\n");
    const char *to = strstr(from, "```");
    assert_non_null(to);
    OWNED(templates_free)
    struct graph_templates *set = templates_of_text(
        "docs/graphs.md",
        (struct bytes){(const uint8_t *)from, (size_t)(to - from)}, hear,
        &heard);
    if (heard.faults != 0)
        fail_msg("%s: %s", heard.last.place, heard.last.what);
    const struct graph_template *t = templates_find(set, "flow");
    assert_int_equal(t->curve_count, 2);
    assert_int_equal(t->tint.count, 3);
    assert_int_equal(t->beside_count, 1);
}

static void sources_have_units(void **state)
{
    (void)state;
    assert_string_equal(source_unit("in_octets"), "B/s");
    assert_string_equal(source_unit("loss_percent"), "%");
    assert_string_equal(source_unit("jitter_ms"), "ms");
    assert_string_equal(source_unit("used_bytes"), "B");
    assert_string_equal(source_unit("value"), "");
    assert_string_equal(source_unit("in_errors"), "/s");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_compiled_in_has_no_fault),
        cmocka_unit_test(faults_name_their_place),
        cmocka_unit_test(a_fault_leaves_the_others),
        cmocka_unit_test(words_are_made_safe),
        cmocka_unit_test(files_of_a_directory_are_read),
        cmocka_unit_test(documented_example_has_no_fault),
        cmocka_unit_test(sources_have_units),
    };
    return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
