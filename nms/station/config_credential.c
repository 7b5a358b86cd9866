/* Credentials of portolan.yaml: what speaks SNMP with secrets. */
#include "station/config_speaker.h"

#include "base/text.h"
#include "station/secret_file.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stddef.h>
#include <sys/stat.h>

enum {
    SECRET_MIN = 8,          /* octets; RFC 3414, 11.2 */
    SECRET_FILE_WIDE = 0137, /* what is beyond 0640 */
    NAME_SHOWN_MAX = 64
};

const char *const speaker_versions[] = {"1", "2c", "3", NULL};

static const enum snmp_version version_of[] = {SNMP_V1, SNMP_V2C, SNMP_V3};

static const struct yaml_field credential_fields[] = {
    {.key = "name", .offset = offsetof(struct speaker, name)},
    {.key = "version",
     .type = YAML_T_CHOICE,
     .offset = offsetof(struct speaker, version),
     .required = true,
     .choices = speaker_versions,
     .help = "write version: 1, 2c or 3"},
    SPEAKER_FIELDS,
    {.key = NULL},
};

void secret_fini(struct secret *s)
{
    if (s->text != NULL)
        OPENSSL_cleanse(s->text, strlen(s->text));
    free(s->text);
    free(s->file);
}

void speaker_fini(struct speaker *e)
{
    free(e->name);
    free(e->user);
    free(e->auth);
    free(e->priv);
    secret_fini(&e->community);
    secret_fini(&e->auth_secret);
    secret_fini(&e->priv_secret);
}

/* The file of a secret as it is found from that of the configuration. */
static char *secret_path(const struct config *c, const char *file)
{
    struct buffer path = {0};
    const char *slash = strrchr(c->path, '/');

    if (file[0] != '/' && slash != NULL)
        buffer_add(&path, c->path, (size_t)(slash - c->path) + 1);
    buffer_text(&path, file);
    return buffer_take(&path);
}

static int secret_load(struct secret *s, struct yaml_node n,
                       struct config_reader *reader, struct complaint *why)
{
    OWNED(free) char *path = secret_path(reader->config, s->file);
    struct stat st;
    bool more;
    int rc = secret_file_read(path, &s->text, &more);

    if (rc < 0)
        return yaml_complain(n, why,
                             "check the path, and that the station's user may "
                             "read it",
                             "%s cannot be read: %s", path, strerror(-rc));
    if (more)
        return yaml_complain(n, why,
                             "write the secret on one line, and nothing else",
                             "%s has more than one line", path);
    if (s->text[0] == '\0')
        return yaml_complain(n, why, "write the secret into it", "%s is empty",
                             path);
    if (stat(path, &st) == 0 && (st.st_mode & SECRET_FILE_WIDE) != 0)
        config_warn(reader->config, "credentials",
                    "%s has mode %04o: others may read or change the secret; "
                    "run chmod 0640 on it",
                    path, (unsigned)st.st_mode & 0777);
    return 0;
}

/* Fetches a secret called key from its file, if it has one. */
int secret_read(struct yaml_node n, const char *key, struct secret *s,
                struct config_reader *reader, struct complaint *why)
{
    OWNED(free) char *file_key = NULL;

    if (asprintf(&file_key, "%s_file", key) < 0)
        file_key = NULL;
    if (s->text != NULL && s->file != NULL)
        return yaml_complain(yaml_get(n, file_key), why,
                             "leave one of the two out",
                             "%s is given here and as a file", key);
    if (s->file != NULL)
        return secret_load(s, yaml_get(n, file_key), reader, why);
    if (s->text != NULL && strcmp(s->text, "public") != 0)
        reader->secret_inside = true;
    return 0;
}

/* key may be given in an entry of this version. */
static int expect_absent(struct yaml_node n, const char *key,
                         const char *because, struct complaint *why)
{
    struct yaml_node given = yaml_get(n, key);

    if (yaml_is_null(given))
        return 0;
    return yaml_complain(given, why, "leave it out, or change the version",
                         "%s %s", key, because);
}

static int check_community(struct yaml_node n, const struct speaker *e,
                           struct complaint *why)
{
    static const char *const foreign[] = {
        "user", "auth",        "auth_secret",     "auth_secret_file",
        "priv", "priv_secret", "priv_secret_file"};

    for (size_t i = 0; i < COUNT_OF(foreign); i++) {
        int rc = expect_absent(n, foreign[i], "belongs to version 3", why);
        if (rc < 0)
            return rc;
    }
    if (e->community.text == NULL || e->community.text[0] == '\0')
        return yaml_complain(n, why, "write community: NAME",
                             "key \"community\" is missing");
    return 0;
}

/* A protocol has a secret that is long enough, and a secret its protocol. */
static int check_secret(struct yaml_node n, const char *key, bool wanted,
                        const struct secret *s, struct complaint *why)
{
    if (!wanted && s->text == NULL)
        return 0;
    if (!wanted)
        return yaml_complain(n, why, "name the protocol, or leave it out",
                             "%s_secret is given, but no protocol", key);
    if (s->text == NULL)
        return yaml_complain(n, why, "write it, or a file that holds it",
                             "key \"%s_secret\" is missing", key);
    if (strlen(s->text) < SECRET_MIN)
        return yaml_complain(n, why, "choose a longer one",
                             "%s_secret is shorter than %d octets", key,
                             SECRET_MIN);
    return 0;
}

