/* What is installed on a host and what runs there, asked of it at the moment
 * that somebody wants to know. */
#include "mibs/program_mib.h"
#include "north/json_out.h"
#include "north/routes.h"

#include <string.h>

/* A walk, or two one after the other, that somebody waits for. */
struct asked {
    struct api_request *request;
    struct station_query *query;
    struct programs *found;
    bool processes, perf; /* of processes; the second walk */
};

static void asked_free(struct asked *a)
{
    programs_free(a->found);
    free(a);
}

static void forget(struct api_request *r)
{
    struct asked *a = r->pending;

    station_query_cancel(a->query);
    r->pending = NULL;
    asked_free(a);
}

static json_t *program_json(const struct program *p)
{
    json_t *o = json_object();

    json_put_count(o, "index", p->index);
    json_put_text(o, "name", p->name);
    json_put_text(o, "type", p->type);
    json_put_text(o, "installed", p->installed);
    json_put_text(o, "path", p->path);
    json_put_text(o, "parameters", p->parameters);
    json_put_text(o, "status", p->status);
    json_put_number(o, "cpu_s", p->cpu_s);
    json_put_number(o, "memory_bytes", p->memory_bytes);
    return o;
}

static void answer(const struct asked *a)
{
    const struct program *list;
    size_t cut, count = programs_list(a->found, &list, &cut);
    json_t *out = json_array(), *body = json_object();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(out, program_json(&list[i]));
    json_object_set_new(body, a->processes ? "processes" : "software", out);
    if (cut > 0)
        json_put_count(body, "left_out", cut);
    api_json(a->request, 200, body);
}

static void on_varbind(void *arg, struct oid name, const struct value *value)
{
    struct asked *a = arg;

    programs_take(a->found, name, value);
}

static void on_end(void *arg, int result, uint64_t varbinds);

static int walk(struct asked *a, struct oid entry, struct complaint *why)
{
    const struct query_listener listener = {on_varbind, on_end, a};

    return station_walk(a->request->station, a->request->segments[1], entry,
                        &listener, &a->query, why);
}

/* Processes that say who they are are of use also where they do not say how
 * much they take. */
static void on_end(void *arg, int result, uint64_t varbinds)
{
    struct asked *a = arg;
    struct api_request *r = a->request;
    struct complaint why;

    (void)varbinds;
    if (result == 0 && a->processes && !a->perf) {
        a->perf = true;
        if (walk(a, programs_perf_entry(), &why) == 0)
            return;
    }
    r->pending = NULL;
    r->forget = NULL;
    if (result < 0 && !a->perf)
        api_problem(r, 504, strerror(-result),
                    "ask again; `portolan walk NAME hrSWRunTable` shows what "
                    "comes");
    else
        answer(a);
    asked_free(a);
}

static void ask(struct api_request *r, bool processes)
{
    struct complaint why;

    if (api_device(r, 1) == NULL)
        return;
    struct asked *a = mem_new(struct asked);

    a->request = r;
    a->found = programs_new();
    a->processes = processes;
    int rc = walk(
        a, processes ? programs_run_entry() : programs_installed_entry(), &why);
    if (rc < 0) {
        asked_free(a);
        api_complaint(r, rc, &why);
        return;
    }
    r->pending = a;
    r->forget = forget;
}

void api_software(struct api_request *r)
{
    ask(r, false);
}

void api_processes(struct api_request *r)
{
    ask(r, true);
}
