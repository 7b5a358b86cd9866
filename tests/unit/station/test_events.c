/* What happens again soon counts up; what is new, or long ago, is a new one. */
#include "station/events.h"

#include "base/mem.h"
#include "base/text.h"
#include "station/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- a store that remembers the last calls ---- */

struct store {
    uint64_t added, again;
    uint64_t last_id;
    uint32_t last_count;
    char type[64], object[64], text[600], class[32];
    int severity;
};

uint64_t store_event(struct store *s, const struct store_event *event)
{
    s->added++;
    s->severity = event->severity;
    (void)snprintf(s->type, sizeof s->type, "%s", event->type);
    (void)snprintf(s->object, sizeof s->object, "%s", event->object);
    (void)snprintf(s->text, sizeof s->text, "%s", event->text);
    (void)snprintf(s->class, sizeof s->class, "%s", event->class);
    return s->added;
}

void store_event_again(struct store *s, uint64_t id, struct wall last,
                       uint32_t count)
{
    (void)last;
    s->again++;
    s->last_id = id;
    s->last_count = count;
}

static const struct event_subject down = {.class = EVENT_FAULT,
                                          .severity = SEVERITY_MAJOR,
                                          .type = "device.down",
                                          .object = "core-1",
                                          .source = "polling"};

static struct wall at(int64_t s)
{
    return (struct wall){(1000000 + s) * 1000};
}

/* ---- tests ---- */

static void an_event_is_stored_with_all_it_says(void **state)
{
    struct store store = {0};
    struct events *e = events_new(&store);

    (void)state;
    events_add(e, at(0), &down, "silent for %d s", 90);
    assert_int_equal(store.added, 1);
    assert_int_equal(store.severity, SEVERITY_MAJOR);
    assert_string_equal(store.type, "device.down");
    assert_string_equal(store.object, "core-1");
    assert_string_equal(store.class, "fault");
    assert_string_equal(store.text, "silent for 90 s");
    events_free(e);
}

static void a_text_without_room_ends_with_a_whole_character(void **state)
{
    struct store store = {0};
    struct events *e = events_new(&store);
    struct buffer OWNED_BUFFER text = {0};

    (void)state;
    for (int i = 0; i < 300; i++)
        buffer_text(&text, "\xe3\x81\x82");
    events_add(e, at(0), &down, "%s", text.at);
    assert_true(text_is_utf8(bytes_of_text(store.text)));
    assert_int_equal(strlen(store.text), 510);
    events_free(e);
}

static void what_happens_again_soon_counts_up(void **state)
{
    struct store store = {0};
    struct events *e = events_new(&store);

    (void)state;
    events_add(e, at(0), &down, "silent");
    events_add(e, at(10), &down, "silent");
    events_add(e, at(EVENTS_MERGE_S), &down, "silent");
    assert_int_equal(store.added, 1);
    assert_int_equal(store.again, 2);
    assert_int_equal(store.last_id, 1);
    assert_int_equal(store.last_count, 3);
    events_free(e);
}

static void another_object_type_text_or_time_is_another_event(void **state)
{
    struct store store = {0};
    struct events *e = events_new(&store);
    struct event_subject other = down;

    (void)state;
    events_add(e, at(0), &down, "silent");
    other.object = "core-2";
    events_add(e, at(0), &other, "silent");
    other = down;
    other.type = "device.up";
    events_add(e, at(0), &other, "silent");
    events_add(e, at(0), &down, "loud");
    assert_int_equal(store.added, 4);
    events_add(e, at(EVENTS_MERGE_S + 1), &down, "silent");
    assert_int_equal(store.added, 5);
    assert_int_equal(store.again, 0);
    events_free(e);
}

static void a_clock_that_is_set_back_does_not_swallow_events(void **state)
{
    struct store store = {0};
    struct events *e = events_new(&store);

    (void)state;
    events_add(e, at(400 * 86400), &down, "silent");
    events_add(e, at(0), &down, "silent");
    assert_int_equal(store.added, 2);
    events_free(e);
}

static void what_is_remembered_is_bounded(void **state)
{
    struct store store = {0};
    struct events *e = events_new(&store);

    (void)state;
    for (unsigned i = 0; i <= EVENTS_REMEMBERED; i++)
        events_add(e, at(0), &down, "number %u", i);
    assert_int_equal(store.added, EVENTS_REMEMBERED + 1);
    events_add(e, at(0), &down, "number %u", EVENTS_REMEMBERED);
    assert_int_equal(store.again, 1);
    events_add(e, at(0), &down, "number %u", 0);
    assert_int_equal(store.added, EVENTS_REMEMBERED + 2); /* forgotten */
    events_free(e);
}

static void a_text_without_end_is_cut(void **state)
{
    struct store store = {0};
    struct events *e = events_new(&store);
    char text[5000];

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    events_add(e, at(0), &down, "%s", text);
    assert_in_range(strlen(store.text), 400, 511);
    events_free(e);
}

static void severities_and_classes_have_their_words(void **state)
{
    static const char *const words[] = {"cleared", "indeterminate", "warning",
                                        "minor",   "major",         "critical"};

    (void)state;
    for (int i = 0; i < SEVERITIES; i++)
        assert_string_equal(severity_name(i), words[i]);
    assert_string_equal(severity_name(-1), "indeterminate");
    assert_string_equal(severity_name(SEVERITIES), "indeterminate");
    assert_string_equal(event_class_name(EVENT_PERFORMANCE), "performance");
    assert_string_equal(event_class_name(EVENT_FAULT), "fault");
    assert_string_equal(event_class_name(EVENT_SECURITY), "security");
    assert_string_equal(event_class_name(EVENT_CHANGE), "change");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_is_stored_with_all_it_says),
        cmocka_unit_test(a_text_without_room_ends_with_a_whole_character),
        cmocka_unit_test(what_happens_again_soon_counts_up),
        cmocka_unit_test(another_object_type_text_or_time_is_another_event),
        cmocka_unit_test(a_clock_that_is_set_back_does_not_swallow_events),
        cmocka_unit_test(what_is_remembered_is_bounded),
        cmocka_unit_test(a_text_without_end_is_cut),
        cmocka_unit_test(severities_and_classes_have_their_words),
    };

    log_open(LOG_LEVEL_ERROR, LOG_TO_STDERR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
