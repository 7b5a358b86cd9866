/* profiles - how long it takes to load device profiles and to find the one of
 * an agent, on a generated set.
 *
 * usage: profiles [COUNT]   default 3000 profiles, a file each, of a dozen
 * tables and facts together, as those of a vendor's family are.
 */
#include "base/clock.h"
#include "base/mem.h"
#include "mibs/profile.h"
#include "tests/bench/spent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    COUNT_DEFAULT = 3000,
    VENDORS = 200,
    MATCHES = 200000,
    DEVICES = 4096,
    SETTLED_S = 3
};

/* Every so manieth profile has a rule for agents of any number. */
enum { TEXT_EVERY = 12, PATTERN_EVERY = 37 };

/* What a profile of a vendor says is measured. */
static void measures_write(struct buffer *out, unsigned vendor)
{
    buffer_format(out,
                  "processors:\n"
                  "- name: cpu\n"
                  "  walk: {busy: 1.3.6.1.4.1.%u.4.1.2}\n"
                  "  label: 'CPU {index}'\n"
                  "  value: busy\n"
                  "  skip: {of: busy, more: 100}\n"
                  "mempools:\n"
                  "- name: memory\n"
                  "  get: {total: 1.3.6.1.4.1.%u.5.1.0, "
                  "free: 1.3.6.1.4.1.%u.5.2.0}\n"
                  "  total: total * 1024\n"
                  "  free: free * 1024\n"
                  "sensors:\n",
                  vendor, vendor, vendor);
    for (unsigned i = 0; i < 2; i++)
        buffer_format(
            out,
            "- name: temperature%u\n"
            "  walk: {raw: 1.3.6.1.4.1.%u.6.%u.2, "
            "limit: 1.3.6.1.4.1.%u.6.%u.3, name: 1.3.6.1.4.1.%u.6.%u.4}\n"
            "  join: {port: {oid: 1.3.6.1.2.1.31.1.1.1.1, at: index.1}}\n"
            "  class: temperature\n"
            "  label: ['{port} {name}', 'Sensor {index}']\n"
            "  value: raw / 10\n"
            "  high_crit: limit / 10\n"
            "  high_warn: limit / 10 - 5\n"
            "  if_index: index.1\n"
            "  skip: [{of: raw, in: [0, -9999]}, {of: name, pattern: '^x'}]\n"
            "- name: fan%u\n"
            "  walk: {state: 1.3.6.1.4.1.%u.7.%u.2}\n"
            "  class: state\n"
            "  label: 'Fan {index.1}/{index.2}'\n"
            "  value: state\n"
            "  states: unit\n",
            i, vendor, i, vendor, i, vendor, i, i, vendor, i);
}

/* What the nth profile says. */
static void profile_write(struct buffer *out, unsigned n)
{
    unsigned vendor = 50000 + n % VENDORS, product = n / VENDORS;
    char by_text[64] = "", by_pattern[64] = "";

    if (n % TEXT_EVERY == 0)
        (void)snprintf(by_text, sizeof by_text, "- descr: Brand%u OS\n", n);
    if (n % PATTERN_EVERY == 0)
        (void)snprintf(by_pattern, sizeof by_pattern,
                       "- descr_pattern: 'Gen[0-9]+ (Box|Node) %u '\n", n);

    buffer_format(
        out,
        "profile: gen%u\n"
        "match:\n"
        "- object_id: 1.3.6.1.4.1.%u.1.%u\n"
        "- object_id: 1.3.6.1.4.1.%u.2\n"
        "  descr: ['Model %u ', 'Series-%u ']\n"
        "  except: {descr: Lite}\n"
        "%s%s"
        "facts:\n"
        "  vendor: Vendor %u\n"
        "  kind: switch\n"
        "  descr:\n"
        "  - 'GenOS (?<version>\\d\\S*) on (?<hardware>\\S+)'\n"
        "  - 'serial (?<serial>\\w+)'\n"
        "  hardware: ['{hardware} rev', {oid: 1.3.6.1.4.1.%u.3.1.0}]\n"
        "  serial: {entity: {class: chassis, field: serial}}\n"
        "states:\n"
        "  unit: {1: [good, ok], 2: [slow, warning], 3: [broken, critical]}\n",
        n, vendor, product, vendor, n, n, by_text, by_pattern, vendor, vendor);
    measures_write(out, vendor);
}

