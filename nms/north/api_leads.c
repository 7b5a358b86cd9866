/* What became of each address that discovery heard of, page by page. */
#include "north/json_out.h"
#include "north/routes.h"
#include "station/explain.h"

#include <string.h>

enum { PAGE = 100, PAGE_MAX = 1000, LOOKED_AT_MAX = 50000 /* at a time */ };

/* "user,auth" as bits; 0 and a 400 for what is no state. */
static unsigned states_of(struct api_request *r)
{
    const char *text = api_param(r, "state");
    unsigned bits = 0;

    if (text == NULL || *text == '\0')
        return ~0u;
    while (*text != '\0') {
        size_t len = strcspn(text, ",");
        int i = 0;

        while (i < LEAD_STATES &&
               (strlen(lead_state_name((enum lead_state)i)) != len ||
                strncmp(lead_state_name((enum lead_state)i), text, len) != 0))
            i++;
        if (i == LEAD_STATES) {
            api_problem(
                r, 400, "there is no such state of an address",
                "write waits, asked, silent, echoes, closed, broken, "
                "denied, user, level, auth, privacy, engine or answers");
            return 0;
        }
        bits |= 1u << i;
        text += len + (text[len] == ',');
    }
    return bits;
}

void api_leads(struct api_request *r)
{
    int64_t after = 0, limit = PAGE;

    if (!api_param_number(r, "after", 0, INT64_MAX / 2, &after) ||
        !api_param_number(r, "limit", 1, PAGE_MAX, &limit))
        return;
    size_t at = (size_t)after;
    unsigned states = states_of(r), looked_at = 0;
    json_t *list = json_array();
    struct station_lead lead;
    bool more = states != 0;

    while (more && (int64_t)json_array_size(list) < limit &&
           looked_at++ < LOOKED_AT_MAX) {
        more = station_next_lead(r->station, &at, &lead);
        if (!more || (states >> lead.state & 1) == 0)
            continue;
        json_t *o = json_object();
        json_put_addr(o, "address", &lead.addr);
        json_put_text(o, "state", lead_state_name(lead.state));
        json_put_text(o, "device", lead.device);
        json_array_append_new(list, o);
    }
    json_t *o = json_pack("{s:o}", "addresses", list);
    if (more)
        json_object_set_new(o, "next", json_integer((json_int_t)at));
    if (states != 0)
        api_json(r, 200, o);
    else
        json_decref(o);
}
