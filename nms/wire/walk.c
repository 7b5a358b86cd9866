#include "wire/walk_parts.h"

#include "wire/engine_parts.h"

#include "base/mem.h"

#include <assert.h>
#include <errno.h>

enum {
    NAME_OVERHEAD = 8,       /* octets of a varbind beside name and value */
    VALUE_OCTETS_FIRST = 40, /* texts are longer than counters */
    MESSAGE_OVERHEAD = 60,   /* octets of an answer beside its varbinds, */
    SECURITY_OVERHEAD = 120, /* and of v3, until it is known better */
    TIMEOUTS_MAX = 2,        /* of an agent that answered in this walk */
    FEWER = 4, /* a part of the scalars that stayed without an answer */
    SUB_OCTETS_MAX = 5, /* that a sub-identifier takes */
    SCALARS_FEW = 16,   /* whose size is not worth remembering */
};

/* What may lead a PDU, as encoded; all are instances .0: sysUpTime (RFC 3418),
 * snmpEngineBoots and snmpEngineTime (RFC 3411). */
enum lead { LEAD_UPTIME, LEAD_BOOTS, LEAD_TIME, LEADS };
static const uint8_t sys_uptime[] = {0x2b, 6, 1, 2, 1, 1, 3, 0};
static const uint8_t engine_boots[] = {0x2b, 6, 1, 6, 3, 10, 2, 1, 2, 0};
static const uint8_t engine_time[] = {0x2b, 6, 1, 6, 3, 10, 2, 1, 3, 0};
static const struct bytes leads[LEADS] = {
    [LEAD_UPTIME] = {sys_uptime, sizeof sys_uptime},
    [LEAD_BOOTS] = {engine_boots, sizeof engine_boots},
    [LEAD_TIME] = {engine_time, sizeof engine_time},
};

/* How much of an average the newest answer is. */
static const double size_gain = 0.25;

/* An agent without them is asked again after a day. */
static const int64_t boots_again_ms = 86400000;

static void walk_free(struct walk *w)
{
    for (size_t i = 0; i < w->count; i++) {
        if (w->columns[i].index_room > WALK_INDEX_FIRST)
            free(w->columns[i].index);
    }
    spares_give(w->spares, w->columns, w->columns_octets);
    free(w->context);
    free(w->table);
    walk_rows_fini(&w->rows);
    free(w);
}

void walk_finish(struct walk *w, int result)
{
    walk_end_fn on_end = w->on_end;
    void *arg = w->arg;

    habits_keep(&w->agent->habits, w->table, w->repetitions_max, w->unordered);
    if (w->yielded > 0 && (!w->scalars || w->count > SCALARS_FEW))
        habits_weigh(&w->agent->habits, w->table, w->value_octets,
                     w->took_ms / w->took,
                     result == 0 && !w->scalars ? w->yielded : 0);
    walk_free(w);
    on_end(arg, result);
}

static void tell(struct walk *w, const struct row *row)
{
    w->yielded++;
    w->in_callback = true;
    w->on_row(w->arg, row);
    w->in_callback = false;
}

/* True if the walk goes on; else it is gone. */
static bool goes_on(struct walk *w)
{
    bool canceled = w->canceled;

    if (canceled)
        walk_free(w);
    return !canceled;
}

bool walk_hand_out(struct walk *w, const struct row *row)
{
    tell(w, row);
    return goes_on(w);
}

bool walk_yield(struct walk *w)
{
    struct walk_row *taken = walk_rows_take(&w->rows);
    const struct row row = {
        .index = {taken->index, taken->index_len},
        .values = taken->values,
        .count = w->count,
        .stamp = &taken->stamp,
        .stamps = taken->stamps,
    };

    for (size_t i = 0; i < w->count; i++) {
        if (taken->values[i].type != VALUE_NONE)
            w->columns[i].ahead--;
    }
    tell(w, &row);
    walk_rows_recycle(&w->rows, taken);
    return goes_on(w);
}

static void lack_boots(struct walk *w)
{
    w->with_boots = false;
    w->agent->boots_lacked = wall_now();
}

/* What the answer has in that place; NULL if it is something else. */
static const struct value *led(const struct answer *answer, enum lead which,
                               enum value_type type)
{
    const struct value *v = &answer->varbinds[which].value;

    return bytes_equal(answer->encoded[which], leads[which]) && v->type == type
               ? v
               : NULL;
}

/* Whether the first answer tells the engine's boots and time. */
static void take_boots(struct walk *w, const struct answer *answer)
{
    const struct value *boots = led(answer, LEAD_BOOTS, VALUE_INTEGER);
    const struct value *time = led(answer, LEAD_TIME, VALUE_INTEGER);

    if (boots == NULL || time == NULL) {
        lack_boots(w);
        return;
    }
    w->with_boots = false;
    w->has_boots = true;
    w->boots = (uint32_t)value_unsigned(boots, 0);
    w->engine_s = (uint32_t)value_unsigned(time, 0);
}