static int read_protocols(struct yaml_node n, const struct speaker *e,
                          struct credential *c, struct complaint *why)
{
    if (e->auth != NULL && !auth_protocol_parse(e->auth, &c->auth))
        return yaml_complain(yaml_get(n, "auth"), why,
                             "write one of MD5, SHA-1, SHA-224, SHA-256, "
                             "SHA-384, SHA-512",
                             "authentication protocol \"%s\" is not known",
                             e->auth);
    if (e->priv != NULL && !priv_protocol_parse(e->priv, &c->priv))
        return yaml_complain(yaml_get(n, "priv"), why,
                             "write one of DES, AES-128, AES-192, AES-256, "
                             "AES-192-C, AES-256-C",
                             "privacy protocol \"%s\" is not known", e->priv);
    if (c->priv != PRIV_NONE && c->auth == AUTH_NONE)
        return yaml_complain(yaml_get(n, "priv"), why,
                             "add auth and auth_secret",
                             "there is no privacy without authentication");
    return 0;
}

static int check_user(struct yaml_node n, const struct speaker *e,
                      struct credential *c, struct complaint *why)
{
    static const char no_community[] = "belongs to versions 1 and 2c";
    int rc = expect_absent(n, "community", no_community, why);

    if (rc == 0)
        rc = expect_absent(n, "community_file", no_community, why);
    if (rc < 0)
        return rc;
    if (e->user == NULL || e->user[0] == '\0')
        return yaml_complain(n, why, "write user: NAME",
                             "key \"user\" is missing");
    if (strlen(e->user) > 32) /* snmpAdminString of usmUserName, RFC 3414 */
        return yaml_complain(yaml_get(n, "user"), why, "use a shorter name",
                             "the user's name is longer than 32 octets");
    rc = read_protocols(n, e, c, why);
    if (rc == 0)
        rc =
            check_secret(n, "auth", c->auth != AUTH_NONE, &e->auth_secret, why);
    if (rc == 0)
        rc =
            check_secret(n, "priv", c->priv != PRIV_NONE, &e->priv_secret, why);
    return rc;
}

/* The entry without its secrets; what it says is complete and fits. */
int speaker_read(struct yaml_node n, struct speaker *e,
                 struct config_reader *reader, struct complaint *why)
{
    int rc = secret_read(n, "community", &e->community, reader, why);
    if (rc == 0)
        rc = secret_read(n, "auth_secret", &e->auth_secret, reader, why);
    if (rc == 0)
        rc = secret_read(n, "priv_secret", &e->priv_secret, reader, why);
    return rc;
}

/* Makes the credential that an entry describes; takes its texts. */
int speaker_credential(struct yaml_node n, struct speaker *e,
                       struct credential **out, struct complaint *why)
{
    OWNED(credential_free) struct credential *c = mem_new(struct credential);

    c->version = version_of[e->version];
    int rc = c->version == SNMP_V3 ? check_user(n, e, c, why)
                                   : check_community(n, e, why);
    if (rc < 0)
        return rc;
    c->name = TAKE(e->name);
    c->user = TAKE(e->user);
    c->community = TAKE(e->community.text);
    c->auth_secret = TAKE(e->auth_secret.text);
    c->priv_secret = TAKE(e->priv_secret.text);
    *out = TAKE(c);
    return 0;
}

static int credential_item(struct yaml_node n, void *list,
                           struct config_reader *reader, struct complaint *why)
{
    struct config_credentials *credentials = list;
    struct credential *c = NULL;
    OWNED_SPEAKER struct speaker e = {.version = 0};
    int rc = yaml_read(n, credential_fields, &e, reader, why);

    if (rc == 0)
        rc = speaker_read(n, &e, reader, why);
    if (rc < 0)
        return rc;
    if (e.name == NULL &&
        asprintf(&e.name, "credential-%zu", credentials->count + 1) < 0)
        e.name = mem_text("credential");
    if (e.name[0] == '\0' || strlen(e.name) > NAME_SHOWN_MAX)
        return yaml_complain(yaml_get(n, "name"), why, "write a short name",
                             "the name is empty or longer than %d octets",
                             NAME_SHOWN_MAX);
    if (config_credential(reader->config, e.name) != NULL)
        return yaml_complain(yaml_get(n, "name"), why, "choose another name",
                             "there is a credential \"%s\" already", e.name);
    rc = speaker_credential(n, &e, &c, why);
    if (rc == 0)
        *array_add(credentials) = c;
    return rc;
}

int config_read_credentials(struct yaml_node n, void *field, void *ctx,
                            struct complaint *why)
{
    return config_read_list(n, CONFIG_CREDENTIALS_MAX, field, ctx,
                            credential_item, why);
}
