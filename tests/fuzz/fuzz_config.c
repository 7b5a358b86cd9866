/* Any octets as portolan.yaml: a configuration or a fault, never both, never
 * neither; what is in force keeps its own limits; secrets are in no message. */
#include "station/config.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void must_be_printable(const char *text)
{
    must(text_is_utf8(bytes_of_text(text)));
    for (; *text != '\0'; text++)
        must((unsigned char)*text >= ' ' && *text != 0x7f);
}

static void must_speak(const struct credential *c)
{
    if (c->version == SNMP_V3) {
        must(c->user != NULL && c->community == NULL);
        must((c->auth != AUTH_NONE) == (c->auth_secret != NULL));
        must((c->priv != PRIV_NONE) == (c->priv_secret != NULL));
        must(c->priv == PRIV_NONE || c->auth != AUTH_NONE);
    } else {
        must(c->community != NULL && c->user == NULL);
        must(c->auth == AUTH_NONE && c->priv == PRIV_NONE);
    }
}

static void must_be_sound(const struct config *c)
{
    OWNED(fence_free) struct fence *fence = config_fence(c);

    must(c->station.name[0] != '\0' && c->station.data[0] == '/');
    must(c->polling.every_ms >= 1000 && c->polling.ping_count <= 16);
    must(c->discovery.port >= 1 && c->discovery.port <= 65535);
    must(c->series.keep.count > 0);
    for (size_t i = 0; i < c->discovery.exclude.count; i++)
        must(!fence_permits(fence, &c->discovery.exclude.at[i].base));
    for (size_t i = 0; i < c->discovery.ranges.count; i++)
        must(prefix_hosts(&c->discovery.ranges.at[i]) <=
             UINT64_C(1) << CONFIG_RANGE_BITS_MAX);
    for (size_t i = 0; i < c->credentials.count; i++) {
        must_speak(c->credentials.at[i]);
        must(config_credential(c, c->credentials.at[i]->name) ==
             c->credentials.at[i]);
    }
    for (size_t i = 0; i < c->receivers.count; i++)
        if (c->receivers.at[i]->kind == RECEIVER_SNMP)
            must_speak(c->receivers.at[i]->credential);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct complaint why = {.what = ""};
    struct config *c = NULL;

    /* A secret's file could be anything that the machine has. */
    if (memmem(data, size, "_file", 5) != NULL)
        return 0;
    int rc = config_parse("fuzz", (const char *)data, size, &c, &why);
    must((rc == 0) == (c != NULL));
    if (c != NULL) {
        must_be_sound(c);
    } else {
        must(why.what[0] != '\0' && strncmp(why.place, "fuzz", 4) == 0);
        must_be_printable(why.place);
        must_be_printable(why.what);
        must_be_printable(why.remedy);
    }
    config_free(c);
    rc = config_try(NULL, (const char *)data, size, &why);
    must(rc == 0 || why.what[0] != '\0');
    return 0;
}
