/* Any octets as a secured message: verifying and decrypting end and stay
 * inside; nothing is authentic but what was sealed with the key. */
#include "wire/usm.h"

#include "base/mem.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static struct usm *usm;
static struct message_scratch *scratch;
static struct usm_keys keys[3];

static void prepare(void)
{
    static char secret[] = "not-a-secret";
    static const uint8_t id[] = {0x80, 0, 0x1f, 0x88, 1, 2, 3, 4, 5};
    const struct credential credentials[] = {
        {.auth = AUTH_MD5,
         .priv = PRIV_DES,
         .auth_secret = secret,
         .priv_secret = secret},
        {.auth = AUTH_SHA256,
         .priv = PRIV_AES128,
         .auth_secret = secret,
         .priv_secret = secret},
        {.auth = AUTH_SHA512,
         .priv = PRIV_AES256C,
         .auth_secret = secret,
         .priv_secret = secret},
    };

    usm = usm_new();
    scratch = message_scratch_new();
    must(usm != NULL);
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        must(usm_keys_make(usm, &credentials[i], (struct bytes){id, sizeof id},
                           &keys[i]) == 0);
}

/* What came from outside. */
static void open_as_it_is(struct bytes whole, const struct usm_keys *with)
{
    static uint8_t plain[MESSAGE_MAX];
    struct cursor c = cursor_over(whole);
    struct message m;
    struct bytes body;

    if (message_decode(&c, &m) < 0 || m.version != SNMP_V3)
        return;
    must(!usm_verify(usm, whole, &m, with));
    if (usm_decrypt(usm, &m, with, plain, sizeof plain, &body) < 0) {
        must(body.len == 0);
        return;
    }
    must(body.len <= m.body.len);
    c = cursor_over(body);
    (void)message_decode_pdu(&c, scratch, &m);
}

/* What we seal around it is opened again. */
static void seal_and_open(struct bytes payload, const struct usm_keys *with)
{
    static uint8_t room[2 * MESSAGE_MAX], plain[MESSAGE_MAX];
    const struct oid name = OID_INIT(1, 3, 6, 1);
    const struct varbind vb = {name, {.type = VALUE_OCTETS, .octets = payload}};
    const struct message m = {
        .version = SNMP_V3,
        .v3 = {.flags = MESSAGE_AUTH | MESSAGE_PRIV,
               .security_model = MESSAGE_SECURITY_USM},
        .pdu = {.type = PDU_RESPONSE, .varbinds = &vb, .count = 1}};
    struct ber_builder b = ber_builder_over(room, sizeof room);
    struct message again;
    struct bytes body;

    must(usm_seal(usm, &b, &m, with, payload.len) == 0);
    struct bytes whole = ber_built(&b);
    struct cursor c = cursor_over(whole);
    must(message_decode(&c, &again) == 0);
    must(usm_verify(usm, whole, &again, with));
    must(usm_decrypt(usm, &again, with, plain, sizeof plain, &body) == 0);
    c = cursor_over(body);
    must(message_decode_pdu(&c, scratch, &again) == 0);
    must(bytes_equal(again.pdu.varbinds[0].value.octets, payload));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (usm == NULL)
        prepare();
    if (size == 0 || size > MESSAGE_MAX / 2)
        return 0;
    const struct usm_keys *with = &keys[data[0] % COUNT_OF(keys)];
    struct bytes rest = {data + 1, size - 1};

    open_as_it_is(rest, with);
    seal_and_open(rest, with);
    return 0;
}
