/* portoland - the station. Wires its parts together and hands over to the loop.
 *
 *   configuration -> sockets (as root) -> control socket -> own user ->
 *   a process that starts programs -> state of earlier runs -> sandbox -> loop
 *
 * A device's life begins in station/station.h.
 */
#include "base/crash.h"
#include "base/file.h"
#include "base/heap.h"
#include "base/holdup.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/service.h"
#include "base/terminal.h"
#include "north/agentx.h"
#include "north/http.h"
#include "north/notices.h"
#include "station/backups.h"
#include "station/child.h"
#include "station/config.h"
#include "station/rights.h"
#include "station/settings.h"
#include "station/spawner.h"
#include "station/station.h"
#include "station/upgrade.h"

#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

enum { EXIT_WRONG_USAGE = 2, EXIT_WRONG_CONFIG = 78, STOP_LIMIT_S = 5 };
enum { HEAP_LOOK_S = 10 };

struct options {
    const char *config_path; /* NULL: the embedded default */
    bool foreground, check_only, verbose;
};

struct daemon {
    struct options options;
    struct event_base *base;
    struct config *config;
    struct config *next; /* is prepared; NULL: none is */
    bool again;          /* the file may be another one since */
    struct station *station;
    struct http *http;
    struct notices *notices;
    struct agentx *agentx; /* NULL: it is off */
    struct backups *backups;
    struct spawner *spawner; /* NULL: programs are started by ourselves */
    struct service service;
    int line;    /* to what started it; terminal.h */
    bool failed; /* the station cannot go on */
    struct event *on_term, *on_int, *on_hup, *on_heap, *on_watchdog,
        *on_spawner;
    char *heap; /* where the loop's memory begins */
};

/* ---- what the caller wants ---- */

static void usage(FILE *to)
{
    fputs("usage: portoland [-c FILE] [-f] [-t] [-v]\n"
          "  -c FILE  configuration, default " PORTOLAN_ETC "/portolan.yaml\n"
          "  -f       stay in the foreground, log to stderr\n"
          "  -t       check the configuration, tell what this version would\n"
          "           change of the data, and leave\n"
          "  -v       log more\n"
          "  --help, --version\n",
          to);
}

static void parse_options(int argc, char **argv, struct options *out)
{
    static const char standard[] = PORTOLAN_ETC "/portolan.yaml";

    if (argc > 1 && strcmp(argv[1], "--help") == 0) {
        usage(stdout);
        exit(EXIT_SUCCESS);
    }
    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        puts("portoland " PORTOLAN_VERSION);
        exit(EXIT_SUCCESS);
    }
    for (int c; (c = getopt(argc, argv, "c:ftv")) != -1;) {
        if (c == 'c')
            out->config_path = optarg;
        else if (c == 'f')
            out->foreground = true;
        else if (c == 't')
            out->check_only = true;
        else if (c == 'v')
            out->verbose = true;
        else
            exit(EXIT_WRONG_USAGE);
    }
    if (optind < argc) {
        usage(stderr);
        exit(EXIT_WRONG_USAGE);
    }
    /* One that may not be read is not as if it were not there. */
    if (out->config_path == NULL &&
        (access(standard, F_OK) == 0 || errno != ENOENT))
        out->config_path = standard;
}

/* Every fault on a line of its own; leaves with the exit code of a wrong
 * configuration. */
static struct config *read_config(const char *path)
{
    struct yaml_faults faults = {0};
    struct config *config = NULL;

    if (config_check(path, &config, &faults) < 0) {
        for (size_t i = 0; i < faults.count; i++)
            fprintf(stderr, "%s: %s; %s\n", faults.at[i].place,
                    faults.at[i].what, faults.at[i].remedy);
        exit(EXIT_WRONG_CONFIG);
    }
    array_fini(&faults);
    return config;
}

static void print_warnings(const struct config *config)
{
    for (size_t i = 0; i < config->warnings.count; i++)
        log_warning("%s", config->warnings.at[i]);
}

static void open_log(const struct options *options, const struct config *config)
{
    enum log_level level = (enum log_level)config->log.level;

    if (options->verbose && level < LOG_LEVEL_DEBUG)
        level = level < LOG_LEVEL_INFO ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG;
    enum log_target to = LOG_TO_STDERR;
    if (!options->foreground && !options->check_only)
        to = LOG_TO_SYSLOG; /* nobody reads what is written to a stream */
    else if (!options->check_only && config->log.to == LOG_TO_JOURNAL)
        to = LOG_TO_JOURNAL;
    log_open(level, to);
}

