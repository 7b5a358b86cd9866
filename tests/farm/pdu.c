#include "tests/farm/pdu.h"

#include <string.h>

enum { ERROR_READ_ONLY = 4, ERROR_NOT_WRITABLE = 17 };

static bool job_suffers(const struct pdu_job *j, enum fault kind)
{
    return (j->faults & fault_bit(kind)) != 0;
}

static void answer_fail(struct pdu_answer *out, int32_t status, size_t index)
{
    *out = (struct pdu_answer){
        .status = status, .index = (int32_t)index, .echo = true};
}

static struct oid asked_name(const struct pdu_job *j, size_t i)
{
    return j->asked->varbinds[i].name;
}

/* True if an agent of v1 cannot say this: RFC 3584, 4.2.2.1. */
static bool hidden_from_v1(const struct pdu_job *j, const struct value *value)
{
    return j->v1 && value->type == VALUE_COUNTER64;
}

static void get_respond(const struct pdu_job *j, struct pdu_answer *out)
{
    for (size_t i = 0; i < j->asked->count; i++) {
        struct spot at;
        struct value value = {0};
        bool has_object;

        if (!mib_find(j->mib, j->view, asked_name(j, i), &at, &value,
                      &has_object) ||
            hidden_from_v1(j, &value)) {
            if (j->v1) {
                answer_fail(out, ERROR_NO_SUCH_NAME, i + 1);
                return;
            }
            value.type = has_object ? VALUE_NO_INSTANCE : VALUE_NO_OBJECT;
        }
        if (!varbind_add(j->list, asked_name(j, i), &value)) {
            answer_fail(out, ERROR_TOO_BIG, 0);
            return;
        }
    }
}

/* The first variable after a name that the version can say. */
static bool job_after(const struct pdu_job *j, struct oid name, struct spot *at,
                      struct value *value)
{
    bool found = mib_after(j->mib, j->view, name, at, value);

    while (found && hidden_from_v1(j, value))
        found = mib_advance(j->mib, j->view, at, value);
    return found;
}

/* Answers the ith name with what comes after it; false if it does not fit. */
static bool next_respond(const struct pdu_job *j, size_t i, bool *ended,
                         struct spot *at)
{
    struct value value = {0};

    *ended = !job_after(j, asked_name(j, i), at, &value);
    if (!*ended)
        return varbind_add_spot(j->list, j->mib, j->view, at, &value);
    value.type = VALUE_END_OF_VIEW;
    return varbind_add(j->list, asked_name(j, i), &value);
}

static void get_next_respond(const struct pdu_job *j, size_t count,
                             struct pdu_answer *out)
{
    bool no_end = j->v1 || job_suffers(j, FAULT_NO_END);

    for (size_t i = 0; i < count; i++) {
        struct spot at;
        bool ended;

        if (!next_respond(j, i, &ended, &at)) {
            answer_fail(out, ERROR_TOO_BIG, 0);
            return;
        }
        if (ended && no_end) {
            answer_fail(out, ERROR_NO_SUCH_NAME, i + 1);
            return;
        }
    }
}

/* The ith column of a GETBULK gets what follows its spot, or the end of the
 * view. False when the answer is full, or an agent that does not know how to
 * tell the end comes to it. */
static bool bulk_column(const struct pdu_job *j, size_t i, struct oid asked)
{
    struct spot *at = &j->work->spots[i];
    struct value value = {0};

    if (!j->work->ended[i] && mib_advance(j->mib, j->view, at, &value))
        return varbind_add_spot(j->list, j->mib, j->view, at, &value);
    j->work->ended[i] = true;
    value = (struct value){.type = VALUE_END_OF_VIEW};
    /* the name of the last one would do as well: nobody reads it */
    return !job_suffers(j, FAULT_NO_END) && varbind_add(j->list, asked, &value);
}

static size_t at_least_zero(int32_t number)
{
    return number > 0 ? (size_t)number : 0;
}

/* The rows behind the first. */
static void bulk_rows(const struct pdu_job *j, size_t first, size_t rows,
                      unsigned most)
{
    size_t columns = j->asked->count - first;

    for (size_t row = 1; row < rows; row++) {
        size_t alive = 0;

        for (size_t i = 0; i < columns; i++)
            alive += !j->work->ended[i];
        if (alive == 0)
            return;
        for (size_t i = 0; i < columns; i++)
            if (j->list->count >= most ||
                !bulk_column(j, i, asked_name(j, first + i)))
                return;
    }
}

/* The first row; false if it is not whole. */
static bool bulk_first(const struct pdu_job *j, size_t first, unsigned most,
                       struct pdu_answer *out)
{
    for (size_t i = first; i < j->asked->count; i++) {
        size_t len = j->list->len;
        bool *ended = &j->work->ended[i - first];

        if (j->list->count >= most)
            return false;
        if (!next_respond(j, i, ended, &j->work->spots[i - first])) {
            if (j->list->count == 0)
                answer_fail(out, ERROR_TOO_BIG, 0);
            return false;
        }
        if (*ended && job_suffers(j, FAULT_NO_END)) {
            j->list->len = len;
            if (--j->list->count == 0)
                answer_fail(out, ERROR_NO_SUCH_NAME, 1);
            return false;
        }
    }
    return true;
}

/* RFC 3416, 4.2.3. */
static void get_bulk_respond(const struct pdu_job *j, struct pdu_answer *out)
{
    size_t first = at_least_zero(j->asked->non_repeaters);
    size_t rows = at_least_zero(j->asked->max_repetitions);
    unsigned most = job_suffers(j, FAULT_SHORT)
                        ? (unsigned)j->settings->of[FAULT_SHORT].low
                        : UINT32_MAX;

    if (first > j->asked->count)
        first = j->asked->count;
    get_next_respond(j, first, out);
    if (out->status == ERROR_NONE && rows > 0 &&
        bulk_first(j, first, most, out))
        bulk_rows(j, first, rows, most);
}

bool pdu_respond(const struct pdu_job *job, struct pdu_answer *out)
{
    *out = (struct pdu_answer){0};
    switch (job->asked->type) {
    case PDU_GET:
        get_respond(job, out);
        return true;
    case PDU_GET_NEXT:
        get_next_respond(job, job->asked->count, out);
        return true;
    case PDU_GET_BULK:
        if (job->v1 || job_suffers(job, FAULT_NO_BULK))
            return false;
        get_bulk_respond(job, out);
        return true;
    case PDU_SET:
        answer_fail(out, job->v1 ? ERROR_READ_ONLY : ERROR_NOT_WRITABLE, 1);
        return true;
    default:
        return false;
    }
}
