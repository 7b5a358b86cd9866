/* farm.h - all agents of a farm: a generated network, recordings, or both, and
 * what happens to them while it runs. One owner, no globals. */
#ifndef FARM_FARM_H
#define FARM_FARM_H

#include "base/table.h"
#include "tests/farm/fault.h"
#include "tests/farm/mib.h"
#include "wire/credential.h"
#include "wire/usm.h"

enum { USERS_MAX = 16, ENGINE_ID_LEN = 11 };

/* What an agent remembers; everything else is computed. */
struct agent_slot {
    int64_t boot_ms; /* since the farm began; negative: before */
    uint32_t boots;
    uint32_t faults;                   /* bits of enum fault */
    uint32_t renumbers;                /* by command */
    uint32_t packets;                  /* that it got: snmpInPkts */
    const struct recording *recording; /* NULL: generated */
    char *name;                        /* of the recording; owned */
    struct usm_keys *keys; /* one for each user, made when first asked for */
};

/* A further address of an agent. */
enum { ALIASES_MAX = 256 };
struct alias {
    uint32_t ip, agent;
};

struct farm_stats {
    uint64_t requests, answers, refused, malformed, dropped;
};

struct farm {
    struct network *net; /* NULL: recordings alone */
    struct mib *mib;
    struct agent_slots ARRAY_OF(struct agent_slot) agents;
    struct recordings ARRAY_OF(struct recording *) recordings; /* owned */
    struct table *by_community; /* name or name@context to recording */
    struct cuts cuts;
    struct aliases ARRAY_OF(struct alias) aliases;
    struct faults faults;
    const char *community;
    struct credential users[USERS_MAX];
    size_t user_count;
    uint32_t base_ip;
    size_t max_size; /* of an answer, octets */
    bool waves;      /* traffic rises and falls; else it is constant */
    struct farm_stats stats;
};

/* Takes net, which may be NULL; every device is an agent. */
struct farm *farm_new(struct network *net, uint32_t base_ip, uint64_t seed);
void farm_free(struct farm *f);
OWNED_BY(struct farm, farm_free)

/* Adds a recording, which is the farm's from now on, as the next agent; it also
 * answers to its name as community at any address. name is copied. context:
 * NAME@CTX answers to that community alone and is no agent. */
void farm_add_recording(struct farm *f, const char *name, struct recording *r);

/* Switches a fault on for its share of all agents, or off for all. */
void farm_fault(struct farm *f, const struct fault_setting *s);
void farm_clear(struct farm *f, enum fault kind);

/* Fills *v for an agent (NONE: nobody; then it is only by recording) at now_ms;
 * engine holds ENGINE_ID_LEN octets and outlives *v. */
void farm_view(const struct farm *f, uint32_t agent, int64_t now_ms,
               uint8_t *engine, struct view *v);

/* ---- what happens by command ----------------------------------------------
 */

void farm_reboot(struct farm *f, uint32_t agent, int64_t now_ms);
void farm_renumber(struct farm *f, uint32_t agent);
/* The agent answers at ip too, whoever did before; NONE: nobody does. False
 * beyond ALIASES_MAX. */
bool farm_alias(struct farm *f, uint32_t ip, uint32_t agent);
/* Who answers at an address; NONE, or a number beyond the agents: nobody. */
uint32_t farm_agent_at(const struct farm *f, uint32_t ip);
/* Cuts or heals the cable at a port of a device. */
void farm_cut(struct farm *f, uint32_t port, bool cut, int64_t now_ms);
/* The port of an agent by ifName or ifDescr, or by its number from 1; NONE. */
uint32_t farm_port(const struct farm *f, uint32_t agent, const char *name);

#endif
