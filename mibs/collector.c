#include "mibs/collector_parts.h"

#include "mibs/bridge_mib.h"
#include "mibs/cdp_mib.h"
#include "mibs/entity_mib.h"
#include "mibs/facts_pack.h"
#include "mibs/host_mib.h"
#include "mibs/if_mib.h"
#include "mibs/if_vendor_mib.h"
#include "mibs/ip_mib.h"
#include "mibs/kind.h"
#include "mibs/lldp_mib.h"
#include "mibs/peer_mib.h"
#include "mibs/route_mib.h"
#include "mibs/sensor_mib.h"
#include "mibs/stack_mib.h"
#include "mibs/system_mib.h"
#include "mibs/transceiver_mib.h"
#include "mibs/unchanged.h"
#include "mibs/vlan_mib.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { STEPS_FIRST = 40 }; /* most polls have no more */

/* What is known of an earlier time stands in for asking again. */
static void recall(struct collector *c, const struct facts *known)
{
    struct facts *f = c->harvest->facts;

    f->system = known->system;
    f->system.descr = collector_copy(c, known->system.descr);
    f->system.object_id = collector_copy(c, known->system.object_id);
    f->system.name = collector_copy(c, known->system.name);
    f->system.contact = collector_copy(c, known->system.contact);
    f->system.location = collector_copy(c, known->system.location);
    f->system.engine_id = arena_bytes(f->arena, known->system.engine_id);
    f->system.has_uptime = false; /* it was another moment */
    f->identity = (struct identity_facts){
        .profile = collector_copy(c, known->identity.profile),
        .os = collector_copy(c, known->identity.os),
        .vendor = collector_copy(c, known->identity.vendor),
        .hardware = collector_copy(c, known->identity.hardware),
        .version = collector_copy(c, known->identity.version),
        .serial = collector_copy(c, known->identity.serial),
        .features = collector_copy(c, known->identity.features),
        .kind = known->identity.kind,
    };
    if (c->profiles != NULL && f->identity.profile[0] != '\0')
        c->profile = profiles_find(c->profiles, f->identity.profile);
}

/* Measuring needs what is known only where there is something to name
 * (recall_names()). */
static void open_known(struct collector *c)
{
    OWNED(facts_unref) struct facts *open = NULL;

    if (c->known != NULL && c->scope != COLLECT_METRICS)
        open = facts_open(c->known);
    c->harvest = harvest_new(open);
}

struct collector *collector_new(const struct profiles *profiles,
                                enum collect_scope scope,
                                const struct facts *known)
{
    struct collector *c = mem_new(struct collector);

    c->profiles = profiles_ref(profiles);
    c->steps.at = mem_array(STEPS_FIRST, sizeof *c->steps.at);
    c->steps.room = STEPS_FIRST;
    c->scope = scope;
    c->known = known != NULL ? facts_ref(known) : NULL;
    open_known(c);
    if (scope == COLLECT_METRICS && known != NULL) {
        recall(c, known);
        make_plan(c);
    } else {
        add_step(c, &system_reader);
    }
    return c;
}

void collector_at(struct collector *c, struct wall now)
{
    c->now = c->harvest->facts->observed_at = now;
}

void collector_free(struct collector *c)
{
    if (c == NULL)
        return;
    harvest_free(c->harvest);
    match_answers_free(c->answers);
    sounding_free(c->sounding);
    facts_unref((struct facts *)c->known); /* our reference */
    profile_reading_free(c->reading);
    profiles_free(c->profiles);
    array_fini(&c->steps);
    roster_notes_fini(&c->notes);
    free(c);
}

const struct step *step_of(const struct collector *c,
                           const struct reader *reader)
{
    for (size_t i = 0; i < c->steps.count; i++)
        if (c->steps.at[i].reader == reader)
            return &c->steps.at[i];
    return NULL;
}

bool step_is_over(const struct collector *c, const struct reader *reader)
{
    const struct step *s = step_of(c, reader);

    return s == NULL || s->state == STEP_ENDED;
}

void skip_step(struct step *s)
{
    s->state = STEP_ENDED;
    s->skipped = true;
}

/* Until one context has answered they are asked one at a time. Agents that have
 * none, or call them otherwise, are silent, and silence costs time: the first
 * that is refused is the last. */
