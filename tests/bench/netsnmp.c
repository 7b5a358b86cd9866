/* netsnmp - the peer of poll: asks the same of the same agents through
 * libnetsnmp's asynchronous API, as well as that can be done: a session for
 * each agent, epoll, whole rows by GETBULK, keys made once. Environment and
 * output are those of poll; REPETITIONS is max-repetitions (4: 48 values).
 *
 * Sessions are opened, and v3 engines discovered, before the clock starts.
 */
#include "spent.h"

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/library/large_fd_set.h>
#include <net-snmp/net-snmp-includes.h>

#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>

enum {
    EVENTS = 64,
    SWEEP_MS = 20, /* how often timeouts are looked for */
    TIMEOUT_DEFAULT_MS = 1000,
    RETRIES = 3,
    IN_FLIGHT_DEFAULT = 1000,
    REPETITIONS_DEFAULT = 4,
};

static const oid sys_uptime[] = {1, 3, 6, 1, 2, 1, 1, 3, 0};

/* IF-MIB: what poll asks for. */
static const oid columns[][11] = {
    {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6},  {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 10},
    {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 7},  {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 11},
    {1, 3, 6, 1, 2, 1, 2, 2, 1, 14},     {1, 3, 6, 1, 2, 1, 2, 2, 1, 20},
    {1, 3, 6, 1, 2, 1, 2, 2, 1, 13},     {1, 3, 6, 1, 2, 1, 2, 2, 1, 19},
    {1, 3, 6, 1, 2, 1, 2, 2, 1, 8},      {1, 3, 6, 1, 2, 1, 2, 2, 1, 7},
    {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 15}, {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 8},
};

enum { COLUMNS = sizeof columns / sizeof columns[0] };

/* ifXTable is one arc deeper than ifTable. */
static size_t column_len(size_t i)
{
    return columns[i][10] == 0 ? 10 : 11;
}

struct target {
    struct poll *poll;
    struct snmp_session *session; /* as snmp_sess_open() gave it */
    int fd;
    bool busy;
    size_t gets_left;
};

struct poll {
    struct target *targets;
    size_t count, next, busy;
    size_t in_flight, repetitions, gets;
    int epoll;
    netsnmp_large_fd_set ready; /* the socket that epoll told */
    unsigned long long varbinds, requests, failed, sum;
    double started_s, living_s;
};

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double rss_mb(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_maxrss / 1024;
}

/* ---- asking -------------------------------------------------------------- */

static int on_answer(int op, struct snmp_session *session, int id,
                     struct snmp_pdu *pdu, void *arg);

static void done(struct target *t, bool answered)
{
    struct poll *p = t->poll;

    t->busy = false;
    p->busy--;
    if (answered)
        p->living_s = now_s() - p->started_s;
    else
        p->failed++;
}

static void send_pdu(struct target *t, struct snmp_pdu *pdu)
{
    t->poll->requests++;
    if (snmp_sess_async_send(t->session, pdu, on_answer, t) == 0) {
        snmp_free_pdu(pdu);
        done(t, false);
    }
}

static struct snmp_pdu *bulk_new(const struct poll *p)
{
    struct snmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_GETBULK);

    pdu->non_repeaters = 1;
    pdu->max_repetitions = (long)p->repetitions;
    snmp_add_null_var(pdu, sys_uptime, OID_LENGTH(sys_uptime) - 1);
    return pdu;
}

static void ask_first(struct target *t)
{
    if (t->poll->gets > 0) {
        struct snmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_GET);

        snmp_add_null_var(pdu, sys_uptime, OID_LENGTH(sys_uptime));
        send_pdu(t, pdu);
        return;
    }
    struct snmp_pdu *pdu = bulk_new(t->poll);
    for (size_t i = 0; i < COLUMNS; i++)
        snmp_add_null_var(pdu, columns[i], column_len(i));
    send_pdu(t, pdu);
}

static void take_value(struct poll *p, const struct variable_list *vb)
{
    p->varbinds++;
    switch (vb->type) {
    case ASN_INTEGER:
    case ASN_COUNTER:
    case ASN_GAUGE:
    case ASN_TIMETICKS:
        p->sum += (unsigned long long)*vb->val.integer;
        break;
    case ASN_COUNTER64:
        p->sum += (unsigned long long)vb->val.counter64->high << 32 |
                  vb->val.counter64->low;
        break;
    }
}

