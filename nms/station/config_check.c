/* What keys say together: faults, and what someone should look at. */
#include "station/config_read.h"

#include <stdarg.h>
#include <sys/stat.h>

enum { WORLD_READS = 0004, SOCKET_PATH_MAX = 107 };

/* Adds a fault of keys that do not go together. */
__attribute__((format(printf, 4, 5))) static void
add_fault(struct config_reader *reader, struct yaml_node n, const char *remedy,
          const char *fmt, ...)
{
    struct complaint why;
    char what[sizeof why.what];
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    if (yaml_complain(n, &why, remedy, "%s", what) < 0)
        yaml_fault_add(reader->faults, &why);
}

/* The node at section.key, or the nearest one that is there. */
static struct yaml_node place_of(struct yaml_node root, const char *section,
                                 const char *key)
{
    struct yaml_node map = yaml_get(root, section);
    struct yaml_node n = yaml_get(map, key);

    if (!yaml_is_null(n))
        return n;
    return yaml_is_null(map) ? root : map;
}

static void check_paths(struct config_reader *reader, struct yaml_node root)
{
    const struct config *c = reader->config;
    const struct {
        const char *key, *path;
    } paths[] = {{"data", c->station.data}, {"socket", c->station.socket}};

    for (size_t i = 0; i < COUNT_OF(paths); i++)
        if (paths[i].path != NULL && paths[i].path[0] != '/')
            add_fault(reader, place_of(root, "station", paths[i].key),
                      "write a path that begins with /",
                      "\"%s\" is not an absolute path", paths[i].path);
    if (c->station.socket != NULL &&
        strlen(c->station.socket) > SOCKET_PATH_MAX)
        add_fault(reader, place_of(root, "station", "socket"),
                  "use a shorter path",
                  "a socket's path has at most 107 octets");
}

/* Names a master as AgentX knows it, and a cache as rrdcached does. */
static void check_services(struct config_reader *reader, struct yaml_node root)
{
    const struct config *c = reader->config;
    const char *master = c->agentx.master, *cache = c->series.rrdcached;

    if (master != NULL && master[0] != '\0' && master[0] != '/' &&
        strncmp(master, "tcp:", 4) != 0)
        add_fault(reader, place_of(root, "agentx", "master"),
                  "write a path, tcp:HOST:705, or \"\" for none",
                  "\"%s\" is neither a path nor tcp:HOST:PORT", master);
    if (cache != NULL && strcmp(cache, "private") != 0 &&
        strncmp(cache, "unix:/", 6) != 0 && strchr(cache, ':') == NULL)
        add_fault(reader, place_of(root, "series", "rrdcached"),
                  "write private, unix:/PATH or ADDRESS:PORT",
                  "\"%s\" is not a place of rrdcached", cache);
    if (c->http.certificate != NULL && c->http.key != NULL &&
        (c->http.certificate[0] == '\0') != (c->http.key[0] == '\0'))
        add_fault(reader, place_of(root, "http", "certificate"),
                  "give both or none", "certificate and key belong together");
}

/* An empty list is somebody's will; a key that is not there was forgotten. */
static void check_purpose(struct config_reader *reader, struct yaml_node root)
{
    struct yaml_node discovery = yaml_get(root, "discovery");

    if (yaml_is_null(yaml_get(root, "credentials")))
        add_fault(reader, root,
                  "add credentials: [{name: lab, version: 2c, community: "
                  "...}]",
                  "there are no credentials: no agent would answer");
    if (yaml_is_null(yaml_get(discovery, "seeds")) &&
        yaml_is_null(yaml_get(discovery, "ranges")) &&
        yaml_is_null(yaml_get(discovery, "local")))
        add_fault(reader, place_of(root, "discovery", "seeds"),
                  "give discovery seeds or ranges, or local: true",
                  "there is nothing to discover");
}

static void warn_of_purpose(struct config *c)
{
    const struct config_discovery *d = &c->discovery;

    if (c->credentials.count == 0)
        config_warn(c, "credentials", "the list is empty: no agent is asked");
    if (d->seeds.count == 0 && d->ranges.count == 0 && !d->local)
        config_warn(c, "discovery",
                    "no seeds, no ranges, not local: nothing is discovered "
                    "but by command");
}

static void warn_of_discovery(struct config *c)
{
    const struct config_discovery *d = &c->discovery;
    OWNED(fence_free) struct fence *fence = config_fence(c);
    char text[ADDR_TEXT_MAX + 4];
    size_t outside = 0;

    for (size_t i = 0; i < d->seeds.count; i++)
        if (!fence_permits(fence, &d->seeds.at[i]) && outside++ < 10)
            config_warn(c, "discovery.seeds",
                        "%s is outside discovery.within: it is never asked",
                        addr_format(&d->seeds.at[i], text, sizeof text));
    for (size_t i = 0; i < d->ranges.count; i++) {
        struct addr first = prefix_host(&d->ranges.at[i], 0);
        if (!fence_permits(fence, &first) && outside++ < 10)
            config_warn(c, "discovery.ranges",
                        "%s begins outside discovery.within: what is outside "
                        "is not swept",
                        prefix_format(&d->ranges.at[i], text, sizeof text));
    }
    if (d->local && d->within.count == 0)
        config_warn(c, "discovery.local",
                    "discovery.within is empty: the station's own neighbors "
                    "are shown but not asked");
}

static void warn_of_file(const struct config_reader *reader)
{
    struct config *c = reader->config;
    struct stat st;

    if (reader->secret_inside && stat(c->path, &st) == 0 &&
        (st.st_mode & WORLD_READS) != 0)
        config_warn(c, "credentials",
                    "the file holds secrets and everyone may read it (mode "
                    "%04o): run chmod 0640 on it",
                    (unsigned)st.st_mode & 0777);
}

void config_check_whole(struct config_reader *reader, struct yaml_node root)
{
    check_paths(reader, root);
    check_services(reader, root);
    if (reader->config->path[0] != '\0')
        check_purpose(reader, root);
}

void config_warn_whole(const struct config_reader *reader)
{
    struct config *c = reader->config;

    if (c->path[0] != '\0')
        warn_of_purpose(c);
    warn_of_discovery(c);
    warn_of_file(reader);
}
