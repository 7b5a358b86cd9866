/* farm - simulated SNMP agents on loopback addresses: makes what the command
 * line asks for, and serves it. */
#include "tests/farm/farm.h"
#include "tests/farm/options.h"
#include "tests/farm/plan.h"
#include "tests/farm/replay.h"
#include "tests/farm/server.h"
#include "tests/farm/truth.h"

#include <stdio.h>
#include <string.h>

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

static int fail(const struct complaint *why, int status)
{
    (void)fprintf(stderr, "farm: %s: %s%s%s\n", why->place, why->what,
                  why->remedy[0] == '\0' ? "" : "; ", why->remedy);
    return status;
}

/* The farm that the options describe; NULL with *why. */
static struct farm *farm_make(const struct options *o, struct complaint *why)
{
    struct network *net = NULL;

    if (o->network != NULL)
        net = plan_make(plan_find(o->network), o->seed, o->base_ip, o->devices,
                        o->ports);
    OWNED(farm_free) struct farm *f = farm_new(net, o->base_ip, o->seed);

    f->community = o->community;
    f->max_size = o->max_size;
    f->waves = o->waves;
    if (f->net != NULL)
        f->net->sessions = o->sessions;
    memcpy(f->users, o->users, sizeof f->users);
    f->user_count = o->user_count;
    for (size_t i = 0; i < o->replay.count; i++)
        if (replay_add(f, o->replay.at[i], o->quiet, why) < 0)
            return NULL;
    return TAKE(f);
}

static void say_ready(const struct farm *f, const struct options *o)
{
    uint32_t last = f->agents.count == 0 ? 0 : (uint32_t)f->agents.count - 1;
    uint32_t ends[2] = {o->base_ip, address_of_agent(o->base_ip, last)};

    printf("farm: %zu agents ready on %u.%u.%u.%u..%u.%u.%u.%u port %u\n",
           f->agents.count, ends[0] >> 24, ends[0] >> 16 & 0xff,
           ends[0] >> 8 & 0xff, ends[0] & 0xff, ends[1] >> 24,
           ends[1] >> 16 & 0xff, ends[1] >> 8 & 0xff, ends[1] & 0xff, o->port);
    (void)fflush(stdout);
}

static int serve(struct farm *f, const struct options *o)
{
    const struct server_options so = {.port = o->port,
                                      .control = o->control,
                                      .commands = o->commands,
                                      .run_ms = (int64_t)o->run_s * 1000};
    struct server *server;
    struct complaint why = {0};

    if (o->truth != NULL && truth_write(f, o->truth) < 0)
        return fail(&(struct complaint){.place = "--truth",
                                        .what = "cannot be written"},
                    EXIT_FAILED);
    /* The truth is the network's, whoever misbehaves later. */
    for (size_t i = 0; i < o->faults.count; i++)
        farm_fault(f, &o->faults.at[i]);
    if (server_new(f, &so, &server, &why) < 0)
        return fail(&why, EXIT_FAILED);
    say_ready(f, o);
    server_run(server);
    server_free(server);
    return EXIT_DONE;
}

int main(int argc, char **argv)
{
    struct options o;
    struct complaint why = {0};
    int status = EXIT_FAILED;

    switch (farm_options_read(argc, argv, &o, &why)) {
    case OPTIONS_HELP:
        farm_options_help();
        status = EXIT_DONE;
        break;
    case OPTIONS_WRONG:
        status = fail(&why, EXIT_USAGE);
        break;
    case OPTIONS_RUN: {
        OWNED(farm_free) struct farm *f = farm_make(&o, &why);

        status = f == NULL ? fail(&why, EXIT_FAILED) : serve(f, &o);
    } break;
    }
    farm_options_fini(&o);
    return status;
}
