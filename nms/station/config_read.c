#include "station/config_read.h"

#include "base/clock.h"
#include "base/text.h"

#include <errno.h>
#include <iconv.h>
#include <stdarg.h>

enum { PORT_MAX = 65535, TEXTS_MAX = 1000, ENDPOINT_TEXT_MAX = 96 };

#define ADDRESS_REMEDY "write an address such as 192.0.2.1 or 2001:db8::1"
#define PREFIX_REMEDY "write a prefix such as 192.0.2.0/24 or 2001:db8::/64"

void config_warn(struct config *c, const char *place, const char *fmt, ...)
{
    struct buffer warning = {0};
    char *text = NULL;
    va_list args;

    va_start(args, fmt);
    if (vasprintf(&text, fmt, args) < 0)
        text = NULL;
    va_end(args);
    buffer_format(&warning, "%s: %s: %s", c->path, place,
                  text != NULL ? text : "");
    free(text);
    *array_add(&c->warnings) = buffer_take(&warning);
}

void config_texts_fini(struct config_texts *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->at[i]);
    array_fini(t);
}

int config_read_list(struct yaml_node n, size_t max, void *list,
                     struct config_reader *reader,
                     int (*read_item)(struct yaml_node item, void *list,
                                      struct config_reader *reader,
                                      struct complaint *why),
                     struct complaint *why)
{
    int result = 0;

    if (yaml_kind(n) != YAML_LIST)
        return yaml_complain(n, why, "write [...], or a line with \"- \" each",
                             "a list is expected");
    if (yaml_count(n) > max)
        return yaml_complain(n, why, "shorten it",
                             "the list has more than %zu items", max);
    for (size_t i = 0; i < yaml_count(n); i++) {
        struct complaint fault;
        int rc = read_item(yaml_item(n, i), list, reader, &fault);
        if (rc == 0)
            continue;
        if (result != 0)
            yaml_fault_add(reader->faults, why);
        *why = fault;
        result = rc;
    }
    return result;
}

/* Gives the text of a scalar. */
static int scalar(struct yaml_node n, const char *remedy, const char **text,
                  struct complaint *why)
{
    *text = yaml_text(n);
    if (*text != NULL && !yaml_is_null(n))
        return 0;
    return yaml_complain(n, why, remedy, "a single value is expected");
}

static int text_item(struct yaml_node n, void *list,
                     struct config_reader *reader, struct complaint *why)
{
    struct config_texts *texts = list;
    const char *text = NULL;

    (void)reader;
    if (scalar(n, "write one text", &text, why) < 0)
        return -EINVAL;
    if (text[0] == '\0')
        return yaml_complain(n, why, "leave it out", "the text is empty");
    for (size_t i = 0; i < texts->count; i++)
        if (strcmp(texts->at[i], text) == 0)
            return yaml_complain(n, why, "leave one of them out",
                                 "\"%s\" is in the list twice", text);
    *array_add(texts) = mem_text(text);
    return 0;
}

int config_read_texts(struct yaml_node n, void *field, void *ctx,
                      struct complaint *why)
{
    config_texts_fini(field);
    return config_read_list(n, TEXTS_MAX, field, ctx, text_item, why);
}

