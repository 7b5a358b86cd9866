/* alerts - what alerts cost: memory of each, and time of what happens to them.
 *
 * usage: alerts [COUNT]
 *
 * Prints a line of name=value fields: octets of memory that each of COUNT
 * alerts (default 100000) takes, microseconds of what is done with one, and
 * milliseconds of a publication after 1000 of them changed.
 */
#include "station/alerts.h"
#include "base/clock.h"
#include "base/mem.h"

#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { CHANGED = 1000 };

static void tell(struct alerts *a, unsigned n, enum severity severity)
{
    char part[32], name[64], device[32];

    (void)snprintf(part, sizeof part, "GigabitEthernet0%%2F%u", n % 48);
    (void)snprintf(device, sizeof device, "access-switch-%05u", n / 48);
    (void)snprintf(name, sizeof name, "%s:GigabitEthernet0/%u", device, n % 48);
    struct condition c = {
        .object = {.class = OBJECT_PORT, .part = part},
        .type = alert_type_find("threshold.high"),
        .qualifier = "utilisation",
        .severity = severity,
        .at = {1700000000000},
        .evidence = ALERT_BY_POLL,
        .name = name,
        .device = device,
        .text = "93.2 % of its speed is used in one direction, for 5 min",
        .rule = "utilisation",
        .unit = "%",
        .value = 93.2,
        .limit = 90};

    c.object.device.octets[0] = 1;
    c.object.device.octets[14] = (uint8_t)(n / 48 >> 8);
    c.object.device.octets[15] = (uint8_t)(n / 48);
    alerts_tell(a, &c);
}

/* Microseconds of each of count since a moment of this thread's time. */
static double each_us(int64_t since_ns, unsigned count)
{
    return (double)(thread_ns() - since_ns) / 1000 / count;
}

int main(int argc, char **argv)
{
    unsigned count = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 100000;
    struct alerts *a = alerts_new(NULL, NULL);
    size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    int64_t start = thread_ns();

    alerts_tick(a, mono_now(), wall_now());
    for (unsigned n = 0; n < count; n++)
        tell(a, n, SEVERITY_MAJOR);
    double raise = each_us(start, count);
    struct alert_book *book = alerts_book(a);
    size_t octets = mallinfo2().uordblks + mallinfo2().hblkhd - before;

    start = thread_ns();
    for (unsigned n = 0; n < count; n++)
        tell(a, n, SEVERITY_MAJOR);
    double again = each_us(start, count);
    alert_book_unref(alerts_book(a));
    start = thread_ns();
    for (unsigned n = 0; n < count; n++)
        tell(a, n + count, SEVERITY_CLEARED);
    double nothing = each_us(start, count);

    for (unsigned n = 0; n < CHANGED; n++)
        tell(a, n * (count / CHANGED), SEVERITY_CRITICAL);
    start = thread_ns();
    struct alert_book *next = alerts_book(a);
    double publish = each_us(start, 1000);

    start = thread_ns();
    for (unsigned n = 0; n < count; n++)
        tell(a, n, SEVERITY_CLEARED);
    double clear = each_us(start, count);
    alert_book_unref(alerts_book(a));
    printf("alerts=%u octets_each=%zu raise_us=%.2f again_us=%.2f "
           "nothing_us=%.2f clear_us=%.2f publish_ms=%.2f\n",
           count, octets / count, raise, again, nothing, clear, publish);
    alert_book_unref(book);
    alert_book_unref(next);
    alerts_free(a);
    return 0;
}
