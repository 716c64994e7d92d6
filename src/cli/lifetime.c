#include "cli/lifetime.h"

#include <signal.h>
#include <stdlib.h>

#include "cli/backup_plan.h"
#include "cli/succession.h"
#include "cli/supervisor.h"
#include "cli/upkeep.h"
#include "core/file.h"
#include "core/log.h"
#include "core/num.h"
#include "core/time.h"
#include "web/web.h"

enum {
    TEND_S = 60,      /* how often journals are anchored */
    GRACE_MS = 10000, /* for running requests when it is told to stop */
    HEIR_NONE = -2,   /* and none is let in any more */
};

/* To stop; to let another process take over (socket.c). */
static void fill_signals(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGUSR2);
}

/* Threads inherit the mask, so only the main thread ever sees these. */
void lifetime_begin(void)
{
    sigset_t signals;

    /* A process that uprava upgrade starts is nobody's to wait for. */
    signal(SIGCHLD, SIG_IGN);
    /* A file at its limit (ulimit -f) is an error of that write, not the end of the server. */
    signal(SIGXFSZ, SIG_IGN);
    fill_signals(&signals);
    sigprocmask(SIG_BLOCK, &signals, NULL);
}

bool lifetime_rest(int ms)
{
    struct timespec pause = {ms / 1000, ms % 1000 * 1000000L};
    sigset_t signals;

    fill_signals(&signals);
    return sigtimedwait(&signals, NULL, &pause) > 0;
}

/* Looks after the journals meanwhile. The signal. */
static int wait_for_signal(struct node *node)
{
    sigset_t signals;

    fill_signals(&signals);
    for (;;) {
        struct timespec pause = {.tv_sec = TEND_S};
        int number = sigtimedwait(&signals, NULL, &pause);

        if (number > 0)
            return number;
        upkeep_tend(node, time_now());
        upkeep_collect_some(node, time_now());
    }
}

bool lifetime_plan(struct command_run *run, struct node *node, struct err *err)
{
    return backup_plan_start(run, node, &node->plan, err);
}

void lifetime_end(struct node *node)
{
    backup_plan_stop(&node->plan);
}

void lifetime_wait(struct command_run *run, struct node *node, struct web *web)
{
    upkeep_begin(node, time_now());
    while (wait_for_signal(node) == SIGUSR2) {
        int fd = atomic_load(&node->heir);

        if (fd < 0)
            continue;
        if (succession_offer(fd, web->server)) {
            struct succession_giver *giver = succession_giver_new(run->arena, fd);

            lifetime_end(node);
            LOG(LOG_INFO, "server.stopping", {"reason", STR("another process takes over")});
            atomic_store(&web->is_stopping, true);
            http_hand_over(web->server, GRACE_MS, &(struct http_heir){succession_give, giver});
            return;
        }
        atomic_store(&node->heir, -1);
        LOG(LOG_WARN, "server.heir_lost", {"reason", STR("it ended, or was not ready in time")});
    }
    LOG(LOG_INFO, "server.stopping", {"reason", STR("signal")});
    lifetime_end(node);
    supervisor_tell(run->arena, "STOPPING");
    atomic_store(&web->is_stopping, true);
    /* A balancer sends new requests elsewhere meanwhile; a second signal cuts it short. */
    if (node->drain_ms > 0)
        lifetime_rest(node->drain_ms);
    int late = atomic_exchange(&node->heir, HEIR_NONE); /* asked while we were told to stop */
    file_close(&late);
    http_stop(web->server, GRACE_MS);
}

/*
 * Tests own time: with UPRAVA_TEST_CLOCK the moment stands in that file, in milliseconds, and
 * is read anew for each request.
 */
int64_t lifetime_test_clock(void)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    const char *path = getenv("UPRAVA_TEST_CLOCK");
    struct str text;
    struct err err;
    int64_t now;

    return path != NULL && file_read(scratch, str_from_z(path), 64, &text, &err) &&
                   num_parse_int(str_trim(text), &now)
               ? now
               : time_now();
}
