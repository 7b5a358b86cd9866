/* Any text as what the database keeps of rules and of notifications that wait:
 * it is read or left out, and what was read is written and read again as the
 * same. */
#include "base/mem.h"
#include "base/own.h"
#include "station/notify.h"
#include "station/rule_baseline.h"
#include "station/rule_window.h"
#include "wire/notifier.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static size_t slots_of(const struct buffer *text)
{
    size_t count = 0;

    for (size_t i = 0; i < text->len; i++)
        count += text->at[i] == ':';
    return count;
}

static void read_window(const char *text)
{
    enum { OVER_MS = 3600000 };
    OWNED(window_free) struct window *w = window_new(OVER_MS);
    OWNED(window_free) struct window *again = window_new(OVER_MS);
    struct buffer OWNED_BUFFER first = {0}, second = {0};
    double percentile;

    window_read(w, text);
    window_write(w, &first);
    window_read(again, first.at != NULL ? first.at : "");
    window_write(again, &second);
    must(slots_of(&first) == slots_of(&second));
    must(slots_of(&first) <= WINDOW_SLOTS);
    (void)window_change(w);
    (void)window_per_day(w);
    percentile = window_percentile(w, 95);
    must(isnan(percentile) || isfinite(percentile));
    window_add(w, (struct wall){1700000000000}, 1);
}

static void read_baseline(const char *text)
{
    OWNED(baseline_free) struct baseline *b = baseline_new();
    OWNED(baseline_free) struct baseline *again = baseline_new();
    struct buffer OWNED_BUFFER first = {0}, second = {0};
    struct baseline_hour hour;

    baseline_read(b, text);
    baseline_write(b, &first);
    baseline_read(again, first.at != NULL ? first.at : "");
    baseline_write(again, &second);
    must(bytes_equal(buffer_view(&first), buffer_view(&second)));
    for (int64_t s = 0; s < BASELINE_HOURS; s++)
        if (baseline_hour(b, s * 3600, &hour))
            must(isfinite(hour.level) && isfinite(hour.spread));
    (void)baseline_add(b, 1700000000, 1);
}

static void read_notice(const char *text)
{
    static struct notify_said said; /* large */

    if (notify_read(text, &said) < 0)
        return;
    must(said.count <= NOTIFY_VARBINDS_MAX && said.trap.len <= OID_MAX);
    must(said.varbinds >= said.all &&
         said.varbinds + said.count <= said.all + NOTIFY_VARBINDS_MAX);
}

static void read_list(const uint8_t *data, size_t size)
{
    struct varbind list[NOTIFYING_VARBINDS_MAX];
    uint32_t subs[NOTIFYING_OCTETS_MAX];
    size_t count = 0;

    if (notifying_decode((struct bytes){data, size}, list, COUNT_OF(list), subs,
                         COUNT_OF(subs), &count) == 0)
        must(count <= COUNT_OF(list));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWNED(free) char *text = mem_text_of(data, size);

    read_window(text);
    read_baseline(text);
    read_notice(text);
    read_list(data, size);
    return 0;
}
