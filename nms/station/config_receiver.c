/* Receivers of portolan.yaml: who is told of alerts. */
#include "station/config_speaker.h"

#include "station/receiver.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SECOND_MS 1000.0
#define DAY_MS (24.0 * 3600 * 1000)

enum { RECEIVERS_MAX = 64, TEXTS_MAX = 1000, NAME_SHOWN_MAX = 64 };

/* An entry as it is written; ends up in a struct receiver. */
struct written {
    struct speaker speaker; /* first: its fields are this one's */
    struct config_endpoint to;
    struct config_texts headers, mail, objects, types, when;
    char *form, *server, *from, *authority, *run;
    struct secret webhook_secret, secret;
    bool inform, plain;
    int severity;
    int64_t digest_ms, repeat_ms, limit_ms;
};

static const char *const severities[] = {"indeterminate", "warning",  "minor",
                                         "major",         "critical", NULL};
static const char *const forms[] = {"json",     "slack", "teams",
                                    "chatwork", "plain", NULL};

static int read_form(struct yaml_node n, void *field, void *ctx,
                     struct complaint *why)
{
    const char *text = yaml_text(n);

    (void)ctx;
    for (size_t i = 0; text != NULL && forms[i] != NULL; i++)
        if (strcmp(text, forms[i]) == 0) {
            *(char **)field = mem_text(text);
            return 0;
        }
    return yaml_complain(n, why, "write json, slack, teams, chatwork or plain",
                         "there is no such format");
}

#define TEXT(key_, member)                                        \
    {                                                             \
        .key = (key_), .offset = offsetof(struct written, member) \
    }
#define TEXTS(key_, member)                                                   \
    {                                                                         \
        .key = (key_), .type = YAML_T_CUSTOM,                                 \
        .offset = offsetof(struct written, member), .read = config_read_texts \
    }
#define BOOL(key_, member)                         \
    {                                              \
        .key = (key_), .type = YAML_T_BOOL,        \
        .offset = offsetof(struct written, member) \
    }
#define DURATION(key_, member, preset_, min_, max_)                      \
    {                                                                    \
        .key = (key_), .type = YAML_T_DURATION,                          \
        .offset = offsetof(struct written, member), .preset = (preset_), \
        .min = (min_), .max = (max_)                                     \
    }

static const struct yaml_field fields[] = {
    TEXT("name", speaker.name),
    {.key = "to",
     .type = YAML_T_CUSTOM,
     .offset = offsetof(struct written, to),
     .read = config_read_endpoint,
     .help = "write to: \"udp:ADDRESS:162\""},
    BOOL("inform", inform),
    {.key = "version",
     .type = YAML_T_CHOICE,
     .offset = offsetof(struct written, speaker.version),
     .preset = "2c",
     .choices = speaker_versions,
     .help = "write version: 1, 2c or 3"},
    SPEAKER_FIELDS,
    TEXT("webhook", webhook_secret.text),
    TEXT("webhook_file", webhook_secret.file),
    {.key = "format",
     .type = YAML_T_CUSTOM,
     .offset = offsetof(struct written, form),
     .read = read_form},
    TEXTS("headers", headers),
    TEXTS("mail", mail),
    TEXT("server", server),
    TEXT("from", from),
    BOOL("plain", plain),
    TEXT("secret", secret.text),
    TEXT("secret_file", secret.file),
    TEXT("certificates", authority),
    TEXT("run", run),
    DURATION("limit", limit_ms, "30s", SECOND_MS, 600 * SECOND_MS),
    {.key = "severity",
     .type = YAML_T_CHOICE,
     .offset = offsetof(struct written, severity),
     .preset = "indeterminate",
     .choices = severities,
     .help = "write critical, major, minor, warning or indeterminate"},
    TEXTS("objects", objects),
    TEXTS("types", types),
    TEXTS("when", when),
    DURATION("digest", digest_ms, "0", 0, DAY_MS),
    DURATION("repeat", repeat_ms, "0", 0, 7 * DAY_MS),
    {.key = NULL},
};

