#include "topology/render_cage.h"
#include "base/sandbox.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* Between the soft and the hard limit of CPU time: for the last words. */
enum { LAST_WORDS_S = 2 };

static int limit(__rlimit_resource_t what, rlim_t value, rlim_t grace)
{
    struct rlimit now;

    if (getrlimit(what, &now) < 0)
        return -errno;
    if (now.rlim_max != RLIM_INFINITY && now.rlim_max < value + grace)
        value = now.rlim_max > grace ? now.rlim_max - grace : now.rlim_max;
    now.rlim_cur = value;
    if (now.rlim_max == RLIM_INFINITY || now.rlim_max > value + grace)
        now.rlim_max = value + grace;
    return setrlimit(what, &now) < 0 ? -errno : 0;
}

unsigned long cage_files(void)
{
    struct rlimit now;

    return getrlimit(RLIMIT_NOFILE, &now) < 0 ? 0 : now.rlim_cur;
}

int cage_enter(const struct cage_limits *limits)
{
    enum { FILES = 1 << 16, PICTURE_MB = 512, THREADS = 1024 };
    int rc = limits->memory_mb == 0
                 ? 0
                 : limit(RLIMIT_AS, (rlim_t)limits->memory_mb << 20, 0);

    if (rc == 0)
        rc = limit(RLIMIT_CPU, limits->cpu_s, LAST_WORDS_S);
    if (rc == 0)
        rc = limit(RLIMIT_NOFILE, FILES, 0);
    if (rc == 0)
        rc = limit(RLIMIT_CORE, 0, 0);
    /* Standard output may be a file. */
    if (rc == 0)
        rc = limit(RLIMIT_FSIZE, (rlim_t)PICTURE_MB << 20, 0);
    if (rc == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        rc = -errno;
    if (rc == 0)
        rc = sandbox_enter(SANDBOX_RENDER);
    /* The filter permits threads alone: Pango makes one. Without it a limit
     * holds, which counts all that the user runs. */
    return rc == -ENOSYS ? limit(RLIMIT_NPROC, THREADS, 0) : rc;
}
