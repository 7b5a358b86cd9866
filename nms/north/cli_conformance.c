#include "north/cli_conformance.h"

#include "mibs/conformance.h"
#include "north/cli_grid.h"
#include "wire/habits.h"
#include "wire/quirk.h"

#include <math.h>
#include <string.h>

/* ---- what is broken on the wire ---- */

/* The rule that a way of answering breaks. */
static const char *standard_of(uint32_t quirk)
{
    static const struct {
        uint32_t quirk;
        const char *standard;
    } rules[] = {
        {QUIRK_OTHER_ADDRESS, "RFC 3417, 3.1"},
        {QUIRK_NOT_INCREASING, "RFC 3416, 4.2.2"},
        {QUIRK_LOOP, "RFC 3416, 4.2.2"},
        {QUIRK_NO_BULK, "RFC 3416, 4.2.3"},
        {QUIRK_TOO_BIG, "RFC 3417, 3.2"},
        {QUIRK_TRUNCATED, "RFC 3416, 4.2.3"},
        {QUIRK_BAD_ENCODING, "RFC 3417, 8"},
        {QUIRK_ENDLESS, "RFC 3416, 4.2.2"},
        {QUIRK_NO_END, "RFC 3416, 4.2.2"},
        {QUIRK_WRONG_NAMES, "RFC 3416, 4.2"},
        {QUIRK_TIME_BACK, "RFC 3414, 2.2"},
        {QUIRK_BUSY, "none: it answers late"},
    };

    for (size_t i = 0; i < COUNT_OF(rules); i++)
        if (rules[i].quirk == quirk)
            return rules[i].standard;
    return "";
}

/* ---- text ---- */

static void add_header(const struct session *s, const char *name,
                       struct buffer *out)
{
    const struct system_facts *system = &s->facts->system;
    char addr[ADDR_TEXT_MAX], now[32];

    wall_format(wall_now(), now, sizeof now);
    buffer_format(out,
                  "SNMP agent conformance report\n\n"
                  "Agent:        %s, %s port %u\n"
                  "Asked:        %s, by Portolan %s\n"
                  "sysObjectID:  %s\n"
                  "sysDescr:     ",
                  name, addr_format(&s->addr, addr, sizeof addr), s->port, now,
                  PORTOLAN_VERSION, system->object_id);
    for (const char *line = system->descr;;) {
        size_t len = strcspn(line, "\n");

        buffer_format(out, "%.*s\n", (int)len, line);
        if (line[len] == '\0')
            break;
        buffer_text(out, "              ");
        line += len + 1;
    }
}

static void add_finding(struct buffer *out, size_t number,
                        const struct finding *f)
{
    buffer_format(out, "\n%zu. %s: %s\n   Standard: %s\n", number, f->table,
                  f->what, f->standard);
    if (f->example[0] != '\0')
        buffer_format(out, "   Rows: %zu, the first: %s\n", f->count,
                      f->example);
}

static size_t add_findings(struct buffer *out, const struct findings *all,
                           bool fault, size_t number)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->at[i].fault == fault)
            add_finding(out, ++number, &all->at[i]);
    return number;
}

static size_t add_quirks(const struct session *s, struct buffer *out,
                         size_t number)
{
    const struct habits *h = agent_habits(s->agent);

    for (size_t i = 0; i < h->quirks.count; i++) {
        const struct quirk_habit *q = &h->quirks.at[i];

        buffer_format(out,
                      "\n%zu. %s: %s.\n   Standard: %s\n"
                      "   What a manager has to do: %s\n",
                      ++number, q->table[0] != '\0' ? q->table : "any table",
                      quirk_name(q->quirk), standard_of(q->quirk),
                      quirk_follows(q->quirk));
    }
    return number;
}

/* Tables that stopped on the way. */
static size_t add_failures(const struct session *s, struct buffer *out,
                           size_t number)
{
    const struct table_reports *all = &s->facts->reports;

    for (size_t i = 0; i < all->count; i++) {
        const struct table_report *r = &all->at[i];

        if (r->result < 0)
            buffer_format(out,
                          "\n%zu. %s: it could not be read whole: %s.\n"
                          "   Rows: %u\n",
                          ++number, r->name, strerror(-r->result), r->rows);
    }
    return number;
}

static const struct grid_column table_columns[] = {
    {"table", "Table", UNIT_TEXT},
    {"rows", "Rows", UNIT_COUNT},
    {"answer_ms", "Answer", UNIT_MS},
    {"rows_at_once", "Rows at once", UNIT_COUNT},
};

