#include "station/ports_kept.h"

#include "station/port_rows.h"
#include "station/port_speed.h"
#include "station/ports_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

/* Texts lie with the others of all ports. */
struct port_kept {
    const char *object, *label, *descr, *alias;
    uint64_t learned_bps;
    struct mac mac;
    uint32_t if_index;
};

struct ports_kept {
    struct port_texts *texts; /* NULL: there are no ports */
    size_t count;
    struct port_kept at[];
};

struct ports_kept *ports_keep(const struct ports *ps)
{
    /* Texts lie together when ports were arranged, as after each change. */
    size_t count = ps != NULL && ps->texts != NULL ? ps->list.count : 0;
    struct ports_kept *k = mem_zero(sizeof *k + count * sizeof k->at[0]);

    k->count = count;
    if (count > 0)
        k->texts = port_texts_ref(ps->texts);
    for (size_t i = 0; i < count; i++) {
        const struct port *p = &ps->list.at[i];

        k->at[i] = (struct port_kept){.object = p->row->object,
                                      .label = p->label,
                                      .descr = p->descr,
                                      .alias = p->alias,
                                      .learned_bps = port_learned_bps(p),
                                      .mac = p->mac,
                                      .if_index = p->if_index};
    }
    return k;
}

void ports_kept_free(struct ports_kept *k)
{
    if (k == NULL)
        return;
    port_texts_unref(k->texts);
    free(k);
}

/* ---- as text: a large device has ten thousand ---- */

static bool is_plain(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text < ' ' || *text > '~' || *text == '"' || *text == '\\')
            return false;
    return true;
}

static void add_text(struct buffer *out, const char *name, const char *text)
{
    buffer_format(out, "\"%s\":", name);
    if (is_plain(text)) {
        buffer_char(out, '"');
        buffer_text(out, text);
        buffer_char(out, '"');
    } else {
        json_t *value = json_string(text);
        char *quoted = value != NULL ? json_dumps(value, JSON_ENCODE_ANY)
                                     : NULL; /* no UTF-8, nobody made it */

        buffer_text(out, quoted != NULL ? quoted : "\"\"");
        free(quoted);
        json_decref(value);
    }
    buffer_char(out, ',');
}

static void write_one(const struct port_kept *p, struct buffer *out)
{
    char mac[MAC_TEXT_MAX] = "";

    if (mac_is_set(&p->mac))
        mac_format(&p->mac, mac, sizeof mac);
    buffer_char(out, '{');
    add_text(out, "object", p->object);
    add_text(out, "label", p->label);
    add_text(out, "descr", p->descr);
    add_text(out, "alias", p->alias);
    add_text(out, "mac", mac);
    buffer_format(out, "\"if_index\":%" PRIu32 ",\"learned\":%" PRIu64 "}",
                  p->if_index, p->learned_bps);
}

void ports_kept_write(const struct ports_kept *k, struct buffer *out)
{
    buffer_char(out, '[');
    for (size_t i = 0; i < k->count; i++) {
        if (i > 0)
            buffer_char(out, ',');
        write_one(&k->at[i], out);
    }
    buffer_char(out, ']');
}
