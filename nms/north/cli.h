/* cli.h - the command `portolan`: what its parts share.
 *
 * Each command is a row of one table (cli_commands.c) and a function that asks
 * the station and prints. Tables on a terminal, TSV when piped, JSON with
 * --json: cli_print.h.
 */
#ifndef NORTH_CLI_H
#define NORTH_CLI_H

#include "north/cli_client.h"
#include "north/cli_options.h"

enum cli_exit {
    CLI_DONE = 0,
    CLI_FAILED = 1,
    CLI_WRONG_USAGE = 2,
    CLI_WRONG_CONFIG = 78
};

enum cli_layout { LAYOUT_TABLE, LAYOUT_TSV, LAYOUT_JSON };

/* What options of all commands say. */
struct cli_values {
    const char *socket, *url, *token_file, *ca;
    bool json, table, help, version; /* these are everybody's */
    bool wait, undo, why, all, conflicts, quirks, software, processes, follow,
        files, ports, dark, stacked, max, summary, report, edits, replace;
    const char *explain, *expect;
    int64_t value;
    const char *from, *to, *at, *output, *object, *class;
    const char *type, *severity, *source, *text; /* of events */
    const char *repeat;                          /* of silences */
    const char *role, *lasts;                    /* of users and tokens */
    int64_t limit, step, width, height, revision;
    /* how to speak to an agent without a station */
    const char *community, *credential, *config, *snmp_version, *user, *auth,
        *auth_secret, *priv, *priv_secret, *context;
    int64_t port;
    const char *tables, *name, *profiles;
    /* backups */
    const char *data, *passphrase_file, *since, *base;
    bool without_secrets, no_series, force, dry_run, replace_config;
    bool yes; /* what cannot be undone */
};

struct cli_command;

struct cli {
    struct cli_values values;
    struct cli_words words; /* behind the command */
    enum cli_layout layout;
    const struct cli_command *command;
    struct client *client; /* cli_client() */
};

/* Does what the command says. Anything but CLI_DONE comes with *why, unless
 * all was said already (why->what is ""). */
typedef enum cli_exit (*cli_run_fn)(struct cli *c, struct complaint *why);

struct cli_command {
    const char *name;      /* "devices", or two words: "map show" */
    const char *arguments; /* "NAME -o FILE" */
    const char *summary;
    const char *more; /* what help says behind the options; NULL */
    const struct cli_option *options; /* NULL: none of its own */
    size_t words_min, words_max;
    cli_run_fn run;
};

/* The command that args begin with, which is consumed; NULL if there is none,
 * with *why and the remedy. */
const struct cli_command *cli_command_find(struct cli_args *args,
                                           struct complaint *why);

/* Options of every command. */
extern const struct cli_option cli_global_options[];

/* Appends help: of the whole, or of a command; of all that begin with a word
 * such as "map". */
void cli_help(struct buffer *out);
void cli_command_help(const struct cli_command *command, struct buffer *out);
bool cli_group_help(const char *group, struct buffer *out);

/* The connection, made when it is first needed. */
struct client *cli_client(struct cli *c);

/* Was a socket named, by option or environment? Else it is the one that
 * everybody means. */
bool cli_names_socket(const struct cli *c);

/* The nth word behind the command. */
const char *cli_word(const struct cli *c, size_t n);

/* Which of the endings, up to a NULL, file has; NULL if none, or no file. */
const char *cli_ending(const char *file, const char *const *endings);

/* Writes a file whole and says so. */
enum cli_exit cli_save(const struct cli *c, const char *file,
                       const struct buffer *contents, struct complaint *why);

/* The rights of a file that is written: mode without what the umask takes. */
unsigned cli_file_mode(unsigned mode);

