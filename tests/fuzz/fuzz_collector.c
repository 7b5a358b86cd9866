/* Whatever an agent answers, its facts are well-formed: texts are UTF-8,
 * interfaces that are pointed at exist, lists are sorted and each thing is
 * there once. */
#include "mibs/collector.h"

#include "base/cursor.h"
#include "base/text.h"
#include "mibs/profile.h"
#include "mibs/roster.h"
#include "mibs/tables.h"

#include <assert.h>

enum { ROWS_MAX = 12, INDEX_MAX = 40, ASKS_MAX = 4096, VALUES_MAX = 64 };

/* An agent made of the input. */
struct source {
    struct cursor c;
    uint32_t index[INDEX_MAX], oid[INDEX_MAX];
    struct value values[VALUES_MAX];
};

/* Small numbers mostly, so that tables point at each other. */
static uint32_t draw(struct source *s)
{
    uint8_t first = cursor_u8(&s->c);

    return first < 250 ? first % 16 : cursor_u32(&s->c);
}

static struct oid draw_oid(struct source *s, uint32_t *into)
{
    static const uint32_t if_index[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, 1};
    uint8_t how = cursor_u8(&s->c);
    size_t len = 0;

    if (how % 4 == 0)
        for (; len < COUNT_OF(if_index); len++)
            into[len] = if_index[len];
    for (size_t n = how % 8; n > 0 && len < INDEX_MAX; n--)
        into[len++] = draw(s);
    return (struct oid){into, len};
}

static struct value draw_value(struct source *s)
{
    static const uint8_t types[] = {
        VALUE_NONE,        VALUE_INTEGER,   VALUE_INTEGER,
        VALUE_INTEGER,     VALUE_OCTETS,    VALUE_OCTETS,
        VALUE_OCTETS,      VALUE_OID,       VALUE_IP,
        VALUE_COUNTER32,   VALUE_GAUGE32,   VALUE_TICKS,
        VALUE_OPAQUE,      VALUE_COUNTER64, VALUE_NO_OBJECT,
        VALUE_NO_INSTANCE, VALUE_NULL,      0xee};
    struct value v = {.type = types[cursor_u8(&s->c) % COUNT_OF(types)]};
    size_t len = 0;

    switch (v.type) {
    case VALUE_INTEGER:
        v.integer = (int32_t)draw(s);
        break;
    case VALUE_OCTETS:
    case VALUE_IP:
    case VALUE_OPAQUE:
        len = cursor_u8(&s->c) % 40;
        v.octets = cursor_bytes(
            &s->c, len < cursor_left(&s->c) ? len : cursor_left(&s->c));
        break;
    case VALUE_OID:
        v.oid = draw_oid(s, s->oid);
        break;
    case VALUE_COUNTER32:
    case VALUE_GAUGE32:
    case VALUE_TICKS:
    case VALUE_COUNTER64:
        v.number = draw(s);
        break;
    default:
        break;
    }
    return v;
}

static void answer(struct source *s, struct collector *c, const struct ask *ask,
                   unsigned id)
{
    static const struct stamp stamp = {.has_uptime = false};
    size_t count = ask->count > 0 ? ask->count : ask->scalar_count;
    size_t rows = ask->count > 0 ? cursor_u8(&s->c) % ROWS_MAX : 1;

    assert(count > 0 && count <= VALUES_MAX);
    for (size_t r = 0; r < rows && cursor_left(&s->c) > 0; r++) {
        struct row row = {.values = s->values, .count = count, .stamp = &stamp};
        size_t len = ask->count > 0 ? cursor_u8(&s->c) % 24 : 0;

        for (size_t i = 0; i < len; i++)
            s->index[i] = draw(s);
        row.index = (struct oid){s->index, len};
        for (size_t i = 0; i < count; i++)
            s->values[i] = draw_value(s);
        collector_row(c, id, &row);
    }
}

static void check_text(const char *text)
{
    assert(text != NULL && text_is_utf8(bytes_of_text(text)));
}

static void check_port(const struct facts *f, uint32_t if_index)
{
    assert(if_index == 0 || facts_interface(f, if_index) != NULL);
}

