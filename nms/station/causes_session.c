/* What explains that a session of BGP or OSPF is down: who is at its other end
 * is down, or a port that leads there, by a cable or by the addresses and
 * routes of the router; or the other end told of it before. */
#include "station/causes_parts.h"

#include "mibs/facts_pack.h"
#include "station/sessions.h"

bool causes_is_session(const struct causes *c, const struct alert_record *r)
{
    return r->type == c->bgp_down || r->type == c->ospf_down;
}

/* Alerts of one end that may explain one of the other. */
struct looking {
    struct causes *causes;
    const struct alert_record *of;
    const struct ident *far; /* as the end that is looked at sees it */
    uint32_t port, session;  /* indexes; 0 = none */
};

static bool is_to(const struct looking *l, const struct alert_record *r)
{
    const struct device *d = NULL;
    struct addr peer;

    if (sessions_peer_of(r, &peer))
        d = inventory_by_addr(l->causes->inventory, &peer);
    return d != NULL && ident_equal(&d->id, l->far);
}

/* The port that explains an alert; 0: it is no port that does. */
static uint32_t port_behind(const struct causes *c,
                            const struct alert_record *r)
{
    const struct alert_record *by = alerts_by_number(c->alerts, r->cause);

    return by != NULL && by->type == c->port_down ? by->index : 0;
}

/* The same session, told by the other end: that, or what explains it there. */
static void on_session_of_end(struct looking *l, const struct alert_record *r)
{
    uint32_t port = port_behind(l->causes, r);
    bool before = l->of->index == 0 || r->index < l->of->index;

    if (port != 0)
        l->session = port;
    else if (before && r->cause == 0)
        l->session = r->index;
}

static void on_alert_of_end(void *arg, const struct alert_record *r)
{
    struct looking *l = arg;

    if (r->state != ALERT_ACTIVE || r->index == l->of->index)
        return;
    if (r->type == l->causes->port_down && l->port == 0) {
        const struct ident *to = causes_far_end(l->causes, r);

        if (to != NULL && ident_equal(to, l->far))
            l->port = r->cause != 0 ? r->cause : r->index;
    } else if (r->type == l->of->type &&
               !ident_equal(&r->object.device, &l->of->object.device) &&
               is_to(l, r)) {
        on_session_of_end(l, r);
    }
}

/* ---- by addresses and routes ---- */

/* The narrowest prefix that a peer is in, and what its ports are. */
struct way {
    struct causes *causes;
    const struct ident *near;
    struct addr peer;
    int len;       /* -1: there is none yet */
    uint32_t port; /* the alert of a port that is down; 0: one is not */
};

static void consider(struct way *w, const struct prefix *to, uint32_t if_index)
{
    const struct alert_record *r;

    if (if_index == 0 || (int)to->len < w->len ||
        !prefix_contains(to, &w->peer))
        return;
    r = causes_port_alert(w->causes, w->near, if_index);
    if ((int)to->len > w->len)
        w->port = r != NULL ? r->index : 0;
    else if (r == NULL)
        w->port = 0; /* there is another port */
    w->len = to->len;
}

static void consider_all(struct way *w, const struct facts *f)
{
    for (size_t i = 0; i < f->addresses.count; i++) {
        const struct interface_address *a = &f->addresses.at[i];

        if (a->prefix_len > 0) {
            struct prefix subnet = prefix_of(&a->addr, (unsigned)a->prefix_len);

            consider(w, &subnet, a->if_index);
        }
    }
    for (size_t i = 0; i < f->routes.count; i++)
        consider(w, &f->routes.at[i].to, f->routes.at[i].if_index);
}

static void count_port(void *arg, const struct alert_record *r)
{
    unsigned *ports = arg;

    *ports += r->object.class == OBJECT_PORT && r->state == ALERT_ACTIVE;
}

/* The port that its own routes lead to a peer by, if that is down. Routes go
 * with their port: what it explained once it does while it is down. */
static uint32_t port_towards(struct causes *c, const struct alert_record *r,
                             const struct addr *peer)
{
    const struct ident *near = &r->object.device;
    const struct device *d = inventory_by_id(c->inventory, near);
    struct way w = {.causes = c, .near = near, .peer = *peer, .len = -1};
    uint32_t before = port_behind(c, r);
    unsigned ports = 0;

    if (before != 0 && d != NULL &&
        ident_equal(&alerts_by_number(c->alerts, before)->object.device, near))
        return before;
    alerts_each_of(c->alerts, near, count_port, &ports);
    if (ports == 0 || d == NULL)
        return 0; /* facts need not be opened */
    OWNED(facts_unref) struct facts *open = facts_open(d->facts);
    consider_all(&w, open);
    if (w.port == 0)
        return 0;
    const struct alert_record *port = alerts_by_number(c->alerts, w.port);
    return port != NULL && port->cause != 0 ? port->cause : w.port;
}

uint32_t causes_of_session(struct causes *c, const struct alert_record *r)
{
    const struct ident *near = &r->object.device;
    struct looking l = {.causes = c, .of = r};
    struct addr peer;

    if (!sessions_peer_of(r, &peer))
        return 0;
    const struct device *far = inventory_by_addr(c->inventory, &peer);
    if (far != NULL && ident_equal(&far->id, near))
        return 0;
    if (far == NULL)
        return port_towards(c, r, &peer);
    uint32_t cause = causes_index(c, &far->id);
    if (cause != 0)
        return cause;
    l.far = &far->id;
    alerts_each_of(c->alerts, near, on_alert_of_end, &l);
    l.far = near;
    alerts_each_of(c->alerts, &far->id, on_alert_of_end, &l);
    if (l.port == 0)
        l.port = port_towards(c, r, &peer);
    return l.port != 0 ? l.port : l.session;
}
