/* A profile loses the parts that would have it refused, and no others. */
#include "test_profile_agent.h"

#include "mibs/import.h"

static void a_part_that_is_refused_is_taken_out(void **state)
{
    static const char text[] = "profile: a\n"
                               "facts:\n"
                               "  hardware:\n"
                               "  - '{nothing}'\n"
                               "  - right\n"
                               "sensors:\n"
                               "- name: one\n"
                               "  get: {v: 1.3.6.1.4.0}\n"
                               "  class: nonsense\n"
                               "  value: v\n"
                               "- name: two\n"
                               "  get: {v: 1.3.6.1.5.0}\n"
                               "  class: voltage\n"
                               "  value: v\n";
    struct buffer OWNED_BUFFER profile = {0};
    struct import_report report = {0};

    (void)state;
    buffer_text(&profile, text);
    assert_int_equal(import_mend("p.yaml", &profile, &report), 2);
    assert_int_equal(report.notes.count, 2);
    assert_null(strstr(profile.at, "nonsense"));
    assert_null(strstr(profile.at, "nothing"));
    assert_non_null(strstr(profile.at, "- right\n"));
    assert_non_null(strstr(profile.at, "- name: two\n"));
    OWNED(profiles_free) struct profiles *set = set_of(profile.at);
    assert_int_equal(profiles_count(set), 1);
    import_report_fini(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_that_is_refused_is_taken_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
