#include "topology/boot.h"

enum { SURELY_APART_MS = 10000 };

enum boot boot_compare(int64_t a_ms, int64_t b_ms, int64_t wrap_ms,
                       int64_t slack_ms)
{
    int64_t apart = a_ms > b_ms ? a_ms - b_ms : b_ms - a_ms;

    if (wrap_ms > 0) {
        apart %= wrap_ms;
        if (apart > wrap_ms / 2)
            apart = wrap_ms - apart;
    }
    if (apart <= slack_ms)
        return BOOT_EQUAL;
    return apart <= SURELY_APART_MS ? BOOT_NEAR : BOOT_DIFFERENT;
}