static bool may_ask_context(const struct collector *c, struct step *s)
{
    if (!c->context_refused)
        return c->context_answered || !c->context_asked;
    skip_step(s);
    return false;
}

/* Whether a step has to wait for another, and if not, whether it is needed. */
static bool may_ask(const struct collector *c, struct step *s)
{
    const struct step *other = s->unless != NULL ? step_of(c, s->unless) : NULL;

    if (s->state != STEP_WAITING || s->waits || s->unsure || s->rostered)
        return false;
    if (s->vlan != 0)
        return may_ask_context(c, s);
    if (other == NULL)
        return true;
    if (other->state != STEP_ENDED)
        return false;
    if (other->rows == 0 && !other->skipped)
        return true;
    skip_step(s); /* a better table told the same */
    return false;
}

bool collector_next(struct collector *c, struct ask *ask, unsigned *id)
{
    assert(!c->finished);
    if (c->scope == COLLECT_METRICS && c->known != NULL && c->roster == NULL &&
        !c->sifted)
        leave_absent(c);
    for (size_t i = 0; i < c->steps.count; i++) {
        struct step *s = &c->steps.at[i];

        if (!may_ask(c, s))
            continue;
        if (!fill_ask(c, s, ask)) {
            skip_step(s);
            continue;
        }
        s->state = STEP_ASKED;
        c->context_asked = c->context_asked || s->vlan != 0;
        *id = (unsigned)i;
        return true;
    }
    *ask = (struct ask){0};
    *id = 0;
    return false;
}

/* Scalars come as one row also where the agent has none of them. */
static bool row_is_empty(const struct row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (value_exists(&row->values[i]))
            return false;
    return true;
}

void step_row(struct collector *c, struct step *s, const struct row *row)
{
    if (row_is_empty(row) && !s->sounds) /* there nothing is an answer */
        return;
    if (harvest_is_full(c->harvest) ||
        (s->reader != NULL && s->reader->rows_max > 0 &&
         s->rows >= s->reader->rows_max)) {
        s->dropped++;
        return;
    }
    uint32_t refused = c->harvest->refused;

    s->rows++;
    c->harvest->context_vlan = s->vlan;
    if (s->reader != NULL)
        s->reader->row(c->harvest, row);
    else if (s->matches)
        match_answers_row(c->answers, s->nth, row);
    else if (s->sounds)
        sounding_row(c->sounding, s->nth, row);
    else
        profile_row(c->reading, s->nth, row);
    s->dropped += c->harvest->refused != refused; /* a part of it */
}

void collector_row(struct collector *c, unsigned id, const struct row *row)
{
    assert(id < c->steps.count && c->steps.at[id].state == STEP_ASKED);
    struct step *s = &c->steps.at[id];

    if (s->follows) {
        follow_row(c, row);
        return;
    }
    if (c->roster_check != 0 && !row_is_empty(row))
        roster_note(&c->notes, id, row);
    step_row(c, s, row);
}

static bool all_ended(const struct collector *c)
{
    for (size_t i = 0; i < c->steps.count; i++)
        if (c->steps.at[i].state != STEP_ENDED)
            return false;
    return true;
}

/* The agent told when its tables changed: those that did not are kept. */
static void settle_timed(struct collector *c)
{
    for (size_t i = 0; i < c->steps.count; i++) {
        struct step *s = &c->steps.at[i];

        if (!s->waits || s->state != STEP_WAITING)
            continue;
        s->waits = false;
        if (unchanged_keep(c->harvest, s->name, c->now))
            keep_step(s, unchanged_report(c->harvest->known, s->name, c->now));
    }
}

void collector_end(struct collector *c, unsigned id, int result)
{
    assert(id < c->steps.count && c->steps.at[id].state == STEP_ASKED);
    struct step *s = &c->steps.at[id];

    s->state = STEP_ENDED;
    s->result = result == 0 && s->dropped > 0 ? -E2BIG : result;
    if (s->vlan != 0 && result < 0 && s->rows == 0)
        c->context_refused = true;
    else if (s->vlan != 0)
        c->context_answered = true;
    if (s->reader == &system_reader)
        plan_match(c);
    else if (s->matches && all_ended(c))
        make_plan(c);
    else if (s->sounds)
        settle_sounding(c);
    else if (s->follows)
        follow_end(c);
    if (c->identified && step_is_over(c, &change_reader) &&
        step_is_over(c, &if_reader))
        settle_timed(c);
    plan_contexts(c);
    for (size_t i = 0; i < c->steps.count; i++) /* those not needed any more */
        (void)may_ask(c, &c->steps.at[i]);
}

