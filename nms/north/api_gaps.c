#include "north/api_gaps.h"

#include "north/json_out.h"
#include "station/station.h"

enum { MS_PER_S = 1000, MS_PER_MIN = 60000 };

void api_gaps_of(const struct api_request *r, const struct device_record *d,
                 const char *path, enum series_group group, struct wall from,
                 struct wall to, struct gap_spans *out)
{
    struct gaps_query query = {
        .path = path,
        .group = group,
        .from = from,
        .to = to,
        .margin_ms =
            d != NULL ? (int64_t)d->poll.interval_s * MS_PER_S : MS_PER_MIN};

    gaps_of(station_gaps(r->station), &query, out);
}

json_t *api_gaps_json(const struct gap_spans *gaps)
{
    json_t *list = json_array();

    for (size_t i = 0; i < gaps->count; i++) {
        const struct gap_span *s = &gaps->at[i];

        json_array_append_new(
            list, json_pack("{s:I,s:I,s:s,s:s}", "from",
                            (json_int_t)(s->from.ms / 1000), "to",
                            (json_int_t)(s->to.ms / 1000), "reason",
                            gap_name(s->why), "text", gap_text(s->why)));
    }
    return list;
}

static bool has_values(const struct series_rows *rows, size_t row,
                       const size_t *places, size_t count)
{
    for (size_t c = 0; c < count; c++)
        if (isfinite(rows->at[row * rows->columns + places[c]]))
            return true;
    return false;
}

/* The gap that has the most of a row's time; NULL if none has any. */
static const struct gap_span *gap_of_row(const struct gap_spans *gaps,
                                         int64_t from_ms, int64_t to_ms)
{
    const struct gap_span *best = NULL;
    int64_t most = 0;

    for (size_t i = 0; i < gaps->count; i++) {
        const struct gap_span *s = &gaps->at[i];
        int64_t begin = s->from.ms > from_ms ? s->from.ms : from_ms;
        int64_t end = s->to.ms < to_ms ? s->to.ms : to_ms;

        if (end - begin <= most)
            continue;
        most = end - begin;
        best = s;
    }
    return best;
}

json_t *api_gaps_of_rows(const struct gap_spans *gaps,
                         const struct series_rows *rows, const size_t *places,
                         size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < rows->rows; i++) {
        int64_t end_ms = (rows->first_s + (int64_t)i * rows->step_s) * 1000;
        const struct gap_span *s =
            has_values(rows, i, places, count)
                ? NULL
                : gap_of_row(gaps, end_ms - rows->step_s * 1000, end_ms);

        json_array_append_new(list, s != NULL ? json_string(gap_name(s->why))
                                              : json_null());
    }
    return list;
}

void api_gaps_pictured(const struct gap_spans *gaps, struct picture_gaps *out)
{
    for (size_t i = 0; i < gaps->count; i++)
        *array_add(out) = (struct picture_gap){
            .from_s = gaps->at[i].from.ms / 1000,
            .to_s = gaps->at[i].to.ms / 1000,
            .reason = gap_name(gaps->at[i].why),
        };
}