/* Fills *why, which may be NULL, and gives code. */
enum cli_exit cli_refuse(struct complaint *why, enum cli_exit code,
                         const char *remedy, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* CLI_DONE or CLI_FAILED. */
enum cli_exit cli_exit_of(int rc);

/* ---- commands, by file ---- */

enum cli_exit cli_status(struct cli *c, struct complaint *why);
enum cli_exit cli_add(struct cli *c, struct complaint *why);
enum cli_exit cli_remove(struct cli *c, struct complaint *why);
enum cli_exit cli_poll(struct cli *c, struct complaint *why);
enum cli_exit cli_events(struct cli *c, struct complaint *why);
enum cli_exit cli_audit(struct cli *c, struct complaint *why);

enum cli_exit cli_alerts(struct cli *c, struct complaint *why);
enum cli_exit cli_ack(struct cli *c, struct complaint *why);
enum cli_exit cli_shelve(struct cli *c, struct complaint *why);
enum cli_exit cli_silence(struct cli *c, struct complaint *why);
enum cli_exit cli_unsilence(struct cli *c, struct complaint *why);
enum cli_exit cli_silences(struct cli *c, struct complaint *why);

enum cli_exit cli_discover(struct cli *c, struct complaint *why);

enum cli_exit cli_devices(struct cli *c, struct complaint *why);
enum cli_exit cli_device(struct cli *c, struct complaint *why);
enum cli_exit cli_interfaces(struct cli *c, struct complaint *why);
enum cli_exit cli_sensors(struct cli *c, struct complaint *why);
enum cli_exit cli_neighbors(struct cli *c, struct complaint *why);

enum cli_exit cli_complete(struct cli *c, struct complaint *why);

enum cli_exit cli_forget_device(struct cli *c, struct complaint *why);
enum cli_exit cli_forget_person(struct cli *c, struct complaint *why);
enum cli_exit cli_export_device(struct cli *c, struct complaint *why);
enum cli_exit cli_export_person(struct cli *c, struct complaint *why);

enum cli_exit cli_merge(struct cli *c, struct complaint *why);
enum cli_exit cli_apart(struct cli *c, struct complaint *why);
enum cli_exit cli_split(struct cli *c, struct complaint *why);

enum cli_exit cli_links(struct cli *c, struct complaint *why);
enum cli_exit cli_path(struct cli *c, struct complaint *why);
enum cli_exit cli_topology_diff(struct cli *c, struct complaint *why);
enum cli_exit cli_map_list(struct cli *c, struct complaint *why);
enum cli_exit cli_map_find(struct cli *c, struct complaint *why);
enum cli_exit cli_map_show(struct cli *c, struct complaint *why);
enum cli_exit cli_map_export(struct cli *c, struct complaint *why);
enum cli_exit cli_map_new(struct cli *c, struct complaint *why);
enum cli_exit cli_map_import(struct cli *c, struct complaint *why);
enum cli_exit cli_map_edit(struct cli *c, struct complaint *why);
enum cli_exit cli_map_edits(struct cli *c, struct complaint *why);
enum cli_exit cli_map_delete(struct cli *c, struct complaint *why);

enum cli_exit cli_risk(struct cli *c, struct complaint *why);
enum cli_exit cli_alerts_rules(struct cli *c, struct complaint *why);
enum cli_exit cli_alerts_ports(struct cli *c, struct complaint *why);

enum cli_exit cli_graph(struct cli *c, struct complaint *why);
enum cli_exit cli_series(struct cli *c, struct complaint *why);

enum cli_exit cli_walk(struct cli *c, struct complaint *why);
enum cli_exit cli_get(struct cli *c, struct complaint *why);
enum cli_exit cli_export(struct cli *c, struct complaint *why);

enum cli_exit cli_notify(struct cli *c, struct complaint *why);
enum cli_exit cli_notify_test(struct cli *c, struct complaint *why);
enum cli_exit cli_mib(struct cli *c, struct complaint *why);

enum cli_exit cli_user_list(struct cli *c, struct complaint *why);
enum cli_exit cli_user_add(struct cli *c, struct complaint *why);
enum cli_exit cli_user_password(struct cli *c, struct complaint *why);
enum cli_exit cli_user_role(struct cli *c, struct complaint *why);
enum cli_exit cli_user_delete(struct cli *c, struct complaint *why);
enum cli_exit cli_token_list(struct cli *c, struct complaint *why);
enum cli_exit cli_token_new(struct cli *c, struct complaint *why);
enum cli_exit cli_token_revoke(struct cli *c, struct complaint *why);

enum cli_exit cli_probe(struct cli *c, struct complaint *why);
enum cli_exit cli_profile_check(struct cli *c, struct complaint *why);
enum cli_exit cli_profile_which(struct cli *c, struct complaint *why);

enum cli_exit cli_backup(struct cli *c, struct complaint *why);
enum cli_exit cli_restore(struct cli *c, struct complaint *why);

enum cli_exit cli_profile_import(struct cli *c, struct complaint *why);

#endif
