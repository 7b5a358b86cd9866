#include "mibs/collector.h"

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
#include "mibs/match_answers.h"
#include "mibs/plan.h"
#include "mibs/profile.h"
#include "mibs/route_mib.h"
#include "mibs/sensor_mib.h"
#include "mibs/stack_mib.h"
#include "mibs/system_mib.h"
#include "mibs/unchanged.h"
#include "mibs/vlan_mib.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    CONTEXT_VLANS_MAX = 256, /* bridges of one device asked by context */
    CONTEXTS_SILENT_MAX = 3, /* then the agent has none */
    PROFILE_ASKS_MAX = 1024, /* of one profile */
};

enum step_state { STEP_WAITING, STEP_ASKED, STEP_ENDED };

/* One thing to ask: a table of ours, or the nth of what tells the profile, or
 * of the profile. */
struct step {
    const struct reader *reader; /* NULL: of the profile */
    bool matches;                /* tells the profile */
    const struct reader *unless; /* not asked where this one had rows */
    size_t nth;
    const char *name;
    uint16_t vlan; /* 0 = the default context */
    enum step_state state;
    uint32_t rows, dropped;
    int result;
    bool skipped;
    bool waits;                      /* for the times of changes */
    const struct table_report *kept; /* of known: it was not asked this time */
};
struct steps ARRAY_OF(struct step);

struct collector {
    struct profiles *profiles; /* kept */
    enum collect_scope scope;
    const struct facts *known; /* as it was given; harvest's is open */
    struct harvest *harvest;
    struct match_answers *answers;   /* NULL: the system group was enough */
    struct profile_reading *reading; /* NULL: no profile */
    const struct profile *profile;
    struct wall now; /* 0: not told */
    bool trusts;     /* what is known of absent and unchanged tables holds */
    struct steps steps;
    bool identified; /* the system group is known, the plan is made */
    bool contexts;   /* asks by VLAN were planned, or are not wanted */
    unsigned contexts_asked, contexts_answered, contexts_silent;
    bool finished;
};

static struct step *add_step(struct collector *c, const struct reader *reader)
{
    struct step *s = array_add(&c->steps);

    s->reader = reader;
    s->name = reader != NULL ? reader->name : "";
    return s;
}

/* True if an earlier round, without an error, found no such table. */
static bool known_absent(const struct collector *c, const char *name)
{
    const struct facts *known = c->harvest->known;

    if (known == NULL || c->scope != COLLECT_METRICS)
        return false;
    for (size_t i = 0; i < known->reports.count; i++) {
        const struct table_report *r = &known->reports.at[i];

        if (r->result == 0 && r->rows == 0 && strcmp(r->name, name) == 0)
            return true;
    }
    return false;
}

static const struct table_report *trusted_absent(const struct collector *c,
                                                 const char *name)
{
    const struct table_report *r =
        c->trusts ? unchanged_report(c->harvest->known, name, c->now) : NULL;

    return r != NULL && r->rows == 0 ? r : NULL;
}

/* The report that says that the agent lacks a table, which lasts; or NULL. */
static const struct table_report *lasting_report(const struct collector *c,
                                                 const struct planned *p)
{
    const struct table_report *r = trusted_absent(c, p->reader->name);
    bool lasts = p->lasts ||
                 (p->with != NULL && trusted_absent(c, p->with->name) != NULL);

    return lasts ? r : NULL;
}

/* The earlier report stands for asking. */
static void keep_step(struct step *s, const struct table_report *kept)
{
    if (kept == NULL)
        return;
    s->state = STEP_ENDED;
    s->kept = kept;
    s->rows = kept->rows;
}

static void plan_profile(struct collector *c)
{
    struct ask ask;

    if (c->profile == NULL)
        return;
    c->reading = profile_reading_new(c->profile, c->scope != COLLECT_METRICS,
                                     c->scope != COLLECT_IDENTITY);
    for (size_t n = 0; n < PROFILE_ASKS_MAX && c->reading != NULL &&
                       profile_ask(c->reading, n, &ask);
         n++) {
        const char *name = ask.name != NULL ? ask.name : "profile";

        if (known_absent(c, name))
            continue;
        struct step *s = add_step(c, NULL);
        s->nth = n;
        s->name = arena_text(c->harvest->facts->arena, name);
        keep_step(s, trusted_absent(c, name));
    }
}

static bool is_wanted(const struct collector *c, const struct planned *p)
{
    if (c->scope == COLLECT_METRICS && !p->metrics)
        return false;
    if (c->profile != NULL && profile_skips(c->profile, p->reader->name))
        return false;
    if (!planned_for(p, c->harvest->facts->system.object_id))
        return false;
    if (p->generic != NULL && c->profile != NULL &&
        profile_replaces(c->profile, p->generic))
        return false;
    return !known_absent(c, p->reader->name);
}