static void check_interfaces(const struct facts *f)
{
    for (size_t n = 0; n < f->interfaces.count; n++) {
        const struct interface *i = &f->interfaces.at[n];

        assert(i->if_index != 0);
        assert(n == 0 || i[-1].if_index < i->if_index);
        assert(facts_interface(f, i->if_index) == i);
        check_text(i->name);
        check_text(i->descr);
        check_text(i->alias);
        check_text(i->duplex);
        check_text(interface_label(i));
        assert(i->label[0] != '\0');
        assert(i->oper_status <= 7 && i->admin_status <= 7);
    }
}

static void check_neighbors(const struct facts *f)
{
    for (size_t i = 0; i < f->neighbors.count; i++) {
        const struct neighbor *n = &f->neighbors.at[i];

        check_port(f, n->local_if_index);
        check_text(n->chassis_text);
        check_text(n->port_text);
        check_text(n->port_descr);
        check_text(n->sys_name);
        check_text(n->sys_descr);
        check_text(n->platform);
        assert(n->mgmt_count <= COUNT_OF(n->mgmt));
    }
    for (size_t i = 0; i < f->lldp.ports.count; i++) {
        check_port(f, f->lldp.ports.at[i].if_index);
        check_text(f->lldp.ports.at[i].text);
        check_text(f->lldp.ports.at[i].descr);
    }
    check_text(f->lldp.chassis_text);
    check_text(f->lldp.sys_name);
}

static void check_bridge(const struct facts *f)
{
    for (size_t i = 0; i < f->bridge.ports.count; i++) {
        const struct bridge_port *p = &f->bridge.ports.at[i];

        check_port(f, p->if_index);
        assert(i == 0 || p[-1].base_port < p->base_port);
        assert(p->designated_bridge.len == 0 || p->designated_bridge.len == 8);
    }
    for (size_t i = 0; i < f->fdb.count; i++) {
        check_port(f, f->fdb.at[i].if_index);
        assert(f->fdb.at[i].vlan <= 4094);
        assert(mac_is_set(&f->fdb.at[i].mac));
        assert(f->fdb.at[i].status != 2);
    }
    for (size_t i = 0; i < f->vlans.count; i++) {
        assert(f->vlans.at[i].id >= 1 && f->vlans.at[i].id <= 4094);
        check_text(f->vlans.at[i].name);
    }
    for (size_t i = 0; i < f->stack.count; i++) {
        check_port(f, f->stack.at[i].upper);
        check_port(f, f->stack.at[i].lower);
        assert(f->stack.at[i].upper != 0 && f->stack.at[i].lower != 0);
    }
}

static void check_set(struct bytes set)
{
    assert(set.len <= 512 && (set.len == 0 || set.at[set.len - 1] != 0));
    assert(!vlan_set_has(set, 0) && !vlan_set_has(set, 4095));
}

static void check_port_vlans(const struct facts *f)
{
    for (size_t i = 0; i < f->port_vlans.count; i++) {
        const struct port_vlans *p = &f->port_vlans.at[i];
        uint16_t vlan = 0;

        check_port(f, p->if_index);
        check_set(p->member);
        check_set(p->untagged);
        assert(i == 0 || p[-1].if_index <= p->if_index);
        assert(p->pvid <= 4094);
        while ((vlan = vlan_set_next(p->untagged, vlan)) != 0)
            assert(vlan_set_has(p->member, vlan));
    }
}

static void check_transceivers(const struct facts *f)
{
    for (size_t i = 0; i < f->transceivers.count; i++) {
        check_port(f, f->transceivers.at[i].if_index);
        check_text(f->transceivers.at[i].serial);
        check_text(f->transceivers.at[i].type);
    }
    for (size_t i = 0; i < f->peers.count; i++) {
        assert(addr_is_set(&f->peers.at[i].addr));
        check_text(f->peers.at[i].state);
        check_text(f->peers.at[i].admin);
    }
}

static void check_addresses(const struct facts *f)
{
    for (size_t i = 0; i < f->addresses.count; i++) {
        const struct interface_address *a = &f->addresses.at[i];

        assert(addr_is_set(&a->addr) && !addr_is_unspecified(&a->addr));
        assert(a->prefix_len >= -1 &&
               a->prefix_len <= (a->addr.family == 4 ? 32 : 128));
    }
    for (size_t i = 0; i < f->arp.count; i++)
        assert(mac_is_set(&f->arp.at[i].mac));
    for (size_t i = 0; i < f->routes.count; i++) {
        const struct prefix *to = &f->routes.at[i].to;
        struct prefix again = prefix_of(&to->base, to->len);

        assert(prefix_equal(to, &again)); /* no bits beyond its length */
    }
}

