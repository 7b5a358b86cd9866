#include "north/agentx_post.h"

#include "north/agent_view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* ---- notices ---- */

static bool has_octets(const struct value *v)
{
    return v->type == VALUE_OCTETS || v->type == VALUE_IP ||
           v->type == VALUE_OPAQUE;
}

static struct oid copy_oid(struct oid from, uint32_t **room)
{
    struct oid to = {*room, from.len};

    if (from.len > 0)
        memcpy(*room, from.sub, from.len * sizeof from.sub[0]);
    *room += from.len;
    return to;
}

static struct value copy_value(const struct value *from, uint32_t **subs,
                               uint8_t **octets)
{
    struct value to = *from;

    if (from->type == VALUE_OID) {
        to.oid = copy_oid(from->oid, subs);
    } else if (has_octets(from)) {
        to.octets.at = *octets;
        if (from->octets.len > 0)
            memcpy(*octets, from->octets.at, from->octets.len);
        *octets += from->octets.len;
    }
    return to;
}

struct agentx_notice *
agentx_notice_new(struct oid trap, const struct varbind *varbinds, size_t count)
{
    struct agentx_notice *n = mem_new(struct agentx_notice);
    size_t octet_count = 1, sub_count = 1;

    for (size_t i = 0; i < count; i++) {
        const struct value *v = &varbinds[i].value;

        sub_count +=
            varbinds[i].name.len + (v->type == VALUE_OID ? v->oid.len : 0);
        octet_count += has_octets(v) ? v->octets.len : 0;
    }
    oid_copy(&n->trap, trap);
    n->count = count;
    n->varbinds = mem_array(count + 1, sizeof *n->varbinds);
    n->octets = mem_array(octet_count, 1);
    n->subs = mem_array(sub_count, sizeof *n->subs);
    uint8_t *octets = n->octets;
    uint32_t *subs = n->subs;
    for (size_t i = 0; i < count; i++) {
        n->varbinds[i].name = copy_oid(varbinds[i].name, &subs);
        n->varbinds[i].value = copy_value(&varbinds[i].value, &subs, &octets);
    }
    return n;
}

void agentx_notice_free(struct agentx_notice *n)
{
    if (n == NULL)
        return;
    free(n->varbinds);
    free(n->octets);
    free(n->subs);
    free(n);
}

/* ---- the post ---- */

int agentx_post_init(struct agentx_post *p)
{
    *p = (struct agentx_post){.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
    if (p->fd < 0)
        return -errno;
    (void)pthread_mutex_init(&p->lock, NULL);
    return 0;
}

void agentx_messages_drop(struct agentx_messages *m)
{
    for (size_t i = 0; i < m->count; i++) {
        agent_view_unref(m->at[i].view);
        agentx_notice_free(m->at[i].notice);
    }
    array_fini(m);
}

void agentx_post_fini(struct agentx_post *p)
{
    if (p->fd < 0)
        return;
    agentx_messages_drop(&p->waiting);
    close(p->fd);
    p->fd = -1;
    (void)pthread_mutex_destroy(&p->lock);
}

void agentx_post_put(struct agentx_post *p, const struct agentx_message *m)
{
    const uint64_t one = 1;

    (void)pthread_mutex_lock(&p->lock);
    *array_add(&p->waiting) = *m;
    (void)pthread_mutex_unlock(&p->lock);
    ssize_t rc = write(p->fd, &one, sizeof one);
    (void)rc; /* it is readable already, if the counter is full */
}

struct agentx_messages agentx_post_take(struct agentx_post *p)
{
    struct agentx_messages taken;
    uint64_t count;
    ssize_t rc = read(p->fd, &count, sizeof count);

    (void)rc; /* nothing waits: then nothing is taken */
    (void)pthread_mutex_lock(&p->lock);
    taken = p->waiting;
    p->waiting = (struct agentx_messages){0};
    (void)pthread_mutex_unlock(&p->lock);
    return taken;
}