size_t walk_stamp(struct walk *w, const struct answer *answer)
{
    const struct stamp before = w->stamp;

    w->stamp = answer->stamp;
    if (w->lead == LEADS && answer->count < w->lead + w->asked_count)
        lack_boots(w); /* it gives no more values: others are wanted more */
    if (w->lead == 0 || answer->count < w->lead)
        return answer->count < w->lead ? answer->count : 0;
    const struct value *uptime = led(answer, LEAD_UPTIME, VALUE_TICKS);
    if (uptime != NULL) {
        w->stamp.has_uptime = true;
        w->stamp.uptime_cs = (uint32_t)uptime->number;
    }
    if (w->lead == LEADS && w->with_boots)
        take_boots(w, answer);
    if (before.has_uptime && w->stamp.uptime_cs < before.uptime_cs)
        w->has_boots = false; /* it restarted since it told them */
    if (w->has_boots) {
        w->stamp.has_boots = true;
        w->stamp.boots = w->boots;
        w->stamp.engine_s = w->engine_s;
    }
    return w->lead;
}

bool walk_without_lead(struct walk *w, int32_t index)
{
    if (w->lead == LEADS && index != LEAD_UPTIME + 1)
        lack_boots(w);
    else if (w->lead > 0)
        w->with_uptime = w->with_boots = false;
    else
        return false;
    return true;
}

void walk_column_end(struct walk *w, struct walk_column *column, int why)
{
    if (column->ended)
        return;
    column->ended = true;
    w->live--;
    if (why != 0)
        w->error = why;
}

size_t walk_fit(const struct walk *w, double octets, size_t most)
{
    double room = (double)w->agent->habits.answer_octets - w->other_octets;
    size_t fit = room > octets ? (size_t)(room / octets) : 1;

    return fit < most ? fit : most;
}

void walk_weigh(struct walk *w, const struct answer *answer)
{
    double octets = (double)answer->list_octets / (double)answer->count;

    w->other_octets = (double)(answer->octets - answer->list_octets);
    w->value_octets += size_gain * (octets - w->value_octets);
    if (octets > w->value_octets)
        w->value_octets = octets;
}

void walk_note(struct walk *w, enum quirk quirk)
{
    agent_meet(w->agent, quirk, w->table);
}

void walk_grow(struct walk *w)
{
    uint32_t more = w->repetitions + w->repetitions / 2 + 1;

    if (more > HABIT_REPETITIONS_MAX)
        more = HABIT_REPETITIONS_MAX;
    if (w->repetitions_max < more)
        w->repetitions_max = more;
}

void walk_shrink(struct walk *w)
{
    w->repetitions_max = w->repetitions_fit > 1 ? w->repetitions_fit / 2 : 1;
}

void walk_without_bulk(struct walk *w)
{
    w->bulk = false;
    w->bulk_failed = w->yielded == 0 && w->rows.count == 0;
}

bool walk_narrow(struct walk *w)
{
    double octets = w->other_octets + w->value_octets * (double)w->asked_count *
                                          (double)w->repetitions;

    agent_narrow(w->agent, octets);
    if (w->repetitions > 1 || w->asked_count > 1)
        return true;
    if (w->lead == LEADS) {
        lack_boots(w);
        return true;
    }
    if (w->bulk && !w->scalars) {
        walk_without_bulk(w);
        return true;
    }
    /* one value was too big, or nothing helps: that is no matter of size */
    w->agent->habits.answer_octets = (uint16_t)w->answer_octets_first;
    return false;
}

/* ---- what came ---------------------------------------------------------- */

static void next(struct walk *w)
{
    if (w->scalars)
        walk_scalars_next(w);
    else
        walk_table_next(w);
}

/* It answered no GETBULK yet, and is not known to be dead. */
static bool may_lack_bulk(const struct agent *a)
{
    bool reached = a->credential->version != SNMP_V3 || a->v3.known;

    return !a->bulk_works && reached && a->gave_up <= 1;
}

/* Scalars that an agent which lives left without an answer may have been too
 * many: one that is dropped on the way for its size is not said to be. */
static bool may_be_many(const struct walk *w)
{
    return w->scalars && w->asked_count > 1 && w->agent->answers > 0 &&
           w->agent->gave_up <= HABIT_WINDOW_MAX;
}

/* True if it is worth asking an agent again that was silent to so many tries:
 * an agent that answered no GETBULK, not even for one row, may do without; one
 * that answered a minute ago may do with less. */
