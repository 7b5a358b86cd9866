/* Histories of risk over restarts: of devices with what people said of them, at
 * once; of links, sites, clouds and the whole some seconds later. */
#include "station/risks_parts.h"
#include "station/store.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    KEEP_MS = 10000,        /* of what is no device: lost when killed */
    UNMET_MS = 24 * 3600000 /* what did not return by then is no more */
};

static const char of_devices[] = "risk", of_others[] = "risk_of";

/* What is kept of one: the store's thread makes the text. Histories that are
 * shared do not change. */
struct kept {
    struct risk_history *history; /* NULL: it was always 0 */
    bool of_device;
    unsigned by_hand;
    struct wall said;
    char *who;
};

static void kept_write(const void *object, struct buffer *out)
{
    const struct kept *k = object;

    if (k->of_device)
        buffer_format(out, "1 %u %" PRId64 " %.60s\n", k->by_hand, k->said.ms,
                      k->who);
    else
        buffer_text(out, "1\n");
    for (uint32_t i = 0; k->history != NULL && i < k->history->count; i++) {
        const struct risk_point *p = risk_history_at(k->history, i);

        buffer_format(out, "%" PRId64 " %.4g\n", p->at.ms, (double)p->risk);
    }
}

static void kept_free(void *object)
{
    struct kept *k = object;

    risk_history_unref(k->history);
    free(k->who);
    free(k);
}

static struct kept *kept_new(const struct risk_state *s)
{
    struct kept *k = mem_new(struct kept);

    if (s->history != NULL)
        k->history = risk_history_ref(s->history);
    return k;
}

static void keep_later(struct risks *r, const char *kind, const char *key,
                       struct kept *k)
{
    store_put_later(r->parts.store, kind, key,
                    &(struct store_value){k, kept_write, kept_free});
}

void risks_save(struct risks *r, const struct risk_device *o)
{
    char id[IDENT_TEXT_MAX];

    if (r->parts.store == NULL)
        return;
    struct kept *k = kept_new(&o->state);
    k->of_device = true;
    k->by_hand = o->by_hand;
    k->said = o->said;
    k->who = mem_text(o->who != NULL ? o->who : "");
    keep_later(r, of_devices, ident_format(&o->id, id, sizeof id), k);
}

size_t risks_rename_person(struct risks *r, const char *from, const char *to)
{
    size_t count = 0;
    void *value;

    for (size_t at = 0; table_next(r->devices, &at, NULL, &value);) {
        struct risk_device *o = value;

        if (o->who == NULL || strcmp(o->who, from) != 0)
            continue;
        free(o->who);
        o->who = mem_text(to);
        risks_save(r, o);
        count++;
    }
    return count;
}

/* ---- what is no device ---- */

/* A name may be longer than a key: its beginning and its hash are enough. */
static void write_key(enum risk_class class, const char *name,
                      struct buffer *out)
{
    enum { HASH_LEN = 17 };
    static const char *const words[] = {[RISK_LINK] = "link ",
                                        [RISK_SITE] = "site ",
                                        [RISK_CLOUD] = "cloud ",
                                        [RISK_WHOLE] = "all"};

    buffer_format(out, "%s%s", words[class], name);
    if (out->len <= STORE_KEY_MAX)
        return;
    out->len = STORE_KEY_MAX - HASH_LEN;
    while (((uint8_t)out->at[out->len] & 0xc0) == 0x80)
        out->len--; /* no part of a character */
    buffer_format(out, "-%016" PRIx64,
                  (uint64_t)bytes_hash(bytes_of_text(name)));
}

static void keep(struct risks *r, struct risk_state *s, enum risk_class class,
                 const char *name)
{
    struct buffer OWNED_BUFFER key = {0};

    if (!s->unsaved || r->parts.store == NULL)
        return;
    s->unsaved = false;
    write_key(class, name, &key);
    keep_later(r, of_others, key.at, kept_new(s));
}

void risks_recall(struct risks *r, struct risk_state *s, enum risk_class class,
                  const char *name)
{
    struct buffer OWNED_BUFFER key = {0};

    write_key(class, name, &key);
    struct risk_history *h = table_remove(r->kept, buffer_view(&key));
    if (h == NULL)
        return;
    risk_history_unref(s->history);
    s->history = h;
    s->risk = (double)risk_history_at(h, h->count - 1)->risk;
}