static void check_measures(const struct facts *f)
{
    for (size_t i = 0; i < f->mempools.count; i++) {
        const struct mempool *m = &f->mempools.at[i];

        check_text(m->class);
        check_text(m->descr);
        assert(m->used_percent >= 0 && m->used_percent <= 100);
        assert(m->total_bytes > 0 && m->free_bytes >= 0);
    }
    for (size_t i = 0; i < f->processors.count; i++)
        assert(f->processors.at[i].usage_percent >= 0 &&
               f->processors.at[i].usage_percent <= 100);
    for (size_t i = 0; i < f->sensors.count; i++) {
        check_text(f->sensors.at[i].class);
        check_text(f->sensors.at[i].descr);
        check_text(f->sensors.at[i].oid);
        assert(!isinf(f->sensors.at[i].value));
    }
    for (size_t i = 0; i < f->entities.count; i++) {
        assert(i == 0 || f->entities.at[i - 1].index < f->entities.at[i].index);
        check_text(f->entities.at[i].descr);
        check_text(f->entities.at[i].serial);
    }
}

static void check_tables(const struct facts *f)
{
    OWNED(fact_tables_free) struct fact_tables *t = fact_tables_new();

    fact_tables_add(t, "x", f, "", "", "up");
    for (size_t i = 0; fact_tables_file(i) != NULL; i++) {
        struct buffer OWNED_BUFFER out = {0};

        int rc = fact_tables_print(t, fact_tables_file(i), &out);
        assert(rc == 0 && text_is_utf8(buffer_view(&out)));
    }
}

static void check_facts(const struct facts *f)
{
    check_text(f->system.descr);
    check_text(f->system.object_id);
    check_text(f->system.name);
    check_interfaces(f);
    check_neighbors(f);
    check_bridge(f);
    check_port_vlans(f);
    check_transceivers(f);
    check_addresses(f);
    check_measures(f);
    check_tables(f);
}

/* roster: of metrics, followed and replaced; NULL: none. */
static struct facts *read_all(struct source *s, enum collect_scope scope,
                              const struct facts *known, struct wall now,
                              struct roster **roster)
{
    struct collector *c = collector_new(NULL, scope, known);
    struct ask ask;
    unsigned id;
    size_t asks = 0;

    collector_at(c, now);
    if (roster != NULL)
        collector_follow(c, *roster);
    while (collector_next(c, &ask, &id)) {
        asks++;
        assert(asks <= ASKS_MAX);
        answer(s, c, &ask, id);
        collector_end(c, id, 0);
    }
    assert(collector_done(c));
    struct facts *f = collector_take(c);
    struct roster *made = roster != NULL ? collector_roster(c, *roster) : NULL;
    if (made != NULL) {
        roster_free(*roster);
        *roster = made;
    }
    collector_free(c);
    return f;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Measured again and again: what is said differs each time. */
static void measure(struct source *s, const struct facts *known,
                    struct wall now)
{
    enum { ROUNDS = 4 };
    struct roster *roster = NULL;

    for (unsigned i = 0; i < ROUNDS; i++) {
        struct facts *f = read_all(s, COLLECT_METRICS, known, now, &roster);

        check_measures(f);
        facts_unref(f);
    }
    roster_free(roster);
}

/* The first half is what an agent says, the second what it says later: the
 * facts of the first time end, those kept of them stay. All of it is what it
 * says when it is measured. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct wall then = {1700000000000}, later = {1700003600000};
    struct source s = {.c = cursor_over((struct bytes){data, size / 2})};
    struct facts *first = read_all(&s, COLLECT_ALL, NULL, then, NULL);

    check_facts(first);
    s.c = cursor_over((struct bytes){data + size / 2, size - size / 2});
    struct facts *second = read_all(&s, COLLECT_NEWS, first, later, NULL);
    facts_unref(first);
    check_facts(second);
    s.c = cursor_over((struct bytes){data, size});
    measure(&s, second, later);
    facts_unref(second);
    return 0;
}