static bool recovers(struct walk *w, unsigned tries)
{
    bool asked_one = w->repetitions >> (tries < 1 ? 0 : tries - 1) <= 1;

    if (++w->timeouts > TIMEOUTS_MAX)
        return false;
    if (w->bulk && may_lack_bulk(w->agent)) {
        if (asked_one)
            walk_without_bulk(w);
        else
            w->repetitions_max = 1;
        return true;
    }
    if (w->agent->gave_up <= 1) /* the dead stand as much as before */
        walk_shrink(w);
    if (!w->answered && !may_be_many(w))
        return false;
    size_t fewer = w->asked_count / (w->answered ? 2 : FEWER);
    w->columns_max = fewer > 1 ? fewer : 1;
    return true;
}

static void on_failure(struct walk *w, int result, unsigned tries)
{
    bool again = false;

    if (result == -ETIMEDOUT)
        again = recovers(w, tries);
    else if (result == -EBADMSG || result == -EMSGSIZE)
        again = walk_narrow(w);
    if (again)
        next(w);
    else
        walk_finish(w, result);
}

static void note_time(struct walk *w, const struct answer *answer)
{
    const struct stamp *s = &answer->stamp;
    double ms = (double)(s->received.ns - s->sent.ns) / 1e6;

    if (answer->tries > 1 || w->scalars)
        return; /* nobody knows which try it answers; or what they tell */
    w->took_ms += ms;
    w->took++;
    if (w->usual_ms > 0)
        agent_strain(w->agent, ms, w->usual_ms, s->received);
}

static void on_answer(void *arg, const struct answer *answer)
{
    struct walk *w = arg;

    if (answer->result != 0 || ++w->failures > WALK_FAILURES_MAX) {
        on_failure(w, answer->result != 0 ? answer->result : -EBADMSG,
                   answer->tries);
        return;
    }
    w->answered = true;
    w->timeouts = 0;
    note_time(w, answer);
    if (answer->tries > 2)
        walk_shrink(w);
    if (w->scalars)
        walk_scalars_take(w, answer);
    else
        walk_table_take(w, answer);
}

/* Where a column stands; lies in room. */
static struct bytes encoded_index(const struct walk_column *column,
                                  uint8_t room[OID_MAX * SUB_OCTETS_MAX])
{
    struct ber_builder b =
        ber_builder_over(room, (size_t)OID_MAX * SUB_OCTETS_MAX);

    ber_put_subs(&b, (struct oid){column->index, column->index_len});
    return ber_built(&b);
}

/* Columns that are asked, each behind where it stands. */
static void put_columns(const struct walk *w, struct ber_builder *b)
{
    uint8_t room[OID_MAX * SUB_OCTETS_MAX];

    if (w->level) {
        ber_put_asked(b, w->names, w->count,
                      encoded_index(&w->columns[0], room));
        return;
    }
    for (size_t i = w->asked_count; i > 0; i--) {
        size_t at = w->asked[i - 1];

        ber_put_asked(b, &w->names[at], 1,
                      encoded_index(&w->columns[at], room));
    }
}

void walk_ask(struct walk *w, enum pdu_type type)
{
    uint8_t room[UDP_SEND_MAX];
    struct ber_builder b = ber_builder_over(room, sizeof room);

    w->lead = w->with_boots ? LEADS : w->with_uptime ? 1 : 0;
    put_columns(w, &b);
    for (size_t i = w->lead; i > 0; i--) {
        struct bytes name = leads[i - 1];

        if (type != PDU_GET)
            name.len--;
        ber_put_asked(&b, &name, 1, (struct bytes){0});
    }
    ber_wrap(&b, BER_SEQUENCE, 0);
    w->expected = (struct ber_columns){w->names, w->count, w->lead};
    const struct request request = {
        .type = type,
        .list = ber_built(&b),
        .count = w->asked_count + w->lead,
        .non_repeaters = (uint32_t)w->lead,
        .max_repetitions = w->repetitions,
        .context = w->context,
        .skim = true,
        .columns = w->level ? &w->expected : NULL,
    };
    engine_send(w->agent, &request, on_answer, w);
}

/* ---- life --------------------------------------------------------------- */

void walk_column_stand(struct walk_column *column, struct oid index)
{
    if (column->index_room < index.len) {
        bool first = column->index_room <= WALK_INDEX_FIRST;

        column->index_room = index.len < OID_MAX / 8 ? OID_MAX / 8 : OID_MAX;
        column->index = mem_resize(first ? NULL : column->index,
                                   column->index_room, sizeof *column->index);
    }
    memcpy(column->index, index.sub, index.len * sizeof *index.sub);
    column->index_len = index.len;
}

