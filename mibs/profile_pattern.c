#include "mibs/profile_pattern.h"

#include "base/mem.h"

#include <assert.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* Enough for any honest pattern on a line of text; a pattern that backtracks
 * without end stops here after about a millisecond. */
enum { STEPS_MAX = 20000, DEPTH_MAX = 500, HEAP_KIB_MAX = 256 };

struct pattern {
    char *text;
    pcre2_code *code;
    pcre2_match_context *limits;
};

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

struct pattern *pattern_new(const char *text, struct buffer *error)
{
    if (strlen(text) > PATTERN_TEXT_MAX) {
        buffer_format(error, "longer than %d octets", PATTERN_TEXT_MAX);
        return NULL;
    }
    int code = 0;
    PCRE2_SIZE at = 0;
    OWNED(pattern_free) struct pattern *p = mem_new(struct pattern);

    p->text = mem_text(text);
    p->code =
        pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
                      PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C, &code, &at, NULL);
    if (p->code == NULL) {
        PCRE2_UCHAR words[120] = "";

        pcre2_get_error_message(code, words, sizeof words);
        buffer_format(error, "%s, at character %zu", (const char *)words, at);
        return NULL;
    }
    uint32_t groups = 0;

    (void)pcre2_pattern_info(p->code, PCRE2_INFO_CAPTURECOUNT, &groups);
    if (groups >= PATTERN_GROUPS_MAX) {
        buffer_format(error, "more than %d groups", PATTERN_GROUPS_MAX - 1);
        return NULL;
    }
    p->limits = limits_new();
    return TAKE(p);
}

void pattern_free(struct pattern *p)
{
    if (p == NULL)
        return;
    pcre2_match_context_free(p->limits);
    pcre2_code_free(p->code);
    free(p->text);
    free(p);
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
    size_t len = strnlen(subject, PATTERN_SUBJECT_MAX + 1);

    if (len <= PATTERN_SUBJECT_MAX)
        return len;
    len = PATTERN_SUBJECT_MAX;
    while (len > 0 && ((unsigned char)subject[len] & 0xc0) == 0x80)
        len--;
    return len;
}

bool pattern_find(const struct pattern *p, const char *subject,
                  struct pattern_match *out)
{
    pcre2_match_data *data = pcre2_match_data_create(PATTERN_GROUPS_MAX, NULL);

    if (data == NULL)
        abort(); /* no memory: as mem_zero() */
    int found = pcre2_match(p->code, (PCRE2_SPTR)subject, subject_len(subject),
                            0, 0, data, p->limits);
    if (found >= 0 && out != NULL) {
        out->subject = subject;
        /* 0: more groups than room; those that have room are set. */
        spans_copy(data, found == 0 ? PATTERN_GROUPS_MAX : (unsigned)found,
                   out);
    }
    pcre2_match_data_free(data);
    return found >= 0;
}

bool pattern_has_group(const struct pattern *p, const char *name)
{
    return pcre2_substring_number_from_name(p->code, (PCRE2_SPTR)name) > 0;
}

struct bytes pattern_group(const struct pattern *p,
                           const struct pattern_match *m, const char *name)
{
    int n = pcre2_substring_number_from_name(p->code, (PCRE2_SPTR)name);

    if (n <= 0 || (unsigned)n >= m->count || m->span[n][0] == PCRE2_UNSET ||
        m->span[n][1] < m->span[n][0])
        return (struct bytes){0};
    return (struct bytes){(const uint8_t *)m->subject + m->span[n][0],
                          m->span[n][1] - m->span[n][0]};
}

void pattern_replace(const struct pattern *p, const char *subject,
                     const char *with, struct buffer *out)
{
    char *room = mem_zero(2 * PATTERN_SUBJECT_MAX);
    PCRE2_SIZE len = 2 * PATTERN_SUBJECT_MAX;
    int rc = pcre2_substitute(
        p->code, (PCRE2_SPTR)subject, subject_len(subject), 0,
        PCRE2_SUBSTITUTE_GLOBAL | PCRE2_SUBSTITUTE_UNSET_EMPTY, NULL, p->limits,
        (PCRE2_SPTR)with, PCRE2_ZERO_TERMINATED, (PCRE2_UCHAR *)room, &len);

    if (rc >= 0)
        buffer_add(out, room, len);
    else
        buffer_text(out, subject);
    free(room);
}
