#include "tests/farm/control.h"

#include "base/addr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 5, LINE_MAX_LEN = 256 };

const char control_help[] =
    "  kill ADDRESS            it is silent from now on\n"
    "  revive ADDRESS          it answers again\n"
    "  poweroff ADDRESS        silent, and all its cables without carrier\n"
    "  poweron ADDRESS         back again, rebooted\n"
    "  reboot ADDRESS          uptime and counters from 0, boots + 1\n"
    "  renumber ADDRESS        its ports get other ifIndexes\n"
    "  alias ADDRESS AGENT     that agent answers at ADDRESS too\n"
    "  unalias ADDRESS         nobody does\n"
    "  rename ADDRESS NAME     another sysName\n"
    "  cut ADDRESS PORT        no carrier at both ends (PORT by ifName, ifDescr\n"
    "                          or number from 1)\n"
    "  heal ADDRESS PORT       the cable is back\n"
    "  session ADDRESS PORT down|up   of OSPF and BGP, at both ends (--sessions)\n"
    "  break ADDRESS fan|power|heat   one fan, one power supply; it is hot\n"
    "  mend ADDRESS            all of that is well again\n"
    "  miswire ADDRESS PORT ADDRESS PORT   neighbor protocols tell the cables of\n"
    "                          two ports the other way round; once more, right\n"
    "  fault KIND[=VALUE][@SHARE] [ADDRESS]   for a share, or one agent\n"
    "  clear KIND|all [ADDRESS]\n"
    "  name ADDRESS            tells sysName\n"
    "  stats                   requests, answers, refused, malformed, dropped\n"
    "  quit\n";

/* A command as it was split; agent is that of the first word behind. */
struct command {
    struct farm *farm;
    char *words[WORDS_MAX];
    size_t count;
    uint32_t agent;
    int64_t now_ms;
    struct buffer *answer;
};

static void say_error(struct command *c, const char *what)
{
    buffer_format(c->answer, "error: %s\n", what);
}

/* 0 if it is no IPv4 address. */
static uint32_t ip_parse(const char *text)
{
    struct addr a;

    if (addr_parse(text, &a) < 0 || a.family != 4)
        return 0;
    return (uint32_t)a.octets[0] << 24 | (uint32_t)a.octets[1] << 16 |
           (uint32_t)a.octets[2] << 8 | a.octets[3];
}

static uint32_t agent_parse(const struct farm *f, const char *text)
{
    uint32_t agent = agent_of_address(f->base_ip, ip_parse(text));

    return agent < f->agents.count ? agent : NONE;
}

static void cut_all(struct command *c, bool cut)
{
    if (c->farm->net == NULL || c->agent >= c->farm->net->devices.count)
        return;
    const struct device *d = network_device(c->farm->net, c->agent);

    for (uint32_t i = 0; i < d->ports; i++)
        if (c->farm->net->ports.at[d->first_port + i].peer != NONE)
            farm_cut(c->farm, d->first_port + i, cut, c->now_ms);
}

static void do_kill(struct command *c)
{
    c->farm->agents.at[c->agent].faults |= fault_bit(FAULT_DEAD);
}

static void do_revive(struct command *c)
{
    c->farm->agents.at[c->agent].faults &= ~fault_bit(FAULT_DEAD);
}

static void do_poweroff(struct command *c)
{
    do_kill(c);
    cut_all(c, true);
}

static void do_poweron(struct command *c)
{
    do_revive(c);
    farm_reboot(c->farm, c->agent, c->now_ms);
    cut_all(c, false);
}

static void do_reboot(struct command *c)
{
    farm_reboot(c->farm, c->agent, c->now_ms);
}

static void do_renumber(struct command *c)
{
    farm_renumber(c->farm, c->agent);
}