static void plan_tables(struct collector *c)
{
    const struct planned *p;

    if (c->scope >= COLLECT_NEWS)
        keep_step(add_step(c, &change_reader),
                  trusted_absent(c, change_reader.name));
    for (size_t i = 0; (p = plan_at(i)) != NULL; i++) {
        if (!is_wanted(c, p))
            continue;
        struct step *s = add_step(c, p->reader);
        s->unless = p->unless;
        s->waits = p->timed && c->trusts;
        keep_step(s, lasting_report(c, p));
    }
}

/* What is asked beyond the system group, once that is known. */
static void make_plan(struct collector *c)
{
    struct harvest *h = c->harvest;

    c->identified = true;
    c->trusts = c->scope == COLLECT_NEWS && unchanged_since(h->known, h->facts);
    if (c->profiles != NULL && c->profile == NULL)
        c->profile = profiles_match(c->profiles, &h->facts->system, c->answers);
    c->contexts = true;
    if (c->profile != NULL) {
        const struct profile_quirks *quirks = profile_quirks(c->profile);

        h->encoding = profile_encoding(c->profile);
        h->lldp_is_if_index = quirks->lldp_local_is_if_index;
        c->contexts = c->scope < COLLECT_NEWS || !quirks->vlan_contexts;
    }
    plan_profile(c);
    if (c->scope == COLLECT_IDENTITY)
        add_step(c, &if_mac_reader);
    else
        plan_tables(c);
}

/* What has to be asked before it is known which profile the agent is of. */
static void plan_match(struct collector *c)
{
    struct ask ask;

    if (c->profiles != NULL)
        c->answers = match_answers_new(c->profiles, &c->harvest->facts->system);
    for (size_t n = 0;
         c->answers != NULL && match_answers_ask(c->answers, n, &ask); n++) {
        struct step *s = add_step(c, NULL);

        s->matches = true;
        s->nth = n;
    }
    if (c->answers == NULL)
        make_plan(c);
}

/* Switches of Cisco have a bridge for each VLAN and show it in a context of
 * its own, "@10" behind the community. */
static void plan_contexts(struct collector *c)
{
    const struct vlans *vlans = &c->harvest->facts->vlans;
    bool seen[UINT16_MAX + 1] = {false};
    size_t count = 0;

    c->contexts = true;
    for (size_t i = 0; i < vlans->count && count < CONTEXT_VLANS_MAX; i++) {
        uint16_t vlan = vlans->at[i].id;

        if (seen[vlan])
            continue;
        seen[vlan] = true;
        add_step(c, &context_port_reader)->vlan = vlan;
        add_step(c, &context_fdb_reader)->vlan = vlan;
        count++;
    }
}

static const char *copy(struct collector *c, const char *text)
{
    return arena_text(c->harvest->facts->arena, text);
}

/* What is known of an earlier time stands in for asking again. */
static void recall(struct collector *c, const struct facts *known)
{
    struct facts *f = c->harvest->facts;

    f->system = known->system;
    f->system.descr = copy(c, known->system.descr);
    f->system.object_id = copy(c, known->system.object_id);
    f->system.name = copy(c, known->system.name);
    f->system.contact = copy(c, known->system.contact);
    f->system.location = copy(c, known->system.location);
    f->system.engine_id = arena_bytes(f->arena, known->system.engine_id);
    f->system.has_uptime = false; /* it was another moment */
    f->identity = (struct identity_facts){
        .profile = copy(c, known->identity.profile),
        .os = copy(c, known->identity.os),
        .vendor = copy(c, known->identity.vendor),
        .hardware = copy(c, known->identity.hardware),
        .version = copy(c, known->identity.version),
        .serial = copy(c, known->identity.serial),
        .features = copy(c, known->identity.features),
        .kind = known->identity.kind,
    };
    if (c->profiles != NULL && f->identity.profile[0] != '\0')
        c->profile = profiles_find(c->profiles, f->identity.profile);
}

/* Measuring needs no more of what is known than which tables there are, until
 * there is something to name (recall_names()). */
static void open_known(struct collector *c)
{
    struct facts *open = NULL;

    if (c->known != NULL)
        open = c->scope == COLLECT_METRICS ? facts_open_reports(c->known)
                                           : facts_open(c->known);
    c->harvest = harvest_new(open);
    facts_unref(open);
}

struct collector *collector_new(const struct profiles *profiles,
                                enum collect_scope scope,
                                const struct facts *known)
{
    struct collector *c = mem_new(struct collector);

    c->profiles = profiles_ref(profiles);
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
    facts_unref((struct facts *)c->known); /* our reference */
    profile_reading_free(c->reading);
    profiles_free(c->profiles);
    array_fini(&c->steps);
    free(c);
}

static const struct step *step_of(const struct collector *c,
                                  const struct reader *reader)
{
    for (size_t i = 0; i < c->steps.count; i++)
        if (c->steps.at[i].reader == reader)
            return &c->steps.at[i];
    return NULL;
}

