/* Dates as agents write them. */
#include "mibs/profile_date.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct {
    const char *text;
    int64_t s; /* 0: no date */
    bool has_time;
} dates[] = {
    {"2024-05-31", 1717113600, false},
    {"05/31/2024", 1717113600, false},
    {"05/31/24", 1717113600, false},
    {"31.05.2024", 1717113600, false},
    {"31-05-2024", 1717113600, false},
    {"20240531", 1717113600, false},
    {"31 May 2024", 1717113600, false},
    {"May 31, 2024", 1717113600, false},
    {"2024 May 31", 1717113600, false},
    {"built 2024-05-31T12:30:15Z", 1717158615, true},
    {"Fri May 31 12:30:15 2024", 1717158615, true},
    {"12:30 31-May-2024", 1717158600, true},
    {"07 e8 05 1f 0c 1e 0f 00", 1717158615, true},
    {"07 e8 05 1f 0c 1e 0f 00 2b 02 00", 1717151415, true},
    {"07 e8 05 1f 0c 1e 0f 00 2d 01 1e", 1717164015, true},
    {"", 0, false},
    {"soon", 0, false},
    {"30.02.2024", 0, false},
    {"13/31/2024", 0, false},
    {"31/12", 0, false},
    {"May", 0, false},
    {"00 00 00 00 00 00 00 00", 0, false},
    {"999999999999/1/2024", 0, false},
};

static void dates_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(dates); i++) {
        struct date d;

        print_message("  %s\n", dates[i].text);
        assert_int_equal(date_read(dates[i].text, &d), dates[i].s != 0);
        assert_int_equal(d.s, dates[i].s);
        assert_int_equal(d.has_time, dates[i].has_time);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