static void alias_to(struct command *c, uint32_t agent)
{
    uint32_t ip = c->count > 1 ? ip_parse(c->words[1]) : 0;

    if (ip >> 24 != 127)
        say_error(c, "no address of 127/8");
    else if (!farm_alias(c->farm, ip, agent))
        say_error(c, "too many");
}

static void do_alias(struct command *c)
{
    uint32_t agent = c->count > 2 ? agent_parse(c->farm, c->words[2]) : NONE;

    if (agent == NONE)
        say_error(c, "no such agent");
    else
        alias_to(c, agent);
}

static void do_unalias(struct command *c)
{
    alias_to(c, NONE);
}

static void cut_port(struct command *c, bool cut)
{
    uint32_t port =
        c->count > 2 ? farm_port(c->farm, c->agent, c->words[2]) : NONE;

    if (port == NONE)
        say_error(c, "no such port");
    else
        farm_cut(c->farm, port, cut, c->now_ms);
}

static void do_cut(struct command *c)
{
    cut_port(c, true);
}

static void do_heal(struct command *c)
{
    cut_port(c, false);
}

static void do_session(struct command *c)
{
    uint32_t port =
        c->count > 3 ? farm_port(c->farm, c->agent, c->words[2]) : NONE;
    bool down = port != NONE && strcmp(c->words[3], "down") == 0;

    if (port == NONE || (!down && strcmp(c->words[3], "up") != 0)) {
        say_error(c, "no such port, or neither down nor up");
        return;
    }
    struct port *ends[] = {&c->farm->net->ports.at[port], NULL};

    if (ends[0]->peer != NONE)
        ends[1] = &c->farm->net->ports.at[ends[0]->peer];
    for (size_t i = 0; i < COUNT_OF(ends) && ends[i] != NULL; i++)
        ends[i]->flags = (uint8_t)(down ? ends[i]->flags | PORT_NO_SESSION
                                        : ends[i]->flags & ~PORT_NO_SESSION);
}

static void do_break(struct command *c)
{
    static const char *const parts[] = {"fan", "power", "heat"};

    for (size_t i = 0; c->count > 2 && i < COUNT_OF(parts); i++)
        if (strcmp(c->words[2], parts[i]) == 0) {
            c->farm->net->devices.at[c->agent].broken |= (uint8_t)(1u << i);
            return;
        }
    say_error(c, "what of it?");
}

static void do_mend(struct command *c)
{
    c->farm->net->devices.at[c->agent].broken = 0;
}

static void do_miswire(struct command *c)
{
    uint32_t other = c->count > 4 ? agent_parse(c->farm, c->words[3]) : NONE;
    uint32_t a =
        other != NONE ? farm_port(c->farm, c->agent, c->words[2]) : NONE;
    uint32_t b = a != NONE ? farm_port(c->farm, other, c->words[4]) : NONE;

    if (b == NONE || !network_miswire(c->farm->net, a, b))
        say_error(c, "no two cables");
}

static void do_name(struct command *c)
{
    bool generated =
        c->farm->net != NULL && c->agent < c->farm->net->devices.count;

    buffer_format(c->answer, "ok %s\n",
                  generated ? network_device(c->farm->net, c->agent)->name
                            : "recording");
}

/* The neighbors hear the new name at once. */
static void do_rename(struct command *c)
{
    struct device *d = &c->farm->net->devices.at[c->agent];

    if (c->count < 3 || strlen(c->words[2]) >= sizeof d->name)
        say_error(c, c->count < 3 ? "what is its name?" : "name is too long");
    else
        (void)snprintf(d->name, sizeof d->name, "%s", c->words[2]);
}

static void do_fault(struct command *c)
{
    struct fault_setting s;
    struct complaint why;

    if (c->count < 2 || fault_parse(c->words[1], &s, &why) < 0) {
        say_error(c, c->count < 2 ? "which fault?" : why.what);
        return;
    }
    if (c->count < 3) {
        farm_fault(c->farm, &s);
        return;
    }
    uint32_t agent = agent_parse(c->farm, c->words[2]);

    if (agent == NONE) {
        say_error(c, "no such agent");
        return;
    }
    c->farm->faults.of[s.kind] = s;
    c->farm->agents.at[agent].faults |= fault_bit(s.kind);
}

