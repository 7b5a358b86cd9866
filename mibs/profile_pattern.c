#include "mibs/profile_pattern.h"

#include "base/mem.h"
#include "base/text.h"

#include <assert.h>
#include <stdatomic.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* Enough for any honest pattern on a line of text; a pattern that backtracks
 * without end stops here after about a millisecond. */
enum { STEPS_MAX = 20000, DEPTH_MAX = 500, HEAP_KIB_MAX = 256 };

#define PCRE2_TEXT_OF(number) #number
#define PCRE2_TEXT(number) PCRE2_TEXT_OF(number)

struct compiled {
    pcre2_code *code;
    pcre2_match_context *limits;
};

/* A pattern of text that is known to be sound is compiled when it is first
 * used, by whichever thread that is. */
struct pattern {
    const char *text;
    bool borrows;                        /* the text is another's */
    _Atomic(struct compiled *) compiled; /* NULL: not yet, or never */
    atomic_bool is_none;                 /* it is no pattern after all */
};

static void compiled_free(struct compiled *c)
{
    if (c == NULL)
        return;
    pcre2_match_context_free(c->limits);
    pcre2_code_free(c->code);
    free(c);
}

static pcre2_match_context *limits_new(void)
{
    pcre2_match_context *limits = pcre2_match_context_create(NULL);

    if (limits == NULL)
        abort(); /* no memory: as mem_zero() */
    pcre2_set_match_limit(limits, STEPS_MAX);
    pcre2_set_depth_limit(limits, DEPTH_MAX);
    pcre2_set_heap_limit(limits, HEAP_KIB_MAX);
    return limits;
}

static struct compiled *text_compile(const char *text, struct buffer *error)
{
    int code = 0;
    PCRE2_SIZE at = 0;
    uint32_t groups = 0;
    pcre2_code *made =
        pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
                      PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C, &code, &at, NULL);

    if (made == NULL) {
        PCRE2_UCHAR words[120] = "";

        pcre2_get_error_message(code, words, sizeof words);
        buffer_format(error, "%s, at character %zu", (const char *)words, at);
        return NULL;
    }
    (void)pcre2_pattern_info(made, PCRE2_INFO_CAPTURECOUNT, &groups);
    if (groups >= PATTERN_GROUPS_MAX) {
        buffer_format(error, "more than %d groups", PATTERN_GROUPS_MAX - 1);
        pcre2_code_free(made);
        return NULL;
    }
    struct compiled *out = mem_new(struct compiled);

    *out = (struct compiled){made, limits_new()};
    return out;
}

struct pattern *pattern_new(const char *text, struct buffer *error)
{
    if (strlen(text) > PATTERN_TEXT_MAX) {
        buffer_format(error, "longer than %d octets", PATTERN_TEXT_MAX);
        return NULL;
    }
    struct compiled *compiled = text_compile(text, error);

    if (compiled == NULL)
        return NULL;
    struct pattern *p = mem_new(struct pattern);

    p->text = mem_text(text);
    atomic_init(&p->compiled, compiled);
    return p;
}

struct pattern *pattern_of_sound(const char *text)
{
    struct pattern *p = mem_new(struct pattern);

    p->text = text;
    p->borrows = true;
    atomic_init(&p->is_none, strlen(text) > PATTERN_TEXT_MAX);
    return p;
}

void pattern_free(struct pattern *p)
{
    if (p == NULL)
        return;
    compiled_free(atomic_load(&p->compiled));
    if (!p->borrows)
        free((char *)(uintptr_t)p->text);
    free(p);
}

/* NULL if it is no pattern after all. */
static const struct compiled *compiled_of(const struct pattern *constant)
{
    struct pattern *p = (struct pattern *)(uintptr_t)constant;
    struct buffer OWNED_BUFFER unheard = {0};
    struct compiled *known = atomic_load(&p->compiled);

    if (known != NULL || atomic_load(&p->is_none))
        return known;
    struct compiled *made = text_compile(p->text, &unheard);

    if (made == NULL)
        atomic_store(&p->is_none, true);
    else if (atomic_compare_exchange_strong(&p->compiled, &known, made))
        return made;
    compiled_free(made); /* another thread was first */
    return known;
}

