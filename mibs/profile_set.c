/* A set of profiles: read from directories, made whole from their ancestors,
 * found by name and by what an agent said. */
#include "mibs/profile_cache.h"
#include "mibs/profile_match.h"

#include "base/file.h"
#include "base/log.h"
#include "base/table.h"
#include "base/yaml.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

struct profiles {
    struct profiles_read list; /* by name, once the set is whole */
    struct table *by_name;
    struct match_index *index;
    const struct profile *generic;
    struct profile_cache *cache; /* what of its profiles was not read anew */
    unsigned others;             /* who keep it besides its owner */
};

/* What is known while a set is made. */
struct loader {
    struct profiles *set;
    struct profile_cache *cache; /* NULL: none */
    complain_fn complain_to;
    void *arg;
    size_t faults;
    uint16_t layer; /* directories so far */
    /* When sets are renewed: files as they were before stand in for those
     * that have become faulty, and for those in held from the start. */
    bool renews, unreadable;
    struct table *anew; /* paths that were read anew, without a fault */
    struct table *held; /* paths whose faults show when all are together */
};

static const char *const fallback_name = "generic";

struct profiles *profiles_ref(const struct profiles *set)
{
    struct profiles *shared = (struct profiles *)(uintptr_t)set;

    if (set != NULL)
        __atomic_add_fetch(&shared->others, 1, __ATOMIC_RELAXED);
    return shared;
}

