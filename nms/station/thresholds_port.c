/* Ports that are down although they should be up.
 *
 * Should be up: what a person says so of; what leads to a device that forwards
 * and was seen up, or is known as a link for an hour; what has an address of
 * its own and was up for a day. Ports of users and end devices come and go, and
 * nobody is told.
 */
#include "station/thresholds_parts.h"

#include "mibs/facts_pack.h"

#include <math.h>

enum { ADMIN_DOWN = 2, KNOWN_MS = 3600000 };
static const int64_t LONG_CS = 24LL * 3600 * 100;

/* Ends the text of an alert that is there because a person said so. */
static const char by_pin[] = "(alerts.ports)";

bool thresholds_is_of_pin(const char *text)
{
    size_t len = strlen(text), tail = sizeof by_pin - 1;

    return len >= tail && strcmp(text + len - tail, by_pin) == 0;
}

uint8_t thresholds_expect(const struct thresholds *t, const struct sample *s)
{
    const struct config_port_pins *pins = &t->config->alerts.ports;
    const char *device = s->device->name;
    const char *const names[] = {s->object, s->descr,
                                 s->port->descr != NULL ? s->port->descr : "",
                                 s->port->alias != NULL ? s->port->alias : ""};

    for (size_t i = 0; i < pins->count; i++) {
        const struct config_port_pin *p = &pins->at[i];

        if ((p->devices.count == 0 ||
             rule_patterns_find(&p->devices, &device, 1) != NULL) &&
            (p->ports.count == 0 ||
             rule_patterns_find(&p->ports, names, COUNT_OF(names)) != NULL))
            return (uint8_t)p->expect;
    }
    return PORT_EXPECTS;
}

/* What was read of its device last says that it was up. */
static bool read_up(const struct weighing *w)
{
    const struct sample *s = w->sample;
    struct facts *own = NULL;
    const struct facts *f = w->facts;

    if (f == NULL)
        f = own = facts_open(s->device->facts);
    const struct interface *i = facts_interface(f, s->port->if_index);
    bool up = i != NULL && !if_is_down(i->admin_status, i->oper_status);

    facts_unref(own);
    return up;
}

/* It leads to what forwards, as the topology of the moment tells; if it was not
 * seen up, as that told some time ago. */
static bool is_trunk(const struct weighing *w, enum port_was was,
                     struct buffer *why)
{
    const struct inferred *i = w->t->inferred;
    const struct sample *s = w->sample;
    uint32_t node = i != NULL ? inferred_node(i, &s->device->id) : UINT32_MAX;
    uint32_t link = node != UINT32_MAX
                        ? cabling_trunk(&i->cabling, node, s->port->if_index)
                        : UINT32_MAX;

    if (link == UINT32_MAX)
        return false;
    const struct topo_link *l = &i->topology->links.at[link];
    if (was != PORT_WAS_UP &&
        (l->life.first_seen.ms == 0 ||
         s->at.ms - l->life.first_seen.ms < KNOWN_MS) &&
        (was != PORT_WAS_UNKNOWN || !read_up(w)))
        return false;
    bool is_a = l->a == node && l->a_if_index == s->port->if_index;
    buffer_format(why, "it leads to %s %s",
                  i->topology->nodes.at[is_a ? l->b : l->a].name,
                  is_a ? l->b_port : l->a_port);
    return true;
}

static bool has_address(const struct facts *f, uint32_t if_index)
{
    for (size_t i = 0; i < f->addresses.count; i++)
        if (f->addresses.at[i].if_index == if_index)
            return true;
    return false;
}

/* What was read of its device, before it went down, says that it routes, and
 * was up for long. */
static bool routed_long(const struct facts *f, const struct sample *s,
                        struct buffer *why)
{
    const struct interface *i = facts_interface(f, s->port->if_index);

    if (i == NULL || !f->system.has_uptime ||
        if_is_down(i->admin_status, i->oper_status) ||
        !has_address(f, i->if_index) || i->last_change_cs < 0)
        return false;
    int64_t age_cs = (s->at.ms - f->observed_at.ms) / 10;
    if ((int64_t)f->system.uptime_cs - i->last_change_cs + age_cs < LONG_CS)
        return false;
    buffer_text(why, "it has an address and was up for more than a day");
    return true;
}

bool weighing_minds(struct weighing *w, uint8_t expect, enum port_was was,
                    struct buffer *why)
{
    const struct sample *s = w->sample;

    if (expect == PORT_EXPECT_UP) {
        buffer_format(why, "it is expected to be up %s", by_pin);
        return true;
    }
    if (expect != PORT_EXPECTS || s->port->row->admin_status == ADMIN_DOWN)
        return false;
    if (is_trunk(w, was, why))
        return true;
    if (was != PORT_WAS_UP)
        return false;
    if (w->facts != NULL)
        return routed_long(w->facts, s, why);
    OWNED(facts_unref) struct facts *f = facts_open(s->device->facts);

    return routed_long(f, s, why);
}

