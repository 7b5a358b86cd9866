#include "wire/walk_parts.h"

#include <errno.h>
#include <string.h>

static const struct value absent = {.type = VALUE_NO_INSTANCE};

static void put(struct walk *w, size_t i, const struct value *value)
{
    const struct oid here = {0};

    /* The row is one, the column new: nothing can be full or known. Its stamp
     * is that of the first answer that has all of it. */
    (void)walk_rows_put(&w->rows, here, i, value, &w->stamp, 1);
    if (w->with_uptime && !w->rows.last->stamp.has_uptime)
        w->rows.last->stamp = w->stamp;
    w->columns[i].ahead++;
    walk_column_end(w, &w->columns[i], 0);
    w->failures = 0;
}

void walk_scalars_next(struct walk *w)
{
    size_t most = walk_fit(w, w->value_octets, w->columns_max);

    if (w->live == 0) {
        if (walk_yield(w))
            walk_finish(w, 0);
        return;
    }
    w->asked_count = 0;
    w->repetitions = w->repetitions_fit = 1;
    for (size_t i = 0; i < w->count && w->asked_count < most; i++) {
        if (w->columns[i].ended)
            continue;
        w->asked[w->asked_count++] = (uint16_t)i;
    }
    walk_ask(w, w->below ? PDU_GET_NEXT : PDU_GET);
}

/* One cannot be had; those that were asked with it may. index counts from 1,
 * what leads included; some agents do not say which it is. */
static void without(struct walk *w, int32_t index)
{
    int32_t lead = (int32_t)w->lead;
    bool leads = index >= 1 && index <= lead;

    if (index > lead && (size_t)(index - lead) <= w->asked_count)
        put(w, w->asked[index - lead - 1], &absent);
    else if (w->asked_count > 1 && !leads)
        w->columns_max = w->asked_count / 2;
    else if (!walk_without_lead(w, index))
        put(w, w->asked[0], &absent);
}

/* Below a beginning are the names that it begins. */
static bool is_meant(const struct walk *w, size_t asked, struct bytes name)
{
    struct bytes begin = w->names[asked];

    return !w->below ||
           (name.len > begin.len && memcmp(name.at, begin.at, begin.len) == 0);
}

/* What an answer leaves out is asked again. False if that is all of it, and
 * less cannot be asked. */
static bool take_values(struct walk *w, const struct answer *answer)
{
    size_t skip = walk_stamp(w, answer);
    size_t came = answer->count - skip;

    if (came < w->asked_count)
        walk_note(w, QUIRK_TRUNCATED);
    if (came == 0)
        return walk_narrow(w);
    walk_weigh(w, answer);
    for (size_t i = 0; i < w->asked_count && i < came; i++)
        put(w, w->asked[i],
            is_meant(w, w->asked[i], answer->encoded[skip + i])
                ? &answer->varbinds[skip + i].value
                : &absent);
    return true;
}

void walk_scalars_take(struct walk *w, const struct answer *answer)
{
    if (answer->error_status == ERROR_TOO_BIG) {
        walk_note(w, QUIRK_TOO_BIG);
        if (!walk_narrow(w))
            put(w, w->asked[0], &absent);
    } else if (answer->error_status == ERROR_AUTHORIZATION) {
        walk_finish(w, -EACCES);
        return;
    } else if (answer->error_status != ERROR_NONE) {
        w->stamp = answer->stamp;
        without(w, answer->error_index);
    } else if (!take_values(w, answer)) {
        walk_finish(w, -EBADMSG);
        return;
    }
    walk_scalars_next(w);
}
