/* The station itself: status, what is done by hand, events. */
#include "north/cli_print.h"
#include "north/cli_url.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* ---- status ---- */

static const struct print_column status_columns[] = {
    {{"name", "Station", UNIT_TEXT}, NULL},
    {{"version", "Version", UNIT_TEXT}, NULL},
    {{"started", "Started", UNIT_AGO}, NULL},
    {{"data", "Data", UNIT_TEXT}, NULL},
    {{"devices_up", "Devices up", UNIT_COUNT}, NULL},
    {{"devices_suspect", "Devices suspect", UNIT_COUNT}, NULL},
    {{"devices_down", "Devices down", UNIT_COUNT}, NULL},
    {{"devices_unknown", "Devices not asked yet", UNIT_COUNT}, NULL},
    {{"alerts_critical", "Alerts, critical", UNIT_COUNT}, "alerts/critical"},
    {{"alerts_major", "major", UNIT_COUNT}, "alerts/major"},
    {{"alerts_minor", "minor", UNIT_COUNT}, "alerts/minor"},
    {{"alerts_warning", "warning", UNIT_COUNT}, "alerts/warning"},
    {{"alerts_indeterminate", "indeterminate", UNIT_COUNT},
     "alerts/indeterminate"},
    {{"alerts_symptoms", "Symptoms of these", UNIT_COUNT}, "alerts/symptoms"},
    {{"alerts_silenced", "Alerts silenced", UNIT_COUNT}, "alerts/silenced"},
    {{"alerts_shelved", "Alerts shelved", UNIT_COUNT}, "alerts/shelved"},
    {{"risk", "Risk of all", UNIT_NUMBER}, "risk/all"},
    {{"risk_very_high", "Devices at very high risk", UNIT_COUNT},
     "risk/devices/very high"},
    {{"risk_high", "high", UNIT_COUNT}, "risk/devices/high"},
    {{"risk_medium", "medium", UNIT_COUNT}, "risk/devices/medium"},
    {{"risk_low", "low", UNIT_COUNT}, "risk/devices/low"},
    {{"ports_polled", "Ports polled", UNIT_COUNT}, NULL},
    {{"requests_per_second", "SNMP requests", UNIT_PER_S}, NULL},
    {{"requests_in_flight", "Requests under way", UNIT_COUNT}, NULL},
    {{"requests_waiting", "Requests waiting", UNIT_COUNT}, NULL},
    {{"timeouts", "Requests unanswered", UNIT_COUNT}, NULL},
    {{"retries", "Requests repeated", UNIT_COUNT}, NULL},
    {{"polls", "Polls", UNIT_COUNT}, NULL},
    {{"poll_failures", "Polls without answer", UNIT_COUNT}, NULL},
    {{"poll_overruns", "Polls skipped", UNIT_COUNT}, NULL},
    {{"bad_samples", "Bad samples", UNIT_COUNT}, NULL},
    {{"gaps", "Gaps on record", UNIT_COUNT}, NULL},
    {{"sample_lead_ms", "Samples ahead of the clock", UNIT_MS}, NULL},
    {{"poll_lateness_p99_ms", "Poll lateness, 99 %", UNIT_MS}, NULL},
    {{"poll_lateness_max_ms", "Poll lateness, most", UNIT_MS}, NULL},
    {{"loop_lag_ms", "Loop lag", UNIT_MS}, NULL},
    {{"loop_held_max_ms", "Loop held, at most", UNIT_MS}, NULL},
    {{"loop_held_at", "It was at", UNIT_TEXT}, NULL},
    {{"overloaded", "Overloaded", UNIT_FLAG}, NULL},
    {{"isolated", "Cut off", UNIT_FLAG}, NULL},
    {{"doubt", "No device is called down since", UNIT_TEXT}, NULL},
    {{"verdicts_withheld", "Not called down for that", UNIT_COUNT}, NULL},
    {{"rrdcached_up", "rrdcached takes samples", UNIT_FLAG}, NULL},
    {{"samples_durable", "Samples safe", UNIT_COUNT}, NULL},
    {{"series_queue", "Samples waiting", UNIT_COUNT}, NULL},
    {{"spool_bytes", "Spool", UNIT_BYTES}, NULL},
    {{"series_files_created", "RRD files made", UNIT_COUNT}, NULL},
    {{"series_bytes", "RRD files on disk", UNIT_BYTES}, NULL},
    {{"series_bytes_foretold", "RRD files of all objects", UNIT_BYTES}, NULL},
    {{"disk_free_bytes", "Free on their disk", UNIT_BYTES}, NULL},
    {{"series_fit", "They fit", UNIT_FLAG}, NULL},
    {{"series_folders_to_renew", "Folders laid out anew", UNIT_COUNT}, NULL},
    {{"series_folders_renewed", "Of these done", UNIT_COUNT}, NULL},
    {{"store_queue", "Changes not on disk", UNIT_COUNT}, NULL},
    {{"socket_drops", "Answers dropped", UNIT_COUNT}, NULL},
    {{"fenced", "Packets held back", UNIT_COUNT}, NULL},
    {{"memory_bytes", "Memory", UNIT_BYTES}, NULL},
    {{"memory_max_bytes", "Memory, at most", UNIT_BYTES}, NULL},
    {{"cpu_percent", "Processor", UNIT_PERCENT}, NULL},
    {{"descriptors", "Descriptors open", UNIT_COUNT}, NULL},
    {{"descriptors_max", "Descriptors, at most", UNIT_COUNT}, NULL},
    {{"rrdcached_answer_ms", "rrdcached answers in", UNIT_MS}, NULL},
    {{"rrdcached_restarts", "rrdcached started anew", UNIT_COUNT}, NULL},
    {{"samples_lost", "Samples lost", UNIT_COUNT}, NULL},
    {{"store_commit_ms", "Database writes in", UNIT_MS}, NULL},
    {{"store_failures", "Transactions tried again", UNIT_COUNT}, NULL},
    {{"helper_failures", "Helpers that failed", UNIT_COUNT}, NULL},
    {{"helper_refusals", "Helpers not started", UNIT_COUNT}, NULL},
    {{"sandboxed", "Sandbox in force", UNIT_FLAG}, NULL},
    {{"sandbox_refused", "System calls refused", UNIT_COUNT}, NULL},
    {{"last_crash", "An earlier run crashed", UNIT_TEXT}, NULL},
    {{"profiles", "Device profiles", UNIT_COUNT}, NULL},
    {{"profile_faults", "Faulty profiles", UNIT_COUNT}, NULL},
    {{"agentx", "AgentX", UNIT_TEXT}, NULL},
    {{"engine_id", "Engine id", UNIT_TEXT}, NULL},
    {{"notifications", "Notifications received", UNIT_COUNT}, NULL},
    {{"notifications_strange", "Of strangers", UNIT_COUNT}, NULL},
    {{"notifications_kept", "Of these, kept", UNIT_COUNT}, NULL},
    {{"notifications_dropped", "Notifications dropped", UNIT_COUNT}, NULL},
    {{"notification_storms", "Storms of notifications", UNIT_COUNT}, NULL},
};