/* Takes the rows of an answer. True, and names of the last row, if the table
 * goes on: all columns have the same rows. */
static bool take_rows(struct poll *p, const struct snmp_pdu *pdu,
                      const struct variable_list *last[COLUMNS])
{
    const struct variable_list *vb = pdu->variables;
    size_t i = 0;

    if (vb == NULL)
        return false;
    for (vb = vb->next_variable; vb != NULL; vb = vb->next_variable) {
        size_t len = column_len(i);

        if (vb->type == SNMP_ENDOFMIBVIEW || vb->name_length <= len ||
            memcmp(vb->name, columns[i], len * sizeof(oid)) != 0)
            return false;
        take_value(p, vb);
        last[i] = vb;
        i = i + 1 == COLUMNS ? 0 : i + 1;
    }
    return i == 0 && last[0] != NULL;
}

static void take_bulk(struct target *t, const struct snmp_pdu *pdu)
{
    const struct variable_list *last[COLUMNS] = {0};

    if (pdu->errstat != SNMP_ERR_NOERROR || !take_rows(t->poll, pdu, last)) {
        done(t, pdu->errstat == SNMP_ERR_NOERROR);
        return;
    }
    struct snmp_pdu *next = bulk_new(t->poll);
    for (size_t i = 0; i < COLUMNS; i++)
        snmp_add_null_var(next, last[i]->name, last[i]->name_length);
    send_pdu(t, next);
}

static void take_get(struct target *t, const struct snmp_pdu *pdu)
{
    if (pdu->errstat == SNMP_ERR_NOERROR && pdu->variables != NULL)
        take_value(t->poll, pdu->variables);
    if (--t->gets_left > 0)
        ask_first(t);
    else
        done(t, true);
}

static int on_answer(int op, struct snmp_session *session, int id,
                     struct snmp_pdu *pdu, void *arg)
{
    struct target *t = arg;

    (void)session, (void)id;
    if (op == NETSNMP_CALLBACK_OP_RESEND)
        return 1;
    if (op != NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE)
        done(t, false);
    else if (t->poll->gets > 0)
        take_get(t, pdu);
    else
        take_bulk(t, pdu);
    return 1;
}

/* ---- the loop ------------------------------------------------------------ */

static void start_more(struct poll *p)
{
    while (p->next < p->count && p->busy < p->in_flight) {
        struct target *t = &p->targets[p->next++];

        if (t->session == NULL) {
            p->failed++;
            continue;
        }
        t->busy = true;
        t->gets_left = p->gets;
        p->busy++;
        ask_first(t);
    }
}

static void sweep(struct poll *p)
{
    for (size_t i = 0; i < p->next; i++) {
        if (p->targets[i].busy)
            snmp_sess_timeout(p->targets[i].session);
    }
}

static void run_round(struct poll *p)
{
    struct epoll_event events[EVENTS];
    double swept_s = now_s();

    p->next = 0;
    start_more(p);
    while (p->busy > 0) {
        int got = epoll_wait(p->epoll, events, EVENTS, SWEEP_MS);

        for (int i = 0; i < got; i++) {
            struct target *t = events[i].data.ptr;
            NETSNMP_LARGE_FD_SET(t->fd, &p->ready); /* reading clears it */
            snmp_sess_read2(t->session, &p->ready);
        }
        if (now_s() - swept_s >= SWEEP_MS / 1e3) {
            sweep(p);
            swept_s = now_s();
        }
        start_more(p);
    }
}

/* ---- sessions ------------------------------------------------------------ */

