/* Any octets as what was learned of an agent: nothing, or habits within their
 * bounds that come back the same when they are written again. */
#include "station/learned.h"

#include "wire/engine.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer OWNED_BUFFER first = {0}, second = {0};
    char *text = mem_text_of(data, size);
    struct habits h, again;

    habits_init(&h);
    habits_init(&again);
    (void)learned_from_json(&h, text);
    must(h.window >= 1 && h.window <= HABIT_WINDOW_MAX);
    must(h.answer_octets >= HABIT_ANSWER_OCTETS_MIN &&
         h.answer_octets <= HABIT_ANSWER_OCTETS);
    must(h.tables.count <= HABIT_TABLES_MAX);
    must(h.quirks.count <= HABIT_QUIRKS_MAX);
    for (size_t i = 0; i < h.tables.count; i++)
        must(h.tables.at[i].max_repetitions >= 1);
    learned_to_json(&h, &first);
    must(learned_from_json(&again, first.at));
    learned_to_json(&again, &second);
    must(strcmp(first.at, second.at) == 0);
    habits_fini(&h);
    habits_fini(&again);
    free(text);
    return 0;
}
