#include "station/secret_file.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

enum { FILE_MAX = 1 << 16 };

int secret_file_read(const char *path, char **out, bool *more)
{
    struct buffer OWNED_BUFFER text = {0};
    int rc = file_read(path, FILE_MAX, &text);

    *out = NULL;
    *more = false;
    if (rc == 0) {
        const char *line = text_trim(text.at);
        size_t len = strcspn(line, "\r\n");

        *more = line[len] != '\0';
        if (len > SECRET_LEN_MAX)
            rc = -EFBIG;
        else
            *out = text_trim(mem_text_of(line, len));
    }
    if (text.at != NULL)
        explicit_bzero(text.at, text.len);
    return rc;
}