/* Octets of a name as encoded, at most. */
static size_t encoded_most(struct oid name)
{
    enum { OCTET_BITS = 7 };
    size_t octets = name.len;

    for (size_t i = 0; i < name.len; i++)
        for (uint32_t rest = name.sub[i] >> OCTET_BITS; rest > 0;
             rest >>= OCTET_BITS)
            octets++;
    return octets;
}

/* Columns and their names, one piece of memory: walks come and go. */
static void copy_columns(struct walk *w, const struct oid *oids)
{
    size_t subs = 0, octets = 0, columns = w->count * sizeof *w->columns;
    size_t names = w->count * sizeof *w->names;

    for (size_t i = 0; i < w->count; i++) {
        subs += oids[i].len;
        octets += encoded_most(oids[i]);
    }
    w->columns_octets = columns + names + subs * sizeof(uint32_t) + octets;
    w->columns = spares_take(w->spares, w->columns_octets);
    w->names = (struct bytes *)(w->columns + w->count);
    uint32_t *at = (uint32_t *)(w->names + w->count);
    struct ber_builder b = ber_builder_over((uint8_t *)(at + subs), octets);
    for (size_t i = 0; i < w->count; i++) {
        struct walk_column *column = &w->columns[i];
        size_t mark = ber_mark(&b);

        memcpy(at, oids[i].sub, oids[i].len * sizeof *at);
        ber_put_name(&b, oids[i]);
        *column = (struct walk_column){
            .oid = {at, oids[i].len},
            .index = column->index_first,
            .index_room = WALK_INDEX_FIRST,
        };
        w->names[i] = (struct bytes){ber_built(&b).at, ber_mark(&b) - mark};
        at += oids[i].len;
    }
    w->value_octets =
        (double)subs / (double)w->count + NAME_OVERHEAD + VALUE_OCTETS_FIRST;
    w->other_octets = MESSAGE_OVERHEAD;
    if (w->agent->credential->version == SNMP_V3)
        w->other_octets += SECURITY_OVERHEAD;
}

static void start_behind(struct walk *w, struct oid start)
{
    for (size_t i = 0; i < w->count && start.len > 0; i++)
        walk_column_stand(&w->columns[i], start);
}

/* How this agent, and this table of it, want to be asked. */
static void recall(struct walk *w, const struct ask *ask)
{
    struct agent *a = w->agent;
    struct wall now = wall_now();

    w->table = mem_text(ask->name != NULL ? ask->name : "");
    struct table_habit habit = habits_of(&a->habits, w->table);
    w->unordered = habit.unordered || a->rules.unordered;
    w->repetitions_max = habit.max_repetitions;
    w->usual_ms = habit.answer_ms;
    w->rows_usual = habit.rows;
    if (habit.value_octets > 0)
        w->value_octets = (double)habit.value_octets / HABIT_OCTET_PARTS;
    agent_reconsider(a, now);
    w->bulk = agent_may_bulk(a, now);
    w->with_boots = w->with_uptime && a->credential->version != SNMP_V3 &&
                    (a->boots_lacked.ms == 0 ||
                     now.ms - a->boots_lacked.ms >= boots_again_ms);
    w->answer_octets_first = a->habits.answer_octets;
}

struct walk *walk_start(struct agent *a, const struct ask *ask,
                        walk_row_fn on_row, walk_end_fn on_end, void *arg)
{
    struct walk *w = mem_new(struct walk);

    assert(ask->count <= ASK_COLUMNS_MAX);
    assert(ask->count > 0 || ask->scalar_count > 0);
    w->agent = a;
    w->spares = &a->engine->spares;
    w->on_row = on_row;
    w->on_end = on_end;
    w->arg = arg;
    w->context = mem_text(ask->context);
    w->scalars = ask->count == 0;
    w->with_uptime = ask->with_uptime;
    w->below = ask->below;
    w->rows_max = ask->rows_max == 0 ? WALK_ROWS_MAX : ask->rows_max;
    w->count = w->live = w->scalars ? ask->scalar_count : ask->count;
    w->columns_max = w->scalars ? WALK_SCALARS_ASKED : WALK_COLUMNS_ASKED;
    copy_columns(w, w->scalars ? ask->scalars : ask->columns);
    recall(w, ask);
    start_behind(w, w->scalars ? (struct oid){0} : ask->start);
    walk_rows_init(&w->rows, w->count, ask->with_uptime);
    next(w);
    return w;
}

void walk_cancel(struct walk *w)
{
    if (w == NULL)
        return;
    if (w->in_callback) { /* it is freed when the callback is back */
        w->canceled = true;
        return;
    }
    agent_forget(w->agent, w);
    walk_free(w);
}