/* ---- the door ---- */

static struct http_options http_options(const struct config *c, unsigned uid,
                                        unsigned gid)
{
    return (struct http_options){.socket = c->station.socket,
                                 .uid = uid,
                                 .gid = gid,
                                 .listen = c->http.listen.addr,
                                 .port = c->http.listen.port,
                                 .certificate = c->http.certificate,
                                 .key = c->http.key,
                                 .names = c->http.names.at,
                                 .name_count = c->http.names.count,
                                 .station = c->station.name,
                                 .data = c->station.data,
                                 .web = c->http.web};
}

static int open_http(struct daemon *d, unsigned uid, unsigned gid,
                     struct complaint *why)
{
    const struct http_options options = http_options(d->config, uid, gid);

    return http_new(d->base, &options, &d->http, why);
}

/* ---- the agent ---- */

static int on_notify(void *arg, uint64_t id, struct oid trap,
                     const struct varbind *varbinds, size_t count)
{
    return agentx_notify(arg, id, trap, varbinds, count);
}

static void on_notified(void *arg, uint32_t seq)
{
    agentx_notified(arg, seq);
}

static uint64_t on_shown(void *arg)
{
    return agentx_shown(arg);
}

static void on_hasten(void *arg)
{
    agentx_hasten(arg);
}

/* Notifications go to the master's receivers too, where there is one. */
static void tell_by_agentx(struct daemon *d)
{
    const struct notice_master master = {on_notify, on_notified, on_shown,
                                         on_hasten, d->agentx};

    if (d->agentx != NULL)
        agentx_listen(d->agentx,
                      &(struct agentx_listener){notices_on_master,
                                                notices_on_shown, d->notices});
    notices_use_master(d->notices, d->agentx != NULL ? &master : NULL);
}

/* Served by SNMP, where a master agent is configured. */
static int start_agentx(struct daemon *d, struct complaint *why)
{
    const struct config_agentx *c = &d->config->agentx;
    const struct agentx_options options = {.master = c->master,
                                           .contexts = (uint32_t)c->contexts,
                                           .writable = c->writable};

    int rc = c->master[0] == '\0'
                 ? 0
                 : agentx_new(d->base, d->station, &options, &d->agentx, why);

    if (rc == 0)
        tell_by_agentx(d);
    return rc;
}

/* Anew where its configuration, now in force, is another one than before. */
static void renew_agentx(struct daemon *d, const struct config_agentx *before)
{
    const struct config_agentx *now = &d->config->agentx;
    struct complaint why;

    if (strcmp(before->master, now->master) == 0 &&
        before->contexts == now->contexts && before->writable == now->writable)
        return;
    notices_leave_master(d->notices);
    agentx_free(TAKE(d->agentx));
    station_tell_agentx(d->station, &(struct agentx_record){0});
    if (start_agentx(d, &why) < 0)
        log_error("%s: %s; %s", why.place, why.what, why.remedy);
}

/* ---- signals ---- */

static void on_stop(evutil_socket_t fd, short what, void *arg)
{
    struct daemon *d = arg;

    (void)fd;
    (void)what;
    service_tell(&d->service, "STOPPING=1");
    log_notice("station: ending");
    alarm(STOP_LIMIT_S); /* whatever hangs, the end comes */
    event_base_loopbreak(d->base);
}

static void on_backup(void *arg, const struct complaint *why)
{
    const struct daemon *d = arg;

    station_tell_backup(d->station, why);
}

/* Another configuration is in force from now on. */
static void take_config(struct daemon *d, struct config *next)
{
    struct config *before = d->config;

    d->config = next;
    open_log(&d->options, next);
    notices_use(d->notices);
    backups_use(d->backups, next);
    const struct http_options http =
        http_options(next, (unsigned)-1, (unsigned)-1);
    http_renew(d->http, &http);
    renew_agentx(d, &before->agentx);
    config_free(before);
    print_warnings(next);
    log_notice("configuration: taken from %s", d->options.config_path != NULL
                                                   ? d->options.config_path
                                                   : "the settings");
}

static void refuse_config(const struct complaint *why)
{
    log_error("configuration: %s: %s; %s; the old one stays in force",
              why->place, why->what, why->remedy);
}

/* Whoever changed a setting hears what came of it. */
static void settle(struct daemon *d, int rc, const struct complaint *why)
{
    if (!d->again)
        settings_settled(station_settings(d->station), rc, why);
}

