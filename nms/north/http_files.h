/* http_files.h - the page: the files of a folder, read once into memory.
 *
 * Only names that were found when the folder was read exist: whatever a path
 * says, no file is opened for it. Texts are kept compressed too.
 */
#ifndef NORTH_HTTP_FILES_H
#define NORTH_HTTP_FILES_H

#include "base/bytes.h"
#include "base/complaint.h"
#include "base/own.h"

enum {
    FILES_MAX = 5000,           /* in the folder */
    FILES_OCTETS_MAX = 64 << 20 /* in all of them */
};

struct files; /* shared and immutable */

struct file {
    const char *path; /* "base/html.js" */
    const char *type; /* of its content: "text/javascript; charset=utf-8" */
    struct bytes content;
    struct bytes packed; /* by gzip (RFC 1952); len 0: it would be no shorter */
    char tag[40];        /* strong ETag with its quotes (RFC 9110, 8.8.3) */
    char packed_tag[40]; /* of the packed form */
};

/* Reads every file in and below a folder; links, and names that begin with a
 * dot, are left out. 0, or -errno and *why. */
int files_read(const char *folder, struct files **out, struct complaint *why)
    __attribute__((warn_unused_result));

struct files *files_ref(struct files *f);
void files_unref(struct files *f); /* NULL is fine; from any thread */
OWNED_BY(struct files, files_unref)

size_t files_count(const struct files *f);

/* The file at a path of a request ("/base/html.js"), decoded or not: none of
 * ours needs it. Addresses of views ("/maps/physical") have the one document.
 * NULL: there is none. */
const struct file *files_find(const struct files *f, const char *path);

/* Appends where the page is: beside the program, or where it is installed; ""
 * if it is nowhere. */
void files_folder(struct buffer *out);

#endif
