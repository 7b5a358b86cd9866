/* The last messages of the stream: who comes back gets what it missed, or is
 * told that it cannot. */
#include "north/stream_ring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct stream_batch *
batch_of(struct stream_ring *r, const enum stream_kind *kinds, size_t count)
{
    struct stream_batch *b = stream_batch_new(r->epoch, r->next);

    for (size_t i = 0; i < count; i++)
        stream_batch_add(b, kinds[i],
                         json_pack("{s:i}", "n", (int)(b->first + i)));
    return b;
}

static void add_one(struct stream_ring *r, size_t octets)
{
    struct stream_batch *b = stream_batch_new(r->epoch, r->next);
    char *text = mem_array(octets + 1, 1);

    memset(text, 'x', octets);
    stream_batch_add(b, STREAM_EVENT, json_pack("{s:s}", "t", text));
    free(text);
    stream_ring_add(r, b);
}

static void kinds_are_words_with_commas(void **state)
{
    unsigned kinds;

    (void)state;
    assert_true(stream_kinds_parse(NULL, &kinds));
    assert_int_equal(kinds, STREAM_ALL);
    assert_true(stream_kinds_parse("device,event", &kinds));
    assert_int_equal(kinds, 1 << STREAM_DEVICE | 1 << STREAM_EVENT);
    assert_false(stream_kinds_parse("", &kinds));
    assert_false(stream_kinds_parse("device,", &kinds) && kinds == 0);
    assert_false(stream_kinds_parse("devices", &kinds));
    assert_false(stream_kinds_parse(",", &kinds));
    for (int k = 0; k < STREAM_KINDS; k++) {
        assert_true(
            stream_kinds_parse(stream_kind_name((enum stream_kind)k), &kinds));
        assert_int_equal(kinds, 1 << k);
    }
}

static void each_kind_gets_its_own_messages(void **state)
{
    static const enum stream_kind kinds[] = {STREAM_DEVICE, STREAM_DEVICE,
                                             STREAM_LINK, STREAM_DEVICE};
    struct stream_ring r;
    struct buffer OWNED_BUFFER got = {0};
    struct bytes part;
    size_t at = 0;

    (void)state;
    stream_ring_init(&r, 7);
    struct stream_batch *b = batch_of(&r, kinds, COUNT_OF(kinds));
    while (stream_batch_part(b, 1 << STREAM_DEVICE, &at, &part))
        buffer_add(&got, part.at, part.len);
    assert_string_equal(got.at, "id: 7-1\nevent: device\ndata: {\"n\":1}\n\n"
                                "id: 7-2\nevent: device\ndata: {\"n\":2}\n\n"
                                "id: 7-4\nevent: device\ndata: {\"n\":4}\n\n");
    /* From the middle on. */
    at = 2;
    assert_true(stream_batch_part(b, STREAM_ALL, &at, &part));
    assert_int_equal(strncmp((const char *)part.at, "id: 7-3\n", 8), 0);
    assert_false(stream_batch_part(b, STREAM_ALL, &at, &part));
    at = 0;
    assert_false(stream_batch_part(b, 1 << STREAM_RISK, &at, &part));
    stream_batch_unref(b);
    stream_ring_fini(&r);
}

/* A text from a device can end no message and begin none. */
static void no_text_is_a_message(void **state)
{
    struct stream_batch *b = stream_batch_new(1, 1);
    size_t lines = 0;

    (void)state;
    stream_batch_add(
        b, STREAM_EVENT,
        json_pack("{s:s}", "text", "x\n\nevent: reset\rdata: {}\n\n"));
    for (size_t i = 0; i < b->text.len; i++) {
        assert_int_not_equal(b->text.at[i], '\r');
        lines += b->text.at[i] == '\n';
    }
    assert_int_equal(lines, 4);
    stream_batch_unref(b);
}

