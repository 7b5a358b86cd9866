#include "north/notice_kept.h"

#include "base/mem.h"
#include "base/own.h"
#include "station/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct loading {
    notice_kept_fn on_kept;
    void *arg;
    struct ARRAY_OF(char *) strange; /* keys of nobody */
};

/* The number behind the last slash of a key; -EINVAL: there is none. */
static int read_number(const char *slash, uint32_t *out)
{
    char *end = NULL;

    if (slash == NULL || slash[1] < '0' || slash[1] > '9')
        return -EINVAL;
    errno = 0;
    unsigned long number = strtoul(slash + 1, &end, 10);
    if (errno != 0 || *end != '\0' || number > UINT32_MAX)
        return -EINVAL;
    *out = (uint32_t)number;
    return 0;
}

static int on_stored(void *arg, const char *key, const char *text)
{
    struct loading *l = arg;
    const char *slash = strrchr(key, '/');
    uint32_t number = 0;
    bool taken = false;

    if (read_number(slash, &number) == 0) {
        OWNED(free) char *name = mem_text_of(key, (size_t)(slash - key));
        json_t *o = json_loads(text, 0, NULL);

        taken = l->on_kept(l->arg, name, number, o);
        json_decref(o);
    }
    if (!taken)
        *array_add(&l->strange) = mem_text(key);
    return 0;
}

int notice_kept_load(struct store *store, const char *kind,
                     notice_kept_fn on_kept, void *arg, struct complaint *why)
{
    struct loading l = {.on_kept = on_kept, .arg = arg};
    int rc = store_load(store, kind, on_stored, &l, why);

    for (size_t i = 0; i < l.strange.count; i++) {
        store_delete(store, kind, l.strange.at[i]);
        free(l.strange.at[i]);
    }
    array_fini(&l.strange);
    return rc;
}
