/* One agent without a station: what is made of it, and which profile fits. */
#include "north/cli_conformance.h"
#include "north/cli_print.h"
#include "north/cli_report.h"

#include "mibs/tables.h"
#include "wire/credential.h"

#include <stdio.h>

/* ---- tables ---- */

/* The name of the device: as told, as it calls itself, else the community,
 * which names recordings, else the address. */
static void name_of(const struct cli *c, const struct session *s,
                    struct buffer *out)
{
    char addr[ADDR_TEXT_MAX];
    const char *community = s->credential->community;

    if (c->values.name != NULL)
        buffer_text(out, c->values.name);
    else if (s->facts->system.name[0] != '\0')
        buffer_text(out, s->facts->system.name);
    else if (community != NULL && strcmp(community, "public") != 0)
        buffer_text(out, community);
    else
        buffer_text(out, addr_format(&s->addr, addr, sizeof addr));
}

/* The address that was asked, then those it says are its own. */
static void addresses_of(const struct session *s, struct buffer *out)
{
    const struct interface_addresses *own = &s->facts->addresses;
    char addr[ADDR_TEXT_MAX];

    buffer_text(out, addr_format(&s->addr, addr, sizeof addr));
    for (size_t i = 0; i < own->count; i++)
        if (addr_is_usable(&own->at[i].addr) &&
            !addr_equal(&own->at[i].addr, &s->addr))
            buffer_format(out, ",%s",
                          addr_format(&own->at[i].addr, addr, sizeof addr));
}

static struct fact_tables *tables_of(const struct session *s, const char *name)
{
    struct fact_tables *tables = fact_tables_new();
    struct buffer OWNED_BUFFER addresses = {0};

    addresses_of(s, &addresses);
    fact_tables_add(tables, name, s->facts, addresses.at, s->credential->name,
                    "up");
    return tables;
}

static int save_tables(const struct cli *c, struct fact_tables *tables,
                       const char *name, struct complaint *why)
{
    const char *dir = c->values.tables;
    int rc = fact_tables_save(tables, dir);

    if (rc < 0)
        return complain(why, rc, "", "check its rights and disk",
                        "%s cannot be written: %s", dir, strerror(-rc));
    if (c->layout == LAYOUT_TABLE)
        printf("%s: the tables of %s are written\n", dir, name);
    return 0;
}

/* ---- as JSON ---- */

/* Undoes the escapes of a field (text_tsv), in place. */
static void unescape(char *text)
{
    char *to = text;

    for (; *text != '\0'; text++) {
        if (*text == '\\' && text[1] != '\0') {
            text++;
            *to++ = *text == 't'   ? '\t'
                    : *text == 'n' ? '\n'
                    : *text == 'r' ? '\r'
                                   : *text;
        } else {
            *to++ = *text;
        }
    }
    *to = '\0';
}

/* The next field of a line, cut off in place; NULL behind the last. */
static char *next_field(char **line)
{
    return strsep(line, "\t");
}

static json_t *row_json(const char *header, char *line)
{
    OWNED(free) char *names = mem_text(header);
    char *at = names, *field;
    json_t *row = json_object();

    while ((field = next_field(&line)) != NULL && at != NULL) {
        const char *name = next_field(&at);

        unescape(field);
        if (*field != '\0')
            json_object_set_new(row, name, json_string(field));
    }
    return row;
}

static json_t *table_json(struct fact_tables *tables, const char *file)
{
    struct buffer OWNED_BUFFER text = {0};
    json_t *rows = json_array();

    if (fact_tables_print(tables, file, &text) < 0 || text.len == 0)
        return rows;
    char *at = text.at, *header = strsep(&at, "\n"), *line;
    while ((line = strsep(&at, "\n")) != NULL && *line != '\0')
        json_array_append_new(rows, row_json(header, line));
    return rows;
}

static void print_tables_json(const struct session *s,
                              struct fact_tables *tables)
{
    json_t *body = json_object();
    const char *file;

    for (size_t n = 0; (file = fact_tables_file(n)) != NULL; n++)
        json_object_setn_new(body, file, strcspn(file, "."),
                             table_json(tables, file));
    json_object_set_new(body, "probe", report_json(s));
    json_object_set_new(body, "conformance", conformance_json(s));
    print_json(body);
    json_decref(body);
}

