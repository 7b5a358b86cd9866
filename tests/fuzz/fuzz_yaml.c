/* Any octets as YAML: reading ends, is all or nothing, and tells every fault
 * with a place and without control characters; any octets as an agent's text:
 * what comes out is safe, short enough, and stays as it is when made safe
 * again. */
#include "base/bytes.h"
#include "base/text.h"
#include "base/yaml.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WALK_DEPTH_MAX = YAML_DEPTH_MAX + 1, TEXT_LIMIT = 255 };

struct sample {
    char *name;
    bool on;
    int64_t port, every_ms;
    double share;
    int color;
    size_t items;
};

static void must(bool holds)
{
    if (!holds)
        abort();
}

static int read_items(struct yaml_node n, void *field, void *ctx,
                      struct complaint *why)
{
    (void)ctx;
    for (size_t i = 0; i < yaml_count(n); i++)
        if (yaml_text(yaml_item(n, i)) == NULL)
            return yaml_complain(yaml_item(n, i), why, "write a text",
                                 "item %zu is no text", i);
    *(size_t *)field = yaml_count(n);
    return 0;
}

static const char *const colors[] = {"red", "green", NULL};

static const struct yaml_field inner_fields[] = {
    {.key = "port",
     .type = YAML_T_INT,
     .offset = offsetof(struct sample, port),
     .preset = "161",
     .min = 1,
     .max = 65535},
    {.key = "every",
     .type = YAML_T_DURATION,
     .offset = offsetof(struct sample, every_ms),
     .preset = "6h"},
    {.key = NULL},
};

static const struct yaml_field fields[] = {
    {.key = "name", .offset = offsetof(struct sample, name), .required = true},
    {.key = "on", .type = YAML_T_BOOL, .offset = offsetof(struct sample, on)},
    {.key = "share",
     .type = YAML_T_DOUBLE,
     .offset = offsetof(struct sample, share),
     .max = 1},
    {.key = "color",
     .type = YAML_T_CHOICE,
     .offset = offsetof(struct sample, color),
     .choices = colors},
    {.key = "inner", .type = YAML_T_MAP, .fields = inner_fields},
    {.key = "items",
     .type = YAML_T_CUSTOM,
     .offset = offsetof(struct sample, items),
     .read = read_items},
    {.key = NULL},
};

static void must_be_printable(const char *text)
{
    must(text_is_utf8(bytes_of_text(text)));
    for (; *text != '\0'; text++)
        must((unsigned char)*text >= ' ' && *text != 0x7f);
}

static void must_tell(const struct complaint *why)
{
    must(why->what[0] != '\0');
    must(strncmp(why->place, "fuzz", 4) == 0);
    must_be_printable(why->what);
    must_be_printable(why->place);
    must_be_printable(why->remedy);
}

/* Every node is of a kind, and deeper than allowed there is none. */
static void must_be_walkable(struct yaml_node n, unsigned depth)
{
    must(depth <= WALK_DEPTH_MAX);
    must((yaml_kind(n) == YAML_SCALAR) == (yaml_text(n) != NULL));
    for (size_t i = 0; i < yaml_count(n); i++) {
        if (yaml_kind(n) == YAML_MAP) {
            /* Keys are unique, so that the first found is the one meant. */
            must(yaml_key(n, i) != NULL);
            must(yaml_get(n, yaml_key(n, i)).node == yaml_item(n, i).node);
        }
        must_be_walkable(yaml_item(n, i), depth + 1);
    }
}

static void read_by_schema(const struct yaml *doc)
{
    struct sample s = {.name = NULL}, again = {.name = NULL};
    struct yaml_faults faults = {0};
    struct complaint why = {.what = ""};
    int first = yaml_read(yaml_root(doc), fields, &s, NULL, &why);
    int all = yaml_read_all(yaml_root(doc), fields, &again, NULL, &faults);

    must((first < 0) == (all < 0) && (all < 0) == (faults.count > 0));
    if (first == 0) {
        must(s.port >= 1 && s.port <= 65535);
        must(s.every_ms >= 0);
        must(s.share >= 0 && s.share <= 1);
        must(s.color == 0 || s.color == 1);
    } else {
        must_tell(&why);
        must(strcmp(why.what, faults.at[0].what) == 0);
    }
    for (size_t i = 0; i < faults.count; i++)
        must_tell(&faults.at[i]);
    free(s.name);
    free(again.name);
    array_fini(&faults);
}

static void must_become_safe(struct bytes from, const char *encoding,
                             bool keep_lines)
{
    struct buffer OWNED_BUFFER once = {0}, OWNED_BUFFER twice = {0};

    text_safe(from, encoding, keep_lines, TEXT_LIMIT, &once);
    must(once.len <= TEXT_LIMIT && strlen(once.at) == once.len);
    must(text_is_utf8(buffer_view(&once)));
    for (size_t i = 0; i < once.len; i++)
        must((unsigned char)once.at[i] >= ' ' ||
             (keep_lines && once.at[i] == '\n'));
    must(once.len == 0 || once.at[once.len - 1] != ' ');
    text_safe(buffer_view(&once), encoding, keep_lines, TEXT_LIMIT, &twice);
    must(bytes_equal(buffer_view(&once), buffer_view(&twice)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWNED(yaml_free) struct yaml *doc = NULL;
    struct complaint why = {.what = ""};
    int rc = yaml_parse("fuzz", (const char *)data, size, &doc, &why);

    must((rc == 0) == (doc != NULL));
    if (rc < 0) {
        must_tell(&why);
    } else {
        must_be_walkable(yaml_root(doc), 0);
        read_by_schema(doc);
    }
    must_become_safe((struct bytes){data, size}, NULL, false);
    must_become_safe((struct bytes){data, size}, "GB18030", true);
    return 0;
}
