/* The certificate of the station's own: there in time, whenever it ends. */
#include "north/http_parts.h"

#include "base/mem.h"
#include "north/http_certificate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/scratch.h"

static void a_certificate_that_is_no_good_any_more_is_made_anew(void **state)
{
    char dir[SCRATCH_LEN];
    struct http_options options = {.station = "noc",
                                   .web = "/none",
                                   .certificate = "",
                                   .key = "",
                                   .port = 8161};
    struct api api = {.data = dir};
    struct complaint why;
    struct stat first, second;

    (void)state;
    assert_true(scratch_make("port", dir));
    assert_int_equal(addr_parse("192.0.2.1", &options.listen), 0);
    assert_int_equal(http_port_prepare(&api, &options, &why), 0);
    http_port_look(&api);
    assert_int_equal(stat(api.certificate, &first), 0);
    http_port_look(&api);
    assert_int_equal(stat(api.certificate, &second), 0);
    assert_int_equal(first.st_ino, second.st_ino); /* it is good */

    /* Of a station that is called otherwise, as one near its end is no good. */
    const struct certificate_wish other = {.name = "else",
                                           .listen = options.listen,
                                           .certificate = api.certificate,
                                           .key = api.key};
    const struct certificate_wish right = {.name = "noc",
                                           .listen = options.listen,
                                           .certificate = api.certificate,
                                           .key = api.key};
    assert_int_equal(certificate_make(&other, &why), 0);
    assert_false(certificate_is_good(&right));
    http_port_look(&api);
    assert_true(certificate_is_good(&right));
    http_port_end(&api);
    assert_true(scratch_remove(dir));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_that_is_no_good_any_more_is_made_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
