/* People, what is kept of their passwords, sessions and tokens: over restarts,
 * within limits, and never more than a digest. */
#include "station/keys.h"
#include "station/password.h"
#include "station/store.h"

#include "base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const struct wall now = {.ms = INT64_C(1800000000000)};

static struct wall later(int64_t ms)
{
    return (struct wall){.ms = now.ms + ms};
}

/* ---- passwords ---- */

static void a_password_fits_its_hash_alone(void **state)
{
    char hash[PASSWORD_HASH_MAX], again[PASSWORD_HASH_MAX];

    (void)state;
    assert_int_equal(password_hash("correct horse", hash), 0);
    assert_int_equal(password_hash("correct horse", again), 0);
    assert_string_not_equal(hash, again); /* salted */
    assert_true(password_fits("correct horse", hash));
    assert_false(password_fits("correct horsf", hash));
    assert_false(password_fits("", hash));
    static const char *const broken[] = {
        "", "scrypt", "scrypt:15:8:1::", "scrypt:99:8:1:00:00",
        "scrypt:0:8:1:00112233445566778899aabbccddeeff:00"};
    for (size_t i = 0; i < COUNT_OF(broken); i++)
        assert_false(password_fits("correct horse", broken[i]));
}

static void passwords_that_are_made_can_be_chosen(void **state)
{
    char one[PASSWORD_MADE_MAX], other[PASSWORD_MADE_MAX];
    struct complaint why;

    (void)state;
    password_make(one);
    password_make(other);
    assert_string_not_equal(one, other);
    assert_int_equal(strlen(one), 24);
    assert_int_equal(strspn(one, "abcdefghijklmnopqrstuvwxyz-"), 24);
    assert_int_equal(password_judge("admin", one, &why), 0);
}

static void poor_passwords_are_refused(void **state)
{
    static const struct {
        const char *password, *why;
    } cases[] = {
        {"", "shorter"},
        {"ninechars", "shorter"},
        {"admin12345", "name"},
        {"ADMINadmin", "name"},
        {"aaaaaaaaaaaaaaa", "few"},
        {"abcabcabcabc", "few"},
        {"\xff\xfe pass word more", "text"},
    };
    struct complaint why;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(password_judge("admin", cases[i].password, &why),
                         -EINVAL);
        assert_non_null(strstr(why.what, cases[i].why));
    }
    assert_int_equal(
        password_judge("admin", "\xe5\xaf\x86\xe7\xa0\x81 1234567", &why),
        0); /* characters count, not octets */
}

/* ---- people ---- */

static void the_last_administrator_stays(void **state)
{
    OWNED(people_free) struct people *p = people_new(NULL);
    struct complaint why;

    (void)state;
    assert_int_equal(
        people_add(p, "ann", ROLE_ADMINISTRATOR, "", false, now, &why), 0);
    assert_int_equal(people_add(p, "bob", ROLE_OPERATOR, "", false, now, &why),
                     0);
    assert_int_equal(people_remove(p, "ann", &why), -EPERM);
    assert_int_equal(people_set_role(p, "ann", ROLE_VIEWER, &why), -EPERM);
    assert_int_equal(people_set_role(p, "bob", ROLE_ADMINISTRATOR, &why), 0);
    assert_int_equal(people_remove(p, "ann", &why), 0);
    assert_null(people_find(p, "ann"));
    assert_int_equal(people_remove(p, "ann", &why), -ENOENT);
}

static void names_and_preferences_have_bounds(void **state)
{
    static const char *const names[] = {"",     "-a",  "a b",     "a/b",
                                        "../a", "a\n", "\xc3\xa4"};
    OWNED(people_free) struct people *p = people_new(NULL);
    struct complaint why;
    char large[PERSON_PREFERENCES_MAX + 20];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_int_equal(
            people_add(p, names[i], ROLE_VIEWER, "", false, now, &why),
            -EINVAL);
    assert_int_equal(
        people_add(p, "a.b_c-d@e", ROLE_VIEWER, "", false, now, &why), 0);
    assert_int_equal(
        people_add(p, "a.b_c-d@e", ROLE_VIEWER, "", false, now, &why), -EEXIST);
    (void)snprintf(large, sizeof large, "{\"a\":\"%0*d\"}",
                   PERSON_PREFERENCES_MAX, 0);
    const char *refused[] = {large, "[]", "1", "", "{"};
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        assert_int_equal(
            people_set_preferences(p, "a.b_c-d@e", NULL, refused[i], &why),
            -EINVAL);
    assert_int_equal(people_set_preferences(p, "a.b_c-d@e", "<b>", NULL, &why),
                     -EINVAL);
    assert_int_equal(
        people_set_preferences(p, "a.b_c-d@e", "ja", "{\"t\":1}", &why), 0);
    assert_string_equal(people_find(p, "a.b_c-d@e")->preferences, "{\"t\":1}");
}

/* ---- sessions and tokens ---- */

static void sessions_end_by_themselves(void **state)
{
    OWNED(keys_free) struct keys *k = keys_new(NULL);
    char secret[KEY_SECRET_MAX];
    int64_t at = 0;

    (void)state;
    (void)keys_open(k, "ann", "192.0.2.1", now, secret);
    assert_null(keys_find(k, KEY_TOKEN, secret, now));
    assert_null(keys_find(k, KEY_SESSION, "", now));
    while (keys_find(k, KEY_SESSION, secret, later(at)) != NULL)
        at += SESSION_IDLE_MS - 1;
    assert_true(at >= SESSION_LIFE_MS &&
                at < SESSION_LIFE_MS + SESSION_IDLE_MS);
    assert_int_equal(keys_count(k), 0);
    (void)keys_open(k, "ann", "192.0.2.1", now, secret);
    assert_null(keys_find(k, KEY_SESSION, secret, later(SESSION_IDLE_MS)));
}

