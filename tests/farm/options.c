#include "tests/farm/options.h"

#include "base/addr.h"
#include "tests/farm/control.h"
#include "tests/farm/plan.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPT_NETWORK = 256,
    OPT_DEVICES,
    OPT_PORTS,
    OPT_BASE,
    OPT_SEED,
    OPT_PORT,
    OPT_COMMUNITY,
    OPT_USER,
    OPT_TRUTH,
    OPT_CONTROL,
    OPT_COMMANDS,
    OPT_FAULT,
    OPT_REPLAY,
    OPT_RUN,
    OPT_MAX_SIZE,
    OPT_WAVES,
    OPT_SESSIONS,
    OPT_QUIET,
    OPT_HELP
};

static const struct option longs[] = {
    {"network", required_argument, NULL, OPT_NETWORK},
    {"devices", required_argument, NULL, OPT_DEVICES},
    {"ports", required_argument, NULL, OPT_PORTS},
    {"base", required_argument, NULL, OPT_BASE},
    {"seed", required_argument, NULL, OPT_SEED},
    {"port", required_argument, NULL, OPT_PORT},
    {"community", required_argument, NULL, OPT_COMMUNITY},
    {"user", required_argument, NULL, OPT_USER},
    {"truth", required_argument, NULL, OPT_TRUTH},
    {"control", required_argument, NULL, OPT_CONTROL},
    {"commands", no_argument, NULL, OPT_COMMANDS},
    {"fault", required_argument, NULL, OPT_FAULT},
    {"replay", required_argument, NULL, OPT_REPLAY},
    {"run-seconds", required_argument, NULL, OPT_RUN},
    {"max-size", required_argument, NULL, OPT_MAX_SIZE},
    {"waves", no_argument, NULL, OPT_WAVES},
    {"sessions", no_argument, NULL, OPT_SESSIONS},
    {"quiet", no_argument, NULL, OPT_QUIET},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

static const char intro[] =
    "usage: farm [OPTION...]\n"
    "Simulated SNMP agents on loopback addresses (127.0.0.0/8), thousands in\n"
    "one process: generated networks whose truth is known, recordings played\n"
    "back, and misbehaviour on order. Packets never leave the device lo.\n"
    "Prints \"farm: N agents ready on A..B port P\" when they answer.\n\n"
    "  --network KIND       generate a network:\n";

static const char middle[] =
    "  --devices N          how many (200)\n"
    "  --ports P            ports of each switch, at least (24)\n"
    "  --replay PATH        recordings (.snmprec, .snmprec.xz), a file or a\n"
    "                       directory; may be repeated. One agent each, after\n"
    "                       those of the network; any address also answers for\n"
    "                       NAME by community NAME, and NAME@CTX\n"
    "  --base ADDRESS       address of the first agent (127.16.0.1); agent i\n"
    "                       is at base + i/250 * 256 + i%250\n"
    "  --port PORT          UDP port (1161)\n"
    "  --community C        of v1 and v2c (public); bridges of IOS answer to\n"
    "                       C@VLAN too\n"
    "  --user NAME[:AUTH:SECRET[:PRIV:SECRET]]   of v3; may be repeated\n"
    "  --max-size OCTETS    of an answer (1472)\n"
    "  --sessions           routers tell their neighbors of OSPF and BGP\n"
    "  --waves              traffic rises and falls in 20 minutes around the rates\n"
    "                       that the truth tells; else it is constant\n"
    "  --seed S             what is random depends on it alone (1)\n"
    "  --truth DIR          write what a perfect discovery would find\n"
    "  --control PATH       UNIX stream socket for commands\n"
    "  --commands           commands on standard input as well\n"
    "  --run-seconds S      end after that; else SIGTERM ends it\n"
    "  --quiet              no word on lines of recordings that are dropped\n"
    "  --fault KIND[=VALUE][@SHARE]   misbehaviour, for all agents or the share\n"
    "                       (0.05 or 5%) that the seed chooses; may be "
    "repeated:\n";

void farm_options_help(void)
{
    size_t count;
    const struct plan *plans = plan_all(&count);

    (void)fputs(intro, stdout);
    for (size_t i = 0; i < count; i++)
        printf("      %-10s %s\n", plans[i].name, plans[i].help);
    (void)fputs(middle, stdout);
    for (size_t i = 0; i < FAULTS; i++) {
        char unit[40] = "";

        if (fault_kinds[i].unit != NULL)
            (void)snprintf(unit, sizeof unit, "=%s (%lld)", fault_kinds[i].unit,
                           (long long)fault_kinds[i].preset);
        printf("      %-10s%-16s %s\n", fault_kinds[i].name, unit,
               fault_kinds[i].help);
    }
    printf("\nCommands, one a line, answered by \"ok\" or \"error\":\n%s",
           control_help);
}

static bool number_parse(const char *text, uint64_t least, uint64_t most,
                         uint64_t *out)
{
    char *end;

    errno = 0;
    *out = strtoull(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && text[0] != '-' &&
           *out >= least && *out <= most;
}

static int base_parse(const char *text, struct options *o,
                      struct complaint *why)
{
    struct addr a;

    if (addr_parse(text, &a) < 0 || a.family != 4 || a.octets[0] != 127)
        return complain(why, -EINVAL, "--base", "write one such as 127.16.0.1",
                        "not an address of 127.0.0.0/8: %s", text);
    o->base_ip = 0;
    for (size_t i = 0; i < 4; i++)
        o->base_ip = o->base_ip << 8 | a.octets[i];
    return 0;
}

/* NAME[:AUTH:SECRET[:PRIV:SECRET]] */
static int user_parse(const char *text, struct options *o,
                      struct complaint *why)
{
    OWNED(free) char *copy = mem_text(text);
    char *fields[5] = {copy}, *rest = copy;
    size_t count = 1;

    while (count < COUNT_OF(fields) && (rest = strchr(rest, ':')) != NULL) {
        *rest++ = '\0';
        fields[count++] = rest;
    }
    struct credential *u = &o->users[o->user_count];

    *u = (struct credential){.version = SNMP_V3};
    bool good = (count == 1 || count == 3 || count == 5) &&
                fields[0][0] != '\0' && o->user_count < OPTION_USERS_MAX &&
                (count < 3 || auth_protocol_parse(fields[1], &u->auth)) &&
                (count < 5 || priv_protocol_parse(fields[3], &u->priv));

    if (!good)
        return complain(why, -EINVAL, "--user",
                        "write NAME:SHA-256:SECRET:AES-128:SECRET",
                        "cannot be read");
    u->user = mem_text(fields[0]);
    u->auth_secret = mem_text(count >= 3 ? fields[2] : NULL);
    u->priv_secret = mem_text(count >= 5 ? fields[4] : NULL);
    o->user_count++;
    return 0;
}

static const struct {
    int option;
    const char *name;
    uint64_t least, most;
} numbers[] = {
    {OPT_DEVICES, "--devices", 1, 200000},
    {OPT_PORTS, "--ports", 2, 500},
    {OPT_SEED, "--seed", 0, UINT64_MAX},
    {OPT_PORT, "--port", 1, 65535},
    {OPT_RUN, "--run-seconds", 1, 1000000},
    {OPT_MAX_SIZE, "--max-size", 484, 65507},
};

static void number_keep(struct options *o, int option, uint64_t n)
{
    switch (option) {
    case OPT_DEVICES:
        o->devices = (uint32_t)n;
        break;
    case OPT_PORTS:
        o->ports = (uint32_t)n;
        break;
    case OPT_SEED:
        o->seed = n;
        break;
    case OPT_PORT:
        o->port = (uint16_t)n;
        break;
    case OPT_RUN:
        o->run_s = (uint32_t)n;
        break;
    default:
        o->max_size = (uint32_t)n;
        break;
    }
}

static int number_option(struct options *o, int option, const char *text,
                         struct complaint *why)
{
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        uint64_t n;

        if (numbers[i].option != option)
            continue;
        if (!number_parse(text, numbers[i].least, numbers[i].most, &n))
            return complain(why, -EINVAL, numbers[i].name, "see --help",
                            "not a number within its limits: %s", text);
        number_keep(o, option, n);
        return 0;
    }
    return complain(why, -EINVAL, "farm", "see --help", "unknown option");
}

static int option_take(struct options *o, int option, char *text,
                       struct complaint *why)
{
    switch (option) {
    case OPT_NETWORK:
        o->network = text;
        if (plan_find(text) == NULL)
            return complain(why, -EINVAL, "--network", "see --help",
                            "no such kind: %s", text);
        return 0;
    case OPT_BASE:
        return base_parse(text, o, why);
    case OPT_COMMUNITY:
        o->community = text;
        return 0;
    case OPT_USER:
        return user_parse(text, o, why);
    case OPT_TRUTH:
        o->truth = text;
        return 0;
    case OPT_CONTROL:
        o->control = text;
        return 0;
    case OPT_COMMANDS:
        o->commands = true;
        return 0;
    case OPT_WAVES:
        o->waves = true;
        return 0;
    case OPT_SESSIONS:
        o->sessions = true;
        return 0;
    case OPT_QUIET:
        o->quiet = true;
        return 0;
    case OPT_FAULT:
        return fault_parse(text, array_add(&o->faults), why);
    case OPT_REPLAY:
        *array_add(&o->replay) = text;
        return 0;
    default:
        return number_option(o, option, text, why);
    }
}

static int options_check(const struct options *o, struct complaint *why)
{
    if (o->network == NULL && o->replay.count == 0)
        return complain(why, -EINVAL, "farm", "give --network or --replay",
                        "no agents asked for");
    if (o->network != NULL && o->devices < plan_find(o->network)->least)
        return complain(why, -EINVAL, "--devices", "ask for more",
                        "%s takes at least %u", o->network,
                        plan_find(o->network)->least);
    if (o->truth != NULL && o->network == NULL)
        return complain(why, -EINVAL, "--truth", "give --network too",
                        "known of generated networks alone");
    return 0;
}

enum options_verdict farm_options_read(int argc, char **argv,
                                       struct options *out,
                                       struct complaint *why)
{
    int option;

    *out = (struct options){.devices = 200,
                            .ports = 24,
                            .base_ip = 0x7f100001,
                            .seed = 1,
                            .port = 1161,
                            .community = "public",
                            .max_size = 1472};
    while ((option = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
        if (option == OPT_HELP || option == 'h')
            return OPTIONS_HELP;
        if (option_take(out, option, optarg, why) < 0)
            return OPTIONS_WRONG;
    }
    if (optind < argc &&
        complain(why, -EINVAL, argv[optind], "see --help", "not an option") < 0)
        return OPTIONS_WRONG;
    return options_check(out, why) < 0 ? OPTIONS_WRONG : OPTIONS_RUN;
}

void farm_options_fini(struct options *o)
{
    for (size_t i = 0; i < o->user_count; i++) {
        free(o->users[i].user);
        free(o->users[i].auth_secret);
        free(o->users[i].priv_secret);
    }
    array_fini(&o->faults);
    array_fini(&o->replay);
}
