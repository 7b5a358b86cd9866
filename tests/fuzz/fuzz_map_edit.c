/* Any octets as what people do to a map: operations as text, one a line, after
 * a first octet that says how; or the file of a map's edits. What is taken can
 * be done, told, undone, kept and read again. */
#include "topology/map_overlay.h"

#include <assert.h>
#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct map *small_map(void)
{
    static const char *const ids[] = {"a", "b", "c"};
    struct map *m = map_new("plan", MAP_PHYSICAL);

    for (size_t i = 0; i < COUNT_OF(ids); i++)
        map_add_node(m, ids[i])->origin = MAP_DEVICE;
    map_add_link(m, 0, 1)->id = "l1";
    return m;
}

/* A document of both layers, and the log, come back as they were. */
static void check(struct overlay *log, const struct map *found)
{
    struct buffer OWNED_BUFFER first = {0};
    struct buffer OWNED_BUFFER second = {0};
    struct overlay *again = NULL;
    struct map *read = NULL;
    struct complaint why;
    OWNED(map_free) struct map *shown = map_copy(found);

    overlay_apply(log, shown, NULL);
    overlay_write(log, "plan", &first);
    int rc = overlay_read("plan", buffer_view(&first), &again, &why);
    assert(rc == 0);
    overlay_write(again, "plan", &second);
    assert(bytes_equal(buffer_view(&first), buffer_view(&second)));
    overlay_free(again);
    buffer_clear(&first);
    map_write_edited(found, shown, &first);
    rc = map_read_found("plan", first.at, first.len, &read, &why);
    assert(rc == 0 && map_node_count(read) == map_node_count(found) &&
           map_link_count(read) == map_link_count(found));
    map_free(read);
    rc = map_read("plan", first.at, first.len, &read, &why);
    assert(rc == 0 && map_node_count(read) == map_node_count(shown));
    map_free(read);
}

static void do_line(struct overlay *log, struct map *shown, const char *line)
{
    OWNED(arena_free) struct arena *arena = arena_new();
    struct overlay_indexes clashes = {0};
    struct overlay_person person = {
        .who = "ann", .seen = log->revision / 2, .clashes = &clashes};
    struct buffer OWNED_BUFFER text = {0};
    struct complaint why = {.what = ""};
    struct map_edit e;
    int rc = map_edit_parse(line, arena, &e, &why);

    if (rc == 0) {
        json_t *json = map_edit_json(&e);
        struct map_edit again;

        map_edit_text(&e, &text);
        rc = map_edit_read(json, arena, &again, &why);
        assert(rc == 0 || rc == -EINVAL); /* a number beyond JSON's */
        map_edit_fini(&again);
        json_decref(json);
        rc = overlay_change(log, shown, &person, &e, 1, &why);
    }
    assert(rc == 0 || why.what[0] != '\0');
    map_edit_fini(&e);
    array_fini(&clashes);
}

static void do_lines(const char *text)
{
    OWNED(map_free) struct map *found = small_map();
    OWNED(overlay_free) struct overlay *log = overlay_new();
    struct map *shown = map_copy(found);

    while (*text != '\0') {
        size_t len = strcspn(text, "\n");
        OWNED(free) char *line = mem_text_of(text, len);

        do_line(log, shown, line);
        struct map *now = map_copy(found);
        overlay_apply(log, now, shown);
        map_free(shown);
        shown = now;
        text += len + (text[len] == '\n' ? 1 : 0);
    }
    map_free(shown);
    check(log, found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct overlay *log = NULL;
    struct complaint why = {.what = ""};

    if (size == 0)
        return 0;
    OWNED(free) char *text = mem_text_of(data + 1, size - 1);
    if (data[0] % 2 == 0) {
        do_lines(text);
        return 0;
    }
    int rc =
        overlay_read("plan", (struct bytes){data + 1, size - 1}, &log, &why);
    assert((rc == 0) == (log != NULL));
    assert(rc == 0 || (why.what[0] != '\0' && why.place[0] != '\0'));
    if (rc == 0) {
        OWNED(map_free) struct map *found = small_map();

        check(log, found);
    }
    overlay_free(log);
    return 0;
}
