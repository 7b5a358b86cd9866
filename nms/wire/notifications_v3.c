/* What is v3 about notifications: whose keys, which clock, and our own engine.
 */
#include "wire/notifications_parts.h"

#include "base/mem.h"

#include <string.h>

static const uint32_t usm_stats_root[] = {1, 3, 6, 1, 6, 3, 15, 1, 1};
static const uint8_t LEVEL = MESSAGE_AUTH | MESSAGE_PRIV;

/* ---- keys ---- */

void notifications_forget_keys(struct notifications *n)
{
    size_t at = 0;
    void *value;

    while (table_next(n->senders, &at, NULL, &value)) {
        struct known_sender *s = value;

        usm_keys_wipe(&s->keys);
        free(s);
    }
    table_free(n->senders);
    n->senders = table_new();
    for (size_t i = 0; i < n->credential_count; i++)
        usm_keys_wipe(&n->own_keys[i]);
    free(n->own_keys);
    n->own_keys = NULL;
}

/* A credential is for a message of its user at its very level: what is less
 * secure than how we ask is not believed. */
static bool is_for(const struct credential *c, const struct message_v3 *v3)
{
    return c->version == SNMP_V3 &&
           bytes_equal(bytes_of_text(c->user), v3->user) &&
           usm_flags(c->auth, c->priv) == (v3->flags & LEVEL);
}

/* Verifies the digest and decrypts, as the flags say. */
static bool unseal(struct notifications *n, const struct coming *c,
                   const struct usm_keys *keys, struct bytes *body)
{
    const struct message *m = &c->m;

    *body = m->body;
    if ((m->v3.flags & MESSAGE_AUTH) != 0 &&
        !usm_verify(n->usm, c->datagram->octets, m, keys))
        return false;
    return (m->v3.flags & MESSAGE_PRIV) == 0 ||
           usm_decrypt(n->usm, m, keys, n->plain, MESSAGE_MAX, body) == 0;
}

/* ---- traps: the sender is the authority ---- */

enum { SENDER_KEY_MAX = MESSAGE_ENGINE_ID_MAX + MESSAGE_USER_MAX + 2 };

/* Length of the id, id, user, level. */
static struct bytes sender_key(const struct message_v3 *v3,
                               uint8_t out[SENDER_KEY_MAX])
{
    size_t len = 0;

    out[len++] = (uint8_t)v3->engine_id.len;
    out[len++] = v3->flags & LEVEL;
    memcpy(out + len, v3->engine_id.at, v3->engine_id.len);
    len += v3->engine_id.len;
    if (v3->user.len > 0)
        memcpy(out + len, v3->user.at, v3->user.len);
    return (struct bytes){out, len + v3->user.len};
}

/* RFC 3414, 3.2 7b: what is newer than all that was told is the clock from then
 * on, so that a slow one is followed; else boots and time are not behind it by
 * more than the window. */
static bool is_timely(struct notifications *n, struct known_sender *s,
                      const struct coming *c)
{
    const struct message_v3 *v3 = &c->m.v3;
    int64_t age_s = mono_ms_between(s->told, c->datagram->read) / 1000;
    int64_t now_s = s->time_s + (age_s > 0 ? age_s : 0);
    int32_t boots = 0, time_s = 0;
    bool newer = v3->boots > s->boots ||
                 (v3->boots == s->boots && v3->time_s > s->time_s);
    bool behind = v3->boots < s->boots || v3->time_s < now_s - USM_WINDOW_S;

    if (!newer && !behind)
        return true;
    if (!newer) { /* unless it has lost its state: what it answers tells */
        if (!n->listener.engine_clock(n->listener.arg, v3->engine_id, &boots,
                                      &time_s) ||
            boots != v3->boots || v3->time_s < time_s - USM_WINDOW_S)
            return false;
    }
    s->boots = v3->boots;
    s->time_s = v3->time_s;
    s->told = c->datagram->read;
    return true;
}

static struct known_sender *sender_add(struct notifications *n,
                                       const struct coming *c,
                                       const struct credential *credential,
                                       const struct usm_keys *keys)
{
    struct known_sender *s = mem_new(struct known_sender);
    uint8_t key[SENDER_KEY_MAX];

    if (table_count(n->senders) >= NOTIFICATION_SENDERS_MAX) {
        struct bytes oldest;
        size_t at = 0;

        (void)table_next(n->senders, &at, &oldest, NULL);
        free(table_remove(n->senders, oldest));
    }
    *s = (struct known_sender){.credential = credential,
                               .keys = *keys,
                               .boots = c->m.v3.boots,
                               .time_s = c->m.v3.time_s,
                               .told = c->datagram->read};
    free(table_put(n->senders, sender_key(&c->m.v3, key), s));
    return s;
}