/* True if text might be the name of a host. */
static bool is_host_name(const char *text)
{
    bool letters = false;

    for (; *text != '\0'; text++) {
        bool letter =
            (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z');
        if (!letter && (*text < '0' || *text > '9') && *text != '-' &&
            *text != '.' && *text != '_')
            return false;
        letters = letters || letter;
    }
    return letters;
}

static int seed_item(struct yaml_node n, void *list,
                     struct config_reader *reader, struct complaint *why)
{
    struct config_addrs *seeds = list;
    const char *text = NULL;
    struct addr a;

    (void)reader;
    if (scalar(n, ADDRESS_REMEDY, &text, why) < 0)
        return -EINVAL;
    if (strchr(text, '/') != NULL)
        return yaml_complain(n, why, "put it under discovery.ranges",
                             "\"%s\" is a prefix, not an address", text);
    if (addr_parse(text, &a) < 0 && is_host_name(text))
        return yaml_complain(n, why,
                             "write its address: names can lead anywhere",
                             "\"%s\" is a name; names are not looked up", text);
    if (!addr_is_set(&a))
        return yaml_complain(n, why, ADDRESS_REMEDY, "\"%s\" is not an address",
                             text);
    if (addr_is_multicast(&a) || addr_is_unspecified(&a))
        return yaml_complain(n, why, "write the address of one device",
                             "%s is not the address of a device", text);
    *array_add(seeds) = a;
    return 0;
}

int config_read_seeds(struct yaml_node n, void *field, void *ctx,
                      struct complaint *why)
{
    struct config_addrs *seeds = field;

    array_fini(seeds);
    return config_read_list(n, CONFIG_LIST_MAX, field, ctx, seed_item, why);
}

static int prefix_item(struct yaml_node n, void *list,
                       struct config_reader *reader, struct complaint *why)
{
    struct config_prefixes *prefixes = list;
    const char *text = NULL;
    char right[ADDR_TEXT_MAX + 4], remedy[ADDR_TEXT_MAX + 16];
    struct prefix p, strict;

    (void)reader;
    if (scalar(n, PREFIX_REMEDY, &text, why) < 0)
        return -EINVAL;
    if (prefix_parse(text, true, &p) < 0)
        return yaml_complain(n, why, PREFIX_REMEDY, "\"%s\" is not a prefix",
                             text);
    if (prefix_parse(text, false, &strict) < 0) {
        (void)snprintf(remedy, sizeof remedy, "write %s",
                       prefix_format(&p, right, sizeof right));
        return yaml_complain(n, why, remedy,
                             "%s has bits beyond the prefix length", text);
    }
    *array_add(prefixes) = p;
    return 0;
}

int config_read_prefixes(struct yaml_node n, void *field, void *ctx,
                         struct complaint *why)
{
    struct config_prefixes *prefixes = field;

    array_fini(prefixes);
    return config_read_list(n, CONFIG_LIST_MAX, field, ctx, prefix_item, why);
}

int config_read_prefix(struct yaml_node n, struct config_prefixes *list,
                       struct config_reader *reader, struct complaint *why)
{
    return prefix_item(n, list, reader, why);
}

static int range_item(struct yaml_node n, void *list,
                      struct config_reader *reader, struct complaint *why)
{
    struct config_prefixes *ranges = list;
    int rc = prefix_item(n, list, reader, why);

    if (rc < 0)
        return rc;
    const struct prefix *p = &ranges->at[ranges->count - 1];
    if (prefix_hosts(p) <= UINT64_C(1) << CONFIG_RANGE_BITS_MAX)
        return 0;
    ranges->count--;
    return yaml_complain(n, why,
                         "give smaller ranges, or seeds and `follow: true`",
                         "%s is too large to be swept", yaml_text(n));
}

int config_read_ranges(struct yaml_node n, void *field, void *ctx,
                       struct complaint *why)
{
    struct config_prefixes *ranges = field;

    array_fini(ranges);
    return config_read_list(n, CONFIG_LIST_MAX, field, ctx, range_item, why);
}

int config_read_within(struct yaml_node n, void *field, void *ctx,
                       struct complaint *why)
{
    struct config_reader *reader = ctx;

    reader->within_given = true;
    return config_read_prefixes(n, field, ctx, why);
}

/* "5m for 7d" */
static int keep_parse(const char *text, struct series_keep *out)
{
    static const char between[] = " for ";
    const char *at = strstr(text, between);

    if (at == NULL)
        return -EINVAL;
    OWNED(free) char *step = mem_text_of(text, (size_t)(at - text));
    OWNED(free) char *span = mem_text(at + strlen(between));
    int rc = duration_parse(text_trim(step), &out->step_ms);

    return rc < 0 ? rc : duration_parse(text_trim(span), &out->span_ms);
}

static int keep_item(struct yaml_node n, void *list,
                     struct config_reader *reader, struct complaint *why)
{
    static const char remedy[] = "write it such as 5m for 7d";
    struct config_keeps *keeps = list;
    const char *text = NULL;
    struct series_keep keep = {0};

    (void)reader;
    if (scalar(n, remedy, &text, why) < 0)
        return -EINVAL;
    if (keep_parse(text, &keep) < 0)
        return yaml_complain(
            n, why, remedy, "\"%s\" is not a step and a time to keep it", text);
    if (keep.step_ms < 1000 || keep.step_ms % 1000 != 0)
        return yaml_complain(n, why, "write a step of whole seconds",
                             "the step of \"%s\" is not of whole seconds",
                             text);
    if (keep.span_ms < keep.step_ms)
        return yaml_complain(n, why, "keep it for longer than one step",
                             "\"%s\" keeps less than one value", text);
    if (keep.span_ms / keep.step_ms > 1000000)
        return yaml_complain(n, why, "write a longer step or a shorter time",
                             "\"%s\" keeps more than a million values", text);
    *array_add(keeps) = keep;
    return 0;
}

int config_read_keep(struct yaml_node n, void *field, void *ctx,
                     struct complaint *why)
{
    struct config_keeps *keeps = field;

    array_fini(keeps);
    int rc =
        config_read_list(n, LAYOUT_ARCHIVES_MAX, field, ctx, keep_item, why);
    if (rc == 0 && keeps->count == 0)
        return yaml_complain(n, why, "write at least one, such as 5m for 7d",
                             "nothing would be kept");
    return rc;
}

int config_read_encoding(struct yaml_node n, void *field, void *ctx,
                         struct complaint *why)
{
    static const char remedy[] = "write a name that `iconv -l` lists, such as "
                                 "GB18030";
    const char *text = NULL;
    char **out = field;

    (void)ctx;
    if (scalar(n, remedy, &text, why) < 0)
        return -EINVAL;
    iconv_t cd = iconv_open("UTF-8", text);
    if (cd == (iconv_t)-1)
        return yaml_complain(n, why, remedy, "\"%s\" is no known encoding",
                             text);
    (void)iconv_close(cd);
    free(*out);
    *out = mem_text(text);
    return 0;
}

/* "192.0.2.1:162" or "[2001:db8::1]:162" */
static int endpoint_parse(const char *text, struct config_endpoint *out)
{
    char host[ENDPOINT_TEXT_MAX];
    const char *colon = strrchr(text, ':');
    char *begin = host, *end = NULL;

    if (colon == NULL || (size_t)(colon - text) >= sizeof host)
        return -EINVAL;
    size_t len = (size_t)(colon - text);
    memcpy(host, text, len);
    host[len] = '\0';
    if (host[0] == '[' && len > 1 && host[len - 1] == ']') {
        host[len - 1] = '\0';
        begin++;
    } else if (strchr(host, ':') != NULL) {
        return -EINVAL; /* 2001:db8::1:162 could be all address */
    }
    unsigned long port = strtoul(colon + 1, &end, 10);
    if (colon[1] < '0' || colon[1] > '9' || *end != '\0' || port == 0 ||
        port > PORT_MAX)
        return -EINVAL;
    out->port = (uint16_t)port;
    return addr_parse(begin, &out->addr);
}

int config_read_listen(struct yaml_node n, void *field, void *ctx,
                       struct complaint *why)
{
    static const char remedy[] = "write it such as \"127.0.0.1:8161\" or "
                                 "\"[::1]:8161\", or \"\" for none";
    struct config_endpoint endpoint = {.port = 0};
    const char *text = NULL;

    (void)ctx;
    if (scalar(n, remedy, &text, why) < 0)
        return -EINVAL;
    if (text[0] != '\0' && endpoint_parse(text, &endpoint) < 0)
        return yaml_complain(n, why, remedy,
                             "\"%s\" is not an address and a port", text);
    *(struct config_endpoint *)field = endpoint;
    return 0;
}

int config_read_endpoint(struct yaml_node n, void *field, void *ctx,
                         struct complaint *why)
{
    static const char remedy[] = "write it such as \"udp:192.0.2.9:162\" or "
                                 "\"udp:[2001:db8::9]:162\"";
    const char *text = NULL;

    (void)ctx;
    if (scalar(n, remedy, &text, why) < 0)
        return -EINVAL;
    if (strncmp(text, "udp:", 4) != 0)
        return yaml_complain(n, why, remedy,
                             "\"%s\" does not begin with udp:", text);
    if (endpoint_parse(text + 4, field) < 0)
        return yaml_complain(n, why, remedy,
                             "\"%s\" is not an address and a port", text);
    return 0;
}

static int endpoint_item(struct yaml_node n, void *list,
                         struct config_reader *reader, struct complaint *why)
{
    struct config_endpoints *endpoints = list;
    struct config_endpoint endpoint = {.port = 0};
    int rc = config_read_endpoint(n, &endpoint, reader, why);

    if (rc == 0)
        *array_add(endpoints) = endpoint;
    return rc;
}

int config_read_endpoints(struct yaml_node n, void *field, void *ctx,
                          struct complaint *why)
{
    struct config_endpoints *endpoints = field;

    array_fini(endpoints);
    return config_read_list(n, TEXTS_MAX, field, ctx, endpoint_item, why);
}
