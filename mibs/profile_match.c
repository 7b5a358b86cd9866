#include "mibs/profile_match.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One prefix of one rule; the empty prefix for a rule without any. */
struct entry {
    struct oid prefix;
    const struct match_rule *rule;
    const struct profile *profile;
};

struct match_index {
    struct entry *entries; /* by prefix */
    size_t count;
    size_t longest; /* prefix, in sub-identifiers */
};

/* A rule that matched, and how specific it is. */
struct candidate {
    const struct profile *profile;
    size_t prefix, kinds, text;
};

/* ---- terms -----------------------------------------------------------------
 */

static bool any_prefix(const struct oid_list *list, struct oid id)
{
    for (size_t i = 0; i < list->count; i++)
        if (oid_begins(id, list->at[i]))
            return true;
    return false;
}

static bool any_pattern(const struct pattern_list *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++)
        if (pattern_find(list->at[i], text, NULL))
            return true;
    return false;
}

/* The length of the longest text of list that is in text; 0 for none. */
static size_t longest_text(const struct text_list *list, const char *text)
{
    size_t longest = 0;

    for (size_t i = 0; i < list->count; i++) {
        size_t len = strlen(list->at[i]);

        if (len > longest && strstr(text, list->at[i]) != NULL)
            longest = len;
    }
    return longest;
}

static bool is_excepted(const struct match_terms *t,
                        const struct system_facts *system, struct oid id)
{
    return any_prefix(&t->object_ids, id) ||
           longest_text(&t->descr, system->descr) > 0 ||
           any_pattern(&t->object_id_patterns, system->object_id) ||
           any_pattern(&t->descr_patterns, system->descr);
}

/* How many kinds of terms there are besides the prefix. */
static size_t kinds_of(const struct match_terms *t)
{
    size_t kinds = 0;

    kinds += t->object_id_patterns.count > 0;
    kinds += t->descr.count > 0;
    kinds += t->descr_patterns.count > 0;
    return kinds;
}

/* True if the rule of e, whose prefix fits, matches in all else. */
static bool entry_matches(const struct entry *e,
                          const struct system_facts *system, struct oid id,
                          struct candidate *out)
{
    const struct match_terms *t = &e->rule->all;

    *out = (struct candidate){.profile = e->profile,
                              .prefix = e->prefix.len,
                              .kinds = kinds_of(t),
                              .text = longest_text(&t->descr, system->descr)};
    if (t->descr.count > 0 && out->text == 0)
        return false;
    if (t->object_id_patterns.count > 0 &&
        !any_pattern(&t->object_id_patterns, system->object_id))
        return false;
    if (t->descr_patterns.count > 0 &&
        !any_pattern(&t->descr_patterns, system->descr))
        return false;
    return !is_excepted(&e->rule->except, system, id);
}

/* ---- order -----------------------------------------------------------------
 */

static bool is_ancestor(const struct profile *old, const struct profile *young)
{
    for (young = young->parent; young != NULL; young = young->parent)
        if (young == old)
            return true;
    return false;
}

