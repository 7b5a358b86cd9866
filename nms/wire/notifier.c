#include "wire/notifier.h"

#include "base/mem.h"
#include "wire/engine.h"
#include "wire/engine_udp.h"
#include "wire/usm.h"

#include <errno.h>

enum { INFORM_TIMEOUT_MS = 1500, INFORM_RETRIES = 3 };
enum { ENTERPRISE_SPECIFIC = 6 };

/* RFC 3418. */
static const struct oid sys_uptime = OID_INIT(1, 3, 6, 1, 2, 1, 1, 3, 0);
static const struct oid trap_name = OID_INIT(1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0);

struct notifier {
    struct engine *engine; /* of informs; without a fence: whom the
                              configuration names may be told */
    struct udp *udp[2];    /* of traps: IPv4, IPv6; NULL: the host lacks it */
    struct usm *usm;
    uint8_t id[MESSAGE_ENGINE_ID_MAX];
    size_t id_len;
    int32_t boots, request_id;
    struct mono started;
    uint64_t salt;
};

struct notifier_peer {
    struct notifier *notifier;
    struct addr addr;
    uint16_t port;
    const struct credential *credential;
    struct agent *agent;   /* NULL: v1 has no informs */
    struct usm_keys *keys; /* at our own engine; NULL: not made */
    notifier_fn done;      /* of the inform under way; NULL: none is */
    void *arg;
};

struct notifier *notifier_new(struct event_base *base, struct bytes engine_id,
                              int32_t boots)
{
    const struct engine_options options = {.timeout_ms = INFORM_TIMEOUT_MS,
                                           .retries = INFORM_RETRIES};
    struct notifier *n = mem_new(struct notifier);

    n->engine = engine_new(base, &options);
    n->udp[0] = udp_new(4, NULL);
    n->udp[1] = udp_new(6, NULL);
    n->usm = usm_new();
    n->id_len = engine_id.len < sizeof n->id ? engine_id.len : sizeof n->id;
    memcpy(n->id, engine_id.at, n->id_len);
    n->boots = boots;
    n->started = mono_now();
    /* apart from those of answers to informs, which have the same keys */
    n->salt = (uint64_t)boots << 32 | UINT32_C(1) << 31;
    if (n->engine != NULL && (n->udp[0] != NULL || n->udp[1] != NULL))
        return n;
    int error = errno;
    notifier_free(n);
    errno = error;
    return NULL;
}

void notifier_free(struct notifier *n)
{
    if (n == NULL)
        return;
    if (n->engine != NULL)
        engine_free(n->engine);
    udp_free(n->udp[0]);
    udp_free(n->udp[1]);
    usm_free(n->usm);
    free(n);
}

struct notifier_peer *notifier_peer_new(struct notifier *n,
                                        const struct addr *addr, uint16_t port,
                                        const struct credential *credential)
{
    struct notifier_peer *p = mem_new(struct notifier_peer);

    p->notifier = n;
    p->addr = *addr;
    p->port = port;
    p->credential = credential;
    if (credential->version != SNMP_V1)
        p->agent = agent_new(n->engine, addr, port, credential);
    return p;
}

void notifier_peer_free(struct notifier_peer *p)
{
    if (p == NULL)
        return;
    if (p->agent != NULL) {
        agent_forget(p->agent, p);
        agent_free(p->agent);
    }
    if (p->keys != NULL)
        usm_keys_wipe(p->keys);
    free(p->keys);
    free(p);
}

/* ---- what is said ---- */

/* sysUpTime.0, snmpTrapOID.0, the others (RFC 3416, 4.2.6). */
int notifying_encode(const struct notifying *what, struct buffer *out)
{
    const struct value uptime = {.type = VALUE_TICKS,
                                 .number = what->uptime_cs};
    const struct value trap = {.type = VALUE_OID, .oid = what->trap};
    uint8_t room[NOTIFYING_OCTETS_MAX];
    struct ber_builder b = ber_builder_over(room, sizeof room);

    for (size_t i = what->count; i > 0; i--)
        ber_put_varbind(&b, what->varbinds[i - 1].name,
                        &what->varbinds[i - 1].value);
    ber_put_varbind(&b, trap_name, &trap);
    ber_put_varbind(&b, sys_uptime, &uptime);
    ber_wrap(&b, BER_SEQUENCE, 0);
    struct bytes list = ber_built(&b);
    if (list.len == 0 || what->count > NOTIFYING_VARBINDS_MAX)
        return -EMSGSIZE;
    buffer_add(out, list.at, list.len);
    return 0;
}

int notifying_decode(struct bytes octets, struct varbind *out, size_t room,
                     uint32_t *subs, size_t subs_room, size_t *count)
{
    struct ber_scratch scratch = {.subs = subs, .room = subs_room};
    struct cursor whole = cursor_over(octets);
    struct cursor list = ber_open(&whole, BER_SEQUENCE, "VarBindList: bad");

    *count = 0;
    while (cursor_left(&list) > 0 && *count < room)
        ber_varbind(&list, &scratch, &out[(*count)++]);
    return cursor_ok(&list) && cursor_left(&list) == 0 && *count >= 2 &&
                   out[1].value.type == VALUE_OID
               ? 0
               : -EINVAL;
}

/* RFC 3584, 3.2: the enterprise is the name without its last sub-identifier,
 * and without a zero before that; Counter64 is not known there. */
