/* cli_url.h - paths of the API: names of devices and ports, percent-encoded. */
#ifndef NORTH_CLI_URL_H
#define NORTH_CLI_URL_H

#include "base/bytes.h"

/* Appends the segments, up to a NULL, with slashes between them. Each is
 * encoded whole, so that a slash or '?' within it stays within it. */
void url_path(struct buffer *out, const char *first, ...)
    __attribute__((sentinel));

/* Appends "?name=value", or "&name=value" behind another; nothing if value is
 * NULL. */
void url_param(struct buffer *out, const char *name, const char *value);
void url_param_number(struct buffer *out, const char *name, int64_t value);

#endif
