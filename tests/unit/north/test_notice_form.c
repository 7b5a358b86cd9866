#include "north/notice_form.h"

#include "base/mem.h"
#include "north/alert_json.h"
#include "north/courier.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

static const char *const symptoms[] = {"sw7", "sw8"};

static struct alert_record port_down(void)
{
    return (struct alert_record){.index = 17,
                                 .state = ALERT_ACTIVE,
                                 .severity = SEVERITY_MAJOR,
                                 .worst = SEVERITY_MAJOR,
                                 .type = alert_type_find("port.down"),
                                 .object = {.class = OBJECT_PORT, .part = "x"},
                                 .qualifier = "",
                                 .name = "sw1:Gi0/1",
                                 .device = "sw1",
                                 .text = "it is down",
                                 .rule = "",
                                 .unit = "",
                                 .value = NAN,
                                 .limit = NAN,
                                 .raised = {1795000000000},
                                 .acknowledged = {.who = "", .text = ""},
                                 .symptoms = symptoms,
                                 .symptom_count = 2};
}

static struct notice_page page_of(const struct notice_item *items, size_t count)
{
    return (struct notice_page){.station = "noc-1",
                                .at = {1795000300000},
                                .seq = 9,
                                .items = items,
                                .count = count};
}

static void a_line_says_what_where_and_since_when(void **state)
{
    (void)state;
    struct alert_record a = port_down();
    struct buffer OWNED_BUFFER line = {0};

    notice_line(&(struct notice_item){.news = ALERT_RAISED, .alert = &a},
                &line);
    assert_string_equal(line.at, "major: sw1:Gi0/1: port down: it is down; it "
                                 "makes unreachable 2 devices: sw7, sw8 (alert "
                                 "17)");
    assert_string_equal(notice_news(&(struct notice_item){
                            .news = ALERT_EXPLAINED, .alert = &a}),
                        "symptoms");
    buffer_clear(&line);
    a.state = ALERT_CLEARED;
    a.cleared.ms = a.raised.ms + 300000;
    a.symptom_count = 0;
    notice_line(&(struct notice_item){.news = ALERT_ENDED, .alert = &a}, &line);
    assert_string_equal(line.at, "cleared after 5 min: sw1:Gi0/1: port down: "
                                 "it is down (alert 17)");
    buffer_clear(&line);
    a = port_down();
    a.symptom_count = 0;
    notice_line(
        &(struct notice_item){.news = ALERT_RAISED, .alert = &a, .again = true},
        &line);
    assert_memory_equal(line.at, "still major: ", 13);
}

static void what_explains_it_is_named(void **state)
{
    (void)state;
    struct alert_record a = port_down(), router = port_down();
    struct buffer OWNED_BUFFER line = {0};

    a.symptom_count = 0;
    router.index = 18;
    router.type = alert_type_find("device.unreachable");
    router.name = router.device = "r1";
    notice_line(&(struct notice_item){.news = ALERT_EXPLAINED,
                                      .alert = &a,
                                      .because = &router},
                &line);
    assert_string_equal(line.at,
                        "major: sw1:Gi0/1: port down: it is down (alert 17); "
                        "because of r1: device unreachable, which makes "
                        "unreachable 2 devices: sw7, sw8 (alert 18)");
}

static void names_that_do_not_fit_are_left_out_and_counted(void **state)
{
    (void)state;
    struct alert_record a = port_down();
    struct buffer OWNED_BUFFER out = {0};
    size_t all = strlen("2 devices: sw7, sw8");

    for (size_t max = 0; max <= all + 1; max++) {
        buffer_clear(&out);
        notice_symptoms(&a, max, &out);
        assert_string_equal(out.at, max < strlen("2 devices: sw7 ...")
                                        ? "2 devices"
                                    : max < all ? "2 devices: sw7 ..."
                                                : "2 devices: sw7, sw8");
    }
}

static void a_digest_is_titled_by_its_worst_and_cut(void **state)
{
    (void)state;
    struct alert_record worse = port_down(), over = port_down();
    struct notice_item items[NOTICE_LINES_MAX + 7];
    struct buffer OWNED_BUFFER out = {0};

    worse.severity = SEVERITY_CRITICAL;
    for (size_t i = 0; i < COUNT_OF(items); i++)
        items[i] = (struct notice_item){.news = ALERT_ENDED, .alert = &over};
    items[3] = (struct notice_item){.news = ALERT_RAISED, .alert = &worse};
    struct notice_page page = page_of(items, COUNT_OF(items));
    notice_title(&page, &out);
    assert_string_equal(out.at,
                        "[noc-1] 57 changes of alerts, the worst critical");
    buffer_clear(&out);
    notice_body(FORM_PLAIN, &page, &out);
    assert_non_null(strstr(out.at, "and 7 more: portolan alerts\n"));
}

static json_t *body_of(enum notice_form form, struct alert_record *a)
{
    struct notice_item item = {.news = ALERT_RAISED, .alert = a};
    struct notice_page page = page_of(&item, 1);
    struct buffer OWNED_BUFFER out = {0};

    notice_body(form, &page, &out);
    json_t *o = json_loads(out.at, 0, NULL);
    assert_non_null(o);
    return o;
}

static void programs_get_all_that_the_api_says(void **state)
{
    (void)state;
    struct alert_record a = port_down();
    json_t *o = body_of(FORM_JSON, &a), *same = alert_json(&a);
    json_t *item = json_array_get(json_object_get(o, "items"), 0);

    assert_int_equal(json_integer_value(json_object_get(o, "sequence")), 9);
    assert_string_equal(json_string_value(json_object_get(item, "news")),
                        "raised");
    assert_true(json_equal(json_object_get(item, "alert"), same));
    json_decref(same);
    json_decref(o);
}