static void on_prepared(void *arg)
{
    struct daemon *d = arg;
    struct config *next = TAKE(d->next);
    struct complaint why;
    int rc = station_reconfigure(d->station, next, &why);

    if (rc == 0) {
        take_config(d, next);
    } else {
        refuse_config(&why);
        config_free(next);
    }
    settle(d, rc, &why);
    if (d->again)
        event_active(d->on_hup, EV_SIGNAL, 1);
}

/* A faulty file is refused, the old configuration stays in force. */
static void on_reload(evutil_socket_t fd, short what, void *arg)
{
    struct daemon *d = arg;
    struct complaint why;

    (void)fd;
    (void)what;
    d->again = d->next != NULL;
    if (d->again)
        return;
    int rc = config_load(d->options.config_path, &d->next, &why);
    if (rc < 0) {
        refuse_config(&why);
        settle(d, rc, &why);
        return;
    }
    config_follow(d->next, d->config);
    station_prepare(d->station, d->next, on_prepared, d);
}

/* As if the file had been changed. */
static void on_settings(void *arg)
{
    struct daemon *d = arg;

    event_active(d->on_hup, EV_SIGNAL, 1);
}

/* A poll touches memory of its device alone, which nobody touched for a minute:
 * with pages of 4 kB finding it takes as long as reading it. What the heap grew
 * by since is to be in large pages too. */
static void on_heap(evutil_socket_t fd, short what, void *arg)
{
    struct daemon *d = arg;

    (void)fd;
    (void)what;
    heap_widen(d->heap);
}

/* A loop that hangs says nothing, and the service manager starts it anew. */
static void on_watchdog(evutil_socket_t fd, short what, void *arg)
{
    struct daemon *d = arg;

    (void)fd;
    (void)what;
    service_tell(&d->service, "WATCHDOG=1");
}

/* It never speaks unasked: it is gone. */
static void on_spawner(evutil_socket_t fd, short what, void *arg)
{
    struct daemon *d = arg;

    (void)fd;
    (void)what;
    log_error("station: the process that starts programs is gone; the station "
              "ends too, for the service manager to start it anew");
    d->failed = true;
    event_del(d->on_spawner);
    event_active(d->on_term, EV_SIGNAL, 1);
}

static struct event *watch(struct daemon *d, int number,
                           event_callback_fn callback)
{
    struct event *e = evsignal_new(d->base, number, callback, d);

    event_add(e, NULL);
    return e;
}

/* ---- its life ---- */

static int start(struct daemon *d, struct complaint *why)
{
    const struct config *config = d->config;
    const struct passwd *user;
    int rc = rights_user(config, &user, why);
    unsigned uid = user != NULL ? user->pw_uid : (unsigned)-1;
    unsigned gid = user != NULL ? user->pw_gid : (unsigned)-1;

    if (rc == 0 && user != NULL)
        rc = rights_give_data(config, user, why);
    rights_check_files(config);
    if (rc == 0)
        rc = station_new(d->base, config, &d->station, why);
    if (rc == 0)
        rc = open_http(d, uid, gid, why);
    if (rc == 0)
        rc = rights_drop(user, why);
    if (rc == 0)
        rc = rights_split(config, &d->spawner, why);
    if (rc == 0) {
        child_use(d->spawner);
        crash_watch(config->station.data);
        rc = station_start(d->station, why);
    }
    if (rc == 0)
        rc = notices_new(d->base, d->station, &d->notices, why);
    if (rc == 0)
        rc = http_serve(d->http, d->station, d->notices, why);
    if (rc == 0)
        rc = start_agentx(d, why);
    if (rc == 0)
        rc = rights_enter_sandbox(why);
    return rc;
}

static void stop(struct daemon *d)
{
    if (d->notices != NULL)
        notices_leave_master(d->notices); /* what waits is kept */
    backups_end(d->backups);
    agentx_free(d->agentx);
    http_free(d->http);
    notices_free(d->notices);
    station_free(d->station);
    backups_free(d->backups); /* last: it may wait for others */
    if (d->on_term != NULL) {
        event_free(d->on_term);
        event_free(d->on_int);
        event_free(d->on_hup);
        event_free(d->on_heap);
        event_free(d->on_watchdog);
    }
    if (d->on_spawner != NULL)
        event_free(d->on_spawner);
    child_use(NULL);
    spawner_free(d->spawner);
    event_base_free(d->base);
    config_free(d->next);
    config_free(d->config);
}

/* How long the loop works without looking at its sockets shows in the status,
 * and what it was at when that was long. */
