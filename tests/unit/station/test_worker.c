/* A thread that does jobs for the loop: in order, each end told once. */
#include "station/worker.h"

#include "base/mem.h"

#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <event2/event.h>

#include <cmocka.h>

enum { JOBS = 5 };

struct bench {
    struct event_base *base;
    struct worker *worker;
    pthread_t loop;
    sem_t gate; /* the first job waits for it */
    unsigned worked[JOBS], ended[JOBS];
    unsigned work_count, end_count, left_out;
};

struct job {
    struct bench *bench;
    unsigned number;
};

static void work(void *arg)
{
    struct job *j = arg;

    if (j->number == 0)
        (void)sem_wait(&j->bench->gate);
    assert_false(pthread_equal(pthread_self(), j->bench->loop));
    j->bench->worked[j->bench->work_count++] = j->number;
}

static void on_end(void *arg, bool worked)
{
    struct job *j = arg;

    assert_true(pthread_equal(pthread_self(), j->bench->loop));
    j->bench->left_out += !worked;
    j->bench->ended[j->bench->end_count++] = j->number;
}

static void bench_init(struct bench *b, struct job *jobs)
{
    *b = (struct bench){.base = event_base_new(), .loop = pthread_self()};
    b->worker = worker_new(b->base);
    (void)sem_init(&b->gate, 0, 0);
    for (unsigned i = 0; i < JOBS; i++) {
        jobs[i] = (struct job){b, i};
        worker_do(b->worker, work, on_end, &jobs[i]);
    }
}

static void bench_fini(struct bench *b)
{
    event_base_free(b->base);
    (void)sem_destroy(&b->gate);
}

static void jobs_are_done_in_order_beside_the_loop(void **state)
{
    struct bench b;
    struct job jobs[JOBS];

    (void)state;
    bench_init(&b, jobs);
    assert_int_equal(worker_waiting(b.worker), JOBS);
    assert_int_equal(b.end_count, 0);
    (void)sem_post(&b.gate);
    while (worker_waiting(b.worker) > 0)
        assert_true(event_base_loop(b.base, EVLOOP_ONCE) >= 0);
    for (unsigned i = 0; i < JOBS; i++) {
        assert_int_equal(b.worked[i], i);
        assert_int_equal(b.ended[i], i);
    }
    assert_int_equal(b.left_out, 0);
    worker_free(b.worker);
    bench_fini(&b);
}

static void *open_gate(void *arg)
{
    (void)sem_post(arg);
    return NULL;
}

static void the_end_is_told_to_all(void **state)
{
    struct bench b;
    struct job jobs[JOBS];
    pthread_t other;

    (void)state;
    bench_init(&b, jobs);
    assert_int_equal(pthread_create(&other, NULL, open_gate, &b.gate), 0);
    worker_free(b.worker);
    (void)pthread_join(other, NULL);
    assert_int_equal(b.end_count, JOBS);
    assert_int_equal(b.work_count + b.left_out, JOBS);
    bench_fini(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_are_done_in_order_beside_the_loop),
        cmocka_unit_test(the_end_is_told_to_all),
    };

    return cmocka_run_group_tests_name("worker", tests, NULL, NULL);
}
