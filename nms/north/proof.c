#include "north/proof.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

static bool copy(const char *at, size_t n, char *out, size_t len)
{
    out[0] = '\0';
    if (n == 0 || n >= len)
        return false;
    memcpy(out, at, n);
    out[n] = '\0';
    return true;
}

bool proof_cookie(const char *header, const char *name, char *out, size_t len)
{
    size_t name_len = strlen(name);

    out[0] = '\0';
    while (header != NULL && *header != '\0') {
        header += strspn(header, " \t;");
        size_t pair = strcspn(header, ";");

        if (pair > name_len && header[name_len] == '=' &&
            strncmp(header, name, name_len) == 0) {
            const char *value = header + name_len + 1;

            return copy(value, strcspn(value, "; \t"), out, len);
        }
        header += pair;
    }
    return false;
}

bool proof_bearer(const char *header, char *out, size_t len)
{
    static const char scheme[] = "Bearer ";
    enum { SCHEME_LEN = sizeof scheme - 1 };

    out[0] = '\0';
    if (header == NULL || strncasecmp(header, scheme, SCHEME_LEN) != 0)
        return false;
    header += SCHEME_LEN;
    header += strspn(header, " ");
    return copy(header, strcspn(header, " \t"), out, len);
}

bool proof_same_origin(const char *origin, const char *host)
{
    const char *behind = strstr(origin, "://");

    return host != NULL && host[0] != '\0' && behind != NULL &&
           text_compare_nocase(behind + 3, host) == 0;
}

bool proof_host(const char *header, char *out, size_t len)
{
    out[0] = '\0';
    if (header == NULL)
        return false;
    if (header[0] == '[')
        return copy(header + 1, strcspn(header + 1, "]"), out, len);
    return copy(header, strcspn(header, ":"), out, len);
}
