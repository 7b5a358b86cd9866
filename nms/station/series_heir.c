#include "station/series_heir.h"

#include "base/log.h"
#include "base/mem.h"
#include "station/series_asker.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Files that wait to be given; more are left where they are. */
enum { GIFTS_MAX = 20000, DIR_MODE = 0755 };

/* A file, whose name both folders share. */
struct gift {
    char from[LAYOUT_PATH_MAX], to[LAYOUT_PATH_MAX];
};

struct heir {
    char *root;
    struct asker *asker;
    struct gifts ARRAY_OF(struct gift *) gifts;
    size_t next;     /* the gift at hand */
    bool forgetting; /* it is given; rrdcached is told so */
    uint64_t given;
};

static void ask(struct heir *h, const char *word)
{
    struct buffer OWNED_BUFFER command = {0};

    buffer_format(&command, "%s %s\n", word, h->gifts.at[h->next]->from);
    asker_ask(h->asker, command.at);
}

/* Begins with the gift at hand. */
static void go_on(struct heir *h)
{
    if (h->next < h->gifts.count) {
        h->forgetting = false;
        ask(h, "FLUSH");
        return;
    }
    if (h->given > 0)
        log_info("series: %llu files go on under another device",
                 (unsigned long long)h->given);
    h->given = 0;
    h->next = 0;
    array_fini(&h->gifts);
}

/* Moves it where there is none yet. */
static bool give(struct heir *h, const struct gift *gift)
{
    struct buffer OWNED_BUFFER from = {0}, to = {0};

    buffer_format(&from, "%s%s", h->root, gift->from);
    buffer_format(&to, "%s%s", h->root, gift->to);
    return renameat2(AT_FDCWD, from.at, AT_FDCWD, to.at, RENAME_NOREPLACE) == 0;
}

static void next_gift(struct heir *h)
{
    free(h->gifts.at[h->next++]);
    go_on(h);
}

static void on_line(void *arg, const char *line)
{
    (void)arg;
    (void)line;
}

/* A refusal says that rrdcached knows nothing of it. Where it is away, what it
 * has of a file is in its journal, for the old name: the file stays. */
static void on_done(void *arg, int result, const char *words)
{
    struct heir *h = arg;
    bool away = result < 0 && result != -EPROTO;

    (void)words;
    if (!h->forgetting && !away && give(h, h->gifts.at[h->next])) {
        h->given++;
        h->forgetting = true;
        ask(h, "FORGET");
        return;
    }
    next_gift(h);
}

static void add_gift(struct heir *h, const char *from, const char *to,
                     const char *name)
{
    struct gift *gift = mem_new(struct gift);
    int from_len = snprintf(gift->from, sizeof gift->from, "%s/%s", from, name);
    int to_len = snprintf(gift->to, sizeof gift->to, "%s/%s", to, name);

    if (from_len >= (int)sizeof gift->from || to_len >= (int)sizeof gift->to ||
        !layout_path_is_ours(gift->from) || !layout_path_is_ours(gift->to)) {
        free(gift);
        return;
    }
    *array_add(&h->gifts) = gift;
}

void heir_give(struct heir *h, const char *from, const char *to)
{
    struct buffer OWNED_BUFFER path = {0};
    bool idle = h->gifts.count == 0;

    buffer_format(&path, "%s%s", h->root, from);
    DIR *dir = opendir(path.at);
    if (dir == NULL)
        return; /* it has no files */
    for (struct dirent *d;
         (d = readdir(dir)) != NULL && h->gifts.count < GIFTS_MAX;)
        add_gift(h, from, to, d->d_name);
    closedir(dir);
    buffer_clear(&path);
    buffer_format(&path, "%s%s", h->root, to);
    (void)mkdir(path.at, DIR_MODE); /* it is there already, as a rule */
    if (idle && h->gifts.count > 0)
        go_on(h);
}

void heir_free(struct heir *h)
{
    if (h == NULL)
        return;
    asker_free(h->asker);
    for (size_t i = h->next; i < h->gifts.count; i++)
        free(h->gifts.at[i]);
    array_fini(&h->gifts);
    free(h->root);
    free(h);
}

struct heir *heir_new(struct event_base *base, const char *root,
                      const struct cached_address *address)
{
    struct heir *h = mem_new(struct heir);
    struct asker_events events = {on_line, on_done, h};

    h->root = mem_text(root);
    h->asker = asker_new(base, address, &events);
    return h;
}