enum cli_exit cli_status(struct cli *c, struct complaint *why)
{
    json_t *body;
    int rc = client_get(cli_client(c), "status", &body, why);

    if (rc < 0)
        return CLI_FAILED;
    if (c->layout == LAYOUT_JSON)
        print_json(body);
    else
        print_record(c, body, status_columns, COUNT_OF(status_columns));
    json_decref(body);
    return CLI_DONE;
}

/* ---- by hand ---- */

/* Sends a command and says what that means, unless JSON is wanted. */
static enum cli_exit order(struct cli *c, const char *method, const char *path,
                           json_t *body, struct complaint *why)
{
    json_t *answer;
    int rc = client_send(cli_client(c), method, path, body, &answer, why);

    if (rc == 0 && c->layout == LAYOUT_JSON)
        print_json(answer);
    json_decref(answer);
    return cli_exit_of(rc);
}

enum cli_exit cli_add(struct cli *c, struct complaint *why)
{
    json_t *addresses = json_array();

    for (size_t i = 0; i < c->words.count; i++)
        json_array_append_new(addresses, json_string(cli_word(c, i)));
    enum cli_exit done = order(c, "POST", "devices",
                               json_pack("{s:o}", "addresses", addresses), why);
    if (done == CLI_DONE && c->layout != LAYOUT_JSON)
        printf("asked; `portolan devices` shows what answers\n");
    return done;
}