bool collector_done(const struct collector *c)
{
    return c->identified && all_ended(c);
}

void collector_engine_id(struct collector *c, struct bytes engine_id)
{
    struct facts *f = c->harvest->facts;

    if (f->system.engine_id.len == 0 && engine_id.len > 0)
        f->system.engine_id = arena_bytes(f->arena, engine_id);
}

/* Rows of a table in all contexts. */
static uint32_t rows_everywhere(const struct collector *c, const struct step *s)
{
    uint32_t rows = s->rows;

    for (size_t i = 0; c->context_answered && i < c->steps.count; i++) {
        const struct step *other = &c->steps.at[i];

        if (other->vlan != 0 && strcmp(other->name, s->name) == 0)
            rows += other->rows;
    }
    return rows;
}

static void finish_reports(struct collector *c)
{
    for (size_t i = 0; i < c->steps.count; i++) {
        const struct step *s = &c->steps.at[i];

        if (s->state == STEP_ENDED && !s->skipped && !s->matches &&
            !s->sounds && !s->follows && s->vlan == 0)
            *array_add(&c->harvest->facts->reports) = (struct table_report){
                collector_copy(c, s->name), s->result, rows_everywhere(c, s),
                s->kept != NULL ? s->kept->at : c->now};
    }
}

/* Profiles name what they measure by interfaces and entities. When only
 * measuring, those of the earlier time are lent for the moment: profiles copy
 * the texts that they use. */
static void finish_profile(struct collector *c)
{
    struct facts *f = c->harvest->facts;
    const struct facts *known = c->harvest->known;
    bool lent = c->scope == COLLECT_METRICS && known != NULL &&
                f->interfaces.count == 0 && f->entities.count == 0;

    if (lent) {
        f->interfaces = known->interfaces;
        f->entities = known->entities;
    }
    profile_finish(c->reading, f);
    if (lent) {
        f->interfaces = (struct interfaces){0};
        f->entities = (struct entities){0};
    }
}

/* What was measured is called as it was when everything was asked. */
static void recall_names(struct collector *c)
{
    struct harvest *h = c->harvest;
    bool names =
        h->raw_sensors.count > 0 || h->entity_states.count > 0 ||
        h->hr_loads.count > 0 ||
        (c->reading != NULL && profile_reading_joins_ports(c->reading));

    if (c->known == NULL || c->scope != COLLECT_METRICS)
        return;
    if (names)
        h->known = facts_open_names(c->known);
    else if (c->reading != NULL && profile_reading_joins_entities(c->reading))
        h->known = facts_open_entities(c->known);
}

/* What is no metric, in the order in which one builds on the other. */
static void finish_tables(struct collector *c)
{
    struct harvest *h = c->harvest;

    if_finish(h);
    if_vendor_finish(h);
    profile_name_ports(c->profile, h->facts);
    bridge_finish(h);
    entity_finish(h);
    ip_finish(h);
    stack_finish(h);
    cdp_finish(h);
    lldp_finish(h);
    fdb_finish(h);
    route_finish(h);
}

static void finish(struct collector *c)
{
    struct harvest *h = c->harvest;
    struct identity_facts *identity = &h->facts->identity;

    c->finished = true;
    recall_names(c);
    if (c->scope != COLLECT_METRICS)
        finish_tables(c);
    else
        peer_finish(h);
    if (c->profile != NULL && identity->profile[0] == '\0')
        identity->profile = collector_copy(c, profile_name(c->profile));
    if (c->reading != NULL)
        finish_profile(c);
    if (c->scope >= COLLECT_NEWS)
        transceiver_finish(h);
    host_finish(h);
    sensor_finish(h);
    if (c->scope >= COLLECT_NEWS)
        identity->kind = kind_infer(h, identity->kind);
    profile_ignore(c->profile, h->facts);
    finish_reports(c);
}

struct facts *collector_take(struct collector *c)
{
    if (!c->finished)
        finish(c);
    return TAKE(c->harvest->facts);
}
