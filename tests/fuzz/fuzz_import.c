/* Any text as a peer's definition: it is read or refused, and what is made of
 * it is YAML of one profile, or is refused with a place when it is loaded. */
#include "mibs/import.h"
#include "mibs/profile.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* Names are found in every module but one; what they are follows from them. */
static bool find(void *arg, const char *module, const char *name,
                 struct mib_object *out)
{
    static const uint32_t acme[] = {1, 3, 6, 1, 4, 1, 99999, 1, 1};

    (void)arg;
    *out = (struct mib_object){.kind = (uint8_t)(name[0] % (MIB_TABLE + 1)),
                               .index_count = (uint8_t)(name[0] % 4),
                               .is_text = name[0] % 2 == 1};
    oid_copy(&out->oid, (struct oid){acme, 7 + (size_t)(name[0] % 3)});
    return oid_push(&out->oid, (uint8_t)name[0]) && module[0] != 'X';
}

static void each(void *arg, const char *module,
                 void (*told)(void *told_arg, const char *name, struct oid oid),
                 void *told_arg)
{
    struct mib_object o;

    if (find(arg, module, module, &o))
        told(told_arg, module, oid_view(&o.oid));
}

static void hear(const struct complaint *why, void *arg)
{
    (void)arg;
    must(why->what[0] != '\0');
}

static void report_check(const struct import_report *r)
{
    for (size_t i = 0; i < r->notes.count; i++)
        must(r->notes.at[i].place[0] != '\0' && r->notes.at[i].why[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct import_system system = {.os = (char *)"acme", .rank = 1};
    const struct mib_names names = {.find = find, .each = each};
    OWNED(yaml_free) struct yaml *doc = NULL;
    struct buffer OWNED_BUFFER out = {0};
    struct import_report report = {0};
    struct complaint why;

    if (import_parse("in", (const char *)data, size, &doc, &why) < 0) {
        must(doc == NULL && why.what[0] != '\0');
        return 0;
    }
    import_system(&system, yaml_root(doc), yaml_root(doc), &names, &out,
                  &report);
    must(out.len > 0);
    report_check(&report);
    import_report_fini(&report);

    const struct profile_file file = {"out", out.at, out.len};
    size_t faults = 0;
    struct yaml *made = NULL;

    must(yaml_parse("out", out.at, out.len, &made, &why) == 0);
    yaml_free(made);
    profiles_free(profiles_of_files(&file, 1, hear, NULL, &faults));
    return 0;
}
