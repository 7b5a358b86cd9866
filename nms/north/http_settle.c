/* What was answered with success is never lost: the answer waits until the
 * change is on disk, some milliseconds as a rule. */
#include "north/http_parts.h"

#include "base/mem.h"
#include "north/audit.h"
#include "north/routes.h"
#include "station/store.h"

#include <errno.h>
#include <stdlib.h>

enum { OK = 200, CREATED = 201 };

bool http_is_promise(const struct api_request *r, int status)
{
    return (status == OK || status == CREATED) && r->route != NULL &&
           r->route->method != API_GET &&
           (r->route->traits & ROUTE_FLEETING) == 0 &&
           station_store(r->station) != NULL;
}

/* The client has gone, or the station goes. */
static void forget(struct api_request *r)
{
    struct api_answer *a = r->pending;

    store_forget(station_store(r->station), r);
    buffer_fini(&a->body);
    free(a);
}

static void refuse(struct api_request *r)
{
    struct store_stats stats;
    char text[256];

    store_stats(station_store(r->station), &stats);
    (void)snprintf(text, sizeof text,
                   "the change is in force but not on disk (%s): it is lost if "
                   "the station ends now",
                   stats.error[0] != '\0' ? stats.error : "it ends");
    api_problem(r, 503, text,
                "check the disk of the station's data; it is tried again every "
                "second");
}

static void on_settled(void *arg, int result)
{
    struct api_request *r = arg;
    struct api_answer *a = TAKE(r->pending);

    r->forget = NULL;
    if (result == 0)
        http_send(r, a);
    else
        refuse(r);
    buffer_fini(&a->body);
    free(a);
}

void http_settle(struct api_request *r, struct api_answer *answer)
{
    struct api_answer *a = mem_new(struct api_answer);

    audit_answer(r, answer->status, buffer_view(&answer->body));
    audit_note(r);
    *a = *answer;
    r->pending = a;
    r->forget = forget;
    store_settle(station_store(r->station), on_settled, r);
}
