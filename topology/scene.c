#include "topology/scene.h"

#include "base/text.h"

#include <stdarg.h>

/* FNV-1a, folded over lower-case octets; mixed afterwards. */
#define HASH_BASIS 0xcbf29ce484222325u
#define HASH_PRIME 0x100000001b3u

uint64_t scene_name_key(enum name_tag tag, uint32_t node, struct bytes name)
{
    uint64_t hash = HASH_BASIS ^ ((uint64_t)tag << 32 | node);

    hash = keymap_mix(hash);
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.at[i];

        if (tag <= NAME_CDP_GHOST && c >= 'A' && c <= 'Z')
            c = (uint8_t)(c - 'A' + 'a');
        hash = (hash ^ c) * HASH_PRIME;
    }
    return keymap_mix(hash ^ name.len);
}

void scene_name_put(struct keymap *m, uint64_t key, uint32_t value)
{
    if (keymap_put(m, key, value) != value)
        keymap_set(m, key, MANY);
}

const char *scene_format(struct scene *s, const char *fmt, ...)
{
    struct buffer OWNED_BUFFER text = {0};
    char line[512];
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(line, sizeof line, fmt, args); /* cut words stay words */
    va_end(args);
    text_safe(bytes_of_text(line), NULL, false, sizeof line, &text);
    return arena_text_of(s->arena, text.at, text.len);
}

void scene_conflict(struct scene *s, const char *fmt, ...)
{
    char line[512];
    va_list args;

    if (s->conflicts.count >= CONFLICTS_MAX)
        return;
    va_start(args, fmt);
    (void)vsnprintf(line, sizeof line, fmt, args); /* cut words stay words */
    va_end(args);
    *array_add(&s->conflicts) =
        (struct topo_conflict){scene_format(s, "%s", line)};
}

void scene_add_end(struct buffer *b, const struct ident *node, const char *port)
{
    buffer_add(b, node->octets, sizeof node->octets);
    buffer_text(b, port);
    buffer_char(b, '\n');
}

const char *scene_port_words(struct scene *s, uint32_t port)
{
    const char *label = port_label(s, port);
    const char *name = s->nodes.at[s->ports.at[port].node].name;

    return label[0] != '\0' ? scene_format(s, "%s %s", name, label) : name;
}

/* ---- devices in an order that does not depend on the input's ---- */

static int device_compare(const void *a, const void *b)
{
    const struct scene_node *x = a, *y = b;
    int order = ident_compare(&x->id, &y->id);

    if (order == 0)
        order = strcmp(x->name, y->name);
    if (order == 0)
        order = (x->input > y->input) - (x->input < y->input);
    return order;
}

/* Kinds that carry the frames of others. */
static bool kind_forwards(enum device_kind kind)
{
    return kind == KIND_SWITCH || kind == KIND_L3SWITCH || kind == KIND_STACK ||
           kind == KIND_AP || kind == KIND_WLC || kind == KIND_HYPERVISOR ||
           kind == KIND_PHONE;
}

static void add_device(struct scene *s, size_t input)
{
    const struct topo_device *d = &s->input->devices[input];

    *array_add(&s->nodes) = (struct scene_node){
        .device = d,
        .facts = d->facts,
        .input = input,
        .id = d->id,
        .name = d->name != NULL ? d->name : "",
        .kind = d->kind,
        .forwards = kind_forwards(d->kind),
        .bridge = NOWHERE,
        .descr = "",
    };
}

struct scene *scene_new(const struct topo_input *input)
{
    struct scene *s = mem_new(struct scene);

    s->input = input;
    s->arena = arena_new();
    for (size_t i = 0; i < input->count; i++)
        add_device(s, i);
    s->device_count = s->nodes.count;
    if (s->nodes.count > 0)
        qsort(s->nodes.at, s->nodes.count, sizeof *s->nodes.at, device_compare);
    return s;
}

static void fdb_fini(struct fdb *f)
{
    array_fini(&f->rows);
    array_fini(&f->bridges);
    free(f->mac_first);
    free(f->mac_rows);
    free(f->port_first);
    free(f->port_rows);
    free(f->bridge_first);
    free(f->voices);
}

void scene_free(struct scene *s)
{
    array_fini(&s->nodes);
    array_fini(&s->ports);
    array_fini(&s->macs);
    array_fini(&s->claims);
    array_fini(&s->edges);
    array_fini(&s->joins);
    array_fini(&s->l3_edges);
    array_fini(&s->subnets);
    array_fini(&s->conflicts);
    fdb_fini(&s->fdb);
    keymap_fini(&s->names);
    keymap_fini(&s->mac_ids);
    keymap_fini(&s->addrs);
    keymap_fini(&s->pairs);
    keymap_fini(&s->towards);
    keymap_fini(&s->pairs_l3);
    arena_free(s->arena);
    free(s);
}