/* The digest alone: a key of privacy may cost a million octets of hashing, and
 * is not made for whoever names another engine in each message. */
static bool is_authentic(struct notifications *n, const struct coming *c,
                         const struct credential *credential)
{
    struct credential shallow = *credential;
    struct usm_keys keys;

    if (credential->auth == AUTH_NONE)
        return true;
    shallow.priv = PRIV_NONE;
    bool is = usm_keys_make(n->usm, &shallow, c->m.v3.engine_id, &keys) == 0 &&
              usm_verify(n->usm, c->datagram->octets, &c->m, &keys);
    usm_keys_wipe(&keys);
    return is;
}

/* The credential by which the message is authentic, and its keys. */
static const struct credential *try_one(struct notifications *n,
                                        const struct coming *c,
                                        const struct credential *credential,
                                        struct usm_keys *keys,
                                        struct bytes *body)
{
    if (credential == NULL || !is_for(credential, &c->m.v3) ||
        !is_authentic(n, c, credential) ||
        usm_keys_make(n->usm, credential, c->m.v3.engine_id, keys) < 0)
        return NULL;
    return unseal(n, c, keys, body) ? credential : NULL;
}

/* That by which the device is polled first, then the others in their order. */
static struct known_sender *
recognise(struct notifications *n, const struct coming *c, struct bytes *body)
{
    const struct credential *polled = NULL, *fits;
    struct known_sender *s = NULL;
    struct usm_keys keys = {0};

    (void)n->listener.knows(n->listener.arg, &c->datagram->from, &polled);
    fits = try_one(n, c, polled, &keys, body);
    for (size_t i = 0; i < n->credential_count && fits == NULL; i++)
        fits = try_one(n, c, n->credentials[i], &keys, body);
    if (fits != NULL)
        s = sender_add(n, c, fits, &keys);
    usm_keys_wipe(&keys);
    return s;
}

static enum coming_verdict open_trap(struct notifications *n, struct coming *c,
                                     struct bytes *body)
{
    uint8_t key[SENDER_KEY_MAX];
    struct known_sender *s = table_find(n->senders, sender_key(&c->m.v3, key));

    if (s == NULL || !unseal(n, c, &s->keys, body))
        s = recognise(n, c, body);
    if (s == NULL) {
        n->stats.unauthentic++;
        c->why = "no v3 credential has its user, level and secrets";
        return COMING_STRANGE;
    }
    if ((c->m.v3.flags & MESSAGE_AUTH) != 0 && !c->replayed &&
        !is_timely(n, s, c)) {
        n->stats.outside_window++;
        return COMING_DONE;
    }
    c->credential = s->credential;
    return COMING_TAKEN;
}

/* ---- informs: we are the authority ---- */

static int32_t own_time_s(const struct notifications *n)
{
    return (int32_t)(mono_ms_between(n->started, mono_now()) / 1000);
}

static struct bytes own_id(const struct notifications *n)
{
    return (struct bytes){n->id, n->id_len};
}

/* What is said under our engine: a response, or a report. */
struct saying {
    const struct pdu *pdu;
    const struct usm_keys *keys; /* NULL: neither signed nor encrypted */
    uint8_t flags;
};

static int build_own(struct notifications *n, const struct coming *c,
                     const void *what, struct ber_builder *b)
{
    const struct saying *s = what;
    struct message m = {
        .version = SNMP_V3,
        .v3 = {.msg_id = c->m.v3.msg_id,
               .max_size = MESSAGE_MAX,
               .security_model = MESSAGE_SECURITY_USM,
               .flags = s->flags,
               .engine_id = own_id(n),
               .boots = n->boots,
               .time_s = own_time_s(n),
               .user = c->m.v3.user,
               .context_engine_id = s->pdu->type == PDU_RESPONSE
                                        ? c->m.v3.context_engine_id
                                        : own_id(n),
               .context = c->m.v3.context},
        .pdu = *s->pdu,
    };

    return s->keys != NULL ? usm_seal(n->usm, b, &m, s->keys, ++n->salt)
                           : message_encode(b, &m);
}

