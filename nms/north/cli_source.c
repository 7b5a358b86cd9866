#include "north/cli_source.h"

#include "base/file.h"
#include "mibs/profile.h"
#include "station/config.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- configuration ---- */

enum cli_exit source_config(const struct cli_values *v, struct config **out,
                            struct complaint *why)
{
    const char *path = v->config;

    *out = NULL;
    if (path == NULL && v->credential == NULL)
        return CLI_DONE;
    if (path == NULL)
        path = PORTOLAN_ETC "/portolan.yaml";
    return config_load(path, out, why) < 0 ? CLI_WRONG_CONFIG : CLI_DONE;
}

/* ---- credential ---- */

static bool is_described(const struct cli_values *v)
{
    return v->community != NULL || v->snmp_version != NULL || v->user != NULL ||
           v->auth != NULL || v->auth_secret != NULL || v->priv != NULL ||
           v->priv_secret != NULL;
}

static bool version_parse(const struct cli_values *v, enum snmp_version *out)
{
    static const struct {
        const char *name;
        enum snmp_version version;
    } versions[] = {
        {"1", SNMP_V1}, {"2c", SNMP_V2C}, {"2", SNMP_V2C}, {"3", SNMP_V3}};

    *out = v->user != NULL ? SNMP_V3 : SNMP_V2C;
    if (v->snmp_version == NULL)
        return true;
    for (size_t i = 0; i < COUNT_OF(versions); i++)
        if (strcmp(versions[i].name, v->snmp_version) == 0) {
            *out = versions[i].version;
            return true;
        }
    return false;
}

static int wrong(struct complaint *why, const char *what)
{
    return complain(why, -EINVAL, "", "", "%s", what);
}

/* What is said of version 3 fits together. */
static int check_user(const struct cli_values *v, const struct credential *c,
                      struct complaint *why)
{
    if (c->user == NULL)
        return wrong(why, "version 3 wants a --user");
    if ((c->auth != AUTH_NONE) != (v->auth_secret != NULL))
        return wrong(why, "--auth and --auth-secret belong together");
    if ((c->priv != PRIV_NONE) != (v->priv_secret != NULL))
        return wrong(why, "--priv and --priv-secret belong together");
    if (c->priv != PRIV_NONE && c->auth == AUTH_NONE)
        return wrong(why, "--priv needs --auth too");
    return 0;
}

static int describe(const struct cli_values *v, struct credential *c,
                    struct complaint *why)
{
    if (!version_parse(v, &c->version))
        return wrong(why, "--version is 1, 2c or 3");
    if (v->auth != NULL && !auth_protocol_parse(v->auth, &c->auth))
        return wrong(why, "--auth is MD5, SHA-1, SHA-224, SHA-256, SHA-384 or "
                          "SHA-512");
    if (v->priv != NULL && !priv_protocol_parse(v->priv, &c->priv))
        return wrong(why, "--priv is DES, AES-128, AES-192, AES-256, AES-192-C "
                          "or AES-256-C");
    c->name = mem_text("command line");
    c->user = mem_text(v->user);
    c->auth_secret = mem_text(v->auth_secret);
    c->priv_secret = mem_text(v->priv_secret);
    if (c->version == SNMP_V3)
        return check_user(v, c, why);
    if (v->user != NULL)
        return wrong(why, "--user belongs to --version 3");
    c->community = mem_text(v->community != NULL ? v->community : "public");
    return 0;
}

/* The one called name, else the first. */
static enum cli_exit configured(const struct cli_values *v,
                                const struct config *config,
                                struct credential **out, struct complaint *why)
{
    const struct credential *found =
        v->credential != NULL ? config_credential(config, v->credential)
        : config->credentials.count > 0 ? config->credentials.at[0]
                                        : NULL;

    if (found == NULL)
        return cli_refuse(why, CLI_WRONG_CONFIG,
                          "name one of its list `credentials`",
                          "%s has no credential \"%s\"", config->path,
                          v->credential != NULL ? v->credential : "");
    *out = credential_copy(found);
    return CLI_DONE;
}

