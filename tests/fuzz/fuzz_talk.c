/* Any octets as an answer of rrdtool, in two pieces: it ends, stays within its
 * bounds, and the image lies in what was said. */
#include "graphs/talk.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct talk t = {0};
    size_t cut = size > 0 ? data[0] % size : 0;
    enum talk_state state = talk_take(&t, (struct bytes){data, cut});

    if (state == TALK_MORE)
        state = talk_take(&t, (struct bytes){data + cut, size - cut});
    must(t.printed.count <= TALK_PRINTED_MAX);
    must(t.at <= t.said.len);
    if (state == TALK_DONE && t.image_len > 0)
        must(t.image_at + t.image_len <= t.at);
    for (size_t i = 0; i < t.printed.count; i++)
        must(strlen(t.printed.at[i]) < size);
    talk_clear(&t);
    return 0;
}