static void add_tables(const struct session *s, struct buffer *out)
{
    OWNED(grid_free)
    struct grid *g = grid_new(table_columns, COUNT_OF(table_columns));
    const struct table_reports *all = &s->facts->reports;
    size_t absent = 0;

    for (size_t i = 0; i < all->count; i++) {
        struct table_habit habit =
            habits_of(agent_habits(s->agent), all->at[i].name);

        if (all->at[i].rows == 0) {
            absent++;
            continue;
        }
        grid_text(g, all->at[i].name);
        grid_number(g, all->at[i].rows);
        grid_number(g, habit.answer_ms > 0 ? (double)habit.answer_ms
                                           : (double)NAN);
        grid_number(g, habit.max_repetitions);
        grid_row(g);
    }
    buffer_text(out, "\nTables that were told\n\n");
    grid_print(g, out);
    buffer_format(out, "\nTables that are absent or empty: %zu\n", absent);
}

static void add_timings(const struct session *s, struct buffer *out)
{
    struct agent_state state;

    agent_state(s->agent, &state);
    buffer_format(out,
                  "\nTimings\n\n"
                  "Read whole in %.1f s by %llu requests, %llu of them "
                  "repeated, %llu unanswered;\nround trip %.1f ms; %.1f "
                  "kilobytes received.\n",
                  (double)s->took_ms / 1e3, (unsigned long long)state.requests,
                  (unsigned long long)state.retries,
                  (unsigned long long)state.timeouts,
                  isnan(state.srtt_ms) ? 0 : state.srtt_ms,
                  (double)state.octets_in / 1e3);
}

static void add_shown(const struct session *s, struct buffer *out)
{
    const struct facts *f = s->facts;
    const struct identity_facts *i = &f->identity;

    buffer_format(out,
                  "\nWhat Portolan makes of it\n\n"
                  "%s %s, os %s, version %s, serial number %s; profile %s\n"
                  "%zu interfaces, %zu addresses, %zu neighbors, %zu VLANs, "
                  "%zu learned addresses,\n%zu parts, %zu processors, %zu "
                  "memory pools, %zu disks, %zu sensors\n",
                  i->vendor[0] != '\0' ? i->vendor : "Unknown vendor,",
                  i->hardware[0] != '\0' ? i->hardware : "unknown model",
                  i->os[0] != '\0' ? i->os : "unknown",
                  i->version[0] != '\0' ? i->version : "unknown",
                  i->serial[0] != '\0' ? i->serial : "unknown",
                  i->profile[0] != '\0' ? i->profile : "none",
                  f->interfaces.count, f->addresses.count, f->neighbors.count,
                  f->vlans.count, f->fdb.count, f->entities.count,
                  f->processors.count, f->mempools.count, f->storages.count,
                  f->sensors.count);
}

void conformance_print(const struct session *s, const char *name,
                       struct buffer *out)
{
    struct findings found = {0};
    struct buffer OWNED_BUFFER faults = {0}, OWNED_BUFFER remarks = {0};

    conformance_check(s->facts, &found);
    size_t fault_count = add_quirks(s, &faults, 0);
    fault_count = add_failures(s, &faults, fault_count);
    fault_count = add_findings(&faults, &found, true, fault_count);
    size_t remark_count = add_findings(&remarks, &found, false, 0);
    add_header(s, name, out);
    buffer_format(out, "\nFaults: %zu\n%s", fault_count,
                  faults.at != NULL ? faults.at : "");
    buffer_format(out, "\nRemarks: %zu\n%s", remark_count,
                  remarks.at != NULL ? remarks.at : "");
    add_timings(s, out);
    add_tables(s, out);
    add_shown(s, out);
    array_fini(&found);
}

/* ---- JSON ---- */

static json_t *quirks_json(const struct session *s)
{
    const struct habits *h = agent_habits(s->agent);
    json_t *list = json_array();

    for (size_t i = 0; i < h->quirks.count; i++) {
        const struct quirk_habit *q = &h->quirks.at[i];

        json_array_append_new(list,
                              json_pack("{s:s,s:s,s:s,s:s}", "quirk",
                                        quirk_word(q->quirk), "table", q->table,
                                        "standard", standard_of(q->quirk),
                                        "what", quirk_name(q->quirk)));
    }
    return list;
}

json_t *conformance_json(const struct session *s)
{
    struct findings found = {0};
    json_t *list = json_array();

    conformance_check(s->facts, &found);
    for (size_t i = 0; i < found.count; i++) {
        const struct finding *f = &found.at[i];

        json_array_append_new(
            list, json_pack("{s:s,s:s,s:s,s:s,s:I,s:s}", "grade",
                            f->fault ? "fault" : "remark", "table", f->table,
                            "standard", f->standard, "what", f->what, "rows",
                            (json_int_t)f->count, "example", f->example));
    }
    array_fini(&found);
    return json_pack("{s:o,s:o}", "findings", list, "answers", quirks_json(s));
}
