/* Any octets as an order to the process that starts programs, with any number
 * of descriptors: each is answered, nothing that is not permitted is started,
 * and no descriptor stays open. */
#include "base/bytes.h"
#include "station/spawner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FDS = 6, HEAD_MAX = 64 };

static void must(bool holds)
{
    if (!holds)
        abort();
}

static bool permit_nothing(void *arg, const char *program)
{
    *(size_t *)arg += strlen(program) + 1;
    return false;
}

static size_t open_descriptors(void)
{
    size_t count = 0;
    DIR *d = opendir("/proc/self/fd");

    must(d != NULL);
    while (readdir(d) != NULL)
        count++;
    (void)closedir(d);
    return count;
}

static int file_of(struct bytes text)
{
    int fd = memfd_create("texts", MFD_CLOEXEC);

    must(fd >= 0 && write(fd, text.at, text.len) == (ssize_t)text.len);
    return fd;
}

/* head_len octets of data are the head, what follows is the file. */
static void send_order(int line, struct bytes data, size_t head_len, size_t fds)
{
    union {
        char room[CMSG_SPACE(FDS * sizeof(int))];
        struct cmsghdr align;
    } control = {0};
    struct iovec at = {(void *)data.at, head_len};
    struct msghdr m = {.msg_iov = &at, .msg_iovlen = 1};
    int list[FDS];

    for (size_t i = 0; i < fds; i++)
        list[i] =
            file_of((struct bytes){data.at + head_len, data.len - head_len});
    if (fds > 0) {
        m.msg_control = control.room;
        m.msg_controllen = CMSG_SPACE(fds * sizeof list[0]);
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(fds * sizeof list[0]);
        memcpy(CMSG_DATA(c), list, fds * sizeof list[0]);
    }
    must(sendmsg(line, &m, MSG_NOSIGNAL) == (ssize_t)head_len);
    for (size_t i = 0; i < fds; i++)
        (void)close(list[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int line[2];
    size_t asked = 0, before;
    int32_t answer[2] = {0};

    if (size < 3)
        return 0;
    size_t fds = data[0] % (FDS + 1), head = data[1] % HEAD_MAX;
    struct bytes rest = {data + 2, size - 2};
    if (head == 0 || head > rest.len)
        head = rest.len < HEAD_MAX ? rest.len : HEAD_MAX;
    must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, line) == 0);
    before = open_descriptors();
    send_order(line[0], rest, head, fds);
    must(spawner_hear(line[1], permit_nothing, &asked));
    must(open_descriptors() == before);
    must(recv(line[0], answer, sizeof answer, MSG_DONTWAIT) == sizeof answer);
    must(answer[0] < 0 && answer[1] == 0);
    must(asked == 0 || answer[0] == -EPERM);
    (void)close(line[0]);
    (void)close(line[1]);
    return 0;
}
