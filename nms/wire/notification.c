#include "wire/notification.h"

#include "base/mem.h"

#include <errno.h>

enum { GENERIC_ENTERPRISE = 6, LEADING_MAX = 2 };

/* RFC 3418: sysUpTime.0, snmpTrapOID.0, snmpTraps; RFC 3584: snmpTrapAddress.0.
 */
static const struct oid sys_uptime = OID_INIT(1, 3, 6, 1, 2, 1, 1, 3, 0);
static const struct oid trap_oid = OID_INIT(1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0);
static const struct oid generic_traps = OID_INIT(1, 3, 6, 1, 6, 3, 1, 1, 5);
static const struct oid trap_address = OID_INIT(1, 3, 6, 1, 6, 3, 18, 1, 3, 0);

static void take_origin(struct notification *n, struct bytes octets)
{
    struct addr told = addr_of_octets(octets);

    if (addr_is_set(&told) && !addr_is_unspecified(&told))
        n->origin = told;
}

/* RFC 3584, 3.1 (2) and (3): the enterprise, a zero, the specific number; or
 * one of snmpTraps. */
static bool name_v1(const struct trap_v1 *trap, struct oid_store *made)
{
    if (trap->generic < 0 || trap->generic > GENERIC_ENTERPRISE)
        return false;
    if (trap->generic < GENERIC_ENTERPRISE) {
        oid_copy(made, generic_traps);
        return oid_push(made, (uint32_t)trap->generic + 1);
    }
    oid_copy(made, trap->enterprise);
    return made->len > 0 && oid_push(made, 0) &&
           oid_push(made, (uint32_t)trap->specific);
}

static int read_v1(const struct pdu *pdu, struct oid_store *made,
                   struct notification *n)
{
    if (!name_v1(&pdu->trap, made))
        return -EBADMSG;
    n->trap = oid_view(made);
    n->uptime_cs = pdu->trap.uptime_cs;
    n->varbinds = pdu->varbinds;
    n->count = pdu->count;
    take_origin(n, pdu->trap.agent_addr);
    return 0;
}

/* sysUpTime.0 and snmpTrapOID.0 come first; some senders leave the first out,
 * or change their places. */
static int read_v2(const struct pdu *pdu, struct notification *n)
{
    size_t first = 0;

    for (; first < pdu->count && first < LEADING_MAX; first++) {
        const struct varbind *vb = &pdu->varbinds[first];

        if (oid_equal(vb->name, sys_uptime))
            n->uptime_cs = (uint32_t)value_unsigned(&vb->value, 0);
        else if (oid_equal(vb->name, trap_oid) && vb->value.type == VALUE_OID)
            n->trap = vb->value.oid;
        else
            break;
    }
    if (n->trap.len == 0)
        return -EBADMSG;
    n->varbinds = pdu->varbinds + first;
    n->count = pdu->count - first;
    return 0;
}

int notification_read(const struct message *m, struct oid_store *made,
                      struct notification *out)
{
    const struct pdu *pdu = &m->pdu;
    struct notification n = {
        .version = m->version,
        .inform = pdu->type == PDU_INFORM,
        .engine_id = m->v3.engine_id,
        .context = m->v3.context,
        .context_engine_id = m->v3.context_engine_id,
    };
    int rc = -EBADMSG;

    *out = (struct notification){0};
    if (pdu->type == PDU_TRAP_V1 && m->version == SNMP_V1)
        rc = read_v1(pdu, made, &n);
    else if ((pdu->type == PDU_TRAP_V2 || n.inform) && m->version != SNMP_V1)
        rc = read_v2(pdu, &n);
    for (size_t i = 0; i < n.count && rc == 0; i++)
        if (n.varbinds[i].value.type == VALUE_IP &&
            oid_equal(n.varbinds[i].name, trap_address))
            take_origin(&n, n.varbinds[i].value.octets);
    if (rc == 0)
        *out = n;
    return rc;
}