static int size_order(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

/* Below 0 if a is less specific than b; 0 if neither is more than the other. */
static int candidate_order(const struct candidate *a, const struct candidate *b)
{
    int order = size_order(a->prefix, b->prefix);

    if (order == 0)
        order = size_order(a->kinds, b->kinds);
    if (order == 0)
        order = size_order(a->text, b->text);
    if (order == 0 && is_ancestor(a->profile, b->profile))
        return -1;
    if (order == 0 && is_ancestor(b->profile, a->profile))
        return 1;
    return order;
}

/* The better first; what ties by name, so that it is the same every day. */
static int better_first(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    int order = candidate_order(y, x);

    return order != 0 ? order : strcmp(x->profile->name, y->profile->name);
}

/* ---- index -----------------------------------------------------------------
 */

static int entry_order(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = oid_compare(x->prefix, y->prefix);

    return order != 0 ? order : strcmp(x->profile->name, y->profile->name);
}

static size_t entries_of(const struct profile *p)
{
    size_t count = 0;

    for (size_t i = 0; i < p->match.count; i++) {
        size_t ids = p->match.at[i].all.object_ids.count;

        count += ids > 0 ? ids : 1;
    }
    return count;
}

static void entry_add(struct match_index *x, const struct profile *p,
                      const struct match_rule *rule, struct oid prefix)
{
    x->entries[x->count++] = (struct entry){prefix, rule, p};
    if (prefix.len > x->longest)
        x->longest = prefix.len;
}

static void entries_add(struct match_index *x, const struct profile *p)
{
    for (size_t i = 0; i < p->match.count; i++) {
        const struct match_rule *rule = &p->match.at[i];
        const struct oid_list *ids = &rule->all.object_ids;

        if (ids->count == 0)
            entry_add(x, p, rule, (struct oid){0});
        for (size_t k = 0; k < ids->count; k++)
            entry_add(x, p, rule, ids->at[k]);
    }
}

struct match_index *match_index_new(struct profile *const *profiles,
                                    size_t count)
{
    struct match_index *x = mem_new(struct match_index);
    size_t entries = 0;

    for (size_t i = 0; i < count; i++)
        entries += entries_of(profiles[i]);
    x->entries = mem_array(entries + 1, sizeof *x->entries);
    for (size_t i = 0; i < count; i++)
        entries_add(x, profiles[i]);
    qsort(x->entries, x->count, sizeof *x->entries, entry_order);
    return x;
}

void match_index_free(struct match_index *x)
{
    if (x == NULL)
        return;
    free(x->entries);
    free(x);
}

/* The first entry whose prefix is not below prefix. */
static size_t entry_find(const struct match_index *x, struct oid prefix)
{
    size_t from = 0, to = x->count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (oid_compare(x->entries[middle].prefix, prefix) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

/* ---- matching ---------------------------------------------------------------
 */

struct candidates ARRAY_OF(struct candidate);

/* Adds what matches with exactly this prefix. */
static void level_match(const struct match_index *x, struct oid prefix,
                        const struct system_facts *system, struct oid id,
                        struct candidates *out)
{
    for (size_t i = entry_find(x, prefix);
         i < x->count && oid_equal(x->entries[i].prefix, prefix); i++) {
        struct candidate c;

        if (entry_matches(&x->entries[i], system, id, &c))
            *array_add(out) = c;
    }
}

/* Adds what matches, longer prefixes first; only the longest if best_only. */
static void levels_match(const struct match_index *x,
                         const struct system_facts *system, bool best_only,
                         struct candidates *out)
{
    struct oid_store id;
    size_t len;

    if (oid_parse(system->object_id, &id) < 0)
        id.len = 0;
    len = id.len < x->longest ? id.len : x->longest;
    for (size_t n = len + 1; n-- > 0;) {
        level_match(x, (struct oid){id.sub, n}, system, oid_view(&id), out);
        if (best_only && out->count > 0)
            return;
    }
}

const struct profile *match_best(const struct match_index *x,
                                 const struct system_facts *system)
{
    struct candidates found = {0};
    const struct profile *best = NULL;

    levels_match(x, system, true, &found);
    if (found.count > 1)
        qsort(found.at, found.count, sizeof *found.at, better_first);
    if (found.count > 0)
        best = found.at[0].profile;
    array_fini(&found);
    return best;
}

size_t match_all(const struct match_index *x, const struct system_facts *system,
                 const struct profile **out, size_t max, bool *tie)
{
    struct candidates found = {0};
    size_t count = 0, first = 0;

    *tie = false;
    levels_match(x, system, false, &found);
    if (found.count > 1)
        qsort(found.at, found.count, sizeof *found.at, better_first);
    for (size_t i = 0; i < found.count && count < max; i++) {
        bool known = false;

        for (size_t k = 0; k < count; k++)
            known |= out[k] == found.at[i].profile;
        if (known)
            continue;
        if (count == 1 && candidate_order(&found.at[first], &found.at[i]) == 0)
            *tie = true;
        out[count++] = found.at[i].profile;
    }
    array_fini(&found);
    return count;
}

/* ---- ties -------------------------------------------------------------------
 */

static bool share_text(const struct text_list *a, const struct text_list *b)
{
    for (size_t i = 0; i < a->count; i++)
        for (size_t k = 0; k < b->count; k++)
            if (strcmp(a->at[i], b->at[k]) == 0)
                return true;
    return a->count == 0 && b->count == 0;
}

static bool share_pattern(const struct pattern_list *a,
                          const struct pattern_list *b)
{
    for (size_t i = 0; i < a->count; i++)
        for (size_t k = 0; k < b->count; k++)
            if (strcmp(pattern_text(a->at[i]), pattern_text(b->at[k])) == 0)
                return true;
    return a->count == 0 && b->count == 0;
}

/* True if the two, of one prefix, match the same agents equally well. */
static bool entries_tie(const struct entry *a, const struct entry *b)
{
    const struct match_terms *x = &a->rule->all, *y = &b->rule->all;

    return a->profile != b->profile && !is_ancestor(a->profile, b->profile) &&
           !is_ancestor(b->profile, a->profile) &&
           share_text(&x->descr, &y->descr) &&
           share_pattern(&x->descr_patterns, &y->descr_patterns) &&
           share_pattern(&x->object_id_patterns, &y->object_id_patterns);
}

size_t match_ties(const struct match_index *x,
                  void (*complain_to)(const struct complaint *, void *),
                  void *arg)
{
    size_t ties = 0;

    for (size_t i = 0; i < x->count; i++)
        for (size_t k = i + 1; k < x->count && oid_equal(x->entries[i].prefix,
                                                         x->entries[k].prefix);
             k++) {
            const struct entry *a = &x->entries[i], *b = &x->entries[k];
            struct complaint why;

            if (!entries_tie(a, b))
                continue;
            ties++;
            if (complain(&why, -EINVAL, b->rule->place,
                         "add a term to one, or except: what sets them apart",
                         "matches the same agents as profile %s (%s)",
                         a->profile->name, a->rule->place) < 0 &&
                complain_to != NULL)
                complain_to(&why, arg);
        }
    return ties;
}
