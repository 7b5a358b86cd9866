/* One system's files to one profile. */
#include "mibs/import_parts.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

const char *import_part_name(enum import_part part)
{
    static const char *const names[IMPORT_PARTS] = {
        "match",   "facts",   "processors", "mempools",
        "storage", "sensors", "quirks",
    };

    return names[part];
}

void import_report_fini(struct import_report *r)
{
    array_fini(&r->notes);
}

static void importer_fini(struct importer *im)
{
    arena_free(im->arena);
    table_free(im->table_names);
    table_free(im->states_of);
    table_free(im->states_names);
    buffer_fini(&im->states);
    buffer_fini(&im->facts);
    buffer_fini(&im->match);
    buffer_fini(&im->quirks);
    for (size_t i = 0; i < SECTIONS; i++)
        buffer_fini(&im->sections[i]);
}

/* ---- modules ---------------------------------------------------------------
 */

/* Modules of the discovery file; os is read with the facts. */
static const struct {
    const char *name;
    void (*import)(struct importer *im, struct yaml_node module);
} modules[] = {
    {"processors", import_processors},
    {"mempools", import_mempools},
    {"storage", import_storage},
    {"sensors", import_sensors},
};

static void modules_import(struct importer *im, struct yaml_node all)
{
    for (size_t i = 0; i < yaml_count(all); i++) {
        bool known = strcmp(import_key(all, i), "os") == 0;

        for (size_t k = 0; k < COUNT_OF(modules); k++)
            if (strcmp(import_key(all, i), modules[k].name) == 0) {
                modules[k].import(im, yaml_item(all, i));
                known = true;
            }
        if (!known)
            import_note(im, yaml_item(all, i), import_key(all, i),
                        "there is nothing of the kind here");
    }
}

/* ---- the profile -----------------------------------------------------------
 */

static void part_put(const char *key, const struct buffer *part,
                     struct buffer *out)
{
    if (part->len > 0)
        buffer_format(out, "%s:\n%s", key, part->at);
}

static void profile_put(const struct importer *im,
                        const struct import_system *s, struct buffer *out)
{
    static const char *const sections[SECTIONS] = {
        [SECTION_PROCESSORS] = "processors",
        [SECTION_MEMPOOLS] = "mempools",
        [SECTION_STORAGE] = "storage",
        [SECTION_SENSORS] = "sensors",
    };

    buffer_text(out, "# Made by `portolan profile import`.\n");
    buffer_format(out, "profile: '%s'\nextends: true\n", im->os);
    if (im->match.len > 0)
        buffer_format(out, "rank: %d\n", s->rank);
    part_put("match", &im->match, out);
    part_put("facts", &im->facts, out);
    part_put("states", &im->states, out);
    for (size_t i = 0; i < SECTIONS; i++)
        part_put(sections[i], &im->sections[i], out);
    part_put("quirks", &im->quirks, out);
}

void import_system(const struct import_system *s, struct yaml_node detection,
                   struct yaml_node discovery, const struct mib_names *names,
                   struct buffer *out, struct import_report *report)
{
    struct importer im = {
        .os = s->os,
        .names = names,
        .report = report,
        .arena = arena_new(),
        .table_names = table_new(),
        .states_of = table_new(),
        .states_names = table_new(),
    };
    struct yaml_node modules_of = yaml_get(discovery, "modules");

    import_match(&im, detection);
    import_quirks(&im, detection);
    import_facts(&im, detection, yaml_get(modules_of, "os"));
    modules_import(&im, modules_of);
    profile_put(&im, s, out);
    importer_fini(&im);
}

/* ---- which systems there are ------------------------------------------------
 */

void import_systems_fini(struct import_systems *all)
{
    for (size_t i = 0; i < all->count; i++) {
        free(all->at[i].os);
        free(all->at[i].group);
        free(all->at[i].mib_dir);
        free(all->at[i].detection);
    }
    array_fini(all);
}

/* Those that fit whatever runs their kernel are tried last. */
static bool is_last(const char *os)
{
    static const char *const last[] = {"airos", "freebsd", "linux"};

    for (size_t i = 0; i < COUNT_OF(last); i++)
        if (strcmp(os, last[i]) == 0)
            return true;
    return false;
}

static bool asks_more(struct yaml_node detection)
{
    struct yaml_node rules = yaml_get(detection, "discovery");

    for (size_t i = 0; i < yaml_count(rules); i++)
        for (size_t k = 0; k < yaml_count(yaml_item(rules, i)); k++)
            if (strncmp(import_key(yaml_item(rules, i), k), "snmp", 4) == 0)
                return true;
    return false;
}

static int turn_of(const struct import_system *s)
{
    return is_last(s->os) ? 2 : s->is_slow;
}

static int trying_order(const void *a, const void *b)
{
    const struct import_system *x = a, *y = b;
    int order = turn_of(x) - turn_of(y);

    return order != 0 ? order : strcmp(x->detection, y->detection);
}

static char *text_of(struct yaml_node map, const char *key)
{
    return mem_text(import_text(yaml_get(map, key)));
}

static void system_add(const char *path, struct import_systems *out,
                       void (*complain_to)(const struct complaint *, void *),
                       void *arg)
{
    OWNED(yaml_free) struct yaml *doc = NULL;
    struct complaint why;
    int rc = import_load(path, &doc, &why);

    if (rc == 0 && import_text(yaml_get(yaml_root(doc), "os")) == NULL)
        rc = yaml_complain(yaml_root(doc), &why, "is it a file of this peer?",
                           "no key \"os\"");
    if (rc < 0) {
        if (complain_to != NULL)
            complain_to(&why, arg);
        return;
    }
    *array_add(out) = (struct import_system){
        .os = text_of(yaml_root(doc), "os"),
        .group = text_of(yaml_root(doc), "group"),
        .mib_dir = text_of(yaml_root(doc), "mib_dir"),
        .detection = mem_text(path),
        .is_slow = asks_more(yaml_root(doc)),
    };
}

static int is_yaml(const struct dirent *e)
{
    size_t len = strlen(e->d_name);

    return len > 5 && strcmp(e->d_name + len - 5, ".yaml") == 0;
}

int import_systems_read(const char *dir, struct import_systems *out,
                        void (*complain_to)(const struct complaint *, void *),
                        void *arg, struct complaint *why)
{
    struct dirent **entries = NULL;
    int count = scandir(dir, &entries, is_yaml, alphasort);

    if (count < 0)
        return complain(why, -errno, dir,
                        "name the directory of the whole checkout",
                        "cannot be read: %s", strerror(errno));
    for (int i = 0; i < count; i++) {
        struct buffer OWNED_BUFFER path = {0};

        buffer_format(&path, "%s/%s", dir, entries[i]->d_name);
        system_add(path.at, out, complain_to, arg);
        free(entries[i]);
    }
    free(entries);
    if (out->count > 0)
        qsort(out->at, out->count, sizeof *out->at, trying_order);
    for (size_t i = 0; i < out->count; i++)
        out->at[i].rank = (int)(out->count - i);
    return 0;
}