/* ---- the commands ---- */

static int show(const struct cli *c, const struct session *s,
                struct complaint *why)
{
    struct buffer OWNED_BUFFER name = {0}, OWNED_BUFFER text = {0};

    name_of(c, s, &name);
    OWNED(fact_tables_free)
    struct fact_tables *tables = tables_of(s, name.at);
    if (c->values.tables != NULL)
        return save_tables(c, tables, name.at, why);
    if (c->layout == LAYOUT_JSON) {
        print_tables_json(s, tables);
        return 0;
    }
    if (c->values.report)
        conformance_print(s, name.at, &text);
    else
        report_print(s, name.at, &text);
    print_buffer(&text);
    return 0;
}

enum cli_exit cli_probe(struct cli *c, struct complaint *why)
{
    OWNED_SESSION struct session s = {0};
    enum cli_exit code = session_open(c, cli_word(c, 0), &s, why);

    if (code != CLI_DONE)
        return code;
    int rc = session_interview(&s, COLLECT_ALL, why);
    if (rc == 0)
        rc = show(c, &s, why);
    if (rc == 0 && s.result < 0)
        rc = complain(why, s.result, "", "try again when it has time",
                      "the agent fell silent on the way: what is shown is not "
                      "all");
    return cli_exit_of(rc);
}

/* ---- profiles ---- */

static void print_fault(const struct complaint *fault, void *arg)
{
    (void)arg;
    (void)fprintf(stderr, "%s: %s; %s\n", fault->place, fault->what,
                  fault->remedy);
}

enum cli_exit cli_profile_check(struct cli *c, struct complaint *why)
{
    enum cli_exit code = CLI_DONE;

    why->what[0] = '\0';
    for (size_t i = 0; i < c->words.count; i++) {
        if (profile_faults(cli_word(c, i), print_fault, NULL) > 0)
            code = CLI_FAILED;
        else if (c->layout == LAYOUT_TABLE)
            printf("%s: the profile is right\n", cli_word(c, i));
    }
    return code;
}

enum { MATCHES_MAX = 64 };

static const struct print_column match_columns[] = {
    {{"rank", "Rank", UNIT_COUNT}, NULL},
    {{"profile", "Profile", UNIT_TEXT}, NULL},
    {{"note", "Note", UNIT_TEXT}, NULL},
};

static void match_add(json_t *list, const char *profile, const char *note)
{
    json_array_append_new(list, json_pack("{s:I,s:s,s:s}", "rank",
                                          (json_int_t)json_array_size(list) + 1,
                                          "profile", profile, "note", note));
}

static void print_matches(const struct cli *c, const struct session *s)
{
    const struct profile *found[MATCHES_MAX];
    const char *taken = s->facts->identity.profile;
    bool tie = false;
    size_t count = profiles_match_all(s->profiles, &s->facts->system, NULL,
                                      found, MATCHES_MAX, &tie);
    bool asked = count > 0 && taken[0] != '\0' &&
                 strcmp(profile_name(found[0]), taken) != 0;
    json_t *list = json_array();

    if (asked)
        match_add(list, taken, "taken, by what the agent answered");
    for (size_t i = 0; i < count; i++)
        if (!asked || strcmp(profile_name(found[i]), taken) != 0)
            match_add(list, profile_name(found[i]),
                      i == 0 && !asked ? "taken"
                      : i == 1 && tie  ? "as specific as the first: the "
                                         "order of names decided"
                                       : "");
    print_list(c, list, list, match_columns, COUNT_OF(match_columns),
               "no profile fits");
    json_decref(list);
}

enum cli_exit cli_profile_which(struct cli *c, struct complaint *why)
{
    OWNED_SESSION struct session s = {0};
    enum cli_exit code = session_open(c, cli_word(c, 0), &s, why);

    if (code != CLI_DONE)
        return code;
    int rc = session_interview(&s, COLLECT_IDENTITY, why);
    if (rc < 0)
        return CLI_FAILED;
    if (c->layout == LAYOUT_TABLE)
        printf("%s\n%s\n\n", s.facts->system.object_id, s.facts->system.descr);
    print_matches(c, &s);
    return CLI_DONE;
}
