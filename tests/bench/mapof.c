/* mapof - a map of a drawn network, as a document for portolan-render.
 *
 * usage: mapof DIR NAME > MAP.gv
 *
 * DIR holds devices.tsv and links.tsv, as the farm writes them with --truth;
 * NAME is that of a generated map: physical, sites, near-core-1-2 ... The last
 * device is the station.
 */
#include "base/file.h"
#include "base/table.h"
#include "topology/map_generate.h"

#include <stdio.h>

enum { COLUMNS_MAX = 24, FILE_MAX = 256 << 20, ADDRS_KEPT = 4 };

struct rows {
    struct row_list ARRAY_OF(char **) list; /* columns of each */
    char *text;
};

/* Cuts a table into its rows, without the first line. */
static int rows_read(const char *dir, const char *name, struct rows *out)
{
    struct buffer OWNED_BUFFER path = {0};
    struct buffer text = {0};
    static char rest_of_row[1];
    char *line, *rest;

    buffer_format(&path, "%s/%s", dir, name);
    if (file_read(path.at, FILE_MAX, &text) < 0) {
        fprintf(stderr, "%s: cannot be read\n", path.at);
        return -1;
    }
    out->text = buffer_take(&text);
    rest = out->text;
    (void)strsep(&rest, "\n");
    while ((line = strsep(&rest, "\n")) != NULL && line[0] != '\0') {
        char **columns = mem_array(COLUMNS_MAX, sizeof *columns);

        for (size_t i = 0; i < COLUMNS_MAX; i++) {
            char *column = line != NULL ? strsep(&line, "\t") : NULL;

            columns[i] = column != NULL ? column : rest_of_row;
        }
        *array_add(&out->list) = columns;
    }
    return 0;
}

struct network {
    struct topo_device *devices;
    struct topology topology;
    struct topo_input input;
    struct table *by_name; /* node + 1 */
};

static uint32_t node_of(struct network *n, const char *name)
{
    uintptr_t at = (uintptr_t)table_find_text(n->by_name, name);

    if (at != 0)
        return (uint32_t)(at - 1);
    /* What is in links alone: an unmanaged segment. */
    struct topo_node *new = array_add(&n->topology.nodes);
    uint64_t hash = bytes_hash(bytes_of_text(name));
    *new = (struct topo_node){
        .origin = NODE_SEGMENT, .name = name, .descr = "", .id = {{0xff}}};
    memcpy(new->id.octets + 1, &hash, sizeof hash);
    (void)table_put_text(n->by_name, name,
                         (void *)(uintptr_t)n->topology.nodes.count);
    return (uint32_t)n->topology.nodes.count - 1;
}

/* Columns of devices.tsv and links.tsv. */
enum { D_NAME = 0, D_LOCATION = 11, D_ADDRESSES = 12, D_KIND = 16 };
enum {
    L_A,
    L_A_PORT,
    L_B,
    L_B_PORT,
    L_LAYER,
    L_KIND,
    L_EVIDENCE,
    L_SURE,
    L_STATE
};

static void add_device(struct network *n, char **row)
{
    size_t at = n->input.count++;
    struct topo_device *d = &n->devices[at];
    struct facts *f = facts_new();
    struct addr *addrs = mem_array(ADDRS_KEPT, sizeof *addrs);
    struct topo_node *node = array_add(&n->topology.nodes);
    uint64_t hash = bytes_hash(bytes_of_text(row[D_NAME]));
    char *addresses = row[D_ADDRESSES], *one;

    f->system.location = row[D_LOCATION];
    *d = (struct topo_device){.name = row[D_NAME], .facts = f, .addrs = addrs};
    memcpy(d->id.octets, &hash, sizeof hash);
    if (device_kind_parse(row[D_KIND], &d->kind) < 0)
        d->kind = KIND_UNKNOWN;
    while ((one = strsep(&addresses, ",")) != NULL &&
           d->addr_count < ADDRS_KEPT)
        if (addr_parse(one, &addrs[d->addr_count]) == 0)
            d->addr_count++;
    *node = (struct topo_node){.origin = NODE_DEVICE,
                               .id = d->id,
                               .name = d->name,
                               .device = at,
                               .kind = d->kind,
                               .descr = ""};
    (void)table_put_text(n->by_name, d->name, (void *)(uintptr_t)(at + 1));
}

static void add_link(struct network *n, char **row)
{
    uint32_t a = node_of(n, row[L_A]), b = node_of(n, row[L_B]);
    uint64_t hash = bytes_hash(bytes_of_text(row[L_A])) * 3 +
                    bytes_hash(bytes_of_text(row[L_B]));
    struct topo_link *l = array_add(&n->topology.links);

    hash += bytes_hash(bytes_of_text(row[L_A_PORT]));
    *l = (struct topo_link){.a = a,
                            .b = b,
                            .a_port = row[L_A_PORT],
                            .b_port = row[L_B_PORT],
                            .layer = row[L_LAYER][0] == '3' ? 3 : 2,
                            .speed_bps = 1000000000,
                            .evidence = EVIDENCE_LLDP,
                            .why = ""};
    memcpy(l->id.octets, &hash, sizeof hash);
    if (strcmp(row[L_KIND], "bundle") == 0)
        l->kind = LINK_BUNDLE;
    if (strcmp(row[L_KIND], "segment") == 0)
        l->kind = LINK_SEGMENT;
    if (strcmp(row[L_STATE], "blocked") == 0)
        l->state = LINK_BLOCKED;
}

int main(int argc, char **argv)
{
    struct rows devices = {.text = NULL}, links = {.text = NULL};
    struct network n = {.by_name = table_new()};
    struct buffer OWNED_BUFFER out = {0};
    struct map_subject subject;

    if (argc != 3 || !map_subject_parse(argv[2], &subject)) {
        fputs("usage: mapof DIR NAME > MAP.gv\n", stderr);
        return 2;
    }
    if (rows_read(argv[1], "devices.tsv", &devices) < 0 ||
        rows_read(argv[1], "links.tsv", &links) < 0)
        return 1;
    n.devices = mem_array(devices.list.count + 1, sizeof *n.devices);
    for (size_t i = 0; i < devices.list.count; i++)
        add_device(&n, devices.list.at[i]);
    if (n.input.count > 0)
        n.devices[n.input.count - 1].station = true;
    for (size_t i = 0; i < links.list.count; i++)
        add_link(&n, links.list.at[i]);
    n.input.devices = n.devices;
    struct map_sources from = {.topology = &n.topology, .input = &n.input};
    struct map *m = map_generate(&subject, &from);
    if (m == NULL) {
        fprintf(stderr, "%s: there is nothing like that in %s\n", argv[2],
                argv[1]);
        return 1;
    }
    struct map_node_status *up =
        mem_array(n.topology.nodes.count + 1, sizeof *up);
    for (size_t i = 0; i < n.topology.nodes.count; i++)
        up[i] = (struct map_node_status){
            i < n.input.count ? MAP_UP : MAP_UNMANAGED, ""};
    map_set_status(m, &n.topology, &(struct map_status){up, NULL});
    map_write(m, &out);
    return fwrite(out.at, 1, out.len, stdout) == out.len ? 0 : 1;
}