static void do_clear(struct command *c)
{
    const char *kind = c->count > 1 ? c->words[1] : "";
    uint32_t agent = c->count > 2 ? agent_parse(c->farm, c->words[2]) : NONE;
    bool all = strcmp(kind, "all") == 0, some = false;

    for (size_t i = 0; i < FAULTS; i++) {
        if (!all && strcmp(kind, fault_kinds[i].name) != 0)
            continue;
        some = true;
        if (c->count <= 2)
            farm_clear(c->farm, (enum fault)i);
        else if (agent != NONE)
            c->farm->agents.at[agent].faults &= ~fault_bit((enum fault)i);
    }
    if (!some || (c->count > 2 && agent == NONE))
        say_error(c, some ? "no such agent" : "no such fault");
}

static void do_stats(struct command *c)
{
    const struct farm_stats *s = &c->farm->stats;

    buffer_format(
        c->answer,
        "ok requests=%llu answers=%llu refused=%llu malformed=%llu "
        "dropped=%llu\n",
        (unsigned long long)s->requests, (unsigned long long)s->answers,
        (unsigned long long)s->refused, (unsigned long long)s->malformed,
        (unsigned long long)s->dropped);
}

static const struct {
    const char *word;
    bool takes_agent, generated; /* generated: not for recordings */
    void (*run)(struct command *c);
} commands[] = {
    {"kill", true, false, do_kill},
    {"revive", true, false, do_revive},
    {"poweroff", true, true, do_poweroff},
    {"poweron", true, true, do_poweron},
    {"reboot", true, false, do_reboot},
    {"renumber", true, true, do_renumber},
    {"alias", false, false, do_alias},
    {"unalias", false, false, do_unalias},
    {"rename", true, true, do_rename},
    {"cut", true, true, do_cut},
    {"heal", true, true, do_heal},
    {"session", true, true, do_session},
    {"break", true, true, do_break},
    {"mend", true, true, do_mend},
    {"miswire", true, true, do_miswire},
    {"name", true, false, do_name},
    {"fault", false, false, do_fault},
    {"clear", false, false, do_clear},
    {"stats", false, false, do_stats},
};

static void command_run(struct command *c)
{
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        if (strcmp(commands[i].word, c->words[0]) != 0)
            continue;
        if (commands[i].takes_agent) {
            c->agent = c->count > 1 ? agent_parse(c->farm, c->words[1]) : NONE;
            bool there = c->agent != NONE &&
                         (!commands[i].generated ||
                          c->farm->agents.at[c->agent].recording == NULL);
            if (!there) {
                say_error(c, "no such agent");
                return;
            }
        }
        commands[i].run(c);
        return;
    }
    say_error(c, "no such command; see --help");
}

bool control_do(struct farm *f, const char *line, int64_t now_ms,
                struct buffer *answer)
{
    struct command c = {.farm = f, .now_ms = now_ms, .answer = answer};
    char copy[LINE_MAX_LEN], *rest = NULL;
    size_t before = answer->len;

    if (strlen(line) >= sizeof copy) {
        say_error(&c, "too long");
        return true;
    }
    strcpy(copy, line);
    for (char *word = strtok_r(copy, " \t\r\n", &rest);
         word != NULL && c.count < WORDS_MAX;
         word = strtok_r(NULL, " \t\r\n", &rest))
        c.words[c.count++] = word;
    if (c.count == 0)
        return true;
    if (strcmp(c.words[0], "quit") == 0) {
        buffer_text(answer, "ok\n");
        return false;
    }
    command_run(&c);
    if (answer->len == before)
        buffer_text(answer, "ok\n");
    return true;
}