static void written_fini(struct written *w)
{
    speaker_fini(&w->speaker);
    config_texts_fini(&w->headers);
    config_texts_fini(&w->mail);
    config_texts_fini(&w->objects);
    config_texts_fini(&w->types);
    config_texts_fini(&w->when);
    secret_fini(&w->webhook_secret);
    secret_fini(&w->secret);
    free(w->form);
    free(w->server);
    free(w->from);
    free(w->authority);
    free(w->run);
}
#define OWNED_WRITTEN __attribute__((cleanup(written_fini)))

/* ---- what fits together ---- */

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* Of its ways exactly one is given. */
static int kind_of(struct yaml_node n, const struct written *w,
                   enum receiver_kind *out, struct complaint *why)
{
    const bool given[] = {
        [RECEIVER_SNMP] = addr_is_set(&w->to.addr),
        [RECEIVER_WEBHOOK] = w->webhook_secret.text != NULL,
        [RECEIVER_MAIL] = w->mail.count > 0,
        [RECEIVER_RUN] = w->run != NULL,
    };
    unsigned ways = 0;

    for (unsigned kind = 0; kind < COUNT_OF(given); kind++)
        if (given[kind]) {
            *out = (enum receiver_kind)kind;
            ways++;
        }
    if (ways == 1)
        return 0;
    if (ways > 1)
        return yaml_complain(
            n, why, "make a receiver of each",
            "to, webhook, mail and run: only one may be given");
    return yaml_complain(n, why,
                         "write to: \"udp:ADDRESS:162\", webhook: URL, "
                         "mail: [ADDRESS] or run: PROGRAM",
                         "key \"to\" is missing");
}

static int check_snmp(struct yaml_node n, const struct written *w,
                      struct complaint *why)
{
    if (w->inform && w->speaker.version == 0)
        return yaml_complain(yaml_get(n, "inform"), why,
                             "use version 2c or 3, or inform: false",
                             "version 1 has no informs");
    if (w->digest_ms > 0)
        return yaml_complain(yaml_get(n, "digest"), why, "leave it out",
                             "SNMP tells of one alert at a time");
    return 0;
}

/* The server is told to whoever asks; a password that stood there would be. */
static int check_mail(struct yaml_node n, const struct written *w,
                      struct complaint *why)
{
    const char *server = w->server;

    if (server == NULL ||
        (!begins(server, "smtp://") && !begins(server, "smtps://")))
        return yaml_complain(n, why, "write server: smtps://HOST",
                             "mail needs a server");
    const char *host = strstr(server, "://") + 3;
    if (memchr(host, '@', strcspn(host, "/?#")) != NULL)
        return yaml_complain(yaml_get(n, "server"), why,
                             "write smtps://HOST, with user: NAME and "
                             "secret: PASSWORD beside it",
                             "the server has a user in it");
    if (w->from == NULL)
        return yaml_complain(n, why, "write from: ADDRESS",
                             "mail needs a sender");
    return 0;
}

static int check_rest(struct yaml_node n, const struct written *w,
                      enum receiver_kind kind, struct complaint *why)
{
    if (kind == RECEIVER_WEBHOOK &&
        !begins(w->webhook_secret.text, "https://") &&
        !begins(w->webhook_secret.text, "http://"))
        return yaml_complain(yaml_get(n, "webhook"), why,
                             "write https://HOST/PATH",
                             "the web hook is no URL of HTTP");
    if (kind == RECEIVER_MAIL)
        return check_mail(n, w, why);
    if (kind == RECEIVER_RUN && w->run[0] != '/')
        return yaml_complain(yaml_get(n, "run"), why,
                             "write a path that begins with /",
                             "\"%s\" is not an absolute path", w->run);
    return 0;
}

static int read_when(struct yaml_node n, const struct config_texts *texts,
                     struct receiver_week *out, struct complaint *why)
{
    for (size_t i = 0; i < texts->count; i++)
        if (receiver_hours_read(texts->at[i], array_add(out)) < 0)
            return yaml_complain(yaml_item(yaml_get(n, "when"), i), why,
                                 "write \"mon-fri 08:00-18:00\"",
                                 "\"%s\" is no time of a week", texts->at[i]);
    return 0;
}