static void what_a_device_says_is_no_mark_up(void **state)
{
    (void)state;
    struct alert_record a = port_down();
    struct notice_item item = {.news = ALERT_RAISED, .alert = &a};
    struct notice_page page = page_of(&item, 1);
    struct buffer OWNED_BUFFER form = {0};

    a.name = "<!channel> & \"sw\"";
    json_t *o = body_of(FORM_SLACK, &a);
    const char *text = json_string_value(json_object_get(o, "text"));
    assert_non_null(strstr(text, "&lt;!channel&gt; &amp; \"sw\""));
    json_decref(o);
    o = body_of(FORM_TEAMS, &a);
    assert_string_equal(json_string_value(json_object_get(o, "type")),
                        "message");
    json_decref(o);
    notice_body(FORM_CHATWORK, &page, &form);
    assert_non_null(strstr(form.at, "%3C%21channel%3E%20%26%20%22sw%22"));
    assert_null(strchr(form.at, ' '));
}

/* The text of encoded words of a folded header, or of base64 lines. */
static void decode(const char *from, const char *end, struct buffer *out)
{
    while (from < end) {
        const char *stop = from;
        while (stop < end && strchr("?\r\n", *stop) == NULL)
            stop++;
        unsigned char text[256];
        int len = EVP_DecodeBlock(text, (const unsigned char *)from,
                                  (int)(stop - from));
        while (len > 0 && text[len - 1] == '\0')
            len--;
        buffer_add(out, text, (size_t)(len > 0 ? len : 0));
        from = stop;
        if (*from == '?') {
            const char *next = strstr(from, "?B?");
            from = next != NULL && next < end ? next + 3 : end;
        }
        while (from < end && strchr("\r\n", *from) != NULL)
            from++;
    }
}

static void a_mail_has_whole_characters_and_no_header_of_others(void **state)
{
    (void)state;
    static const char *const to[] = {"a@example.org", "b@example.org", NULL};
    struct alert_record a = port_down();
    struct notice_item item = {.news = ALERT_RAISED, .alert = &a};
    struct notice_page page = page_of(&item, 1);
    struct buffer OWNED_BUFFER mail = {0}, OWNED_BUFFER subject = {0},
                               OWNED_BUFFER body = {0},
                               OWNED_BUFFER title = {0},
                               OWNED_BUFFER line = {0};

    a.name = "核心交换机核心交换机核心交换机\r\nBcc: x@example.org";
    notice_mail(&page, "station@example.org", to, 5, &mail);
    assert_null(strstr(mail.at, "\nBcc:"));
    assert_non_null(strstr(mail.at, "To: <a@example.org>,\r\n "
                                    "<b@example.org>\r\n"));
    assert_non_null(strstr(mail.at, "Date: Wed, 18 Nov 2026 11:11:40 +0000"));
    const char *at = strstr(mail.at, "?B?") + 3;
    decode(at, strstr(at, "\r\nDate:"), &subject);
    notice_title(&page, &title);
    assert_string_equal(subject.at, title.at);
    at = strstr(mail.at, "\r\n\r\n") + 4;
    decode(at, mail.at + mail.len, &body);
    notice_line(&item, &line);
    buffer_char(&line, '\n');
    assert_string_equal(body.at, line.at);
    for (const char *l = mail.at; l != NULL && *l != '\0';) {
        const char *end = strstr(l, "\r\n");
        assert_true((size_t)(end - l) <= 78);
        l = end + 2;
    }
}

/* Everything behind a router: each of its ports names it, and all behind it. */
static void a_page_of_a_great_outage_is_taken(void **state)
{
    enum { BEHIND = 1000 };
    static const char *names[BEHIND];
    static struct notice_item items[NOTICE_ITEMS_MAX];
    struct buffer OWNED_BUFFER body = {0};
    struct alert_record port = port_down(), router = port_down();

    (void)state;
    for (size_t i = 0; i < BEHIND; i++)
        names[i] = "distribution-switch-of-a-building-far-away-0815";
    router.symptoms = names;
    router.symptom_count = BEHIND;
    for (size_t i = 0; i < NOTICE_ITEMS_MAX; i++)
        items[i] = (struct notice_item){
            .news = ALERT_EXPLAINED, .alert = &port, .because = &router};
    struct notice_page page = page_of(items, NOTICE_ITEMS_MAX);
    notice_body(FORM_JSON, &page, &body);
    assert_true(body.len < COURIER_BODY_MAX);
    json_t *o = json_loads(body.at, 0, NULL);
    json_t *last =
        json_array_get(json_object_get(o, "items"), NOTICE_ITEMS_MAX - 1);
    json_t *because = json_object_get(last, "because");
    assert_int_equal(
        json_integer_value(json_object_get(because, "symptom_count")), BEHIND);
    assert_int_equal(json_array_size(json_object_get(because, "symptoms")),
                     NOTICE_SYMPTOMS_MAX);
    json_decref(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_says_what_where_and_since_when),
        cmocka_unit_test(what_explains_it_is_named),
        cmocka_unit_test(names_that_do_not_fit_are_left_out_and_counted),
        cmocka_unit_test(a_digest_is_titled_by_its_worst_and_cut),
        cmocka_unit_test(programs_get_all_that_the_api_says),
        cmocka_unit_test(a_page_of_a_great_outage_is_taken),
        cmocka_unit_test(what_a_device_says_is_no_mark_up),
        cmocka_unit_test(a_mail_has_whole_characters_and_no_header_of_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
