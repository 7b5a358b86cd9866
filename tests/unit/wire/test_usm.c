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

/* What net-snmp 5.9.3 sends for: snmpget -v3 -l authPriv -u monitor
 * -A secret-auth -X secret-priv -e 0x8000000001020304 -n vlan-7 HOST
 * 1.3.6.1.2.1.1.3.0 */
static const struct {
    enum auth_protocol auth;
    enum priv_protocol priv;
    const char *hex;
} sealed[] = {
    {AUTH_MD5, PRIV_DES,
     "308185020103301102045118d969020300ffe304010702010304333031040880"
     "0000000102030402010002010004076d6f6e69746f72040caf233e097f1d83c1"
     "0c7539c4040800000001fc2c709304382d0917c310e5464195f485570f1b96b8"
     "63c2ba8b7618bb6fde578c12a8667f24cca107d493d351512dc92c07a7d482c7"
     "96a20931c670cf09"},
    {AUTH_SHA1, PRIV_AES128,
     "307f0201033011020438cf3669020300ffe30401070201030433303104088000"
     "00000102030402010002010004076d6f6e69746f72040c236d520148daa1e693"
     "41078104084257dd356b7cc4f8043270cda24d2c14373e0c4d8ddee9e842e9d2"
     "fae0fa0c4503753e98ae9986f123626e2c634d078fa1a0f1821e8957a4134427"
     "07"},
    {AUTH_SHA256, PRIV_AES256,
     "30818b020103301102041c212b14020300ffe3040107020103043f303d040880"
     "0000000102030402010002010004076d6f6e69746f7204180332ccf66ae1ee95"
     "452d90ffd5b37e9735cc4b5423061846040873c21198f9aa498d04323a91b9a5"
     "c6ee928c19ee522e4a9d285fe6efbe6d70131d4e2e1468283b9fcb4b20619709"
     "919189a551925322f1503a15bbff"},
    {AUTH_SHA512, PRIV_AES192,
     "3081a3020103301102044344d6e0020300ffe304010702010304573055040880"
     "0000000102030402010002010004076d6f6e69746f72043078b2336f7191b3b3"
     "33ac304fb1a195a84bc2fc38706623ebeea45161f6ed057ef126d2205bb2564a"
     "a7b02342529b1db30408babe05620f604ec70432ae41b81b18fb8921c70d6d0c"
     "c8bd7ecb3a90b67aa72664a7651ac4359726751d692708b4865f84dbddceacd7"
     "7a504049074b"},
    {AUTH_MD5, PRIV_AES256C,
     "307f0201033011020469b484bc020300ffe30401070201030433303104088000"
     "00000102030402010002010004076d6f6e69746f72040c2a3b50f6a7fb502fde"
     "5ba756040828bd9789e0a7bd950432fd24e068d542646961037f67d27156b111"
     "d073ddf973be85d371d4317aa709ae4b2f6718b50c3cfedbd1751578daafc400"
     "18"},
    {AUTH_SHA1, PRIV_AES192C,
     "307f020103301102045d3e394c020300ffe30401070201030433303104088000"
     "00000102030402010002010004076d6f6e69746f72040c6974fcd369ae138018"
     "d0535f04082c00bf359c2347cf04320fbcce8b8754eea82ed6506d6159be7e3a"
     "0b7c6049f15a194bc86725fc15ea93ec9a8f1946bb98ab70a6054e201b804309"
     "72"},
};

static void what_net_snmp_sealed_is_opened(void **state)
{
    (void)state;
    static const uint8_t id[] = {0x80, 0, 0, 0, 1, 2, 3, 4};
    static char auth_secret[] = "secret-auth", priv_secret[] = "secret-priv";
    for (size_t i = 0; i < COUNT_OF(sealed); i++) {
        const struct credential credential = {.auth = sealed[i].auth,
                                              .priv = sealed[i].priv,
                                              .auth_secret = auth_secret,
                                              .priv_secret = priv_secret};
        struct usm_keys keys;
        uint8_t octets[256];
        size_t len = strlen(sealed[i].hex) / 2;

        for (size_t at = 0; at < len; at++) {
            char pair[3] = {sealed[i].hex[2 * at], sealed[i].hex[2 * at + 1]};
            octets[at] = (uint8_t)strtoul(pair, NULL, 16);
        }
        assert_int_equal(usm_keys_make(usm, &credential,
                                       (struct bytes){id, sizeof id}, &keys),
                         0);
        struct opened o = open_with((struct bytes){octets, len}, &keys);
        assert_true(o.verified);
        assert_int_equal(o.decrypted, 0);
        assert_int_equal(o.decoded, 0);
        assert_int_equal(o.m.pdu.type, PDU_GET);
        assert_true(oid_equal(o.m.pdu.varbinds[0].name, name));
        assert_true(bytes_equal(o.m.v3.context, bytes_of_text("vlan-7")));
    }
}

static void a_digest_of_other_length_is_refused(void **state)
{
    (void)state;
    static const uint8_t zeros[USM_DIGEST_MAX];
    struct usm_keys keys = keys_of(AUTH_SHA1, PRIV_NONE, "secret-a", NULL);
    const size_t lens[] = {0, 1, 11, 13, 48};

    for (size_t i = 0; i < COUNT_OF(lens); i++) {
        uint8_t room[512];
        struct ber_builder b = ber_builder_over(room, sizeof room);
        struct message m = message_with(MESSAGE_AUTH);

        m.v3.auth = (struct bytes){zeros, lens[i]};
        assert_int_equal(message_encode(&b, &m), 0);
        assert_false(open_with(ber_built(&b), &keys).verified);
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
        cmocka_unit_test(what_net_snmp_sealed_is_opened),
        cmocka_unit_test(a_digest_of_other_length_is_refused),
        cmocka_unit_test(the_same_message_twice_looks_different),
        cmocka_unit_test(flags_beyond_the_keys_are_refused),
    };
    return cmocka_run_group_tests_name("usm", tests, open_usm, close_usm);
}
