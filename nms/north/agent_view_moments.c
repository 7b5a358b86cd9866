/* When what is shown changed last. Such a moment stays when what it was of is
 * there no more; one that is yet to come, since the clock was set, does not. */
#include "base/bytes.h"
#include "north/agent_view_parts.h"

static void later(struct wall *at, struct wall other)
{
    if (other.ms > at->ms)
        *at = other;
}

/* Another one where objects came, went or changed their status. */
static uint64_t mark_of(const struct agent_view *v)
{
    enum { MIX = 31 };
    uint64_t mark = v->objects.count;

    for (size_t i = 0; i < v->objects.count; i++) {
        const struct object_row *o = &v->objects.at[i];
        const int64_t says[] = {o->index, agent_object_status(o)};

        mark = mark * MIX +
               bytes_hash((struct bytes){(const uint8_t *)says, sizeof says});
    }
    return mark;
}

static void date_objects(struct agent_view *v)
{
    for (size_t i = 0; i < v->objects.count; i++)
        if (v->objects.at[i].device != NULL)
            later(&v->objects_changed, v->objects.at[i].device->since);
}

static void date_alarms(struct agent_view *v)
{
    for (size_t i = 0; i < v->active.count; i++)
        later(&v->last_raised, v->active.at[i].record->raised);
    for (size_t i = 0; i < v->cleared.count; i++) {
        later(&v->last_raised, v->cleared.at[i].record->raised);
        later(&v->last_cleared, v->cleared.at[i].record->cleared);
    }
}

void agent_view_date(struct agent_view *v, const struct agent_view *before)
{
    struct wall now = v->snapshot->at;

    v->objects_mark = mark_of(v);
    date_objects(v);
    date_alarms(v);
    if (before == NULL)
        return;
    if (v->objects_mark != before->objects_mark)
        later(&v->objects_changed, now);
    if (before->objects_changed.ms <= now.ms)
        later(&v->objects_changed, before->objects_changed);
    if (before->last_raised.ms <= now.ms)
        later(&v->last_raised, before->last_raised);
    if (before->last_cleared.ms <= now.ms)
        later(&v->last_cleared, before->last_cleared);
}
