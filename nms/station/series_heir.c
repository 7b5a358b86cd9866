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

/* A file, whose name both folders share. to "": it is removed. */
struct gift {
    char from[LAYOUT_PATH_MAX], to[LAYOUT_PATH_MAX];
};

struct heir {
    char *root;
    struct asker *asker;
    struct gifts ARRAY_OF(struct gift *) gifts;
    size_t next;     /* the gift at hand */
    bool forgetting; /* it is given; rrdcached is told so */
    uint64_t given, removed;
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
    if (h->removed > 0)
        log_info("series: %llu files were removed, as somebody wants it",
                 (unsigned long long)h->removed);
    h->given = h->removed = 0;
    h->next = 0;
    array_fini(&h->gifts);
}

static bool is_given(const struct gift *gift)
{
    return gift->to[0] != '\0';
}

/* Moves it where there is none yet, or removes it. */
static bool give(struct heir *h, const struct gift *gift)
{
    struct buffer OWNED_BUFFER from = {0}, to = {0};

    buffer_format(&from, "%s%s", h->root, gift->from);
    buffer_format(&to, "%s%s", h->root, gift->to);
    bool done = is_given(gift) ? renameat2(AT_FDCWD, from.at, AT_FDCWD, to.at,
                                           RENAME_NOREPLACE) == 0
                               : unlink(from.at) == 0;
    h->given += done && is_given(gift);
    h->removed += done && !is_given(gift);
    return done;
}

/* The folder of a file that was removed goes when it is empty. */
static void leave_folder(struct heir *h, const struct gift *gift)
{
    struct buffer OWNED_BUFFER folder = {0};

    buffer_text(&folder, h->root);
    buffer_add(&folder, gift->from, strcspn(gift->from, "/"));
    if (!is_given(gift))
        (void)rmdir(folder.at);
}

static void next_gift(struct heir *h)
{
    leave_folder(h, h->gifts.at[h->next]);
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
    const struct gift *gift = h->gifts.at[h->next];

    (void)words;
    if (!h->forgetting && (!away || !is_given(gift)) && give(h, gift)) {
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
    int to_len =
        to != NULL ? snprintf(gift->to, sizeof gift->to, "%s/%s", to, name) : 0;

    if (from_len >= (int)sizeof gift->from || to_len >= (int)sizeof gift->to ||
        !layout_path_is_ours(gift->from) ||
        (to != NULL && !layout_path_is_ours(gift->to))) {
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
    if (to != NULL) {
        buffer_format(&path, "%s%s", h->root, to);
        (void)mkdir(path.at, DIR_MODE); /* it is there already, as a rule */
    }
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