/* ---- one ---- */

static void take_texts(struct receiver_texts *to, struct config_texts *from)
{
    for (size_t i = 0; i < from->count; i++)
        *array_add(to) = from->at[i];
    array_fini(from);
}

static void take_all(struct receiver *r, struct written *w)
{
    r->name = TAKE(w->speaker.name);
    r->addr = w->to.addr;
    r->port = w->to.port;
    r->inform = w->inform;
    r->url = TAKE(w->webhook_secret.text);
    r->form = w->form != NULL ? TAKE(w->form) : mem_text("json");
    r->server = TAKE(w->server);
    r->from = TAKE(w->from);
    r->plain = w->plain;
    r->secret = TAKE(w->secret.text);
    r->authority = TAKE(w->authority);
    r->run = TAKE(w->run);
    r->limit_ms = w->limit_ms;
    r->severity = (enum severity)(w->severity + 1);
    r->digest_ms = w->digest_ms;
    r->repeat_ms = w->repeat_ms;
    if (r->kind == RECEIVER_MAIL)
        r->user = TAKE(w->speaker.user);
    take_texts(&r->headers, &w->headers);
    take_texts(&r->to, &w->mail);
    take_texts(&r->objects, &w->objects);
    take_texts(&r->types, &w->types);
}

static int name_it(struct yaml_node n, const struct receivers *list,
                   struct written *w, struct complaint *why)
{
    if (w->speaker.name == NULL &&
        asprintf(&w->speaker.name, "receiver-%zu", list->count + 1) < 0)
        w->speaker.name = mem_text("receiver");
    const char *name = w->speaker.name;
    if (name[0] == '\0' || strlen(name) > NAME_SHOWN_MAX ||
        strchr(name, '/') != NULL || strcmp(name, "master") == 0)
        return yaml_complain(yaml_get(n, "name"), why,
                             "write a short name, other than master",
                             "the name is empty, has a / or is longer than %d "
                             "octets",
                             NAME_SHOWN_MAX);
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->at[i]->name, name) == 0)
            return yaml_complain(yaml_get(n, "name"), why,
                                 "choose another name",
                                 "there is a receiver \"%s\" already", name);
    return 0;
}

static int receiver_item(struct yaml_node n, void *list,
                         struct config_reader *reader, struct complaint *why)
{
    struct receivers *receivers = list;
    OWNED(receiver_free) struct receiver *r = mem_new(struct receiver);
    OWNED_WRITTEN struct written w = {.inform = false};
    int rc = yaml_read(n, fields, &w, reader, why);

    if (rc == 0)
        rc = secret_read(n, "webhook", &w.webhook_secret, reader, why);
    if (rc == 0)
        rc = secret_read(n, "secret", &w.secret, reader, why);
    if (rc == 0)
        rc = kind_of(n, &w, &r->kind, why);
    if (rc == 0)
        rc = name_it(n, receivers, &w, why);
    if (rc == 0 && r->kind == RECEIVER_SNMP)
        rc = check_snmp(n, &w, why);
    if (rc == 0)
        rc = check_rest(n, &w, r->kind, why);
    if (rc == 0)
        rc = read_when(n, &w.when, &r->when, why);
    if (rc < 0)
        return rc;
    char *name = mem_text(w.speaker.name);
    if (r->kind == RECEIVER_SNMP) {
        rc = speaker_read(n, &w.speaker, reader, why);
        if (rc == 0)
            rc = speaker_credential(n, &w.speaker, &r->credential, why);
    }
    free(w.speaker.name);
    w.speaker.name = name;
    if (rc < 0)
        return rc;
    take_all(r, &w);
    *array_add(receivers) = TAKE(r);
    return 0;
}

int config_read_receivers(struct yaml_node n, void *field, void *ctx,
                          struct complaint *why)
{
    return config_read_list(n, RECEIVERS_MAX, field, ctx, receiver_item, why);
}
