#include "north/json_out.h"

#include "base/text.h"

#include <math.h>

void json_put_text(json_t *o, const char *key, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    json_t *value = json_string(text);
    if (value == NULL) { /* no UTF-8, of a disk that was spoilt say */
        struct buffer OWNED_BUFFER safe = {0};

        text_safe(bytes_of_text(text), NULL, true, SIZE_MAX, &safe);
        value = json_string(safe.at != NULL ? safe.at : "");
    }
    json_object_set_new(o, key, value);
}

void json_put_number(json_t *o, const char *key, double number)
{
    if (isfinite(number))
        json_object_set_new(o, key, json_real(number));
}

void json_put_count(json_t *o, const char *key, uint64_t number)
{
    json_object_set_new(o, key, json_integer((json_int_t)number));
}

void json_put_flag(json_t *o, const char *key, bool flag)
{
    json_object_set_new(o, key, json_boolean(flag));
}

void json_put_wall(json_t *o, const char *key, struct wall at)
{
    char text[24];

    wall_format(at, text, sizeof text);
    json_put_text(o, key, text);
}

void json_put_addr(json_t *o, const char *key, const struct addr *addr)
{
    char text[ADDR_TEXT_MAX];

    if (addr_is_set(addr))
        json_put_text(o, key, addr_format(addr, text, sizeof text));
}

void json_put_mac(json_t *o, const char *key, const struct mac *mac)
{
    char text[MAC_TEXT_MAX];

    if (mac_is_set(mac))
        json_put_text(o, key, mac_format(mac, text, sizeof text));
}

static int append(const char *text, size_t len, void *arg)
{
    buffer_add(arg, text, len);
    return 0;
}

void json_list_add(struct buffer *list, json_t *item)
{
    if (list->len > 0)
        buffer_char(list, ',');
    (void)json_dump_callback(item, append, list,
                             JSON_COMPACT | JSON_ENCODE_ANY);
    json_decref(item);
}

void json_list_put(struct buffer *object, const char *key,
                   const struct buffer *list)
{
    buffer_format(object, "%c\"%s\":[", object->len == 0 ? '{' : ',', key);
    buffer_add(object, list->at, list->len);
    buffer_char(object, ']');
}

void json_list_end(struct buffer *object, const char *next)
{
    json_t *text = next != NULL ? json_string(next) : NULL;

    if (text != NULL) {
        buffer_text(object, ",\"next\":");
        (void)json_dump_callback(text, append, object, JSON_ENCODE_ANY);
        json_decref(text);
    }
    buffer_char(object, '}');
}
