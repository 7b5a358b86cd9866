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
    bool is_ranked; /* a profile has a rank: longer prefixes may not win */
};

/* A rule that matched, and how specific it is. */
struct candidate {
    const struct profile *profile;
    size_t prefix, kinds, text;
};

static int64_t rank_of(const struct entry *e)
{
    return e->profile->rank;
}

/* ---- terms -----------------------------------------------------------------
 */

static bool any_prefix(const struct oid_list *list, struct oid id)
{
    for (size_t i = 0; i < list->count; i++)
        if (oid_begins(id, list->at[i]))
            return true;
    return false;
}

static bool any_pattern(const struct pattern_list *list, const char *text,
                        struct pattern_room *room)
{
    for (size_t i = 0; i < list->count; i++)
        if (pattern_find_in(room, list->at[i], text, NULL))
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

/* What an agent said. */
struct said {
    const struct system_facts *system;
    const struct match_answers *answers; /* NULL: not asked */
    struct oid id;                       /* sysObjectID */
    struct pattern_room *room;
};

/* True if any of the list holds, every condition of it being met. */
static bool is_answered(const struct any_of *list,
                        const struct match_answers *answers)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct all_of *all = &list->at[i];
        bool holds = true;

        for (size_t k = 0; k < all->count && holds; k++)
            holds = match_answers_meet(answers, &all->conditions[k]);
        if (holds)
            return true;
    }
    return false;
}

static bool is_excepted(const struct match_terms *t, const struct said *said)
{
    return any_prefix(&t->object_ids, said->id) ||
           longest_text(&t->descr, said->system->descr) > 0 ||
           any_pattern(&t->object_id_patterns, said->system->object_id,
                       said->room) ||
           any_pattern(&t->descr_patterns, said->system->descr, said->room) ||
           is_answered(&t->answers, said->answers);
}

/* How many kinds of terms there are besides the prefix. */
static size_t kinds_of(const struct match_terms *t)
{
    size_t kinds = 0;

    kinds += t->object_id_patterns.count > 0;
    kinds += t->descr.count > 0;
    kinds += t->descr_patterns.count > 0;
    kinds += t->answers.count > 0;
    return kinds;
}

/* True if the rule of e, whose prefix fits, matches in all else but perhaps
 * for what the agent is asked. */
static bool entry_may_match(const struct entry *e, const struct said *said,
                            struct candidate *out)
{
    const struct match_terms *t = &e->rule->all;
    const struct system_facts *system = said->system;

    *out = (struct candidate){.profile = e->profile,
                              .prefix = e->prefix.len,
                              .kinds = kinds_of(t),
                              .text = longest_text(&t->descr, system->descr)};
    if (t->descr.count > 0 && out->text == 0)
        return false;
    if (t->object_id_patterns.count > 0 &&
        !any_pattern(&t->object_id_patterns, system->object_id, said->room))
        return false;
    if (t->descr_patterns.count > 0 &&
        !any_pattern(&t->descr_patterns, system->descr, said->room))
        return false;
    return !is_excepted(&e->rule->except, said);
}

static bool entry_matches(const struct entry *e, const struct said *said,
                          struct candidate *out)
{
    const struct any_of *answers = &e->rule->all.answers;