enum cli_exit cli_remove(struct cli *c, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};

    url_path(&path, "devices", cli_word(c, 0), NULL);
    enum cli_exit done = order(c, "DELETE", path.at, NULL, why);
    if (done == CLI_DONE && c->layout != LAYOUT_JSON)
        printf("%s is removed\n", cli_word(c, 0));
    return done;
}

enum cli_exit cli_poll(struct cli *c, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};

    url_path(&path, "devices", cli_word(c, 0), "poll", NULL);
    enum cli_exit done = order(c, "POST", path.at, json_object(), why);
    if (done == CLI_DONE && c->layout != LAYOUT_JSON)
        printf("%s is being asked; see `portolan device %s`\n", cli_word(c, 0),
               cli_word(c, 0));
    return done;
}

/* ---- events ---- */

enum { FOLLOW_EVERY_MS = 500, FOLLOW_PAGE = 1000, FOLLOW_FIRST = 20 };

static const struct print_column event_columns[] = {
    {{"at", "Time", UNIT_TIME}, NULL},
    {{"severity", "Severity", UNIT_TEXT}, NULL},
    {{"class", "Class", UNIT_TEXT}, NULL},
    {{"type", "Type", UNIT_TEXT}, NULL},
    {{"object", "Object", UNIT_TEXT}, NULL},
    {{"count", "Times", UNIT_COUNT}, NULL},
    {{"text", "Event", UNIT_TEXT}, NULL},
    {{"source", NULL, UNIT_TEXT}, NULL},
    {{"last", NULL, UNIT_TIME}, NULL},
    {{"id", NULL, UNIT_COUNT}, NULL},
};

static int fetch_events(struct cli *c, int64_t after, int64_t limit,
                        json_t **out, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};

    url_path(&path, "events", NULL);
    url_param(&path, "object", c->values.object);
    url_param(&path, "class", c->values.class);
    url_param(&path, "type", c->values.type);
    url_param(&path, "severity", c->values.severity);
    url_param(&path, "source", c->values.source);
    url_param(&path, "text",
              c->words.count > 0 ? cli_word(c, 0) : c->values.text);
    url_param(&path, "from", c->values.from);
    url_param(&path, "to", c->values.to);
    if (limit > 0)
        url_param_number(&path, "limit", limit);
    if (after > 0)
        url_param_number(&path, "after", after);
    return client_get(cli_client(c), path.at, out, why);
}

/* The word behind the command is --text, too. */
static bool is_one_text(const struct cli *c, struct complaint *why)
{
    return c->words.count == 0 || c->values.text == NULL ||
           cli_refuse(why, CLI_WRONG_USAGE, "say one of them",
                      "\"%s\" and --text are two texts to look for",
                      cli_word(c, 0)) == CLI_DONE;
}

/* The events of an answer, the oldest first. A new reference. */
static json_t *oldest_first(const json_t *body)
{
    json_t *given = json_object_get(body, "events"), *list = json_array();

    for (size_t i = json_array_size(given); i-- > 0;)
        json_array_append(list, json_array_get(given, i));
    return list;
}

/* A line for each, as they come: columns cannot wait for what is wider. False:
 * they cannot be written. */
static bool print_follow(const struct cli *c, const json_t *list, bool first)
{
    struct buffer OWNED_BUFFER text = {0};
    OWNED_PRINT_TABLE struct print_table t = {0};

    print_table_init(&t, event_columns, COUNT_OF(event_columns));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *e = json_array_get(list, i);

        if (c->layout == LAYOUT_JSON) {
            OWNED(free) char *line = json_dumps(e, JSON_COMPACT);
            buffer_format(&text, "%s\n", line);
        } else if (c->layout == LAYOUT_TABLE) {
            buffer_format(&text, "%s  %-8s  %s: %s\n", json_text_at(e, "at"),
                          json_text_at(e, "severity"),
                          json_text_at(e, "object"), json_text_at(e, "text"));
        }
        print_table_add(&t, event_columns, COUNT_OF(event_columns), e);
    }
    if (c->layout == LAYOUT_TSV)
        grid_print_tsv(t.grid, first, &text);
    print_buffer(&text);
    return fflush(stdout) == 0 && ferror(stdout) == 0;
}

/* Nor is there anybody who reads: said by no write where nothing happens, and
 * by no signal where that is ignored, as in services. */
static bool is_read(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO};

    return poll(&out, 1, 0) <= 0 || (out.revents & (POLLERR | POLLHUP)) == 0;
}