/* It ended, or is not asked at all. */
static bool step_is_over(const struct collector *c, const struct reader *reader)
{
    const struct step *s = step_of(c, reader);

    return s == NULL || s->state == STEP_ENDED;
}

static void skip(struct step *s)
{
    s->state = STEP_ENDED;
    s->skipped = true;
}

/* Until one context has answered they are asked one at a time: agents that
 * have none, or call them otherwise, are silent, and silence costs time. */
static bool may_ask_context(const struct collector *c, struct step *s)
{
    if (c->contexts_answered > 0)
        return true;
    if (c->contexts_silent < CONTEXTS_SILENT_MAX)
        return c->contexts_asked == c->contexts_silent;
    skip(s);
    return false;
}

/* Whether a step has to wait for another, and if not, whether it is needed. */
static bool may_ask(const struct collector *c, struct step *s)
{
    const struct step *other = s->unless != NULL ? step_of(c, s->unless) : NULL;

    if (s->state != STEP_WAITING || s->waits)
        return false;
    if (s->vlan != 0)
        return may_ask_context(c, s);
    if (other == NULL)
        return true;
    if (other->state != STEP_ENDED)
        return false;
    if (other->rows == 0 && !other->skipped)
        return true;
    skip(s); /* a better table told the same */
    return false;
}

static bool fill_ask(struct collector *c, const struct step *s, struct ask *ask)
{
    const struct reader *r = s->reader;

    *ask = (struct ask){0};
    if (s->matches)
        return match_answers_ask(c->answers, s->nth, ask);
    if (r == NULL)
        return profile_ask(c->reading, s->nth, ask);
    *ask = (struct ask){
        .name = r->name,
        .columns = r->columns,
        .count = r->count,
        .scalars = r->scalars,
        .scalar_count = r->scalar_count,
        .rows_max = r->rows_max,
    };
    if (s->vlan != 0) {
        char context[8];

        snprintf(context, sizeof context, "%u", (unsigned)s->vlan);
        ask->context = copy(c, context);
    }
    return true;
}

bool collector_next(struct collector *c, struct ask *ask, unsigned *id)
{
    assert(!c->finished);
    for (size_t i = 0; i < c->steps.count; i++) {
        struct step *s = &c->steps.at[i];

        if (!may_ask(c, s))
            continue;
        if (!fill_ask(c, s, ask)) {
            skip(s);
            continue;
        }
        s->state = STEP_ASKED;
        c->contexts_asked += s->vlan != 0;
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

void collector_row(struct collector *c, unsigned id, const struct row *row)
{
    assert(id < c->steps.count && c->steps.at[id].state == STEP_ASKED);
    struct step *s = &c->steps.at[id];

    if (row_is_empty(row))
        return;
    if (harvest_is_full(c->harvest) ||
        (s->reader != NULL && s->reader->rows_max > 0 &&
         s->rows >= s->reader->rows_max)) {
        s->dropped++;
        return;
    }
    s->rows++;
    c->harvest->context_vlan = s->vlan;
    if (s->reader != NULL)
        s->reader->row(c->harvest, row);
    else if (s->matches)
        match_answers_row(c->answers, s->nth, row);
    else
        profile_row(c->reading, s->nth, row);
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
        c->contexts_silent++;
    else if (s->vlan != 0)
        c->contexts_answered++;
    if (s->reader == &system_reader)
        plan_match(c);
    else if (s->matches && all_ended(c))
        make_plan(c);
    else if (s->reader == &vtp_reader && !c->contexts)
        plan_contexts(c);
    if (c->identified && step_is_over(c, &change_reader) &&
        step_is_over(c, &if_reader))
        settle_timed(c);
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

static void finish_reports(struct collector *c)
{
    for (size_t i = 0; i < c->steps.count; i++) {
        const struct step *s = &c->steps.at[i];

        if (s->state == STEP_ENDED && !s->skipped && !s->matches &&
            s->vlan == 0)
            *array_add(&c->harvest->facts->reports) =
                (struct table_report){copy(c, s->name), s->result, s->rows,
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
    bool any = false;

    for (size_t i = 0; i < c->steps.count; i++)
        any |= c->steps.at[i].rows > 0;
    if (!any || c->known == NULL || c->scope != COLLECT_METRICS)
        return;
    facts_unref((struct facts *)c->harvest->known);
    c->harvest->known = facts_open(c->known);
}

/* In the order in which one builds on the other. */
static void finish(struct collector *c)
{
    struct harvest *h = c->harvest;
    struct identity_facts *identity = &h->facts->identity;

    c->finished = true;
    recall_names(c);
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
    if (c->profile != NULL && identity->profile[0] == '\0')
        identity->profile = copy(c, profile_name(c->profile));
    if (c->reading != NULL)
        finish_profile(c);
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
