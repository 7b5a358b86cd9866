/* SNMP notifications of the station. */
#include "station/notify.h"
#include "station/station_parts.h"
#include "station/trap_log.h"

#include "base/text.h"
#include "wire/notifier.h"

#include <errno.h>
#include <stdlib.h>

struct notify_peer {
    struct notifier_peer *peer;
    struct credential *credential; /* its own */
    bool inform;
};

const struct receivers *station_receivers(const struct station *s)
{
    return &s->config->receivers;
}

struct notify_peer *notify_peer_new(struct station *s, const struct receiver *r)
{
    if (s->notifier == NULL)
        return NULL;
    struct notify_peer *p = mem_new(struct notify_peer);

    p->credential = credential_copy(r->credential);
    p->peer = notifier_peer_new(s->notifier, &r->addr, r->port, p->credential);
    p->inform = r->inform;
    return p;
}

void notify_peer_free(struct notify_peer *p)
{
    if (p == NULL)
        return;
    notifier_peer_free(p->peer);
    credential_free(p->credential);
    free(p);
}

int notify_write(const struct station *s, struct oid trap,
                 const struct varbind *varbinds, size_t count,
                 struct buffer *out)
{
    struct buffer OWNED_BUFFER list = {0};
    const struct notifying what = {
        .uptime_cs = (uint32_t)(mono_ms_between(s->begun, mono_now()) / 10),
        .trap = trap,
        .varbinds = varbinds,
        .count = count};
    int rc = notifying_encode(&what, &list);

    if (rc == 0)
        text_hex(buffer_view(&list), '\0', out);
    return rc;
}

/* The octets of hexadecimal digits of our own. */
static size_t read_hex(const char *text, uint8_t *out, size_t room)
{
    static const char digits[] = "0123456789abcdef";
    size_t len = 0;

    for (; text[0] != '\0' && text[1] != '\0' && len < room; text += 2) {
        const char *high = strchr(digits, text[0]);
        const char *low = strchr(digits, text[1]);

        if (high == NULL || low == NULL)
            return 0;
        out[len++] = (uint8_t)((high - digits) << 4 | (low - digits));
    }
    return text[0] == '\0' ? len : 0;
}

int notify_read(const char *text, struct notify_said *out)
{
    size_t len = read_hex(text, out->octets, sizeof out->octets), count = 0;
    int rc = notifying_decode((struct bytes){out->octets, len}, out->all,
                              COUNT_OF(out->all), out->subs,
                              COUNT_OF(out->subs), &count);

    if (rc < 0)
        return rc;
    out->trap = out->all[1].value.oid;
    out->varbinds = out->all + 2;
    out->count = count - 2;
    return 0;
}

static const struct oid active = OID_INIT(1, 3, 6, 1, 2, 1, 118, 1, 2, 2),
                        cleared = OID_INIT(1, 3, 6, 1, 2, 1, 118, 1, 3, 2);

/* The alarm whose row a notification points to (portolanNotifyAlarm): its
 * number ends the index. */
static void find_alarm(const struct notify_said *said,
                       struct trap_log_item *item)
{
    for (size_t i = 0; i < said->count; i++) {
        const struct value *v = &said->varbinds[i].value;

        if (v->type != VALUE_OID ||
            (!oid_begins(v->oid, active) && !oid_begins(v->oid, cleared)))
            continue;
        item->alarm = v->oid.sub[v->oid.len - 1];
        item->over = oid_begins(v->oid, cleared);
    }
}

void notify_log(struct station *s, const struct notify_said *said)
{
    struct trap_log_item item = {.at = wall_now(),
                                 .sent = true,
                                 .trap = said->trap,
                                 .varbinds = said->varbinds,
                                 .count = said->count};

    if (s->trap_log == NULL)
        return;
    find_alarm(said, &item);
    trap_log_add(s->trap_log, &item);
}

void notify_send(struct notify_peer *p, const char *text, notify_fn done,
                 void *arg)
{
    uint8_t octets[NOTIFYING_OCTETS_MAX];
    struct bytes list = {octets, read_hex(text, octets, sizeof octets)};
    int rc = -EINVAL;

    if (list.len > 0 && p->inform)
        rc = notifier_inform(p->peer, list, done, arg);
    else if (list.len > 0)
        rc = notifier_trap(p->peer, list);
    if (rc == 0 && p->inform)
        return;
    done(arg, rc == 0 || rc == -EAGAIN ? rc : -EINVAL,
         rc == 0         ? ""
         : rc == -EAGAIN ? "it cannot be sent"
                         : "it cannot be written in that version");
}