enum cli_exit source_credential(const struct cli_values *v,
                                const struct config *config,
                                struct credential **out, struct complaint *why)
{
    *out = NULL;
    if (v->credential != NULL && is_described(v))
        return cli_refuse(why, CLI_WRONG_USAGE, "",
                          "--credential stands instead of community, version "
                          "and user");
    if (config != NULL && !is_described(v)) {
        enum cli_exit code = configured(v, config, out, why);

        if (code != CLI_DONE)
            return code;
    } else {
        OWNED(credential_free)
        struct credential *c = mem_new(struct credential);

        if (describe(v, c, why) < 0)
            return CLI_WRONG_USAGE;
        *out = TAKE(c);
    }
    free((*out)->context);
    (*out)->context = mem_text(v->context);
    return CLI_DONE;
}

/* ---- profiles ---- */

static bool is_dir(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The directory of this program, without a slash; "" if it is not told. */
static void own_dir(char *out, size_t room)
{
    ssize_t len = readlink("/proc/self/exe", out, room - 1);

    out[len > 0 ? len : 0] = '\0';
    char *slash = strrchr(out, '/');
    if (slash != NULL)
        *slash = '\0';
}

/* Beside this program, be it installed or in the tree it was built in; else as
 * the build says. And what the administrator added. */
static void add_installed(struct config_texts *dirs)
{
    static const char *const beside[] = {"../share/portolan/profiles",
                                         "../mibs/profiles"};
    struct buffer OWNED_BUFFER path = {0};
    char dir[PATH_MAX];

    own_dir(dir, sizeof dir);
    for (size_t i = 0; i < COUNT_OF(beside) && dirs->count == 0; i++) {
        buffer_clear(&path);
        buffer_format(&path, "%s/%s", dir, beside[i]);
        if (is_dir(path.at))
            *array_add(dirs) = mem_text(path.at);
    }
    if (dirs->count == 0 && is_dir(PORTOLAN_PREFIX "/share/portolan/profiles"))
        *array_add(dirs) = mem_text(PORTOLAN_PREFIX "/share/portolan/profiles");
    if (is_dir(PORTOLAN_ETC "/profiles"))
        *array_add(dirs) = mem_text(PORTOLAN_ETC "/profiles");
}

/* Directories with colons between them. */
static void add_listed(const char *list, struct config_texts *dirs)
{
    while (*list != '\0') {
        size_t len = strcspn(list, ":");

        if (len > 0)
            *array_add(dirs) = mem_text_of(list, len);
        list += len + (list[len] == ':');
    }
}

static void on_fault(const struct complaint *why, void *arg)
{
    (void)arg;
    (void)fprintf(stderr, "portolan: %s: %s; %s; left out\n", why->place,
                  why->what, why->remedy);
}

/* Where profiles are kept compiled: in the user's cache, a file for each list
 * of directories. False if there is no place for it. */
static bool cache_path(const struct config_texts *dirs, struct buffer *out)
{
    const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    struct buffer OWNED_BUFFER list = {0};

    if (base != NULL && base[0] == '/')
        buffer_format(out, "%s/portolan", base);
    else if (home != NULL && home[0] == '/')
        buffer_format(out, "%s/.cache/portolan", home);
    else
        return false;
    for (size_t i = 0; i < dirs->count; i++)
        buffer_format(&list, "%s\n", dirs->at[i]);
    if (file_make_dir(out->at, 0700) < 0)
        return false;
    buffer_format(out, "/profiles-%016" PRIx64, bytes_hash(buffer_view(&list)));
    return true;
}

struct profiles *source_profiles(const struct cli_values *v,
                                 const struct config *config)
{
    struct config_texts dirs = {0};
    size_t faults = 0;

    if (v->profiles != NULL)
        add_listed(v->profiles, &dirs);
    for (size_t i = 0;
         config != NULL && v->profiles == NULL && i < config->profiles.count;
         i++)
        if (is_dir(config->profiles.at[i]))
            *array_add(&dirs) = mem_text(config->profiles.at[i]);
    if (dirs.count == 0)
        add_installed(&dirs);
    struct buffer OWNED_BUFFER cache = {0};
    bool cached = cache_path(&dirs, &cache);
    struct profiles *set =
        profiles_load_cached((const char *const *)dirs.at, dirs.count,
                             cached ? cache.at : NULL, on_fault, NULL, &faults);
    if (profiles_count(set) == 0)
        (void)fputs("portolan: no device profile was found; name their "
                    "directory with --profiles DIR\n",
                    stderr);
    for (size_t i = 0; i < dirs.count; i++)
        free(dirs.at[i]);
    array_fini(&dirs);
    return set;
}