const char *pattern_engine(void)
{
    return "PCRE2 " PCRE2_TEXT(PCRE2_MAJOR) "." PCRE2_TEXT(PCRE2_MINOR);
}

const char *pattern_text(const struct pattern *p)
{
    return p->text;
}

static void spans_copy(pcre2_match_data *data, unsigned count,
                       struct pattern_match *out)
{
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(data);

    out->count = count < PATTERN_GROUPS_MAX ? count : PATTERN_GROUPS_MAX;
    for (unsigned i = 0; i < out->count; i++) {
        out->span[i][0] = at[2 * i];
        out->span[i][1] = at[2 * i + 1];
    }
}

/* The part of subject that is looked at: whole characters of UTF-8. */
static size_t subject_len(const char *subject)
{
    const struct bytes head = {(const uint8_t *)subject,
                               strnlen(subject, PATTERN_SUBJECT_MAX + 1)};

    return text_fit(head, PATTERN_SUBJECT_MAX);
}

void pattern_room_fini(struct pattern_room *room)
{
    pcre2_match_data_free(room->data);
    room->data = NULL;
}

bool pattern_find_in(struct pattern_room *room, const struct pattern *p,
                     const char *subject, struct pattern_match *out)
{
    const struct compiled *c = compiled_of(p);

    if (c == NULL)
        return false;
    if (room->data == NULL)
        room->data = pcre2_match_data_create(PATTERN_GROUPS_MAX, NULL);
    if (room->data == NULL)
        abort(); /* no memory: as mem_zero() */
    int found = pcre2_match(c->code, (PCRE2_SPTR)subject, subject_len(subject),
                            0, 0, room->data, c->limits);
    if (found >= 0 && out != NULL) {
        out->subject = subject;
        /* 0: more groups than room; those that have room are set. */
        spans_copy(room->data,
                   found == 0 ? PATTERN_GROUPS_MAX : (unsigned)found, out);
    }
    return found >= 0;
}

bool pattern_find(const struct pattern *p, const char *subject,
                  struct pattern_match *out)
{
    struct pattern_room room = {0};
    bool found = pattern_find_in(&room, p, subject, out);

    pattern_room_fini(&room);
    return found;
}

/* The number of the group of that name, 0 or less if there is none. */
static int group_number(const struct pattern *p, const char *name)
{
    const struct compiled *c = compiled_of(p);

    return c != NULL
               ? pcre2_substring_number_from_name(c->code, (PCRE2_SPTR)name)
               : 0;
}

bool pattern_has_group(const struct pattern *p, const char *name)
{
    return group_number(p, name) > 0;
}

struct bytes pattern_group(const struct pattern *p,
                           const struct pattern_match *m, const char *name)
{
    int n = group_number(p, name);

    if (n <= 0 || (unsigned)n >= m->count || m->span[n][0] == PCRE2_UNSET ||
        m->span[n][1] < m->span[n][0])
        return (struct bytes){0};
    return (struct bytes){(const uint8_t *)m->subject + m->span[n][0],
                          m->span[n][1] - m->span[n][0]};
}

void pattern_replace(const struct pattern *p, const char *subject,
                     const char *with, struct buffer *out)
{
    const struct compiled *c = compiled_of(p);

    if (c == NULL) {
        buffer_text(out, subject);
        return;
    }
    char *room = mem_zero(2 * PATTERN_SUBJECT_MAX);
    PCRE2_SIZE len = 2 * PATTERN_SUBJECT_MAX;
    int rc = pcre2_substitute(
        c->code, (PCRE2_SPTR)subject, subject_len(subject), 0,
        PCRE2_SUBSTITUTE_GLOBAL | PCRE2_SUBSTITUTE_UNSET_EMPTY, NULL, c->limits,
        (PCRE2_SPTR)with, PCRE2_ZERO_TERMINATED, (PCRE2_UCHAR *)room, &len);

    if (rc >= 0)
        buffer_add(out, room, len);
    else
        buffer_text(out, subject);
    free(room);
}
