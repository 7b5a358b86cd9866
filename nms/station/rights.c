#include "station/rights.h"

#include "base/file.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "station/config.h"
#include "station/maps_parts.h"
#include "station/spawner.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cap-ng.h>

enum { NOT_FOR_OTHERS = 0027 };
enum { DESCRIPTORS_WANTED = 4096, CONFIG_OCTETS_MAX = 64 << 20 };

void rights_hide(void)
{
    const struct rlimit none = {0, 0};

    (void)umask(NOT_FOR_OTHERS);
    (void)setrlimit(RLIMIT_CORE, &none); /* less is always granted */
#ifndef SANITIZED                        /* which looks into itself */
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

static void check_file(const char *path, const char *what, unsigned mode)
{
    struct stat st;

    if (path[0] != '\0' && stat(path, &st) == 0 && (st.st_mode & S_IRWXO) != 0)
        log_warning("%s: everyone may read %s (mode %04o): run chmod %04o %s",
                    path, what, (unsigned)st.st_mode & 07777, mode, path);
}

void rights_check_files(const struct config *config)
{
    enum { DIR_MODE = 0750, KEY_MODE = 0640 };

    check_file(config->station.data, "the station's data", DIR_MODE);
    check_file(config->http.key, "the key of the page", KEY_MODE);
}

/* None of the libraries uses select(2), which would end at 1024. */
void rights_allow_descriptors(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 ||
        limit.rlim_cur >= DESCRIPTORS_WANTED)
        return;
    limit.rlim_cur = limit.rlim_max < DESCRIPTORS_WANTED ? limit.rlim_max
                                                         : DESCRIPTORS_WANTED;
    (void)setrlimit(RLIMIT_NOFILE, &limit); /* never beyond the hard one */
}

int rights_user(const struct config *config, const struct passwd **out,
                struct complaint *why)
{
    *out = NULL;
    if (geteuid() != 0)
        return 0;
    const struct passwd *user = getpwnam(config->station.user);
    if (user == NULL || user->pw_uid == 0)
        return complain(why, -ENOENT, "station.user",
                        "make it: useradd --system --no-create-home "
                        "--shell /usr/sbin/nologin portolan",
                        "there is no user \"%s\" to run as, other than root",
                        config->station.user);
    *out = user;
    return 0;
}

/* Where the user may put another thing, root would give it away: they make it
 * themselves. */
int rights_give_data(const struct config *config, const struct passwd *user,
                     struct complaint *why)
{
    const char *data = config->station.data;

    if (file_way_is_of(data, user->pw_uid, user->pw_gid))
        return 0;
    int rc = file_make_above(data);
    if (rc == 0)
        rc = file_make_dir(data, 0750);
    if (rc == 0 && chown(data, user->pw_uid, user->pw_gid) < 0)
        rc = -errno;
    return rc == 0 ? 0
                   : complain(why, rc, data, "see its owner and its disk",
                              "the data directory cannot be made: %s",
                              strerror(-rc));
}

int rights_drop(const struct passwd *user, struct complaint *why)
{
    if (user != NULL) {
        capng_clear(CAPNG_SELECT_BOTH);
        if (capng_change_id((int)user->pw_uid, (int)user->pw_gid,
                            CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING |
                                CAPNG_CLEAR_AMBIENT) != 0)
            return complain(why, -EPERM, "station.user", "start it as root",
                            "the rights of root cannot be given up");
    } else {
        /* What a service manager gave for the sockets is not kept either. */
        capng_clear(CAPNG_SELECT_BOTH);
        (void)capng_apply(CAPNG_SELECT_CAPS | CAPNG_SELECT_AMBIENT);
    }
    rights_hide(); /* another user: the kernel forgot it */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return complain(why, -errno, "no_new_privs", "use a newer kernel", "%s",
                        strerror(errno));
    return 0;
}

/* ---- programs ---- */

/* What the process that starts programs knows. */
struct permits {
    const struct config *config; /* that of the start */
    struct config *newer;        /* as last read from the disk; NULL */
    struct buffer render;
};

/* In portolan.yaml: what people set by the page is the station's to write, and
 * names no program. */
static bool names_program(const struct config *c, const char *program)
{
    for (size_t i = 0; i < c->own[CONFIG_RECEIVERS]; i++)
        if (c->receivers.at[i]->kind == RECEIVER_RUN &&
            strcmp(c->receivers.at[i]->run, program) == 0)
            return true;
    return false;
}

/* The file as the administrator wrote it; one that cannot be read, or is
 * faulty, changes nothing. */
static void read_again(struct permits *p)
{
    struct buffer OWNED_BUFFER text = {0};
    struct config *next = NULL;
    struct complaint why;
    const char *path = p->config->path;

    if (path[0] == '\0' || file_read(path, CONFIG_OCTETS_MAX, &text) < 0 ||
        config_parse(path, text.at, text.len, &next, &why) < 0)
        return;
    config_free(p->newer);
    p->newer = next;
}

/* By the configuration that is in force, as far as we know: the last that could
 * be read. */
static bool is_named(const struct permits *p, const char *program)
{
    return names_program(p->newer != NULL ? p->newer : p->config, program);
}

static bool permits(void *arg, const char *program)
{
    struct permits *p = arg;

    if (strcmp(program, "rrdcached") == 0 || strcmp(program, "rrdtool") == 0 ||
        strcmp(program, p->render.at) == 0)
        return true;
    if (is_named(p, program))
        return true;
    read_again(p);
    return is_named(p, program);
}

int rights_split(const struct config *config, struct spawner **out,
                 struct complaint *why)
{
    *out = NULL;
#ifdef SANITIZED
    (void)config;
    (void)why;
    (void)permits;
    return 0;
#else
    struct permits p = {.config = config};

    maps_find_render(&p.render);
    int rc = spawner_new(permits, &p, out);
    buffer_fini(&p.render);
    return rc == 0 ? 0
                   : complain(why, rc, "station", "see the limits of processes",
                              "no process can be made: %s", strerror(-rc));
#endif
}

int rights_enter_sandbox(struct complaint *why)
{
    int rc = sandbox_enter(SANDBOX_STATION);

    if (rc == 0) {
        log_notice("sandbox: in force: the station makes only the system calls "
                   "of its list, and starts no program itself");
        return 0;
    }
    if (rc == -ENOSYS) {
        log_warning("sandbox: none: this kernel or build has no filter of "
                    "system calls (seccomp); the station works without");
        return 0;
    }
    return complain(why, rc, "sandbox", "see the kernel's log",
                    "the filter of system calls cannot be set: %s",
                    strerror(-rc));
}
