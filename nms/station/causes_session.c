/* What explains that a session of BGP or OSPF is down: who is at its other end
 * is down, or a port that leads there; or the other end told of it before. */
#include "station/causes_parts.h"

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

static void on_alert_of_end(void *arg, const struct alert_record *r)
{
    struct looking *l = arg;
    bool before = l->of->index == 0 || r->index < l->of->index;

    if (r->state != ALERT_ACTIVE || r->index == l->of->index)
        return;
    if (r->type == l->causes->port_down && l->port == 0) {
        const struct ident *to = causes_far_end(l->causes, r);

        if (to != NULL && ident_equal(to, l->far))
            l->port = r->cause != 0 ? r->cause : r->index;
    } else if (r->type == l->of->type && before && r->cause == 0 &&
               !ident_equal(&r->object.device, &l->of->object.device) &&
               is_to(l, r)) {
        l->session = r->index;
    }
}

uint32_t causes_of_session(struct causes *c, const struct alert_record *r)
{
    const struct ident *near = &r->object.device;
    struct looking l = {.causes = c, .of = r};
    struct addr peer;
    const struct device *far = sessions_peer_of(r, &peer)
                                   ? inventory_by_addr(c->inventory, &peer)
                                   : NULL;

    if (far == NULL || ident_equal(&far->id, near))
        return 0;
    uint32_t cause = causes_index(c, &far->id);
    if (cause != 0)
        return cause;
    l.far = &far->id;
    alerts_each_of(c->alerts, near, on_alert_of_end, &l);
    l.far = near;
    alerts_each_of(c->alerts, &far->id, on_alert_of_end, &l);
    return l.port != 0 ? l.port : l.session;
}