/* A report (RFC 3414, 3.2), to who wants one. */
static enum coming_verdict report(struct notifications *n,
                                  const struct coming *c, enum usm_stat stat,
                                  const struct usm_keys *keys)
{
    uint32_t name[COUNT_OF(usm_stats_root) + 2];
    struct varbind vb = {
        .name = {name, COUNT_OF(name)},
        .value = {.type = VALUE_COUNTER32, .number = ++n->usm_stats[stat]}};
    struct pdu pdu = {.type = PDU_REPORT, .varbinds = &vb, .count = 1};
    struct saying s = {
        .pdu = &pdu, .keys = keys, .flags = keys != NULL ? MESSAGE_AUTH : 0};

    memcpy(name, usm_stats_root, sizeof usm_stats_root);
    name[COUNT_OF(usm_stats_root)] = stat;
    name[COUNT_OF(usm_stats_root) + 1] = 0;
    if ((c->m.v3.flags & MESSAGE_REPORTABLE) == 0)
        return COMING_DONE;
    n->stats.reports++;
    (void)coming_send(n, c, build_own, &s);
    return COMING_DONE;
}

/* Keys of the nth credential at our own engine; NULL if there can be none. */
static const struct usm_keys *own_keys(struct notifications *n, size_t nth)
{
    struct usm_keys *keys = &n->own_keys[nth];

    if (keys->auth != n->credentials[nth]->auth &&
        usm_keys_make(n->usm, n->credentials[nth], own_id(n), keys) < 0)
        return NULL;
    return keys;
}

static bool in_our_window(const struct notifications *n,
                          const struct message_v3 *v3)
{
    int64_t apart = (int64_t)v3->time_s - own_time_s(n);

    return v3->boots == n->boots && apart <= USM_WINDOW_S &&
           apart >= -USM_WINDOW_S;
}

/* Verified first, then whether it is of now (RFC 3414, 3.2 6 and 7), then
 * decrypted. */
static enum coming_verdict open_with(struct notifications *n, struct coming *c,
                                     size_t nth, const struct usm_keys *keys,
                                     struct bytes *body)
{
    if ((c->m.v3.flags & MESSAGE_AUTH) != 0 && !in_our_window(n, &c->m.v3)) {
        n->stats.outside_window++;
        return report(n, c, USM_NOT_IN_TIME_WINDOW, keys);
    }
    if (!unseal(n, c, keys, body))
        return report(n, c, USM_DECRYPTION_ERROR, NULL);
    c->credential = n->credentials[nth];
    return COMING_TAKEN;
}

static enum coming_verdict open_inform(struct notifications *n,
                                       struct coming *c, struct bytes *body)
{
    enum usm_stat fault = USM_UNKNOWN_USER;

    for (size_t i = 0; i < n->credential_count; i++) {
        const struct credential *mine = n->credentials[i];

        if (mine->version != SNMP_V3 ||
            !bytes_equal(bytes_of_text(mine->user), c->m.v3.user))
            continue;
        const struct usm_keys *keys = own_keys(n, i);
        if (!is_for(mine, &c->m.v3)) {
            if (fault == USM_UNKNOWN_USER)
                fault = USM_UNSUPPORTED_LEVEL;
        } else if (keys != NULL &&
                   ((c->m.v3.flags & MESSAGE_AUTH) == 0 ||
                    usm_verify(n->usm, c->datagram->octets, &c->m, keys))) {
            return open_with(n, c, i, keys, body);
        } else {
            fault = USM_WRONG_DIGEST;
        }
    }
    n->stats.unauthentic++;
    return report(n, c, fault, NULL);
}

void coming_acknowledge(struct notifications *n, const struct coming *c)
{
    struct pdu pdu = c->m.pdu;
    struct saying s = {.pdu = &pdu, .flags = c->m.v3.flags & LEVEL};

    pdu.type = PDU_RESPONSE;
    pdu.error_status = pdu.error_index = 0;
    for (size_t i = 0; i < n->credential_count; i++)
        if (n->credentials[i] == c->credential)
            s.keys = own_keys(n, i);
    if (coming_send(n, c, build_own, &s))
        return;
    pdu.count = 0; /* RFC 3416, 4.2.7: what would be too long */
    pdu.error_status = ERROR_TOO_BIG;
    (void)coming_send(n, c, build_own, &s);
}

enum coming_verdict coming_open_v3(struct notifications *n, struct coming *c,
                                   struct bytes *body)
{
    if (n->id_len > 0 && bytes_equal(c->m.v3.engine_id, own_id(n)))
        return open_inform(n, c, body);
    if ((c->m.v3.flags & MESSAGE_REPORTABLE) != 0)
        return report(n, c, USM_UNKNOWN_ENGINE, NULL);
    if (c->m.v3.engine_id.len == 0) {
        n->stats.malformed++;
        return COMING_DONE;
    }
    return open_trap(n, c, body);
}