    return entry_may_match(e, said, out) &&
           (answers->count == 0 || is_answered(answers, said->answers));
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

static int rank_order(const struct profile *a, const struct profile *b)
{
    return (a->rank > b->rank) - (a->rank < b->rank);
}

/* Below 0 if a is less specific than b; 0 if neither is more than the other. */
static int candidate_order(const struct candidate *a, const struct candidate *b)
{
    int order = rank_order(a->profile, b->profile);

    if (order == 0)
        order = size_order(a->prefix, b->prefix);
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

    if (order == 0)
        order = rank_order(y->profile, x->profile);
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
    for (size_t i = 0; i < count; i++) {
        entries_add(x, profiles[i]);
        x->is_ranked |= profiles[i]->rank != 0;
    }
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

/* Adds what matches with exactly this prefix; if *best, where given, is the
 * rank to beat, only what is of it or above, and tells the new one. */
static void level_match(const struct match_index *x, struct oid prefix,
                        const struct said *said, int64_t *best,
                        struct candidates *out)
{
    for (size_t i = entry_find(x, prefix);
         i < x->count && oid_equal(x->entries[i].prefix, prefix); i++) {
        struct candidate c;

        if (best != NULL && rank_of(&x->entries[i]) < *best)
            return; /* those behind it are not above it */
        if (!entry_matches(&x->entries[i], said, &c))
            continue;
        *array_add(out) = c;
        if (best != NULL)
            *best = rank_of(&x->entries[i]);
    }
}

/* sysObjectID in store; gives the length of the longest prefix to look at. */
static size_t id_parse(const struct match_index *x,
                       const struct system_facts *system,
                       struct oid_store *store)
{
    if (oid_parse(system->object_id, store) < 0)
        store->len = 0;
    return store->len < x->longest ? store->len : x->longest;
}

/* Adds what matches, longer prefixes first; what cannot be the best may be
 * missing if best_only. */
static void levels_match(const struct match_index *x,
                         const struct system_facts *system,
                         const struct match_answers *answers, bool best_only,
                         struct candidates *out)
{
    struct oid_store id;
    size_t len = id_parse(x, system, &id);
    struct pattern_room room = {0};
    const struct said said = {system, answers, oid_view(&id), &room};

    int64_t best = INT64_MIN;

    for (size_t n = len + 1; n-- > 0;) {
        level_match(x, (struct oid){id.sub, n}, &said, best_only ? &best : NULL,
                    out);
        if (best_only && out->count > 0 && !x->is_ranked)
            break;
    }
    pattern_room_fini(&room);
}

const struct profile *match_best(const struct match_index *x,
                                 const struct system_facts *system,
                                 const struct match_answers *answers)
{
    struct candidates found = {0};
    const struct profile *best = NULL;

    levels_match(x, system, answers, true, &found);
    if (found.count > 1)
        qsort(found.at, found.count, sizeof *found.at, better_first);
    if (found.count > 0)
        best = found.at[0].profile;
    array_fini(&found);
    return best;
}

static void question_add(const struct condition *c, struct match_questions *out)
{
    struct oid *list = c->walked ? out->columns : out->gets;
    size_t *count = c->walked ? &out->column_count : &out->get_count;
    size_t max = c->walked ? COUNT_OF(out->columns) : COUNT_OF(out->gets);

    for (size_t i = 0; i < *count; i++)
        if (oid_equal(list[i], c->oid))
            return;
    if (*count < max)
        list[(*count)++] = c->oid;
}

static void questions_add(const struct any_of *list,
                          struct match_questions *out)
{
    for (size_t i = 0; i < list->count; i++)
        for (size_t k = 0; k < list->at[i].count; k++)
            question_add(&list->at[i].conditions[k], out);
}

static bool asks(const struct match_rule *rule)
{
    return rule->all.answers.count + rule->except.answers.count > 0;
}

/* The highest rank of a rule of this prefix that holds and asks nothing. */
static bool level_settle(const struct match_index *x, struct oid prefix,
                         const struct said *said, int64_t *rank)
{
    bool settled = false;

    for (size_t i = entry_find(x, prefix);
         i < x->count && oid_equal(x->entries[i].prefix, prefix) && !settled;
         i++) {
        struct candidate c;

        settled = !asks(x->entries[i].rule) &&
                  entry_may_match(&x->entries[i], said, &c);
        if (settled && rank_of(&x->entries[i]) > *rank)
            *rank = rank_of(&x->entries[i]);
    }
    return settled;
}

/* Adds what the rules of this prefix ask that are of a rank or above. */
static void level_ask(const struct match_index *x, struct oid prefix,
                      const struct said *said, int64_t rank,
                      struct match_questions *out)
{
    for (size_t i = entry_find(x, prefix);
         i < x->count && oid_equal(x->entries[i].prefix, prefix) &&
         rank_of(&x->entries[i]) >= rank;
         i++) {
        const struct match_rule *rule = x->entries[i].rule;
        struct candidate c;

        if (!asks(rule) || !entry_may_match(&x->entries[i], said, &c))
            continue;
        questions_add(&rule->all.answers, out);
        questions_add(&rule->except.answers, out);
    }
}

/* Rules of longer prefixes than one that holds anyway; where there are ranks,
 * of all prefixes that are of its rank or above. */
void match_questions(const struct match_index *x,
                     const struct system_facts *system,
                     struct match_questions *out)
{
    struct oid_store id;
    size_t len = id_parse(x, system, &id), shortest = 0;
    struct pattern_room room = {0};
    const struct said said = {
        .system = system, .id = oid_view(&id), .room = &room};
    int64_t rank = INT64_MIN;

    *out = (struct match_questions){0};
    for (size_t n = len + 1; n-- > 0;)
        if (level_settle(x, (struct oid){id.sub, n}, &said, &rank) &&
            !x->is_ranked) {
            shortest = n;
            break;
        }
    for (size_t n = len + 1; n-- > shortest;)
        level_ask(x, (struct oid){id.sub, n}, &said, rank, out);
    pattern_room_fini(&room);
}

size_t match_all(const struct match_index *x, const struct system_facts *system,
                 const struct match_answers *answers,
                 const struct profile **out, size_t max, bool *tie)
{
    struct candidates found = {0};
    size_t count = 0, first = 0;

    *tie = false;
    levels_match(x, system, answers, false, &found);
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

static bool same_texts(const struct text_list *a, const struct text_list *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++)
        if (strcmp(a->at[i], b->at[i]) != 0)
            return false;
    return a->count == b->count;
}

static bool same_condition(const struct condition *a, const struct condition *b)
{
    return a->operator== b->operator&& a->wanted == b->wanted &&
           a->walked == b->walked && oid_equal(a->oid, b->oid) &&
           !(a->number < b->number || a->number > b->number) &&
           same_texts(&a->texts, &b->texts) &&
           (a->pattern == NULL ||
            strcmp(pattern_text(a->pattern), pattern_text(b->pattern)) == 0);
}

static bool same_conditions(const struct all_of *a, const struct all_of *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++)
        if (!same_condition(&a->conditions[i], &b->conditions[i]))
            return false;
    return a->count == b->count;
}

static bool share_answer(const struct any_of *a, const struct any_of *b)
{
    for (size_t i = 0; i < a->count; i++)
        for (size_t k = 0; k < b->count; k++)
            if (same_conditions(&a->at[i], &b->at[k]))
                return true;
    return a->count == 0 && b->count == 0;
}

/* True if the two, of one prefix, match the same agents equally well. */
static bool entries_tie(const struct entry *a, const struct entry *b)
{
    const struct match_terms *x = &a->rule->all, *y = &b->rule->all;

    return a->profile != b->profile &&
           rank_order(a->profile, b->profile) == 0 &&
           !is_ancestor(a->profile, b->profile) &&
           !is_ancestor(b->profile, a->profile) &&
           share_text(&x->descr, &y->descr) &&
           share_answer(&x->answers, &y->answers) &&
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
