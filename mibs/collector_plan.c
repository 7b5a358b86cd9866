/* What a collector asks, and what need not be asked. */
#include "mibs/collector_parts.h"

#include "mibs/bridge_mib.h"
#include "mibs/facts_pack.h"
#include "mibs/if_mib.h"
#include "mibs/plan.h"
#include "mibs/port_vlan_mib.h"
#include "mibs/unchanged.h"
#include "mibs/vlan_mib.h"

#include <stdio.h>
#include <string.h>

enum {
    CONTEXT_VLANS_MAX = 256, /* bridges of one device asked by context */
    PROFILE_ASKS_MAX = 1024, /* of one profile */
};

struct step *add_step(struct collector *c, const struct reader *reader)
{
    struct step *s = array_add(&c->steps);

    s->reader = reader;
    s->name = reader != NULL ? reader->name : "";
    return s;
}

/* True if an earlier round, without an error, found no such table: a profile
 * may call one of its own as a standard one is called, then both are lacking.
 */
static bool known_absent(const struct facts *known, const char *name)
{
    bool absent = false;

    for (size_t i = 0; i < known->reports.count; i++) {
        const struct table_report *r = &known->reports.at[i];

        if (strcmp(r->name, name) != 0)
            continue;
        if (r->result != 0 || r->rows > 0)
            return false;
        absent = true;
    }
    return absent;
}

void leave_absent(struct collector *c)
{
    OWNED(facts_unref) struct facts *known = facts_open_reports(c->known);

    c->sifted = true;
    for (size_t i = 0; i < c->steps.count; i++)
        if (known_absent(known, c->steps.at[i].name))
            skip_step(&c->steps.at[i]);
}

static const struct table_report *trusted_absent(const struct collector *c,
                                                 const char *name)
{
    const struct table_report *r =
        c->trusts ? unchanged_report(c->harvest->known, name, c->now) : NULL;

    return r != NULL && known_absent(c->harvest->known, name) ? r : NULL;
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
void keep_step(struct step *s, const struct table_report *kept)
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
    c->reading = profile_reading_new(
        c->profile, c->scope != COLLECT_METRICS, c->scope != COLLECT_IDENTITY,
        c->scope == COLLECT_METRICS && c->known != NULL);
    for (size_t n = 0; n < PROFILE_ASKS_MAX && c->reading != NULL &&
                       profile_ask(c->reading, n, &ask);
         n++) {
        const char *name = ask.name != NULL ? ask.name : "profile";

        struct step *s = add_step(c, NULL);
        s->nth = n;
        s->name = name; /* lasts as long as the reading */
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
    return true;
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

const char *collector_copy(struct collector *c, const char *text)
{
    return arena_text(c->harvest->facts->arena, text);
}

bool fill_ask(struct collector *c, const struct step *s, struct ask *ask)
{
    const struct reader *r = s->reader;

    *ask = (struct ask){0};
    if (s->matches)
        return match_answers_ask(c->answers, s->nth, ask);
    if (s->follows)
        return follow_ask(c, ask);
    if (s->sounds)
        return sounding_ask(c->sounding, s->nth, ask);
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
    if (c->scope == COLLECT_METRICS && r->measured > 0)
        ask->count = r->measured;
    if (s->vlan != 0) {
        char context[8];

        snprintf(context, sizeof context, "%u", (unsigned)s->vlan);
        ask->context = collector_copy(c, context);
    }
    return true;
}

/* True for a table that the agent is not known to have. */
static bool is_unheard(const struct collector *c, const struct step *s)
{
    const struct facts *known = c->harvest->known;

    for (size_t i = 0; known != NULL && i < known->reports.count; i++)
        if (known->reports.at[i].rows > 0 &&
            strcmp(known->reports.at[i].name, s->name) == 0)
            return false;
    /* Ports are there; what follows VTP begins at its end. */
    return s->state == STEP_WAITING && !s->waits && s->reader != &if_reader &&
           s->reader != &vtp_reader;
}

/* Where many tables are new they are sounded first. */
static void plan_sounding(struct collector *c)
{
    OWNED(sounding_free) struct sounding *sounding = sounding_new();
    struct ask ask;

    for (size_t i = 0; i < c->steps.count; i++) {
        struct step *s = &c->steps.at[i];

        if (is_unheard(c, s) && fill_ask(c, s, &ask) && ask.count > 0) {
            sounding_add(sounding, i, ask.columns, ask.count);
            s->unsure = true;
        }
    }
    bool worth = sounding_tables(sounding) >= SOUNDING_WORTH;

    for (size_t i = 0; i < c->steps.count && !worth; i++)
        c->steps.at[i].unsure = false;
    for (size_t n = 0; worth && sounding_ask(sounding, n, &ask); n++) {
        struct step *s = add_step(c, NULL);

        s->sounds = true;
        s->nth = n;
    }
    c->sounding = worth ? TAKE(sounding) : NULL;
}

/* All soundings ended: tables that are lacking were as good as asked. */
void settle_sounding(struct collector *c)
{
    for (size_t i = 0; i < c->steps.count; i++)
        if (c->steps.at[i].sounds && c->steps.at[i].state != STEP_ENDED)
            return;
    for (size_t i = 0; i < c->steps.count; i++) {
        struct step *s = &c->steps.at[i];

        if (s->unsure && s->state == STEP_WAITING &&
            sounding_lacks(c->sounding, i))
            s->state = STEP_ENDED;
        s->unsure = false;
    }
}

/* What is asked beyond the system group, once that is known. */
void make_plan(struct collector *c)
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
    if (c->scope >= COLLECT_NEWS)
        plan_sounding(c);
}

/* What has to be asked before it is known which profile the agent is of. */
void plan_match(struct collector *c)
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

static bool vlans_are_told(const struct collector *c)
{
    return step_is_over(c, &vtp_reader) && step_is_over(c, &if_reader) &&
           step_is_over(c, &vm_membership_reader) &&
           step_is_over(c, &trunk_reader);
}

static void add_context(struct collector *c, uint16_t vlan)
{
    add_step(c, &context_port_reader)->vlan = vlan;
    add_step(c, &context_fdb_reader)->vlan = vlan;
}

/* Switches of Cisco have a bridge for each VLAN and show it in a context of
 * its own. That of VLAN 1 is also the one without a context: if only it is
 * refused nothing is lost, so it comes last. */
void plan_contexts(struct collector *c)
{
    const struct vlans *vlans = &c->harvest->facts->vlans;
    const struct step *trunks = step_of(c, &trunk_reader);
    uint8_t set[VLAN_SET_OCTETS], wanted[VLAN_SET_OCTETS] = {0};
    const struct bytes up = {set, sizeof set}, all = {wanted, sizeof wanted};
    size_t count = 0;

    if (!c->identified || c->contexts || !vlans_are_told(c))
        return;
    c->contexts = true;
    bool told = trunks != NULL && trunks->rows > 0 && vlans_up(c->harvest, set);
    for (size_t i = 0; i < vlans->count; i++) {
        uint16_t vlan = vlans->at[i].id;

        if (!told || vlan_set_has(up, vlan))
            wanted[vlan / 8] |= (uint8_t)(0x80 >> vlan % 8);
    }
    for (uint16_t vlan = vlan_set_next(all, 1);
         vlan != 0 && count < CONTEXT_VLANS_MAX;
         vlan = vlan_set_next(all, vlan), count++)
        add_context(c, vlan);
    if (vlan_set_has(all, 1))
        add_context(c, 1);
}