void risks_forget(struct risks *r, enum risk_class class, const char *name)
{
    struct buffer OWNED_BUFFER key = {0};

    if (r->parts.store == NULL)
        return;
    write_key(class, name, &key);
    store_delete(r->parts.store, of_others, key.at);
}

void risks_keep_all(struct risks *r)
{
    char id[IDENT_TEXT_MAX];
    void *value;

    for (size_t at = 0; table_next(r->groups, &at, NULL, &value);) {
        struct risk_group *g = value;

        keep(r, &g->state, RISK_SITE, g->name);
    }
    for (size_t at = 0; table_next(r->clouds, &at, NULL, &value);) {
        struct risk_cloud *c = value;

        keep(r, &c->state, RISK_CLOUD, c->name);
    }
    for (size_t at = 0; table_next(r->links, &at, NULL, &value);) {
        struct risk_link *l = value;

        keep(r, &l->state, RISK_LINK, ident_format(&l->id, id, sizeof id));
    }
    keep(r, &r->whole, RISK_WHOLE, "");
}

/* Sites, clouds and links of earlier runs that did not return. */
static void forget_unmet(struct risks *r)
{
    struct bytes key;
    void *value;

    for (size_t at = 0; table_next(r->kept, &at, &key, &value);) {
        OWNED(free) char *text = mem_text_of((const char *)key.at, key.len);

        store_delete(r->parts.store, of_others, text);
        (void)table_remove(r->kept, key);
        risk_history_unref(value);
    }
}

void risks_keep_turn(struct risks *r)
{
    if (r->kept_until.ns == 0)
        r->kept_until = mono_after_ms(r->now, UNMET_MS);
    if (mono_ms_between(r->saved_at, r->now) < KEEP_MS)
        return;
    r->saved_at = r->now;
    risks_keep_all(r);
    if (r->parts.store != NULL && mono_reached(r->now, r->kept_until))
        forget_unmet(r);
}

void risks_free_kept(struct risks *r)
{
    void *value;

    for (size_t at = 0; table_next(r->kept, &at, NULL, &value);)
        risk_history_unref(value);
    table_free(r->kept);
}

/* ---- at the start ---- */

static void read_points(struct risk_state *s, const char *text)
{
    for (const char *at = strchr(text, '\n'); at != NULL && at[1] != '\0';
         at = strchr(at + 1, '\n')) {
        char *end;
        int64_t ms = strtoll(at + 1, &end, 10);
        double risk = strtod(end, NULL);

        if (end == at + 1 || !(risk >= 0 && risk <= RISK_MAX))
            return;
        risks_add_point(s, (struct wall){ms}, risk);
        s->risk = risk; /* until it is reckoned anew, which may be an end */
    }
}

static int on_kept(void *arg, const char *key, const char *text)
{
    struct risks *r = arg;
    struct ident id;
    unsigned value = 0;
    int64_t said = 0;
    char who[61] = "";

    if (ident_parse(key, &id) < 0 ||
        sscanf(text, "1 %u %" SCNd64 " %60[^\n]", &value, &said, who) < 2 ||
        value > 5)
        return 0;
    if (inventory_by_id(r->parts.inventory, &id) == NULL) {
        store_delete(r->parts.store, of_devices, key);
        return 0;
    }
    struct risk_device *o = risks_device(r, &id);
    o->by_hand = (uint8_t)value;
    o->said.ms = said;
    free(o->who);
    o->who = mem_text(who);
    read_points(&o->state, text);
    return 0;
}

static int on_kept_other(void *arg, const char *key, const char *text)
{
    struct risks *r = arg;
    struct risk_state read = {0};

    read_points(&read, text);
    if (read.history == NULL)
        return 0;
    risk_history_unref(table_put_text(r->kept, key, read.history));
    return 0;
}

int risks_resume(struct risks *r, struct complaint *why)
{
    for (size_t i = 0; i < inventory_count(r->parts.inventory); i++)
        risks_changed(r, inventory_at(r->parts.inventory, i));
    if (r->parts.store == NULL)
        return 0;
    int rc = store_load(r->parts.store, of_devices, on_kept, r, why);
    if (rc == 0)
        rc = store_load(r->parts.store, of_others, on_kept_other, r, why);
    risks_recall(r, &r->whole, RISK_WHOLE, "");
    return rc;
}