static int64_t newest_id(const json_t *list, int64_t before)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        int64_t id =
            json_integer_value(json_object_get(json_array_get(list, i), "id"));
        before = id > before ? id : before;
    }
    return before;
}

/* What is new; *seen is the last that was printed. */
static enum cli_exit follow_on(struct cli *c, int64_t *seen,
                               struct complaint *why)
{
    json_t *body;

    /* Behind nothing there is no "after": then the newest are new. */
    if (fetch_events(c, *seen, FOLLOW_PAGE, &body, why) < 0)
        return CLI_FAILED;
    json_t *list = *seen > 0 ? json_incref(json_object_get(body, "events"))
                             : oldest_first(body);
    *seen = newest_id(list, *seen);
    bool printed = print_follow(c, list, false) && is_read();
    json_decref(list);
    json_decref(body);
    return printed ? CLI_DONE
                   : cli_refuse(why, CLI_FAILED,
                                "check the disk or program that they go to",
                                "nobody takes the events any more");
}

/* Until interrupted, the station goes away, or nobody reads it. */
static enum cli_exit follow(struct cli *c, struct complaint *why)
{
    static const struct timespec pause = {.tv_nsec = FOLLOW_EVERY_MS * 1000000};
    enum cli_exit code = CLI_DONE;
    json_t *body;
    int rc = fetch_events(
        c, 0, c->values.limit > 0 ? c->values.limit : FOLLOW_FIRST, &body, why);

    if (rc < 0)
        return CLI_FAILED;
    json_t *list = oldest_first(body);
    int64_t seen = newest_id(list, 0);
    (void)print_follow(c, list, true); /* once more where it went wrong */
    json_decref(list);
    json_decref(body);
    while (code == CLI_DONE) {
        (void)nanosleep(&pause, NULL);
        code = follow_on(c, &seen, why);
    }
    return code;
}

enum cli_exit cli_events(struct cli *c, struct complaint *why)
{
    json_t *body;

    if (!is_one_text(c, why))
        return CLI_WRONG_USAGE;
    if (c->values.follow)
        return follow(c, why);
    if (fetch_events(c, 0, c->values.limit, &body, why) < 0)
        return CLI_FAILED;
    json_t *list = oldest_first(body);
    print_list(c, body, list, event_columns, COUNT_OF(event_columns),
               "nothing has happened yet");
    json_decref(list);
    json_decref(body);
    return CLI_DONE;
}

/* ---- who changed what ---- */

static const struct print_column audit_columns[] = {
    {{"at", "Time", UNIT_TIME}, NULL},
    {{"who", "Who", UNIT_TEXT}, NULL},
    {{"method", "Method", UNIT_TEXT}, NULL},
    {{"object", "Object", UNIT_TEXT}, NULL},
    {{"status", "Status", UNIT_COUNT}, NULL},
    {{"from", "From", UNIT_TEXT}, NULL},
    {{"by", NULL, UNIT_TEXT}, NULL},
    {{"operation", NULL, UNIT_TEXT}, NULL},
    {{"id", NULL, UNIT_COUNT}, NULL},
};

enum cli_exit cli_audit(struct cli *c, struct complaint *why)
{
    struct buffer OWNED_BUFFER path = {0};
    json_t *body, *given, *list;

    if (!is_one_text(c, why))
        return CLI_WRONG_USAGE;
    url_path(&path, "audit", NULL);
    url_param(&path, "who", c->values.source);
    url_param(&path, "object", c->values.object);
    url_param(&path, "operation", c->values.type);
    url_param(&path, "text",
              c->words.count > 0 ? cli_word(c, 0) : c->values.text);
    url_param(&path, "from", c->values.from);
    url_param(&path, "to", c->values.to);
    if (c->values.limit > 0)
        url_param_number(&path, "limit", c->values.limit);
    if (client_get(cli_client(c), path.at, &body, why) < 0)
        return CLI_FAILED;
    given = json_object_get(body, "audit");
    list = json_array();
    for (size_t i = json_array_size(given); i-- > 0;)
        json_array_append(list, json_array_get(given, i));
    print_list(c, body, list, audit_columns, COUNT_OF(audit_columns),
               "nobody has changed anything yet");
    json_decref(list);
    json_decref(body);
    return CLI_DONE;
}
