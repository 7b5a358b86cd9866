#include "station/learned.h"

#include "mibs/profile.h"
#include "wire/engine.h"

#include <inttypes.h>
#include <stdlib.h>

#include <jansson.h>

/* ---- for the store ---- */

void learned_to_json(const struct habits *h, struct buffer *out)
{
    json_t *tables = json_array(), *quirks = json_array();

    for (size_t i = 0; i < h->tables.count; i++) {
        const struct table_habit *t = &h->tables.at[i];

        if (table_habit_is_usual(t))
            continue;
        json_array_append_new(tables,
                              json_pack("{s:s,s:i,s:b}", "table", t->table,
                                        "rows", (int)t->max_repetitions,
                                        "unordered", (int)t->unordered));
    }
    for (size_t i = 0; i < h->quirks.count; i++) {
        const struct quirk_habit *q = &h->quirks.at[i];

        json_array_append_new(
            quirks,
            json_pack("{s:s,s:s,s:I,s:I,s:I}", "quirk", quirk_word(q->quirk),
                      "table", q->table, "count", (json_int_t)q->count, "first",
                      (json_int_t)q->first.ms, "last", (json_int_t)q->last.ms));
    }
    json_t *object = json_pack("{s:i,s:i,s:i,s:o,s:o}", "version", 1, "octets",
                               (int)h->answer_octets, "window", (int)h->window,
                               "tables", tables, "quirks", quirks);
    char *text = json_dumps(object, JSON_COMPACT);
    buffer_text(out, text != NULL ? text : "{}");
    free(text);
    json_decref(object);
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text != NULL ? text : "";
}

/* The number of a key if it is within bounds, else what is usual. */
static int64_t number_of(const json_t *object, const char *key, int64_t least,
                         int64_t most, int64_t usual)
{
    const json_t *value = json_object_get(object, key);
    int64_t number = json_integer_value(value);

    return json_is_integer(value) && number >= least && number <= most ? number
                                                                       : usual;
}

static void tables_from_json(struct habits *h, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *o = json_array_get(list, i);

        habits_keep(h, text_of(o, "table"),
                    (uint32_t)number_of(o, "rows", 1, HABIT_REPETITIONS_MAX,
                                        HABIT_REPETITIONS_FIRST),
                    json_is_true(json_object_get(o, "unordered")));
    }
}

static void quirks_from_json(struct habits *h, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *o = json_array_get(list, i);
        const struct quirk_habit kept = {
            .table = (char *)text_of(o, "table"), /* copied */
            .quirk = quirk_of_word(text_of(o, "quirk")),
            .count = (uint32_t)number_of(o, "count", 1, UINT32_MAX, 1),
            .first = {number_of(o, "first", 0, INT64_MAX, 0)},
            .last = {number_of(o, "last", 0, INT64_MAX, 0)},
        };

        if (kept.quirk != 0)
            habits_recall(h, &kept);
    }
}

bool learned_from_json(struct habits *h, const char *text)
{
    json_t *object = json_loads(text, 0, NULL);
    bool is_one = json_is_object(object);

    if (is_one) {
        h->answer_octets =
            (uint16_t)number_of(object, "octets", HABIT_ANSWER_OCTETS_MIN,
                                HABIT_ANSWER_OCTETS, h->answer_octets);
        h->window = (uint8_t)number_of(object, "window", 1, HABIT_WINDOW_MAX,
                                       h->window);
        tables_from_json(h, json_object_get(object, "tables"));
        quirks_from_json(h, json_object_get(object, "quirks"));
    }
    json_decref(object);
    return is_one;
}

void learned_recall(struct device *d)
{
    struct habits h;

    if (d->agent == NULL || d->learned == NULL)
        return;
    habits_init(&h);
    if (learned_from_json(&h, d->learned))
        agent_recall(d->agent, &h);
    habits_fini(&h);
    free(d->learned);
    d->learned = NULL;
}

/* ---- profiles ---- */

static const struct profile *profile_of(const struct device *d,
                                        const struct profiles *profiles)
{
    return profiles != NULL
               ? profiles_find(profiles, d->facts->identity.profile)
               : NULL;
}

void learned_instruct(struct device *d, const struct profiles *profiles)
{
    const struct profile *p = profile_of(d, profiles);
    struct agent_rules rules = {0};

    if (d->agent == NULL)
        return;
    if (p != NULL) {
        const struct profile_quirks *q = profile_quirks(p);

        rules.no_bulk = q->no_bulk;
        rules.unordered = q->unordered;
        rules.max_repetitions = (uint32_t)q->max_repetitions;
        for (size_t i = 0; i < q->unordered_tables.count; i++)
            agent_expect_unordered(d->agent, q->unordered_tables.at[i]);
    }
    agent_instruct(d->agent, &rules);
}

enum { SETTLED_CS = 12000 };

uint32_t learned_settled_cs(const struct device *d,
                            const struct profiles *profiles)
{
    const struct profile *p = profile_of(d, profiles);
    int64_t slow_cs = p != NULL ? profile_quirks(p)->slow_start_ms / 10 : 0;

    return slow_cs > SETTLED_CS ? (uint32_t)slow_cs : SETTLED_CS;
}

bool learned_distrusts_wide(const struct device *d,
                            const struct profiles *profiles)
{
    const struct profile *p = profile_of(d, profiles);

    return p != NULL && profile_quirks(p)->bad_hc_counters;
}

/* ---- for the snapshot ---- */

struct quirk_list {
    struct quirk_record *at;
    size_t count, room;
    struct arena *arena;
    const char *profile;
};