/* The parts of V3=USER:AUTH:SECRET:PRIV:SECRET, keys made. */
static bool v3_from(char *text, struct snmp_session *s)
{
    char *part[5] = {0};

    for (size_t i = 0; i < 5; i++) {
        part[i] = strsep(&text, ":");
        if (part[i] == NULL)
            return false;
    }
    s->version = SNMP_VERSION_3;
    s->securityName = part[0];
    s->securityNameLen = strlen(part[0]);
    s->securityLevel = SNMP_SEC_LEVEL_AUTHPRIV;
    s->securityAuthProto = usmHMAC192SHA256AuthProtocol;
    s->securityAuthProtoLen = OID_LENGTH(usmHMAC192SHA256AuthProtocol);
    s->securityPrivProto = usmAESPrivProtocol;
    s->securityPrivProtoLen = OID_LENGTH(usmAESPrivProtocol);
    s->securityAuthKeyLen = sizeof s->securityAuthKey;
    s->securityPrivKeyLen = sizeof s->securityPrivKey;
    return strcmp(part[1], "SHA-256") == 0 && strcmp(part[3], "AES-128") == 0 &&
           generate_Ku(s->securityAuthProto, (unsigned)s->securityAuthProtoLen,
                       (u_char *)part[2], strlen(part[2]), s->securityAuthKey,
                       &s->securityAuthKeyLen) == SNMPERR_SUCCESS &&
           generate_Ku(s->securityAuthProto, (unsigned)s->securityAuthProtoLen,
                       (u_char *)part[4], strlen(part[4]), s->securityPrivKey,
                       &s->securityPrivKeyLen) == SNMPERR_SUCCESS;
}

static void open_session(struct poll *p, size_t i,
                         const struct snmp_session *template)
{
    struct target *t = &p->targets[i];
    struct snmp_session session = *template;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = t};
    char peer[64];

    snprintf(peer, sizeof peer, "udp:127.%zu.%zu.%zu:%zu", 16 + i / 64000,
             i / 250 % 256, i % 250 + 1, number_from("PORT", 161));
    session.peername = peer;
    t->poll = p;
    t->session = snmp_sess_open(&session);
    if (t->session == NULL)
        return;
    t->fd = snmp_sess_transport(t->session)->sock;
    epoll_ctl(p->epoll, EPOLL_CTL_ADD, t->fd, &event);
}

static bool open_all(struct poll *p)
{
    static u_char public[] = "public";
    struct snmp_session template;
    char *v3 = getenv("V3") == NULL ? NULL : strdup(getenv("V3"));

    snmp_sess_init(&template);
    template.version = SNMP_VERSION_2c;
    template.community = public;
    template.community_len = sizeof public - 1;
    template.timeout =
        (long)number_from("TIMEOUT_MS", TIMEOUT_DEFAULT_MS) * 1000;
    template.retries = RETRIES;
    if (v3 != NULL && !v3_from(v3, &template)) {
        fprintf(stderr, "V3 is not USER:SHA-256:SECRET:AES-128:SECRET\n");
        return false;
    }
    for (size_t i = 0; i < p->count; i++)
        open_session(p, i, &template);
    free(v3);
    return true;
}

static void quiet(void)
{
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID,
                           NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID,
                           NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
    setenv("MIBS", "", 1);
    init_snmp("portolan-bench");
}

int main(void)
{
    struct poll p = {
        .count = number_from("DEVICES", 100),
        .in_flight = number_from("IN_FLIGHT", IN_FLIGHT_DEFAULT),
        .repetitions = number_from("REPETITIONS", REPETITIONS_DEFAULT),
        .gets = number_from("GETS", 0),
        .epoll = epoll_create1(EPOLL_CLOEXEC),
    };
    struct rlimit files = {0};

    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    quiet();
    p.targets = calloc(p.count, sizeof *p.targets);
    netsnmp_large_fd_set_init(&p.ready, (int)p.count + EVENTS);
    if (p.targets == NULL || !open_all(&p))
        return 2;
    double before_cpu = cpu_s(), before = now_s(), living = 0;
    for (size_t round = number_from("ROUNDS", 1); round > 0; round--) {
        p.started_s = now_s();
        p.living_s = 0;
        run_round(&p);
        living += p.living_s;
    }
    double cpu = cpu_s() - before_cpu;
    printf("varbinds=%llu cpu_s=%.3f vb_per_cpu_s=%.0f wall_s=%.3f "
           "rss_mb=%.1f timeouts=%llu requests=%llu req_per_cpu_s=%.0f "
           "living_s=%.3f failed=%llu sum=%llu\n",
           p.varbinds, cpu, (double)p.varbinds / cpu, now_s() - before,
           rss_mb(), p.failed, p.requests, (double)p.requests / cpu, living,
           p.failed, p.sum);
    return 0;
}