static void turn_until_stopped(struct daemon *d)
{
    OWNED(holdup_free) struct holdup *holdup = holdup_new(STATION_HELD_MS);
    struct buffer OWNED_BUFFER at = {0};
    int64_t before = thread_ns();

    holdup_begin(holdup);
    while (event_base_loop(d->base, EVLOOP_ONCE) >= 0 &&
           !event_base_got_break(d->base)) {
        int64_t now = thread_ns();

        holdup_tell(holdup, &at);
        station_held(d->station, now - before, at.len > 0 ? at.at : "");
        buffer_clear(&at);
        before = now;
        holdup_begin(holdup);
    }
}

/* Half the time that a silent station is given. */
static void start_watchdog(struct daemon *d)
{
    int64_t every = d->service.watchdog_ms / 2;

    d->on_watchdog = event_new(d->base, -1, EV_PERSIST, on_watchdog, d);
    if (every > 0)
        event_add(d->on_watchdog,
                  &(struct timeval){every / 1000, every % 1000 * 1000});
}

static void watch_all(struct daemon *d)
{
    d->on_term = watch(d, SIGTERM, on_stop);
    d->on_int = watch(d, SIGINT, on_stop);
    d->on_hup = watch(d, SIGHUP, on_reload);
    settings_listen(station_settings(d->station), on_settings, d);
    d->on_heap = event_new(d->base, -1, EV_PERSIST, on_heap, d);
    event_add(d->on_heap, &(struct timeval){.tv_sec = HEAP_LOOK_S});
    start_watchdog(d);
    if (d->spawner == NULL)
        return;
    d->on_spawner = event_new(d->base, spawner_fd(d->spawner),
                              EV_READ | EV_PERSIST, on_spawner, d);
    event_add(d->on_spawner, NULL);
}

/* A reload that is asked for before there is a loop waits for it. */
static void hold_reloads(int how)
{
    sigset_t reload;

    (void)sigemptyset(&reload);
    (void)sigaddset(&reload, SIGHUP);
    (void)sigprocmask(how, &reload, NULL);
}

/* To the log, and to whoever waits at the terminal. */
static int fail(struct daemon *d, const struct complaint *why)
{
    struct buffer OWNED_BUFFER text = {0};

    buffer_format(&text, "%s: %s; %s", why->place, why->what, why->remedy);
    log_error("%s", text.at);
    terminal_tell(&d->line, EXIT_FAILURE, text.at);
    stop(d);
    return EXIT_FAILURE;
}

static int run(struct daemon *d)
{
    struct complaint why;

    d->base = event_base_new();
    (void)signal(SIGPIPE, SIG_IGN);
    hold_reloads(SIG_BLOCK);
    service_tell(&d->service, "STATUS=starting: reads what is known; the "
                              "database is brought forward or repaired first, "
                              "where that has to be");
    if (start(d, &why) < 0)
        return fail(d, &why);
    watch_all(d);
    hold_reloads(SIG_UNBLOCK);
    d->backups = backups_new(d->base, d->config, on_backup, d);
    log_notice("station: %s at work; data in %s, control socket %s",
               d->config->station.name, d->config->station.data,
               d->config->station.socket);
    service_tell(&d->service, "READY=1\nSTATUS=at work");
    terminal_tell(&d->line, EXIT_SUCCESS, "");
    turn_until_stopped(d);
    stop(d);
    log_notice("station: ended");
    return d->failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* What -t says of a configuration that is right, and of what an upgrade
 * changes. */
static int tell_upgrade(struct daemon *d)
{
    struct buffer OWNED_BUFFER told = {0};
    bool starts = upgrade_tell(d->config, &told);

    printf("%s: the configuration is right\n%s",
           d->options.config_path != NULL ? d->options.config_path
                                          : "embedded default",
           told.at);
    config_free(d->config);
    return starts ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    struct daemon d = {.heap = heap_end(), .line = -1};
    int rc;

    heap_return();
    rights_hide();
    rights_allow_descriptors();
    service_take(&d.service);
    parse_options(argc, argv, &d.options);
    const char *given = d.options.check_only ? NULL : d.options.config_path;
    OWNED(free) char *path = given != NULL ? file_absolute(given) : NULL;
    if (path != NULL)
        d.options.config_path = path; /* there is another directory later */
    d.config = read_config(d.options.config_path);
    open_log(&d.options, d.config);
    print_warnings(d.config);
    if (d.options.check_only)
        return tell_upgrade(&d);
    rc = d.options.foreground ? 0 : terminal_leave(&d.line);
    if (rc < 0) {
        log_error("station: cannot leave the terminal: %s", strerror(-rc));
        return EXIT_FAILURE;
    }
    return run(&d);
}