static void add_known(struct quirk_list *list, const char *word,
                      const char *table, const char *text, const char *follows)
{
    if (list->count == list->room)
        return;
    list->at[list->count++] = (struct quirk_record){
        .word = word,
        .text = text,
        .table = arena_text(list->arena, table),
        .follows = follows,
        .profile = arena_text(list->arena, list->profile),
        .in_force = true,
    };
}

static void add_tables(struct quirk_list *list, const char *word,
                       const struct text_list *tables, const char *text,
                       const char *follows)
{
    for (size_t i = 0; i < tables->count; i++)
        add_known(list, word, tables->at[i], text, follows);
}

static const char *rows_text(struct arena *arena, int64_t rows)
{
    struct buffer OWNED_BUFFER text = {0};

    buffer_format(&text, "asked for at most %" PRId64 " rows at once", rows);
    return arena_text(arena, text.at);
}

static void add_flags(struct quirk_list *list, const struct profile *p)
{
    const struct profile_quirks *q = profile_quirks(p);
    unsigned alters = profile_alters(p);
    const struct {
        bool is;
        const char *word, *text, *follows;
    } flags[] = {
        {q->no_bulk, "no_bulk", "GETBULK does not work",
         "asked by GETNEXT alone"},
        {q->unordered, "unordered", "OIDs out of order",
         "tables are read to their ends, each row once"},
        {q->lldp_local_is_if_index, "lldp_local_is_if_index",
         "lldpLocPortNum is the ifIndex", "taken as such"},
        {q->bad_hc_counters, "bad_hc_counters",
         "64-bit counters are not to be trusted", "the short ones count"},
        {q->vlan_contexts, "vlan_contexts",
         "a bridge table for each VLAN, in a context of its own",
         "asked VLAN by VLAN"},
        {(alters & ALTERS_PORT_NAMES) != 0, "port_name",
         "ifName and ifDescr say little", "ports are called otherwise"},
        {(alters & ALTERS_PORTS) != 0, "ignore_ports",
         "shows ports that are none", "they are left out"},
        {(alters & ALTERS_VLANS) != 0, "ignore_vlans",
         "shows VLANs that are none", "they are left out"},
        {(alters & ALTERS_STORAGE) != 0, "ignore_storage",
         "shows storage that is none", "it is left out"},
    };

    for (size_t i = 0; i < COUNT_OF(flags); i++)
        if (flags[i].is)
            add_known(list, flags[i].word, "", flags[i].text, flags[i].follows);
}

static void add_of_profile(struct quirk_list *list, const struct profile *p)
{
    const struct profile_quirks *q = profile_quirks(p);

    add_flags(list, p);
    if (q->max_repetitions > 0)
        add_known(list, "max_repetitions", "",
                  "many rows at once are too much for it",
                  rows_text(list->arena, q->max_repetitions));
    if (q->slow_start_ms > 0)
        add_known(list, "slow_start", "",
                  "does not tell all for a while after its start",
                  "asked again after that");
    add_tables(list, "unordered", &q->unordered_tables, "OIDs out of order",
               "the table is read to its end, each row once");
    add_tables(list, "skip", &q->skip, "a table better left alone",
               "it is not asked");
}

static void add_met(struct quirk_list *list, const struct device *d)
{
    const struct habits *h = agent_habits(d->agent);
    uint32_t in_force = agent_quirks(d->agent);

    for (size_t i = 0; i < h->quirks.count; i++) {
        const struct quirk_habit *q = &h->quirks.at[i];
        bool now = (in_force & q->quirk) != 0;

        if (q->quirk == QUIRK_BUSY)
            now = agent_is_busy(d->agent);
        list->at[list->count++] = (struct quirk_record){
            .word = quirk_word(q->quirk),
            .text = quirk_name(q->quirk),
            .table = arena_text(list->arena, q->table),
            .follows = now ? quirk_follows(q->quirk) : "not now: it is over",
            .profile = "",
            .first = q->first,
            .last = q->last,
            .count = q->count,
            .in_force = now,
        };
    }
}

static void record_tables(const struct habits *h, struct device_record *record)
{
    size_t count = 0;

    for (size_t i = 0; i < h->tables.count; i++)
        count += !table_habit_is_usual(&h->tables.at[i]);
    if (count == 0)
        return;
    struct habit_record *tables =
        arena_zero(record->arena, count * sizeof *tables);
    for (size_t i = 0; i < h->tables.count; i++)
        if (!table_habit_is_usual(&h->tables.at[i]))
            tables[record->habit_count++] = (struct habit_record){
                .table = arena_text(record->arena, h->tables.at[i].table),
                .max_repetitions = h->tables.at[i].max_repetitions,
                .unordered = h->tables.at[i].unordered,
            };
    record->habits = tables;
}

/* Quirks that a profile can name beside its tables. */
enum { FLAGS_MAX = 12 };

void learned_record(const struct device *d, const struct profiles *profiles,
                    struct device_record *record)
{
    const struct profile *p = profile_of(d, profiles);
    const struct profile_quirks *q = p != NULL ? profile_quirks(p) : NULL;
    struct quirk_list list = {.arena = record->arena};

    if (d->agent == NULL)
        return;
    list.room = agent_habits(d->agent)->quirks.count;
    if (q != NULL)
        list.room += FLAGS_MAX + q->unordered_tables.count + q->skip.count;
    list.at = mem_array(list.room + 1, sizeof *list.at);
    add_met(&list, d);
    if (q != NULL) {
        list.profile = profile_name(p);
        add_of_profile(&list, p);
    }
    if (list.count > 0)
        record->quirks =
            memcpy(arena_zero(record->arena, list.count * sizeof *list.at),
                   list.at, list.count * sizeof *list.at);
    record->quirk_count = list.count;
    free(list.at);
    record_tables(agent_habits(d->agent), record);
}
