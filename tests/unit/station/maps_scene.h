/* maps_scene.h - a station's maps of a small network, in a folder of their own.
 */
#ifndef TESTS_MAPS_SCENE_H
#define TESTS_MAPS_SCENE_H

#include "base/file.h"
#include "base/log.h"
#include "station/inference.h"
#include "station/maps.h"
#include "topology/map_doc.h"
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char hostile[] = "<script>\"&\\ 上海";

/* A folder of its own, a loop, a small network. */
struct bench {
    char dir[64];
    struct event_base *base;
    struct maps *maps;
    struct topo_device devices[3];
    struct addr addr;
    struct topology topology;
    struct inferred inferred;
};

/* How a picture came. */
struct answer {
    unsigned count;
    int result;
    struct complaint why;
    struct buffer picture;
};

static inline void on_picture(void *arg, int result, struct bytes picture,
                              uint64_t revision, const struct complaint *why)
{
    struct answer *a = arg;

    (void)revision;
    a->count++;
    a->result = result;
    a->why = *why;
    buffer_clear(&a->picture);
    buffer_add(&a->picture, picture.at, picture.len);
}

static inline void network_init(struct bench *b)
{
    static const char *const names[] = {"core", hostile, "lonely"};

    assert_int_equal(addr_parse("192.0.2.7", &b->addr), 0);
    for (size_t i = 0; i < COUNT_OF(b->devices); i++) {
        struct ident id = {.octets = {(uint8_t)(i + 1)}};
        struct topo_node *n = array_add(&b->topology.nodes);

        b->devices[i] = (struct topo_device){.id = id,
                                             .name = names[i],
                                             .addrs = &b->addr,
                                             .addr_count = i == 0};
        *n = (struct topo_node){.origin = NODE_DEVICE,
                                .id = id,
                                .name = names[i],
                                .device = i,
                                .kind = KIND_SWITCH,
                                .descr = ""};
    }
    *array_add(&b->topology.links) = (struct topo_link){.id = {.octets = {200}},
                                                        .a = 0,
                                                        .b = 1,
                                                        .a_port = "eth1",
                                                        .b_port = "eth2",
                                                        .layer = 2,
                                                        .why = "heard"};
    b->inferred = (struct inferred){
        .input = {.devices = b->devices, .count = COUNT_OF(b->devices)},
        .topology = &b->topology,
        .at = {1795000000000},
        .refs = 1, /* the bench's own */
    };
}

static inline struct maps *maps_open_ahead(struct bench *b, const char *render,
                                           unsigned ahead_ms)
{
    struct maps_options options = {.data_dir = b->dir,
                                   .render = render,
                                   .icons = "nms/web/icons",
                                   .ahead_ms = ahead_ms};
    struct maps *maps = NULL;

    assert_int_equal(maps_new(b->base, &options, &maps, NULL), 0);
    return maps;
}

static inline struct maps *maps_open(struct bench *b, const char *render)
{
    return maps_open_ahead(b, render, 0);
}

static inline int set_up(void **state)
{
    struct bench *b = mem_new(struct bench);

    (void)signal(SIGPIPE, SIG_IGN);
    snprintf(b->dir, sizeof b->dir, "/tmp/portolan-maps-XXXXXX");
    assert_non_null(mkdtemp(b->dir));
    b->base = event_base_new();
    b->maps = maps_open(b, NULL);
    network_init(b);
    *state = b;
    return 0;
}

static inline int tear_down(void **state)
{
    struct bench *b = *state;
    char command[128];

    maps_free(b->maps);
    event_base_free(b->base);
    array_fini(&b->topology.nodes);
    array_fini(&b->topology.links);
    snprintf(command, sizeof command, "rm -r %s", b->dir);
    assert_int_equal(system(command), 0);
    free(b);
    return 0;
}

static inline void start_refresh(struct bench *b)
{
    struct prefix prefix;

    assert_int_equal(prefix_parse("192.0.2.0/24", false, &prefix), 0);
    maps_refresh(b->maps, &b->inferred,
                 &(struct maps_wanted){.prefixes = &prefix, .prefix_count = 1});
}

static inline void refresh(struct bench *b)
{
    start_refresh(b);
    while (maps_busy(b->maps))
        assert_true(event_base_loop(b->base, EVLOOP_ONCE) >= 0);
}

static inline bool entry_of(struct bench *b, const char *name,
                            struct maps_entry *out)
{
    struct maps_entries entries = {0};
    bool found = false;

    maps_list(b->maps, &entries);
    for (size_t i = 0; i < entries.count && !found; i++) {
        found = strcmp(entries.at[i].name, name) == 0;
        *out = entries.at[i];
    }
    array_fini(&entries);
    return found;
}

static inline bool is_laid_out(struct bench *b, const char *name)
{
    struct maps_entry entry = {.name = NULL};

    return entry_of(b, name, &entry) && entry.laid_out;
}

static inline void reopen(struct bench *b, const char *render)
{
    maps_free(b->maps);
    b->maps = maps_open(b, render);
    assert_int_equal(maps_load(b->maps, NULL), 0);
}

/* A program that stands for portolan-render. */
static inline void script(struct bench *b, const char *name, const char *body,
                          char *path, size_t len)
{
    struct buffer OWNED_BUFFER text = {0};

    buffer_format(&text, "#!/bin/sh\n%s\n", body);
    snprintf(path, len, "%s/%s", b->dir, name);
    assert_int_equal(file_write(path, buffer_view(&text), 0755), 0);
    assert_int_equal(chmod(path, 0755), 0);
}

static inline void put_file(struct bench *b, const char *name, const char *text)
{
    char path[128];

    snprintf(path, sizeof path, "%s/maps/%s", b->dir, name);
    assert_int_equal(file_write(path, bytes_of_text(text), 0644), 0);
}

/* The network grows by many neighbours of the core: its maps are large. */
static inline void grow(struct bench *b, uint16_t count)
{
    for (uint16_t i = 0; i < count; i++) {
        struct topo_node *n = array_add(&b->topology.nodes);

        *n = (struct topo_node){
            .origin = NODE_GHOST,
            .id = {.octets = {100, (uint8_t)(i >> 8), (uint8_t)i}},
            .name = "many",
            .device = SIZE_MAX,
            .kind = KIND_SWITCH,
            .descr = ""};
        *array_add(&b->topology.links) = (struct topo_link){
            .id = {.octets = {201, (uint8_t)(i >> 8), (uint8_t)i}},
            .b = (uint32_t)b->topology.nodes.count - 1,
            .a_port = "",
            .b_port = "",
            .layer = 2,
            .why = "heard"};
    }
}

static inline bool is_there(struct bench *b, const char *name)
{
    char path[128];

    snprintf(path, sizeof path, "%s/maps/%s", b->dir, name);
    return access(path, R_OK) == 0;
}

/* Asks, and runs the loop until the answer is there. */
static inline void ask(struct bench *b, const char *name,
                       enum maps_format format, struct answer *a)
{
    unsigned before = a->count;

    maps_picture(b->maps, name, format, NULL, on_picture, a);
    assert_int_equal(a->count, before); /* never from within */
    while (a->count == before)
        assert_true(event_base_loop(b->base, EVLOOP_ONCE) >= 0);
}

/* A layout that gives every node a place, by sed. */
#define LAYOUT_SCRIPT                           \
    "case \"$*\" in *'--format gv'*) "          \
    "sed 's/origin=/pos=\"7,8!\", origin=/';; " \
    "*) cat >/dev/null; echo \"drawn $*\";; esac"

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
