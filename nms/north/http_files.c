#include "north/http_files.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/place.h"
#include "base/table.h"
#include "north/http_pack.h"

#include <dirent.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

enum { DEPTH_MAX = 8, BEST_LEVEL = 9 };

struct files {
    atomic_uint refs;
    size_t octets;
    struct file_list ARRAY_OF(struct file *) list;
    struct table *by_path;
};

/* ---- one file ---- */

static const struct {
    const char *suffix, *type;
    bool is_text;
} types[] = {
    {".html", "text/html; charset=utf-8", true},
    {".js", "text/javascript; charset=utf-8", true},
    {".mjs", "text/javascript; charset=utf-8", true},
    {".css", "text/css; charset=utf-8", true},
    {".svg", "image/svg+xml", true},
    {".json", "application/json", true},
    {".txt", "text/plain; charset=utf-8", true},
    {".webmanifest", "application/manifest+json", true},
    {".png", "image/png", false},
    {".ico", "image/x-icon", false},
    {".woff2", "font/woff2", false},
};

/* The row of types for a name; their count if there is none. */
static size_t type_of(const char *name)
{
    const char *dot = strrchr(name, '.');
    size_t i = 0;

    while (i < COUNT_OF(types) &&
           (dot == NULL || strcmp(types[i].suffix, dot) != 0))
        i++;
    return i;
}

/* Two runs of one hash over the content: 128 bits tell revisions of a file
 * apart; nobody gains by one that collides with his own. */
static void make_tags(struct file *f)
{
    static const uint64_t seeds[2][2] = {{1, 2}, {3, 4}};
    unsigned long long high = bytes_keyed_hash(seeds[0], f->content);
    unsigned long long low = bytes_keyed_hash(seeds[1], f->content);

    (void)snprintf(f->tag, sizeof f->tag, "\"%016llx%016llx\"", high, low);
    (void)snprintf(f->packed_tag, sizeof f->packed_tag, "\"%016llx%016llx-z\"",
                   high, low);
}

/* Packs the content, where that makes it shorter. */
static void pack(struct file *f)
{
    struct buffer packed = {0};

    if (http_pack(f->content, BEST_LEVEL, &packed)) {
        buffer_trim(&packed);
        f->packed = (struct bytes){.len = packed.len};
        f->packed.at = (const uint8_t *)buffer_take(&packed);
    }
    buffer_fini(&packed);
}

static void file_free(struct file *f)
{
    free((char *)f->path);
    free((uint8_t *)f->content.at);
    free((uint8_t *)f->packed.at);
    free(f);
}

/* ---- the folder ---- */

static int add_file(struct files *files, const char *full, const char *path,
                    struct complaint *why)
{
    struct buffer OWNED_BUFFER content = {0};
    size_t type = type_of(path);

    if (files->list.count >= FILES_MAX)
        return complain(why, -EFBIG, full, "give http.web the page's folder",
                        "there are more than %d files", FILES_MAX);
    int rc = file_read(full, FILES_OCTETS_MAX - files->octets, &content);
    if (rc < 0)
        return complain(why, rc, full, "see its rights and its size",
                        "a file of the page cannot be read: %s", strerror(-rc));
    struct file *f = mem_new(struct file);
    f->path = mem_text(path);
    f->type =
        type < COUNT_OF(types) ? types[type].type : "application/octet-stream";
    files->octets += content.len;
    f->content.len = content.len;
    f->content.at = (uint8_t *)buffer_take(&content);
    make_tags(f);
    if (type < COUNT_OF(types) && types[type].is_text)
        pack(f);
    *array_add(&files->list) = f;
    (void)table_put_text(files->by_path, f->path, f);
    return 0;
}

/* Reads what is in folder/prefix; prefix is "" or ends in '/'. */
static int read_folder(struct files *files, const char *folder,
                       const char *prefix, unsigned depth,
                       struct complaint *why);

static int read_entry(struct files *files, const char *folder, const char *path,
                      unsigned depth, struct complaint *why)
{
    struct buffer OWNED_BUFFER full = {0}, below = {0};
    struct stat st;

    buffer_format(&full, "%s/%s", folder, path);
    if (lstat(full.at, &st) < 0)
        return 0; /* it went meanwhile */
    if (S_ISREG(st.st_mode))
        return add_file(files, full.at, path, why);
    if (!S_ISDIR(st.st_mode) || depth == DEPTH_MAX)
        return 0;
    buffer_format(&below, "%s/", path);
    return read_folder(files, folder, below.at, depth + 1, why);
}

static int read_folder(struct files *files, const char *folder,
                       const char *prefix, unsigned depth,
                       struct complaint *why)
{
    struct buffer OWNED_BUFFER at = {0};
    int rc = 0;

    buffer_format(&at, "%s/%s", folder, prefix);
    DIR *dir = opendir(at.at);
    if (dir == NULL)
        return complain(why, -errno, at.at, "see its rights, or http.web",
                        "the page's folder cannot be read: %s",
                        strerror(errno));
    for (struct dirent *e; rc == 0 && (e = readdir(dir)) != NULL;) {
        struct buffer OWNED_BUFFER path = {0};

        if (e->d_name[0] == '.')
            continue;
        buffer_format(&path, "%s%s", prefix, e->d_name);
        rc = read_entry(files, folder, path.at, depth, why);
    }
    (void)closedir(dir);
    return rc;
}

int files_read(const char *folder, struct files **out, struct complaint *why)
{
    OWNED(files_unref) struct files *files = mem_new(struct files);

    *out = NULL;
    files->refs = 1;
    files->by_path = table_new();
    int rc = read_folder(files, folder, "", 0, why);
    if (rc == 0)
        *out = TAKE(files);
    return rc;
}

struct files *files_ref(struct files *f)
{
    atomic_fetch_add(&f->refs, 1);
    return f;
}

void files_unref(struct files *f)
{
    if (f == NULL || atomic_fetch_sub(&f->refs, 1) > 1)
        return;
    for (size_t i = 0; i < f->list.count; i++)
        file_free(f->list.at[i]);
    array_fini(&f->list);
    table_free(f->by_path);
    free(f);
}

size_t files_count(const struct files *f)
{
    return f->list.count;
}

/* ---- paths ---- */

/* Is it the address of a view, which the document shows? */
static bool is_view(const char *path)
{
    static const char *const views[] = {
        "",       "login",  "start",     "maps",     "devices", "graphs",
        "alerts", "events", "discovery", "settings", "risk",    "wall"};
    size_t len = strcspn(path, "/");

    for (size_t i = 0; i < COUNT_OF(views); i++)
        if (strlen(views[i]) == len && strncmp(views[i], path, len) == 0)
            return len > 0 || path[0] == '\0';
    return false;
}

const struct file *files_find(const struct files *f, const char *path)
{
    if (path[0] != '/')
        return NULL;
    const struct file *found = table_find_text(f->by_path, path + 1);
    if (found == NULL && is_view(path + 1))
        found = table_find_text(f->by_path, "index.html");
    return found;
}

void files_folder(struct buffer *out)
{
    static const char *const candidates[] = {
        "./web", /* where it was built */
        "./../share/portolan/web",
        PORTOLAN_PREFIX "/share/portolan/web",
        NULL,
    };

    place_find(candidates, R_OK | X_OK, out);
}
