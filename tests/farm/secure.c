#include "tests/farm/secure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct secure {
    struct usm *usm;
    uint64_t salt;
    uint8_t plain[MESSAGE_MAX];
};

struct secure *secure_new(void)
{
    struct secure *s = mem_new(struct secure);

    s->usm = usm_new();
    return s;
}

void secure_free(struct secure *s)
{
    if (s == NULL)
        return;
    usm_free(s->usm);
    free(s);
}

static int64_t view_engine_time_s(const struct view *v)
{
    return (view_up_ms(v) + v->skew_ms) / 1000 & INT32_MAX;
}

/* The user of that name; USERS_MAX if there is none. */
static size_t user_find(const struct farm *f, struct bytes name)
{
    for (size_t i = 0; i < f->user_count; i++)
        if (bytes_equal(bytes_of_text(f->users[i].user), name))
            return i;
    return USERS_MAX;
}

/* The user's keys at this agent, made at first use. NULL if they cannot be. */
static const struct usm_keys *user_keys(struct secure *s, struct farm *f,
                                        uint32_t agent, size_t user,
                                        struct bytes engine_id)
{
    struct agent_slot *a = &f->agents.at[agent];

    if (a->keys == NULL) {
        a->keys = mem_array(f->user_count, sizeof *a->keys);
        for (size_t i = 0; i < f->user_count; i++)
            a->keys[i].auth = AUTH_PROTOCOLS; /* not made yet */
    }
    struct usm_keys *keys = &a->keys[user];

    if (keys->auth == AUTH_PROTOCOLS &&
        usm_keys_make(s->usm, &f->users[user], engine_id, keys) < 0) {
        keys->auth = AUTH_PROTOCOLS;
        return NULL;
    }
    return keys;
}

static bool in_time(const struct view *v, const struct message *m)
{
    int64_t distance = view_engine_time_s(v) - m->v3.time_s;

    return m->v3.boots == v->boots && distance <= USM_WINDOW_S &&
           distance >= -USM_WINDOW_S;
}

static enum secure_verdict report(struct secure_result *out, enum usm_stat stat,
                                  uint8_t flags)
{
    out->report = stat;
    out->flags = flags;
    return SECURE_REPORT;
}

/* RFC 3414, 3.2, steps 3 to 7: who asks, and whether that is proven. */
static enum secure_verdict secure_check(struct secure *s,
                                        const struct secure_job *job,
                                        struct secure_result *out)
{
    const struct message *m = job->message;
    size_t user = user_find(job->farm, m->v3.user);

    if (!bytes_equal(m->v3.engine_id, job->view->engine_id))
        return report(out, USM_UNKNOWN_ENGINE, 0);
    if (user == USERS_MAX)
        return report(out, USM_UNKNOWN_USER, 0);
    const struct credential *u = &job->farm->users[user];
    uint8_t asked = m->v3.flags & (MESSAGE_AUTH | MESSAGE_PRIV);

    if (asked != usm_flags(u->auth, u->priv)) /* a user has one level alone */
        return report(out, USM_UNSUPPORTED_LEVEL, 0);
    out->keys = user_keys(s, job->farm, job->agent, user, job->view->engine_id);
    if (out->keys == NULL)
        return SECURE_DROP;
    out->flags = asked;
    if ((asked & MESSAGE_AUTH) == 0)
        return SECURE_GOOD;
    if (!usm_verify(s->usm, job->whole, m, out->keys)) {
        out->keys = NULL;
        return report(out, USM_WRONG_DIGEST, 0);
    }
    if (!in_time(job->view, m))
        return report(out, USM_NOT_IN_TIME_WINDOW, MESSAGE_AUTH);
    return SECURE_GOOD;
}

enum secure_verdict secure_open(struct secure *s, const struct secure_job *job,
                                struct secure_result *out)
{
    struct message *m = job->message;

    *out = (struct secure_result){0};
    if (s->usm == NULL || m->v3.security_model != MESSAGE_SECURITY_USM)
        return SECURE_DROP;
    enum secure_verdict verdict = secure_check(s, job, out);
    struct bytes body = m->body;

    if (verdict == SECURE_DROP)
        return verdict;
    if ((m->v3.flags & MESSAGE_PRIV) != 0) {
        if (verdict != SECURE_GOOD)
            return verdict;
        if (usm_decrypt(s->usm, m, out->keys, s->plain, sizeof s->plain,
                        &body) < 0)
            return report(out, USM_DECRYPTION_ERROR, MESSAGE_AUTH);
    }
    struct cursor c = cursor_over(body);

    if (message_decode_pdu(&c, job->scratch, m) < 0)
        return verdict == SECURE_REPORT ? verdict : SECURE_DROP;
    return verdict;
}

int secure_seal(struct secure *s, const struct view *v, struct message *reply,
                const struct secure_result *r, struct ber_builder *b)
{
    static const struct usm_keys none = {.auth = AUTH_NONE};

    reply->v3.engine_id = reply->v3.context_engine_id = v->engine_id;
    reply->v3.boots = (int32_t)v->boots;
    reply->v3.time_s = (int32_t)view_engine_time_s(v);
    reply->v3.flags = r->flags;
    return usm_seal(s->usm, b, reply, r->keys == NULL ? &none : r->keys,
                    ++s->salt);
}
