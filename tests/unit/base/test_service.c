/* A service manager hears what it waits for; programs that are started do not
 * speak for the station. */
#include "base/service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/un.h>

#include <cmocka.h>

enum { SAID_MAX = 64 };

static void hear(int fd, char said[SAID_MAX])
{
    ssize_t len = recv(fd, said, SAID_MAX - 1, MSG_DONTWAIT);

    said[len > 0 ? len : 0] = '\0';
}

/* In the abstract name space, as systemd's in a container. */
static void what_is_told_is_heard(void **state)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    char name[SAID_MAX], said[SAID_MAX];
    struct service s;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    (void)state;
    int len = snprintf(name, sizeof name, "@portolan-test-%d", (int)getpid());
    memcpy(at.sun_path + 1, name + 1, (size_t)len - 1);
    assert_int_equal(bind(fd, (const struct sockaddr *)&at,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path)) +
                              (socklen_t)len),
                     0);
    assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
    service_take(&s);
    assert_null(getenv("NOTIFY_SOCKET"));
    service_tell(&s, "READY=1");
    hear(fd, said);
    assert_string_equal(said, "READY=1");
    assert_int_equal(close(fd), 0);
    service_tell(&s, "STOPPING=1"); /* nobody is there any more */
}

static void without_a_manager_nothing_is_told(void **state)
{
    struct service s;

    (void)state;
    service_take(&s);
    assert_string_equal(s.path, "");
    assert_int_equal(s.watchdog_ms, 0);
    service_tell(&s, "READY=1");
}

static void a_watchdog_is_that_of_this_process(void **state)
{
    char pid[SAID_MAX];
    static const struct {
        const char *us;
        bool ours;
        int64_t ms;
    } cases[] = {
        {"30000000", true, 30000}, {"30000000", false, 0}, {"-5", true, 0},
        {"soon", true, 0},         {"0", true, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct service s;

        print_message("  %s\n", cases[i].us);
        (void)snprintf(pid, sizeof pid, "%d",
                       (int)getpid() + (cases[i].ours ? 0 : 1));
        (void)setenv("WATCHDOG_USEC", cases[i].us, 1);
        (void)setenv("WATCHDOG_PID", pid, 1);
        service_take(&s);
        assert_int_equal(s.watchdog_ms, cases[i].ms);
        assert_null(getenv("WATCHDOG_USEC"));
        assert_null(getenv("WATCHDOG_PID"));
    }
}

/* A path that would be cut is none. */
static void a_path_too_long_is_not_used(void **state)
{
    char path[2 * SERVICE_PATH_MAX];
    struct service s;

    (void)state;
    memset(path, 'a', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    (void)setenv("NOTIFY_SOCKET", path, 1);
    service_take(&s);
    assert_string_equal(s.path, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_told_is_heard),
        cmocka_unit_test(without_a_manager_nothing_is_told),
        cmocka_unit_test(a_watchdog_is_that_of_this_process),
        cmocka_unit_test(a_path_too_long_is_not_used),
    };

    return cmocka_run_group_tests_name("service", tests, NULL, NULL);
}
