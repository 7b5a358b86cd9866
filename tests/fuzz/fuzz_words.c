/* Any text as what people and agents write of times, addresses and names: it is
 * refused and leaves nothing, or what was read is within its bounds and, where
 * it can be written, is read again as the same. */
#include "base/addr.h"
#include "base/clock.h"
#include "base/ident.h"
#include "base/mem.h"
#include "base/own.h"
#include "mibs/oid.h"
#include "mibs/profile_date.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Seconds of the years that dates of agents can have. */
static const int64_t year_s = 366 * 86400LL;

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void read_times(const char *text)
{
    const struct wall now = {1700000000000};
    struct wall at, again;
    struct date date;
    char written[32];
    int64_t ms = 0;

    if (wall_parse(text, now, &at) == 0) {
        wall_format(at, written, sizeof written);
        must(written[0] == '\0' || (wall_parse(written, now, &again) == 0 &&
                                    again.ms / 1000 == at.ms / 1000));
    }
    must(duration_parse(text, &ms) < 0 || ms >= 0);
    if (date_read(text, &date))
        must(date.s > -year_s * 10000 && date.s < year_s * 10000);
}

static void read_addresses(const char *text)
{
    char written[ADDR_TEXT_MAX];
    struct addr addr, again;
    struct prefix prefix, same;
    struct mac mac;

    if (addr_parse(text, &addr) == 0) {
        must(addr.family == 4 || addr.family == 6);
        must(addr_parse(addr_format(&addr, written, sizeof written), &again) ==
                 0 &&
             addr_equal(&addr, &again));
    }
    for (int lenient = 0; lenient <= 1; lenient++) {
        if (prefix_parse(text, lenient == 1, &prefix) < 0)
            continue;
        must(prefix.len <= (prefix.base.family == 4 ? 32 : 128));
        must(prefix_contains(&prefix, &prefix.base));
        must(prefix_parse(prefix_format(&prefix, written, sizeof written),
                          false, &same) == 0 &&
             prefix_equal(&prefix, &same));
        struct addr last = prefix_host(
            &prefix, prefix_hosts(&prefix) > 0 ? prefix_hosts(&prefix) - 1 : 0);
        must(prefix_hosts(&prefix) == 0 || prefix_contains(&prefix, &last));
    }
    (void)mac_parse(text, &mac);
}

static void read_names(const char *text)
{
    char written[OID_TEXT_MAX], digits[IDENT_TEXT_MAX];
    struct oid_store oid, again;
    struct ident ident, same;

    if (oid_parse(text, &oid) == 0) {
        must(oid.len <= OID_MAX);
        must(oid_parse(oid_format(oid_view(&oid), written, sizeof written),
                       &again) == 0 &&
             oid_equal(oid_view(&oid), oid_view(&again)));
    }
    if (ident_parse(text, &ident) == 0)
        must(ident_parse(ident_format(&ident, digits, sizeof digits), &same) ==
                 0 &&
             ident_equal(&ident, &same));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWNED(free) char *text = mem_text_of(data, size);

    read_times(text);
    read_addresses(text);
    read_names(text);
    return 0;
}
