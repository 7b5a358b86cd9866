#include "graphs/template.h"

#include "graphs/template_read.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

/* graphs/templates.yaml, written there by the Makefile. */
static const unsigned char shipped[] = {
#include "graphs/templates.inc"
};
static const char shipped_name[] = "graphs/templates.yaml";

static const char *const figure_names[] = {
    [FIGURE_LAST] = "last", [FIGURE_MIN] = "min", [FIGURE_MEAN] = "mean",
    [FIGURE_MAX] = "max",   [FIGURE_P95] = "p95", [FIGURE_TOTAL] = "total",
};

struct template_list ARRAY_OF(struct graph_template *);

struct graph_templates {
    struct template_list list;
};

/* What is known while a set is made. */
struct loader {
    struct graph_templates *set;
    void (*complain_to)(const struct complaint *, void *);
    void *arg;
};

const char *figure_name(enum figure figure)
{
    assert((size_t)figure < COUNT_OF(figure_names));
    return figure_names[figure];
}

const char *source_unit(const char *source)
{
    static const struct {
        const char *end, *unit;
    } ends[] = {
        {"_octets", "B/s"}, {"_ms", "ms"}, {"_percent", "%"},
        {"_bytes", "B"},    {"value", ""},
    };
    size_t len = strlen(source);

    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        size_t end = strlen(ends[i].end);

        if (len >= end && strcmp(source + len - end, ends[i].end) == 0)
            return ends[i].unit;
    }
    return "/s"; /* packets, errors, discards */
}

static void fault_tell(struct loader *l, const struct complaint *why)
{
    if (l->complain_to != NULL)
        l->complain_to(why, l->arg);
}

/* Takes t, in the place of one of the same name. */
static void put(struct template_list *list, struct graph_template *t)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->at[i]->name, t->name) != 0)
            continue;
        template_free(list->at[i]);
        list->at[i] = t;
        return;
    }
    *array_add(list) = t;
}

static void read_one(struct loader *l, const char *name, struct yaml_node n)
{
    struct graph_template *t = NULL;
    struct complaint why;
    int rc = template_read(name, n, &t, &why);

    if (rc == 0 && l->set->list.count == TEMPLATES_MAX &&
        templates_find(l->set, name) == NULL) {
        template_free(t);
        rc = yaml_complain(n, &why, "remove some", "more than %d templates",
                           TEMPLATES_MAX);
    }
    if (rc < 0)
        fault_tell(l, &why);
    else
        put(&l->set->list, t);
}

/* Every template of a document. -EINVAL and *why if it is none of them. */
static int read_document(struct loader *l, const struct yaml *doc,
                         struct complaint *why)
{
    struct yaml_node root = yaml_root(doc);

    if (yaml_kind(root) != YAML_MAP && !yaml_is_null(root))
        return yaml_complain(root, why, "write NAME: and what it shows",
                             "templates by name are expected");
    for (size_t i = 0; i < yaml_count(root); i++)
        read_one(l, yaml_key(root, i), yaml_item(root, i));
    return 0;
}

static void read_text(struct loader *l, const char *name, struct bytes text)
{
    OWNED(yaml_free) struct yaml *doc = NULL;
    struct complaint why;
    int rc = yaml_parse(name, (const char *)text.at, text.len, &doc, &why);

    if (rc == 0)
        rc = read_document(l, doc, &why);
    if (rc < 0)
        fault_tell(l, &why);
}

static void read_file(struct loader *l, const char *path)
{
    OWNED(yaml_free) struct yaml *doc = NULL;
    struct complaint why;
    int rc = yaml_load(path, &doc, &why);

    if (rc == 0)
        rc = read_document(l, doc, &why);
    if (rc < 0)
        fault_tell(l, &why);
}

static int is_yaml(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);

    return entry->d_name[0] != '.' && len > 5 &&
           strcmp(entry->d_name + len - 5, ".yaml") == 0;
}

static void read_directory(struct loader *l, const char *directory)
{
    struct dirent **entries = NULL;
    int count = scandir(directory, &entries, is_yaml, alphasort);

    for (int i = 0; i < count; i++) {
        struct buffer OWNED_BUFFER path = {0};

        buffer_format(&path, "%s/%s", directory, entries[i]->d_name);
        read_file(l, path.at);
        free(entries[i]);
    }
    free(entries);
}

static struct loader
begin(void (*complain_to)(const struct complaint *, void *), void *arg)
{
    struct loader l = {.set = mem_new(struct graph_templates),
                       .complain_to = complain_to,
                       .arg = arg};

    read_text(&l, shipped_name, (struct bytes){shipped, sizeof shipped});
    return l;
}

struct graph_templates *
templates_load(const char *const *directories, size_t count,
               void (*complain_to)(const struct complaint *, void *), void *arg)
{
    struct loader l = begin(complain_to, arg);

    for (size_t i = 0; i < count; i++)
        read_directory(&l, directories[i]);
    return l.set;
}

struct graph_templates *
templates_of_text(const char *name, struct bytes text,
                  void (*complain_to)(const struct complaint *, void *),
                  void *arg)
{
    struct loader l = begin(complain_to, arg);

    read_text(&l, name, text);
    return l.set;
}

void templates_free(struct graph_templates *set)
{
    if (set == NULL)
        return;
    for (size_t i = 0; i < set->list.count; i++)
        template_drop(set->list.at[i]);
    array_fini(&set->list);
    free(set);
}

const struct graph_template *template_keep(const struct graph_template *t)
{
    struct graph_template *shared = (struct graph_template *)(uintptr_t)t;

    if (t != NULL)
        shared->keepers++; /* the count alone changes */
    return t;
}

void template_drop(const struct graph_template *t)
{
    struct graph_template *shared = (struct graph_template *)(uintptr_t)t;

    if (t != NULL && shared->keepers-- == 0)
        template_free(shared);
}

const struct graph_template *templates_find(const struct graph_templates *set,
                                            const char *name)
{
    for (size_t i = 0; i < set->list.count; i++)
        if (strcmp(set->list.at[i]->name, name) == 0)
            return set->list.at[i];
    return NULL;
}

size_t templates_count(const struct graph_templates *set)
{
    return set->list.count;
}

const struct graph_template *templates_at(const struct graph_templates *set,
                                          size_t n)
{
    assert(n < set->list.count);
    return set->list.at[n];
}
