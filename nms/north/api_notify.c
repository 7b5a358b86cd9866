/* Receivers: how they do, and tests of them. */
#include "north/json_out.h"
#include "north/notices.h"
#include "north/routes.h"
#include "station/settings.h"

struct telling {
    json_t *list;
    const struct config *config;
    bool whole; /* what they are set to, too */
};

static void add_receiver(void *arg, const struct notice_status *s)
{
    const struct telling *t = arg;
    json_t *o = json_object();

    json_put_text(o, "name", s->receiver->name);
    json_put_text(o, "kind", receiver_kind_name(s->receiver->kind));
    json_put_text(o, "severity", severity_name((int)s->receiver->severity));
    json_put_count(o, "waiting", s->waiting);
    json_put_count(o, "told", s->told);
    json_put_count(o, "sent", s->sent);
    json_put_count(o, "refused", s->refused);
    json_put_count(o, "dropped", s->dropped);
    json_put_count(o, "seq", s->seq);
    json_put_wall(o, "last_sent", s->last_sent);
    json_put_text(o, "error", s->error);
    settings_tell_receiver(t->config, s->receiver->name, t->whole, o);
    json_array_append_new(t->list, o);
}

json_t *api_receivers_told(struct api_request *r)
{
    struct telling t = {.list = json_array(),
                        .config = station_config(r->station),
                        .whole = r->caller.role == ROLE_ADMINISTRATOR};

    notices_list(r->notices, add_receiver, &t);
    return json_pack("{s:o}", "receivers", t.list);
}

void api_receivers(struct api_request *r)
{
    api_json(r, 200, api_receivers_told(r));
}

static void forget_test(struct api_request *r)
{
    notices_forget(r->notices, r);
}

static void on_tested(void *arg, int result, const char *why)
{
    struct api_request *r = arg;

    r->forget = NULL;
    if (result == 0)
        api_json(r, 200, json_pack("{s:s}", "state", "sent"));
    else
        api_problem(r, 502, why, "see its address, its secrets and its log");
}

void api_receiver_test(struct api_request *r)
{
    struct complaint why;

    r->forget = forget_test;
    int rc = notices_test(r->notices, r->segments[1], on_tested, r, &why);
    if (rc == 0)
        return;
    r->forget = NULL;
    api_complaint(r, rc, &why);
}