static void a_person_has_so_many_sessions(void **state)
{
    OWNED(keys_free) struct keys *k = keys_new(NULL);
    char first[KEY_SECRET_MAX], secret[KEY_SECRET_MAX];

    (void)state;
    (void)keys_open(k, "ann", "", now, first);
    for (int i = 1; i < SESSIONS_EACH_MAX; i++)
        (void)keys_open(k, "ann", "", later(i), secret);
    (void)keys_open(k, "bob", "", later(50), secret);
    assert_non_null(keys_find(k, KEY_SESSION, first, later(90)));
    const struct key *last = keys_open(k, "ann", "", later(100), secret);
    assert_int_equal(keys_count(k), SESSIONS_EACH_MAX + 1);
    assert_non_null(keys_find(k, KEY_SESSION, first, later(110)));
    struct ident kept = last->id;
    keys_end_of(k, "ann", &kept);
    assert_int_equal(keys_count(k), 2);
    assert_non_null(keys_find(k, KEY_SESSION, secret, later(120)));
}

static void tokens_have_a_name_a_role_and_an_end(void **state)
{
    OWNED(keys_free) struct keys *k = keys_new(NULL);
    char secret[KEY_SECRET_MAX];
    struct complaint why;
    const struct key *key;
    struct key_order wanted = {"ci", ROLE_OPERATOR, "ann", later(1000)};

    (void)state;
    assert_int_equal(keys_make(k, &wanted, now, secret, &key, &why), 0);
    assert_int_equal(strncmp(secret, "portolan_", 9), 0);
    wanted.role = ROLE_VIEWER;
    assert_int_equal(keys_make(k, &wanted, now, secret, &key, &why), -EEXIST);
    assert_int_equal(keys_find(k, KEY_TOKEN, secret, later(999))->role,
                     ROLE_OPERATOR);
    assert_null(keys_find(k, KEY_TOKEN, secret, later(1000)));
    static const char *const names[] = {"", "a b", "a/b", "\x01"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        wanted.name = names[i];
        assert_int_equal(keys_make(k, &wanted, now, secret, &key, &why),
                         -EINVAL);
    }
}

/* ---- over a restart ---- */

struct place {
    char dir[40], path[64];
};

static struct store *open_store(const struct place *p)
{
    const struct store_options options = {.path = p->path};
    struct complaint why;
    struct store *store;

    assert_int_equal(store_open(NULL, &options, &store, &why), 0);
    return store;
}

static void what_was_known_is_known_again(void **state)
{
    struct place p = {.dir = "/tmp/portolan-people-XXXXXX"};
    char secret[KEY_SECRET_MAX], command[120];
    struct complaint why;

    (void)state;
    assert_non_null(mkdtemp(p.dir));
    (void)snprintf(p.path, sizeof p.path, "%s/state.db", p.dir);
    {
        OWNED(store_free) struct store *store = open_store(&p);
        OWNED(people_free) struct people *people = people_new(store);
        OWNED(keys_free) struct keys *keys = keys_new(store);

        assert_int_equal(people_add(people, "ann", ROLE_OPERATOR, "scrypt:x",
                                    true, now, &why),
                         0);
        assert_int_equal(
            people_add(people, "gone", ROLE_VIEWER, "", true, now, &why), 0);
        assert_int_equal(people_remove(people, "gone", &why), 0);
        (void)keys_open(keys, "ann", "192.0.2.1", now, secret);
        assert_int_equal(store_flush(store, 5000), 0);
    }
    {
        OWNED(store_free) struct store *store = open_store(&p);
        OWNED(people_free) struct people *people = people_new(store);
        OWNED(keys_free) struct keys *keys = keys_new(store);

        store_put(store, "person", "odd", "no json");
        store_put(store, "key", "odd", "{\"kind\":\"token\"}");
        assert_int_equal(people_load(people, &why), 0);
        assert_int_equal(keys_load(keys, &why), 0);
        assert_int_equal(people_count(people), 1);
        const struct person *ann = people_find(people, "ann");
        assert_true(ann->must_change);
        assert_int_equal(ann->role, ROLE_OPERATOR);
        assert_string_equal(ann->hash, "scrypt:x");
        const struct key *key =
            keys_find(keys, KEY_SESSION, secret, later(1000));
        assert_non_null(key);
        assert_string_equal(key->name, "ann");
    }
    (void)snprintf(command, sizeof command, "grep -q %s %s/state.db*", secret,
                   p.dir);
    assert_int_not_equal(system(command),
                         0); /* the secret itself is not kept */
    (void)snprintf(command, sizeof command, "rm -r %s", p.dir);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_password_fits_its_hash_alone),
        cmocka_unit_test(passwords_that_are_made_can_be_chosen),
        cmocka_unit_test(poor_passwords_are_refused),
        cmocka_unit_test(the_last_administrator_stays),
        cmocka_unit_test(names_and_preferences_have_bounds),
        cmocka_unit_test(sessions_end_by_themselves),
        cmocka_unit_test(a_person_has_so_many_sessions),
        cmocka_unit_test(tokens_have_a_name_a_role_and_an_end),
        cmocka_unit_test(what_was_known_is_known_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