static void who_comes_back_goes_on_behind_the_last(void **state)
{
    static const struct {
        const char *id;
        uint64_t next; /* 0: it cannot */
    } cases[] = {
        {"9-2", 3},
        {"9-3", 4},
        {"9-0", 1},
        {"9-4", 0},
        {"8-2", 0},
        {"9-", 0},
        {"", 0},
        {"-1", 0},
        {"9", 0},
        {"9-2x", 0},
        {"9--2", 0},
        {" 9-2", 0},
        {"09-02", 3},
        {"9- 2", 0},
        {"9-99999999999999999999999999", 0},
        {"99999999999999999999999999-1", 0},
    };
    static const enum stream_kind kinds[] = {STREAM_MAP, STREAM_MAP,
                                             STREAM_MAP};
    struct stream_ring r;
    uint64_t next;

    (void)state;
    stream_ring_init(&r, 9);
    assert_true(stream_ring_resume(&r, "9-0", &next)); /* nothing came yet */
    assert_int_equal(next, 1);
    stream_ring_add(&r, batch_of(&r, kinds, COUNT_OF(kinds)));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        next = 0;
        bool can = stream_ring_resume(&r, cases[i].id, &next);

        if (can != (cases[i].next != 0) || next != cases[i].next)
            fail_msg("%s: %d %llu", cases[i].id, can, (unsigned long long)next);
    }
    stream_ring_fini(&r);
}

static void the_oldest_go(void **state)
{
    struct stream_ring r;
    uint64_t next;
    char id[40];

    (void)state;
    stream_ring_init(&r, 1);
    for (unsigned i = 0; i < STREAM_RING_BATCHES + 5; i++)
        add_one(&r, 10);
    assert_int_equal(r.count, STREAM_RING_BATCHES);
    assert_int_equal(stream_ring_batch(&r, 0)->first, 6);
    assert_null(stream_ring_batch(&r, STREAM_RING_BATCHES));
    assert_false(stream_ring_resume(&r, "1-4", &next));
    assert_true(stream_ring_resume(&r, "1-5", &next));
    for (unsigned i = 0; i < 9; i++)
        add_one(&r, STREAM_RING_OCTETS / 4);
    assert_true(r.octets <= STREAM_RING_OCTETS && r.count <= 4);
    (void)snprintf(id, sizeof id, "1-%d", STREAM_RING_BATCHES + 5);
    assert_false(stream_ring_resume(&r, id, &next));
    stream_ring_fini(&r);
    assert_int_equal(r.octets, 0);
}

static void what_a_client_still_reads_stays(void **state)
{
    struct stream_ring r;

    (void)state;
    stream_ring_init(&r, 1);
    add_one(&r, 100);
    struct stream_batch *b = stream_ring_batch(&r, 0);
    b->refs++;
    stream_ring_fini(&r);
    assert_int_equal(b->refs, 1);
    assert_int_equal(b->pieces.count, 1);
    stream_batch_unref(b);
}

static void more_than_is_worth_sending_is_one_word(void **state)
{
    struct stream_batch *b = stream_batch_new(1, 1);
    char *text = mem_array(STREAM_SETTLE_OCTETS + 1, 1);

    (void)state;
    memset(text, 'x', STREAM_SETTLE_OCTETS);
    stream_batch_add(b, STREAM_MAP, json_pack("{s:i}", "n", 1));
    struct stream_mark since = stream_batch_mark(b);
    stream_batch_add(b, STREAM_DEVICE, json_pack("{s:i}", "n", 2));
    stream_batch_settle(b, since, STREAM_DEVICE);
    assert_int_equal(b->pieces.count, 2);
    stream_batch_add(b, STREAM_DEVICE, json_pack("{s:s}", "t", text));
    stream_batch_settle(b, since, STREAM_DEVICE);
    assert_int_equal(b->pieces.count, 2);
    assert_non_null(strstr(b->text.at, "id: 1-2\nevent: reset\ndata: "
                                       "{\"kinds\":[\"device\"]}\n\n"));
    free(text);
    stream_batch_unref(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_are_words_with_commas),
        cmocka_unit_test(each_kind_gets_its_own_messages),
        cmocka_unit_test(no_text_is_a_message),
        cmocka_unit_test(who_comes_back_goes_on_behind_the_last),
        cmocka_unit_test(the_oldest_go),
        cmocka_unit_test(what_a_client_still_reads_stays),
        cmocka_unit_test(more_than_is_worth_sending_is_one_word),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