static int say_v1(struct varbind *varbinds, struct pdu *pdu)
{
    static const uint8_t nobody[4] = {0};
    struct oid name = varbinds[1].value.oid;
    size_t kept = 0;

    if (name.len < 3)
        return -EINVAL;
    pdu->trap = (struct trap_v1){
        .enterprise = {name.sub, name.len - 1},
        .agent_addr = {nobody, sizeof nobody},
        .generic = ENTERPRISE_SPECIFIC,
        .specific = (int32_t)(name.sub[name.len - 1] & INT32_MAX),
        .uptime_cs = (uint32_t)value_unsigned(&varbinds[0].value, 0)};
    if (name.sub[name.len - 2] == 0)
        pdu->trap.enterprise.len--;
    for (size_t i = 2; i < pdu->count; i++)
        if (varbinds[i].value.type != VALUE_COUNTER64)
            varbinds[kept++] = varbinds[i];
    pdu->type = PDU_TRAP_V1;
    pdu->varbinds = varbinds;
    pdu->count = kept;
    return 0;
}

/* ---- traps ---- */

static int32_t time_s(const struct notifier *n)
{
    return (int32_t)(mono_ms_between(n->started, mono_now()) / 1000);
}

static int seal(struct notifier_peer *p, struct ber_builder *b,
                struct message *m)
{
    struct notifier *n = p->notifier;
    const struct credential *c = p->credential;
    struct bytes id = {n->id, n->id_len};

    if (p->keys == NULL) {
        struct usm_keys *keys = mem_new(struct usm_keys);

        if (usm_keys_make(n->usm, c, id, keys) < 0) {
            free(keys);
            return -EINVAL;
        }
        p->keys = keys;
    }
    m->v3 = (struct message_v3){.msg_id = m->pdu.request_id,
                                .max_size = MESSAGE_MAX,
                                .security_model = MESSAGE_SECURITY_USM,
                                .flags = usm_flags(c->auth, c->priv),
                                .engine_id = id,
                                .boots = n->boots,
                                .time_s = time_s(n),
                                .user = bytes_of_text(c->user),
                                .context_engine_id = id,
                                .context = bytes_of_text(c->context)};
    return usm_seal(n->usm, b, m, p->keys, ++n->salt);
}

static int write_trap(struct notifier_peer *p, struct bytes list,
                      struct ber_builder *b)
{
    struct varbind varbinds[NOTIFYING_VARBINDS_MAX + 2];
    uint32_t subs[NOTIFYING_OCTETS_MAX];
    struct message m = {.version = (int32_t)p->credential->version,
                        .community = bytes_of_text(p->credential->community),
                        .pdu = {.type = PDU_TRAP_V2,
                                .request_id = ++p->notifier->request_id,
                                .list = list}};

    if (p->credential->version == SNMP_V3)
        return seal(p, b, &m);
    if (p->credential->version == SNMP_V2C)
        return message_encode(b, &m);
    int rc = notifying_decode(list, varbinds, COUNT_OF(varbinds), subs,
                              COUNT_OF(subs), &m.pdu.count);
    m.pdu.list = (struct bytes){0};
    if (rc == 0)
        rc = say_v1(varbinds, &m.pdu);
    return rc == 0 ? message_encode(b, &m) : rc;
}

static void on_refused(void *arg, uint32_t id, int error)
{
    (void)id;
    *(int *)arg = error;
}

int notifier_trap(struct notifier_peer *p, struct bytes list)
{
    struct udp *udp = p->notifier->udp[p->addr.family == 4 ? 0 : 1];
    uint8_t *room = udp != NULL ? udp_room(udp) : NULL;
    int error = 0;

    if (room == NULL)
        return -EAGAIN;
    struct ber_builder b = ber_builder_over(room, UDP_SEND_MAX);
    int rc = write_trap(p, list, &b);
    if (rc < 0)
        return rc;
    udp_put(udp, ber_built(&b), &p->addr, p->port, 0);
    if (!udp_flush(udp, on_refused, &error) || error != 0)
        return -EAGAIN;
    return 0;
}

/* ---- informs ---- */

static void on_answer(void *arg, const struct answer *answer)
{
    struct notifier_peer *p = arg;
    notifier_fn done = TAKE(p->done);
    void *to = p->arg;
    const char *why = answer->why;
    int result = 0;

    if (answer->result == -EACCES) {
        result = -EACCES;
    } else if (answer->result < 0) {
        result = -EAGAIN;
        if (why == NULL)
            why = answer->result == -ECONNREFUSED
                      ? "nobody listens there: port unreachable"
                      : "no answer";
    } else if (answer->error_status != ERROR_NONE) {
        result = -EINVAL;
        why = error_status_name(answer->error_status);
    }
    done(to, result, result == 0 || why == NULL ? "" : why);
}

int notifier_inform(struct notifier_peer *p, struct bytes list,
                    notifier_fn done, void *arg)
{
    /* The engine asks no more of a count than that there is something. */
    struct request request = {.type = PDU_INFORM, .list = list, .count = 1};

    if (p->agent == NULL || p->done != NULL || list.len == 0)
        return -EINVAL;
    p->done = done;
    p->arg = arg;
    engine_send(p->agent, &request, on_answer, p);
    return 0;
}
