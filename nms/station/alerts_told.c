/* What a condition says, in the record of its alert. */
#include "station/alerts_parts.h"

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static void say(struct alert_record *r, const struct condition *c)
{
    r->severity = c->severity;
    if (c->severity > r->worst)
        r->worst = c->severity;
    r->name = or_empty(c->name);
    r->device = or_empty(c->device);
    r->text = or_empty(c->text);
    r->rule = or_empty(c->rule);
    r->unit = or_empty(c->unit);
    r->evidence |= c->evidence;
    r->value = c->value;
    r->limit = c->limit;
    r->last_seen = c->at;
}

void alerts_take_down(struct alert_record *r, const struct condition *c)
{
    *r = (struct alert_record){.state = ALERT_PENDING,
                               .type = c->type,
                               .object = c->object,
                               .qualifier = or_empty(c->qualifier),
                               .raised = c->at,
                               .changed = c->at,
                               .count = 1};
    say(r, c);
}

void alerts_renew(struct alert_record *r, const struct condition *c)
{
    if (r->severity != c->severity)
        r->changed = c->at;
    r->count++;
    say(r, c);
}
