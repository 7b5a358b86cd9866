/* Coordinates in what people write of places. */
#include "mibs/location.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void places_have_coordinates_where_they_are_written(void **state)
{
    static const struct {
        const char *text;
        double latitude, longitude; /* NaN: none */
    } cases[] = {
        {"Rack 7, Munich [48.137, 11.575]", 48.137, 11.575},
        {"[ -33.9 ,151.2 ] Sydney", -33.9, 151.2},
        {"{40,-74.5}", 40, -74.5},
        {"Room (2), floor [3] (1.5,2.5)", 1.5, 2.5},
        {"[91, 0]", NAN, NAN},
        {"[1, 181]", NAN, NAN},
        {"[1, 2", NAN, NAN},
        {"[1, 2)", NAN, NAN},
        {"[1; 2]", NAN, NAN},
        {"[nan, 2]", NAN, NAN},
        {"[0x1, 2]", NAN, NAN},
        {"[1e1, 2]", NAN, NAN},
        {"[, 2]", NAN, NAN},
        {"48.1, 11.5", NAN, NAN},
        {"[", NAN, NAN},
        {"", NAN, NAN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct coordinates c = {0};
        bool found = location_coordinates(cases[i].text, &c);

        print_message("  %s\n", cases[i].text);
        assert_int_equal(found, !isnan(cases[i].latitude));
        if (!found)
            continue;
        assert_true(c.latitude == cases[i].latitude);
        assert_true(c.longitude == cases[i].longitude);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_have_coordinates_where_they_are_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