static size_t files_write(const char *dir, unsigned count)
{
    size_t octets = 0;

    for (unsigned n = 0; n < count; n++) {
        struct buffer OWNED_BUFFER path = {0}, OWNED_BUFFER text = {0};

        buffer_format(&path, "%s/gen%04u.yaml", dir, n);
        profile_write(&text, n);
        octets += text.len;
        FILE *file = fopen(path.at, "we"); /* not to the disk at once */

        if (file == NULL || fwrite(text.at, 1, text.len, file) != text.len ||
            fclose(file) != 0)
            abort();
    }
    return octets;
}

static void fault_tell(const struct complaint *why, void *arg)
{
    (void)arg;
    (void)fprintf(stderr, "%s: %s\n", why->place, why->what);
}

static struct profiles *load(const char *what, const char *dir,
                             const char *cache)
{
    struct mono since = mono_now();
    double cpu = cpu_s();
    size_t faults = 0;
    struct profiles *set =
        profiles_load_cached(&dir, 1, cache, fault_tell, NULL, &faults);

    printf("%s profiles=%zu faults=%zu ms=%.1f cpu_ms=%.1f\n", what,
           profiles_count(set), faults,
           (double)(mono_now().ns - since.ns) / 1e6, (cpu_s() - cpu) * 1e3);
    return set;
}

/* Agents that are known by number, by number and text, by nothing (they are
 * held against every rule that asks for no number). */
static void match(const struct profiles *set, const char *what, unsigned which,
                  unsigned count)
{
    static char ids[DEVICES][48], texts[DEVICES][128];
    size_t found = 0;

    for (unsigned i = 0; i < DEVICES; i++) {
        unsigned n = i * 7919 % count;

        (void)snprintf(ids[i], sizeof ids[i], "1.3.6.1.4.1.%u.%u.%u",
                       50000 + n % VENDORS, which, n / VENDORS);
        (void)snprintf(texts[i], sizeof texts[i],
                       "GenOS 4.%u on Model %u Switch, serial A%u", i % 9, n,
                       i);
    }
    double cpu = cpu_s();

    for (unsigned i = 0; i < MATCHES; i++) {
        const struct system_facts said = {.object_id = ids[i % DEVICES],
                                          .descr = texts[i % DEVICES]};

        found += profiles_match(set, &said, NULL) != NULL;
    }
    printf("match_%s devices=%d found=%zu cpu_us_each=%.3f\n", what, MATCHES,
           found, (cpu_s() - cpu) * 1e6 / MATCHES);
}

int main(int argc, char **argv)
{
    unsigned count =
        argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : COUNT_DEFAULT;
    char dir[] = "/dev/shm/bench-profiles.XXXXXX";

    if (count == 0 || mkdtemp(dir) == NULL)
        return EXIT_FAILURE;
    printf("files octets=%zu\n", files_write(dir, count));
    struct buffer OWNED_BUFFER cache = {0};

    buffer_format(&cache, "%s/cache", dir);
    profiles_free(load("yaml", dir, NULL));
    profiles_free(load("yaml_and_keep", dir, cache.at));
    profiles_free(load("touched", dir, cache.at)); /* by contents: too new */
    (void)sleep(SETTLED_S);
    profiles_free(load("settled", dir, cache.at));
    struct profiles *set = load("compiled", dir, cache.at);

    match(set, "by_number", 1, count);
    match(set, "by_number_and_text", 2, count);
    match(set, "by_nothing", 3, count);
    profiles_free(set);
    (void)fflush(stdout);
    (void)execlp("rm", "rm", "-r", dir, (char *)NULL);
    return EXIT_FAILURE;
}