void profiles_free(struct profiles *set)
{
    if (set == NULL ||
        __atomic_fetch_sub(&set->others, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    for (size_t i = 0; i < set->list.count; i++)
        profile_free(set->list.at[i]);
    array_fini(&set->list);
    profile_cache_free(set->cache);
    match_index_free(set->index);
    table_free(set->by_name);
    free(set);
}

static void fault_tell(struct loader *l, const struct complaint *why)
{
    l->faults++;
    if (l->complain_to != NULL)
        l->complain_to(why, l->arg);
}

/* ---- links ------------------------------------------------------------------
 */

/* The sound one of p and what it extends, the youngest; NULL if there is none.
 * Younger ones are freed: being faulty they are nobody's parents. */
static struct profile *sound_of(struct profile *p)
{
    while (p != NULL && p->faulty) {
        struct profile *faulty = p;

        p = TAKE(p->base);
        profile_free(faulty);
    }
    return p;
}

/* Why p cannot be linked to its parent; 0 if it can, *parent then told. */
static int parent_find(struct loader *l, const struct profile *p,
                       struct profile **parent, struct complaint *why)
{
    *parent = p->base;
    if (*parent != NULL || p->parent_name == NULL)
        return 0;
    *parent = table_find_text(l->set->by_name, p->parent_name);
    if (*parent == NULL)
        return complain(why, -EINVAL, p->parent_place,
                        "write the name of a profile of this set",
                        "there is no profile \"%s\", or it is faulty",
                        p->parent_name);
    /* What extends its parent in a later directory is not its parent, nor is
     * what extends it with a fault. */
    while (((*parent)->layer > p->layer || (*parent)->faulty) &&
           (*parent)->base != NULL)
        *parent = (*parent)->base;
    if ((*parent)->faulty)
        return complain(why, -EINVAL, p->parent_place, "mend that one first",
                        "profile \"%s\" is faulty", p->parent_name);
    return 0;
}

/* Links the youngest of p and its ancestors that is not linked though its
 * parent is. False if there is none: p is linked, or faulty. */
static bool step_link(struct loader *l, struct profile *p)
{
    struct profile *parent = NULL;
    struct complaint why;
    int rc = 0;

    if (p->linked || p->faulty)
        return false;
    for (unsigned n = 0; rc == 0; n++) {
        p->base = sound_of(p->base);
        rc = parent_find(l, p, &parent, &why);
        if (rc < 0 || parent == NULL || parent->linked)
            break;
        if (n == PROFILE_ANCESTORS_MAX)
            rc = complain(&why, -EINVAL, p->parent_place,
                          "look for a circle of parents",
                          "more than %d ancestors", PROFILE_ANCESTORS_MAX);
        else
            p = parent;
    }
    if (rc == 0)
        rc = profile_link(p, parent, &why);
    if (rc < 0) {
        p->faulty = true;
        fault_tell(l, &why);
    }
    return true;
}

/* Links p, or if it is faulty what it extends. */
static void chain_link(struct loader *l, struct profile *p)
{
    for (; p != NULL; p = p->faulty ? p->base : NULL)
        while (step_link(l, p))
            continue;
}

static void set_link(struct loader *l)
{
    struct profiles_read *list = &l->set->list;

    for (size_t i = 0; i < list->count; i++)
        chain_link(l, list->at[i]);
    size_t kept = 0;

    for (size_t i = 0; i < list->count; i++) {
        struct profile *sound = sound_of(list->at[i]);

        if (sound != NULL)
            list->at[kept++] = sound;
    }
    list->count = kept;
}

/* ---- loading
 * ----------------------------------------------------------------- */

/* Takes what one directory brought; the same name there twice is a fault, a
 * name of an earlier directory is replaced. */
static void profiles_take(struct loader *l, struct profiles_read *read)
{
    struct profiles *set = l->set;
    OWNED(table_free) struct table *here = table_new();

    for (size_t i = 0; i < read->count; i++) {
        struct profile *p = read->at[i];
        const struct profile *twin = table_find_text(here, p->name);
        struct complaint why;

        if (twin != NULL || set->list.count == PROFILES_MAX) {
            if (complain(&why, -EINVAL, p->place, "give each its own name",
                         "profile \"%s\" is there already, at %s", p->name,
                         twin != NULL ? twin->place : "the limit of a set") < 0)
                fault_tell(l, &why);
            profile_free(p);
            continue;
        }
        p->layer = l->layer;
        (void)table_put_text(here, p->name, p);
        struct profile *older = table_put_text(set->by_name, p->name, p);

        for (size_t k = 0; older != NULL && k < set->list.count; k++)
            if (set->list.at[k] == older)
                set->list.at[k] = p;
        if (older == NULL)
            *array_add(&set->list) = p;
        if (p->extends)
            p->base = older;
        else
            profile_free(older);
    }
    array_fini(read);
    l->layer++;
}

static int is_profile_file(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);

    return entry->d_name[0] != '.' && len > 5 &&
           strcmp(entry->d_name + len - 5, ".yaml") == 0;
}

/* Takes a file as it was when it was sound; false if it never was. */
static bool file_hold(struct loader *l, const char *path,
                      struct profiles_read *out)
{
    struct complaint why;

    if (!l->renews || l->cache == NULL ||
        !profile_cache_take_older(l->cache, path, out))
        return false;
    if (complain(&why, -EINVAL, path, "mend it and send SIGHUP",
                 "it is faulty: as it was before it stays in force") < 0 &&
        l->complain_to != NULL)
        l->complain_to(&why, l->arg);
    return true;
}

static bool is_held(const struct loader *l, const char *path)
{
    return l->held != NULL && table_find_text(l->held, path) != NULL;
}

/* Takes a file from the cache, or reads it and puts it there. */
static void file_load(struct loader *l, const char *path,
                      struct profiles_read *out)
{
    struct buffer OWNED_BUFFER text = {0};
    size_t before = out->count, faults = 0;

    if (is_held(l, path) && file_hold(l, path, out))
        return;
    if (l->cache != NULL && profile_cache_take(l->cache, path, out))
        return;
    if (l->cache == NULL || file_read(path, YAML_FILE_MAX, &text) < 0) {
        l->faults += profile_read_file(path, out, l->complain_to, l->arg);
        return;
    }
    faults =
        profile_read_text(path, text.at, text.len, out, l->complain_to, l->arg);
    l->faults += faults;
    if (faults == 0) {
        profile_cache_keep(l->cache, path, buffer_view(&text), out->at + before,
                           out->count - before);
        if (l->anew != NULL)
            (void)table_put_text(l->anew, path, l);
        return;
    }
    struct profiles_read older = {0};

    if (!file_hold(l, path, &older))
        return; /* what of it is sound counts */
    while (out->count > before)
        profile_free(out->at[--out->count]);
    for (size_t i = 0; i < older.count; i++)
        *array_add(out) = older.at[i];
    array_fini(&older);
}

static void directory_load(struct loader *l, const char *path)
{
    struct profiles_read read = {0};
    struct dirent **names = NULL;
    int count = scandir(path, &names, is_profile_file, alphasort);
    struct complaint why;

    if (count < 0) {
        if (complain(&why, -errno, path, "check its name and permissions",
                     "this directory cannot be read: %s", strerror(errno)) < 0)
            fault_tell(l, &why);
        l->unreadable = true;
        return;
    }
    for (int i = 0; i < count; i++) {
        struct buffer OWNED_BUFFER file = {0};

        buffer_format(&file, "%s/%s", path, names[i]->d_name);
        file_load(l, file.at, &read);
        free(names[i]);
    }
    free(names);
    profiles_take(l, &read);
}

static int name_order(const void *a, const void *b)
{
    const struct profile *const *x = a;
    const struct profile *const *y = b;

    return strcmp((*x)->name, (*y)->name);
}

/* Makes the set usable: links, order, names, index. */
static struct profiles *set_finish(struct loader *l, size_t *faults)
{
    struct profiles *set = l->set;

    set_link(l);
    table_free(set->by_name);
    set->by_name = table_new();
    if (set->list.count > 1)
        qsort(set->list.at, set->list.count, sizeof(struct profile *),
              name_order);
    for (size_t i = 0; i < set->list.count; i++)
        (void)table_put_text(set->by_name, set->list.at[i]->name,
                             set->list.at[i]);
    set->generic = table_find_text(set->by_name, fallback_name);
    set->index = match_index_new(set->list.at, set->list.count);
    l->faults += match_ties(set->index, l->complain_to, l->arg);
    if (faults != NULL)
        *faults = l->faults;
    return set;
}

static struct loader loader_of(complain_fn complain_to, void *arg)
{
    struct loader l = {.set = mem_new(struct profiles),
                       .complain_to = complain_to,
                       .arg = arg};

    l.set->by_name = table_new();
    return l;
}

static void directories_load(struct loader *l, const char *const *directories,
                             size_t count, const char *cache)
{
    if (cache != NULL)
        l->cache = l->set->cache = profile_cache_open(cache);
    for (size_t i = 0; i < count; i++)
        directory_load(l, directories[i]);
}

static void cache_save(const struct loader *l, const char *cache)
{
    int rc = cache != NULL ? profile_cache_save(l->cache) : 0;

    if (rc < 0)
        log_debug("profiles: %s: %s; profiles are read anew next time", cache,
                  strerror(-rc));
}

struct profiles *profiles_load(const char *const *directories, size_t count,
                               void (*complain_to)(const struct complaint *,
                                                   void *),
                               void *arg, size_t *faults)
{
    return profiles_load_cached(directories, count, NULL, complain_to, arg,
                                faults);
}

struct profiles *
profiles_load_cached(const char *const *directories, size_t count,
                     const char *cache,
                     void (*complain_to)(const struct complaint *, void *),
                     void *arg, size_t *faults)
{
    struct loader l = loader_of(complain_to, arg);

    directories_load(&l, directories, count, cache);
    cache_save(&l, cache);
    return set_finish(&l, faults);
}

/* ---- renewing ---------------------------------------------------------------
 */

/* Tells each complaint once, and notes the files that were read anew and do
 * not fit to the others. */
struct renewal {
    complain_fn complain_to;
    void *arg;
    struct table *told, *anew, *held;
};

/* Holds the files that were read anew and are named in text, as a place is,
 * "FILE:LINE:COLUMN". */
static void files_hold(struct renewal *r, const char *text)
{
    struct bytes path;
    size_t at = 0;

    while (table_next(r->anew, &at, &path, NULL)) {
        struct buffer OWNED_BUFFER named = {0};

        buffer_format(&named, "%.*s:", (int)path.len, (const char *)path.at);
        if (strstr(text, named.at) != NULL)
            (void)table_put(r->held, path, r);
    }
}

static void renewal_tell(const struct complaint *why, void *arg)
{
    struct renewal *r = arg;
    struct buffer OWNED_BUFFER text = {0};

    buffer_format(&text, "%s %s", why->place, why->what);
    if (table_put_text(r->told, text.at, r) != NULL)
        return;
    files_hold(r, text.at); /* a tie names two */
    if (r->complain_to != NULL)
        r->complain_to(why, r->arg);
}

struct profiles *
profiles_renew(const char *const *directories, size_t count, const char *cache,
               void (*complain_to)(const struct complaint *, void *), void *arg,
               size_t *faults)
{
    struct renewal r = {complain_to, arg, table_new(), table_new(),
                        table_new()};
    struct profiles *set = NULL;
    size_t first = 0;

    /* Once more without the files that do not fit, as they are now. */
    for (int round = 0; round < 2; round++) {
        struct loader l = loader_of(renewal_tell, &r);

        l.renews = true;
        l.anew = r.anew;
        l.held = round > 0 ? r.held : NULL;
        directories_load(&l, directories, count, cache);
        set = set_finish(&l, faults);
        first = round == 0 ? *faults : first;
        if (!l.unreadable && (round > 0 || table_count(r.held) == 0)) {
            cache_save(&l, cache);
            break;
        }
        profiles_free(TAKE(set));
        if (l.unreadable)
            break;
    }
    *faults = first;
    table_free(r.told);
    table_free(r.anew);
    table_free(r.held);
    return set;
}

struct profiles *
profiles_of_files(const struct profile_file *files, size_t count,
                  void (*complain_to)(const struct complaint *, void *),
                  void *arg, size_t *faults)
{
    struct loader l = loader_of(complain_to, arg);
    struct profiles_read read = {0};

    for (size_t i = 0; i < count; i++)
        l.faults += profile_read_text(files[i].name, files[i].text,
                                      files[i].len, &read, complain_to, arg);
    profiles_take(&l, &read);
    return set_finish(&l, faults);
}

/* ---- checking
 * ---------------------------------------------------------------- */

/* Keeps the first complaint. */
struct first_fault {
    struct complaint *why;
    size_t count;
};

static void fault_keep(const struct complaint *why, void *arg)
{
    struct first_fault *first = arg;

    if (first->count++ == 0 && first->why != NULL)
        *first->why = *why;
}

/* What can be said of p without the rest of its set: an ancestor elsewhere, or
 * what is extended, may bring states and tables that are not seen here. */
static bool is_sound_alone(struct loader *l, struct profile *p)
{
    const struct profile *a = p;

    for (unsigned n = 0; n < PROFILE_ANCESTORS_MAX; n++) {
        if (a->extends)
            return true;
        if (a->parent_name == NULL)
            break;
        a = table_find_text(l->set->by_name, a->parent_name);
        if (a == NULL)
            return true;
    }
    while (step_link(l, p))
        continue;
    return !p->faulty;
}

size_t profile_faults(const char *path,
                      void (*complain_to)(const struct complaint *, void *),
                      void *arg)
{
    struct loader l = loader_of(complain_to, arg);
    OWNED(profiles_free) struct profiles *set = l.set;
    struct profiles_read read = {0};

    l.faults = profile_read_file(path, &read, complain_to, arg);
    profiles_take(&l, &read);
    for (size_t i = 0; i < set->list.count; i++)
        (void)is_sound_alone(&l, set->list.at[i]); /* it tells */
    set->index = match_index_new(set->list.at, set->list.count);
    return l.faults + match_ties(set->index, complain_to, arg);
}

int profile_check(const char *path, struct complaint *why)
{
    struct first_fault first = {.why = why};

    return profile_faults(path, fault_keep, &first) > 0 ? -EINVAL : 0;
}

/* ---- asking
 * ------------------------------------------------------------------ */

size_t profiles_count(const struct profiles *set)
{
    return set->list.count;
}

const struct profile *profiles_at(const struct profiles *set, size_t n)
{
    return n < set->list.count ? set->list.at[n] : NULL;
}

const struct profile *profiles_find(const struct profiles *set,
                                    const char *name)
{
    return table_find_text(set->by_name, name);
}

const struct match_index *profiles_index(const struct profiles *set)
{
    return set->index;
}

const struct profile *profiles_match(const struct profiles *set,
                                     const struct system_facts *system,
                                     const struct match_answers *answers)
{
    const struct profile *best = match_best(set->index, system, answers);

    return best != NULL ? best : set->generic;
}

size_t profiles_match_all(const struct profiles *set,
                          const struct system_facts *system,
                          const struct match_answers *answers,
                          const struct profile **out, size_t max, bool *tie)
{
    return match_all(set->index, system, answers, out, max, tie);
}

const char *profile_name(const struct profile *p)
{
    return p->name;
}

const char *profile_encoding(const struct profile *p)
{
    return p->quirks.encoding;
}

const struct profile_quirks *profile_quirks(const struct profile *p)
{
    return &p->quirks;
}
