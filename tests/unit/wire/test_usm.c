/* Keys as the RFCs' test vectors have them; messages that are opened only by
 * who shares the secret, unchanged. */
#include "wire/usm.h"

#include "base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct usm *usm;

static int open_usm(void **state)
{
    (void)state;
    usm = usm_new();
    return usm == NULL;
}

static int close_usm(void **state)
{
    (void)state;
    usm_free(usm);
    return 0;
}

static struct bytes engine_id(void)
{
    static const uint8_t id[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};

    return (struct bytes){id, sizeof id};
}

static void assert_hex(const uint8_t *at, size_t len, const char *want)
{
    char hex[2 * USM_KEY_MAX + 1];

    assert_int_equal(len * 2, strlen(want));
    for (size_t i = 0; i < len; i++)
        snprintf(hex + 2 * i, 3, "%02x", at[i]);
    assert_string_equal(hex, want);
}

/* RFC 3414, A.3.1 and A.3.2, with the password "maplesyrup". */
static void keys_are_those_of_rfc_3414(void **state)
{
    (void)state;
    static const struct {
        enum auth_protocol auth;
        const char *key, *localised;
    } cases[] = {
        {AUTH_MD5, "9faf3283884e92834ebc9847d8edd963",
         "526f5eed9fcce26f8964c2930787d82b"},
        {AUTH_SHA1, "9fb5cc0381497b3793528939ff788d5d79145211",
         "6695febc9288e36282235fc7151f128497b38f3f"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint8_t key[USM_KEY_MAX], localised[USM_KEY_MAX], len = 0;

        assert_int_equal(usm_password_key(usm, cases[i].auth,
                                          bytes_of_text("maplesyrup"), key,
                                          &len),
                         0);
        assert_hex(key, len, cases[i].key);
        assert_int_equal(usm_localise(usm, cases[i].auth,
                                      (struct bytes){key, len}, engine_id(),
                                      localised, &len),
                         0);
        assert_hex(localised, len, cases[i].localised);
    }
}

/* Lengths of RFC 7860, 4.2.2. */
static void digests_have_the_length_of_their_rfc(void **state)
{
    (void)state;
    assert_int_equal(usm_digest_len(AUTH_NONE), 0);
    assert_int_equal(usm_digest_len(AUTH_MD5), 12);
    assert_int_equal(usm_digest_len(AUTH_SHA1), 12);
    assert_int_equal(usm_digest_len(AUTH_SHA224), 16);
    assert_int_equal(usm_digest_len(AUTH_SHA256), 24);
    assert_int_equal(usm_digest_len(AUTH_SHA384), 32);
    assert_int_equal(usm_digest_len(AUTH_SHA512), 48);
}

/* draft-reeder-snmpv3-usm-3desede-00, B.1 and B.2: the first is our localised
 * key, the second what stretches it; AES-256 takes both. */
static void keys_are_stretched_as_reeder_has_it(void **state)
{
    (void)state;
    static char secret[] = "maplesyrup";
    const struct credential md5 = {.version = SNMP_V3,
                                   .auth = AUTH_MD5,
                                   .priv = PRIV_AES256C,
                                   .auth_secret = secret,
                                   .priv_secret = secret};
    struct usm_keys keys;

    assert_int_equal(usm_keys_make(usm, &md5, engine_id(), &keys), 0);
    assert_hex(keys.priv_key, keys.priv_len,
               "526f5eed9fcce26f8964c2930787d82b"
               "79eff44a90650ee0a3a40abfac5acc12");
}

static void keys_need_their_secrets(void **state)
{
    (void)state;
    static char secret[] = "maplesyrup", empty[] = "";
    const struct {
        const char *name;
        struct credential credential;
        int result;
    } cases[] = {
        {"none needed", {.auth = AUTH_NONE}, 0},
        {"both",
         {.auth = AUTH_MD5,
          .priv = PRIV_DES,
          .auth_secret = secret,
          .priv_secret = secret},
         0},
        {"no authentication secret", {.auth = AUTH_MD5}, -EINVAL},
        {"empty secret", {.auth = AUTH_MD5, .auth_secret = empty}, -EINVAL},
        {"no privacy secret",
         {.auth = AUTH_MD5, .priv = PRIV_DES, .auth_secret = secret},
         -EINVAL},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct usm_keys keys;

        print_message("  %s\n", cases[i].name);
        assert_int_equal(
            usm_keys_make(usm, &cases[i].credential, engine_id(), &keys),
            cases[i].result);
        if (cases[i].result < 0)
            assert_int_equal(keys.auth_len + keys.priv_len, 0);
    }
}

/* ---- messages ------------------------------------------------------------ */

static struct usm_keys keys_of(enum auth_protocol auth, enum priv_protocol priv,
                               const char *auth_secret, const char *priv_secret)
{
    char *a = mem_text(auth_secret), *p = mem_text(priv_secret);
    const struct credential credential = {
        .auth = auth, .priv = priv, .auth_secret = a, .priv_secret = p};
    struct usm_keys keys;

    assert_int_equal(usm_keys_make(usm, &credential, engine_id(), &keys), 0);
    free(a);
    free(p);
    return keys;
}

static const struct oid name = OID_INIT(1, 3, 6, 1, 2, 1, 1, 3, 0);

static struct message message_with(uint8_t flags)
{
    return (struct message){
        .version = SNMP_V3,
        .v3 = {.msg_id = 4711,
               .max_size = 1500,
               .flags = flags,
               .security_model = MESSAGE_SECURITY_USM,
               .engine_id = engine_id(),
               .boots = 3,
               .time_s = 12345,
               .user = bytes_of_text("monitor"),
               .context_engine_id = engine_id(),
               .context = bytes_of_text("vlan-7")},
        .pdu = {.type = PDU_GET,
                .request_id = 4711,
                .names = &name,
                .count = 1},
    };
}

struct opened {
    bool verified;
    int decrypted, decoded;
    struct message m;
};

static struct opened open_with(struct bytes whole, const struct usm_keys *keys)
{
    static uint8_t plain[MESSAGE_MAX];
    static struct message_scratch *scratch;
    struct opened o = {.decrypted = -EBADMSG, .decoded = -EBADMSG};
    struct cursor c = cursor_over(whole);
    struct bytes body = {0};

    if (scratch == NULL)
        scratch = message_scratch_new();
    if (message_decode(&c, &o.m) < 0)
        return o;
    o.verified = usm_verify(usm, whole, &o.m, keys);
    body = o.m.body;
    o.decrypted = 0;
    if ((o.m.v3.flags & MESSAGE_PRIV) != 0)
        o.decrypted = usm_decrypt(usm, &o.m, keys, plain, sizeof plain, &body);
    c = cursor_over(body);
    o.decoded = message_decode_pdu(&c, scratch, &o.m);
    return o;
}

static void sealed_messages_are_opened_by_their_keys(void **state)
{
    (void)state;
    for (enum auth_protocol auth = AUTH_MD5; auth < AUTH_PROTOCOLS; auth++) {
        for (enum priv_protocol priv = PRIV_NONE; priv < PRIV_PROTOCOLS;
             priv++) {
            uint8_t room[512];
            struct ber_builder b = ber_builder_over(room, sizeof room);
            struct message m = message_with(usm_flags(auth, priv));
            struct usm_keys keys = keys_of(auth, priv, "secret-a", "secret-p");

            assert_int_equal(usm_seal(usm, &b, &m, &keys, 99), 0);
            struct opened o = open_with(ber_built(&b), &keys);
            assert_true(o.verified);
            assert_int_equal(o.decrypted, 0);
            assert_int_equal(o.decoded, 0);
            assert_int_equal(o.m.pdu.request_id, 4711);
            assert_true(oid_equal(o.m.pdu.varbinds[0].name, name));
            assert_true(bytes_equal(o.m.v3.context, m.v3.context));
        }
    }
}

static void other_secrets_do_not_open(void **state)
{
    (void)state;
    uint8_t room[512];
    struct ber_builder b = ber_builder_over(room, sizeof room);
    struct message m = message_with(MESSAGE_AUTH | MESSAGE_PRIV);
    struct usm_keys keys =
        keys_of(AUTH_SHA256, PRIV_AES128, "secret-a", "secret-p");
    struct usm_keys other_auth =
        keys_of(AUTH_SHA256, PRIV_AES128, "secret-b", "secret-p");
    struct usm_keys other_priv =
        keys_of(AUTH_SHA256, PRIV_AES128, "secret-a", "secret-q");
    struct usm_keys shorter =
        keys_of(AUTH_SHA1, PRIV_AES128, "secret-a", "secret-p");

    assert_int_equal(usm_seal(usm, &b, &m, &keys, 99), 0);
    struct bytes whole = ber_built(&b);
    assert_false(open_with(whole, &other_auth).verified);
    assert_false(open_with(whole, &shorter).verified);
    struct opened o = open_with(whole, &other_priv);
    assert_true(o.verified);
    assert_true(o.decrypted < 0 || o.decoded < 0);
}

static void every_changed_octet_is_noticed(void **state)
{
    (void)state;
    uint8_t room[512], changed[512];
    struct ber_builder b = ber_builder_over(room, sizeof room);
    struct message m = message_with(MESSAGE_AUTH | MESSAGE_PRIV);
    struct usm_keys keys =
        keys_of(AUTH_SHA512, PRIV_AES256, "secret-a", "secret-p");

    assert_int_equal(usm_seal(usm, &b, &m, &keys, 99), 0);
    struct bytes whole = ber_built(&b);
    for (size_t i = 0; i < whole.len; i++) {
        memcpy(changed, whole.at, whole.len);
        changed[i] ^= 0x01;
        assert_false(
            open_with((struct bytes){changed, whole.len}, &keys).verified);
    }
}

static void the_same_message_twice_looks_different(void **state)
{
    (void)state;
    uint8_t first[512], second[512];
    struct ber_builder a = ber_builder_over(first, sizeof first);
    struct ber_builder b = ber_builder_over(second, sizeof second);
    struct message m = message_with(MESSAGE_AUTH | MESSAGE_PRIV);
    struct usm_keys keys = keys_of(AUTH_SHA1, PRIV_DES, "secret-a", "secret-p");

    assert_int_equal(usm_seal(usm, &a, &m, &keys, 1), 0);
    assert_int_equal(usm_seal(usm, &b, &m, &keys, 2), 0);
    assert_false(bytes_equal(ber_built(&a), ber_built(&b)));
}

static void flags_beyond_the_keys_are_refused(void **state)
{
    (void)state;
    uint8_t room[512];
    struct ber_builder b = ber_builder_over(room, sizeof room);
    struct message m = message_with(MESSAGE_AUTH | MESSAGE_PRIV);
    struct usm_keys keys = keys_of(AUTH_SHA1, PRIV_NONE, "secret-a", NULL);

    assert_int_equal(usm_seal(usm, &b, &m, &keys, 1), -EINVAL);
    m.v3.flags = MESSAGE_AUTH;
    assert_int_equal(usm_seal(usm, &b, &m, &keys, 1), 0);
    uint8_t small[40];
    b = ber_builder_over(small, sizeof small);
    assert_int_equal(usm_seal(usm, &b, &m, &keys, 1), -EMSGSIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_those_of_rfc_3414),
        cmocka_unit_test(digests_have_the_length_of_their_rfc),
        cmocka_unit_test(keys_are_stretched_as_reeder_has_it),
        cmocka_unit_test(keys_need_their_secrets),
        cmocka_unit_test(sealed_messages_are_opened_by_their_keys),
        cmocka_unit_test(other_secrets_do_not_open),
        cmocka_unit_test(every_changed_octet_is_noticed),
        cmocka_unit_test(the_same_message_twice_looks_different),
        cmocka_unit_test(flags_beyond_the_keys_are_refused),
    };
    return cmocka_run_group_tests_name("usm", tests, open_usm, close_usm);
}
