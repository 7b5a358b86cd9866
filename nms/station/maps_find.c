/* Looks for nodes in all documents: in which map, and in which cloud there. */
#include "base/text.h"
#include "station/maps_parts.h"
#include "topology/map_doc.h"

enum { TEXT_MAX = 200 };

/* One search: asked by the loop, done by the thread. */
struct maps_search {
    struct maps *maps;
    char *text;
    struct maps_hits hits;
    struct arena *arena;
    maps_find_fn done; /* NULL: forgotten */
    bool forgotten;    /* atomic: the thread gives up */
    void *arg;
    struct maps_search *next;
};

/* True if text occurs in value; the case of ASCII letters counts for nothing.
 */
static bool occurs(const char *value, const char *text)
{
    size_t len = strlen(text);

    for (; *value != '\0'; value++) {
        size_t i = 0;

        while (i < len && value[i] != '\0' &&
               (value[i] | 0x20) == (text[i] | 0x20))
            i++;
        if (i == len)
            return true;
    }
    return false;
}

/* True if a list with blanks between has the word. */
static bool has_word(const char *list, const char *word)
{
    size_t len = strlen(word);

    while (*list != '\0') {
        size_t here = strcspn(list, " ");

        if (here == len && strncmp(list, word, len) == 0)
            return true;
        list += here;
        list += *list == ' ';
    }
    return false;
}

/* How well a node fits: what is called so comes first. */
static unsigned fitness(const struct map_node *n, const char *text)
{
    if (text_compare_nocase(map_node_label(n), text) == 0 ||
        strcmp(n->address, text) == 0 || strcmp(n->id, text) == 0 ||
        has_word(n->addresses, text))
        return 3;
    if (occurs(map_node_label(n), text) || occurs(n->label, text))
        return 2;
    return occurs(n->address, text) || occurs(n->addresses, text) ||
                   occurs(n->detail, text)
               ? 1
               : 0;
}

/* The labels of the clouds around a node, the outermost first: "DC 1 / pod 3".
 */
static const char *clouds_around(struct maps_search *s, const struct map *m,
                                 const struct map_node *n)
{
    const char *labels[MAP_CLOUD_DEPTH_MAX];
    uint32_t at = map_cloud_of(m, n);
    struct buffer OWNED_BUFFER text = {0};
    size_t count = 0;

    for (; at != UINT32_MAX && count < MAP_CLOUD_DEPTH_MAX;
         at = map_cloud_of(m, &m->nodes.at[at]))
        labels[count++] = map_node_label(&m->nodes.at[at]);
    buffer_text(&text, "");
    while (count-- > 0)
        buffer_format(&text, "%s%s", text.len > 0 ? " / " : "", labels[count]);
    return arena_text(s->arena, text.at);
}

static void take_hit(struct maps_search *s, const struct map *m,
                     const struct map_node *n, unsigned fits)
{
    *array_add(&s->hits) = (struct maps_hit){
        .map = arena_text(s->arena, map_name(m)),
        .view = map_view_of(m),
        .id = arena_text(s->arena, n->id),
        .name = arena_text(s->arena, map_node_label(n)),
        .address = arena_text(s->arena, n->address),
        .kind = n->kind,
        .clouds = clouds_around(s, m, n),
        .leads = arena_text(s->arena, n->leads),
        .fits = fits,
    };
}

static int hits_order(const void *a, const void *b)
{
    const struct maps_hit *x = a, *y = b;
    int order;

    if (x->fits != y->fits)
        return x->fits > y->fits ? -1 : 1;
    order = strcmp(x->name, y->name);
    if (order == 0 && x->view != y->view) /* the whole network first */
        order = x->view < y->view ? -1 : 1;
    return order != 0 ? order : strcmp(x->map, y->map);
}

static void search_map(struct maps_search *s, const struct map *m)
{
    enum { IN_ONE_MAX = 2000 };
    size_t before = s->hits.count;

    for (size_t i = 0;
         i < m->nodes.count && s->hits.count - before < IN_ONE_MAX; i++) {
        unsigned fits =
            m->nodes.at[i].edit.hidden ? 0 : fitness(&m->nodes.at[i], s->text);

        if (fits > 0)
            take_hit(s, m, &m->nodes.at[i], fits);
    }
}

/* Of maps that were asked for there may be many: one at a time is in memory. */
static void search_file(struct maps_search *s, struct maps_file *f)
{
    bool passing = f->found == NULL && f->asked > 0;
    const struct map *m = passing ? maps_shelf_open(f) : maps_shelf_look(f);

    if (m != NULL)
        search_map(s, m);
    if (passing)
        maps_shelf_close(f);
}

/* In the thread. */
static void search_work(void *arg)
{
    struct maps_search *s = arg;
    struct maps_shelf *shelf = s->maps->shelf;

    for (size_t i = 0; i < shelf->files.count; i++) {
        if (__atomic_load_n(&s->forgotten, __ATOMIC_RELAXED))
            break;
        search_file(s, shelf->files.at[i]);
    }
    maps_shelf_rest(shelf);
    if (s->hits.count > 0)
        qsort(s->hits.at, s->hits.count, sizeof *s->hits.at, hits_order);
    if (s->hits.count > MAPS_HITS_MAX)
        s->hits.count = MAPS_HITS_MAX;
}

static void leave(struct maps_search *s)
{
    struct maps_search **at = &s->maps->searches;

    while (*at != s)
        at = &(*at)->next;
    *at = s->next;
}

static void on_searched(void *arg, bool worked)
{
    struct maps_search *s = arg;

    (void)worked;
    leave(s);
    if (s->done != NULL)
        s->done(s->arg, &s->hits);
    array_fini(&s->hits);
    arena_free(s->arena);
    free(s->text);
    free(s);
}

void maps_find(struct maps *maps, const char *text, maps_find_fn done,
               void *arg)
{
    struct maps_search *s = mem_new(struct maps_search);
    size_t len = strlen(text);

    s->maps = maps;
    s->text = mem_text_of(text, len < TEXT_MAX ? len : TEXT_MAX);
    s->arena = arena_new();
    s->done = done;
    s->arg = arg;
    s->next = maps->searches;
    maps->searches = s;
    worker_do(maps->worker, search_work, on_searched, s);
}

void maps_find_forget(struct maps *maps, const void *arg)
{
    for (struct maps_search *s = maps->searches; s != NULL; s = s->next)
        if (s->arg == arg) {
            s->done = NULL;
            __atomic_store_n(&s->forgotten, true, __ATOMIC_RELAXED);
        }
}