unsigned thresholds_evidence(const struct weighing *w, uint32_t if_index)
{
    const struct thresholds_parts *p = &w->t->parts;

    if (p->evidence == NULL)
        return ALERT_BY_POLL;
    return ALERT_BY_POLL |
           p->evidence(p->arg, &w->sample->device->id, if_index);
}

static void tell(struct weighing *w, const struct active_rule *r,
                 struct kept *k, enum severity severity, const char *text)
{
    const struct sample *s = w->sample;
    struct buffer OWNED_BUFFER name = {0};

    buffer_format(&name, "%s:%s", s->device->name, s->descr);
    if (k->part == NULL)
        k->part = mem_text(s->object);
    k->of_port = true;
    k->of_pin = severity != SEVERITY_CLEARED && thresholds_is_of_pin(text);
    k->type = alert_type_find("port.down");
    k->state.told = severity;
    k->told = s->at;
    alerts_tell(w->t->parts.alerts,
                &(struct condition){
                    .object = {.class = OBJECT_PORT,
                               .device = s->device->id,
                               .part = s->object},
                    .type = k->type,
                    .severity = severity,
                    .at = s->at,
                    .evidence = thresholds_evidence(w, s->port->if_index),
                    .name = name.at,
                    .device = s->device->name,
                    .text = text,
                    .rule = r->name,
                    .value = NAN,
                    .limit = NAN});
}

/* By the rule it has another severity now. */
static void weigh_anew(struct weighing *w, const struct active_rule *r,
                       struct kept *k)
{
    const struct object_ref object = {.class = OBJECT_PORT,
                                      .device = w->sample->device->id,
                                      .part = w->sample->object};
    const struct alert_record *a =
        alerts_of(w->t->parts.alerts, &object, k->type, "");
    struct buffer OWNED_BUFFER text = {0};

    k->state.told = r->rule->severity;
    if (a == NULL || a->state == ALERT_CLEARED)
        return;
    buffer_text(&text, a->text);
    tell(w, r, k, r->rule->severity, text.at);
}

/* What it was told for was said by a person, who says so no more: perhaps it
 * should be up for another reason. */
static bool minds_still(struct weighing *w, const struct active_rule *r,
                        struct kept *k)
{
    struct buffer OWNED_BUFFER why = {0}, OWNED_BUFFER text = {0};

    if (!weighing_minds(w, PORT_EXPECTS, PORT_WAS_UNKNOWN, &why))
        return false;
    buffer_format(&text, "is down; %s", why.at);
    tell(w, r, k, k->state.told, text.at);
    return true;
}

/* Why what was told of a port is over though it is as it was; NULL: it is not.
 */
static const char *pardon(struct weighing *w, const struct active_rule *r,
                          struct kept *k)
{
    static const char nobody[] = "nobody minds any more";
    uint8_t expect = w->entry->expect;

    if (expect == PORT_EXPECT_UP)
        return NULL;
    if (w->sample->port->row->admin_status == ADMIN_DOWN)
        return "a person put it down";
    if (expect == PORT_EXPECT_ANY)
        return nobody;
    /* Before it is known what it leads to, nobody can tell. */
    if (expect == PORT_EXPECTS && k->of_pin && w->t->inferred != NULL &&
        !minds_still(w, r, k))
        return nobody;
    return NULL;
}

/* It begins to be otherwise than it should be, if anybody minds. */
static void begin(struct weighing *w, const struct active_rule *r)
{
    struct watched *e = w->entry;
    struct buffer OWNED_BUFFER why = {0}, OWNED_BUFFER text = {0};
    bool minds = e->expect == PORT_EXPECT_DOWN ||
                 weighing_minds(w, e->expect, e->was, &why);

    e->was = PORT_WAS_DOWN;
    if (!minds)
        return;
    if (e->expect == PORT_EXPECT_DOWN)
        buffer_format(&text, "is up, though expected to be down %s", by_pin);
    else
        buffer_format(&text, "is down; %s", why.at);
    w->t->stats.not_normal++;
    tell(w, r, watched_keep(e, r->name), r->rule->severity, text.at);
}

void weighing_port(struct weighing *w, const struct active_rule *r)
{
    struct watched *e = w->entry;
    const struct port_record *row = w->sample->port->row;
    bool down = if_is_down(row->admin_status, row->oper_status);
    bool wrong = e->expect == PORT_EXPECT_DOWN ? !down : down;

    if (row->oper_status == 0 ||
        (wrong && e->was == PORT_WAS_DOWN && e->kept == NULL) ||
        (!wrong && e->kept == NULL && e->was == PORT_WAS_UP))
        return;
    struct kept *k = watched_kept(e, r->name);
    const char *over = !wrong      ? "is as it should be again"
                       : k != NULL ? pardon(w, r, k)
                                   : NULL;
    if (over != NULL) {
        e->was = wrong ? PORT_WAS_DOWN : PORT_WAS_UP;
        if (k == NULL)
            return;
        tell(w, r, k, SEVERITY_CLEARED, over);
        watched_drop(e, k);
        w->t->stats.not_normal--;
    } else if (k == NULL && e->was != PORT_WAS_DOWN) {
        begin(w, r);
    } else if (k != NULL && k->state.told != r->rule->severity) {
        weigh_anew(w, r, k);
    }
}
