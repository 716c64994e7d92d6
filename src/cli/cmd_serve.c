#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cli/commands.h"
#include "cli/demo.h"
#include "cli/socket.h"
#include "core/file.h"
#include "core/log.h"
#include "core/num.h"
#include "core/time.h"
#include "store/budget.h"
#include "web/look.h"
#include "web/traffic.h"
#include "web/web.h"

enum {
    TEND_S = 60,      /* how often journals are anchored */
    GRACE_MS = 10000, /* for running requests when it is told to stop */
};

static bool read_number(const struct command_run *run, const char *name, int64_t otherwise,
                        int64_t max, int64_t *number, struct err *err)
{
    struct str text = command_option(run, name);

    *number = otherwise;
    return text.len == 0 || (num_parse_int(text, number) && *number >= 0 && *number <= max) ||
           err_set(err, ERR_INPUT, "%s: a number from 0 to %lld", name, (long long)max);
}

static bool open_node(struct command_run *run, struct node *node, struct err *err)
{
    int64_t slow;
    int64_t writers, files, megabytes;

    budget_raise_files();
    if (!read_number(run, "--slow-flush-ms", 0, 10000, &slow, err) ||
        !read_number(run, "--writers", 0, 64, &writers, err) ||
        !read_number(run, "--open-files", 0, 1000000, &files, err) ||
        !read_number(run, "--open-memory", 0, 1000000, &megabytes, err))
        return false;

    struct node_options options = {
        .data = run->args[0],
        .store = run->store,
        .share = command_option(run, "--share"),
        .slow_flush_ms = (int)slow,
        .is_unsafe = command_has(run, "--unsafe"),
        .writers = (int)writers,
        .files_max = files,
        .memory_max = megabytes * 1024 * 1024,
    };
    return node_open(run->arena, &options, node, err);
}

static struct str address_of(const struct command_run *run)
{
    struct str address = command_option(run, "--address");

    return address.len > 0 ? address : STR("127.0.0.1");
}

static bool start_http(struct command_run *run, struct web *web, struct err *err)
{
    int64_t port;
    int64_t loops;
    int64_t rate;

    if (!read_number(run, "--port", 8080, 65535, &port, err) ||
        !read_number(run, "--loops", 0, 256, &loops, err) ||
        !read_number(run, "--requests-per-minute", 6000, 1000000000, &rate, err))
        return false;

    struct http_options options = {
        .address = address_of(run),
        .port = (int)port,
        .loops = (int)loops,
        .body_max = 1024 * 1024,
        .trusted_proxy = command_option(run, "--proxy"),
        .certificate = command_option(run, "--certificate"),
        .key = command_option(run, "--key"),
        .body_limit = web_body_limit,
        .on_end = traffic_note,
        .handle = web_handle,
        .data = web,
    };
    web->requests_per_minute = (int)rate;
    return http_start(run->arena, &options, &web->server, err);
}

static void wait_for_signal(struct node *node)
{
    int64_t collected_at = 0;
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    for (;;) {
        struct timespec pause = {.tv_sec = TEND_S};

        if (sigtimedwait(&signals, NULL, &pause) > 0)
            return;
        node_tend(node, time_now());
        if (time_now() - collected_at >= TIME_DAY_MS) {
            collected_at = time_now();
            node_collect(node, collected_at);
        }
    }
}

/*
 * Tests own time: with UPRAVA_TEST_CLOCK the moment stands in that file, in milliseconds, and
 * is read anew for each request.
 */
static int64_t test_clock(void)
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

/* Threads inherit the mask, so only the main thread ever sees these. */
static void block_signals(void)
{
    sigset_t signals;

    /* A file at its limit (ulimit -f) is an error of that write, not the end of the server. */
    signal(SIGXFSZ, SIG_IGN);
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
}

static bool make_traffic(struct command_run *run, struct traffic **traffic, struct err *err)
{
    int64_t slow_ms;

    if (!read_number(run, "--slow-request-ms", 1000, 1000000, &slow_ms, err))
        return false;
    *traffic = traffic_new(run->arena);
    (*traffic)->slow_ms = (int)slow_ms;
    (*traffic)->is_logged = command_has(run, "--log-requests");
    return true;
}

static bool set_log(const struct command_run *run, struct err *err)
{
    struct str format = command_option(run, "--log-format");
    bool is_json = str_equal(format, STR("json"));

    log_set_json(is_json);
    return is_json || format.len == 0 || str_equal(format, STR("logfmt")) ||
           err_set(err, ERR_INPUT, "--log-format: logfmt or json");
}

static bool serve(struct command_run *run, struct node *node, struct err *err)
{
    struct web *web = ARENA_NEW(run->arena, struct web);
    struct socket_server *socket = NULL;
    const struct pack_set no_packs = {0};
    struct policy *node_policy;
    struct traffic *traffic;
    struct look *look;
    bool is_demo = command_has(run, "--demo");
    bool is_tls = command_option(run, "--certificate").len > 0;

    run->node = node;
    if ((is_demo && !demo_make(run, err)) ||
        !look_load(run->arena, node->ui, node->assets, &look, err) ||
        !make_traffic(run, &traffic, err) ||
        !policy_compile(run->arena, &no_packs, NULL, 0, &node_policy, err))
        return false;
    node_start_workers(node);
    *web = (struct web){
        .store = node->store,
        .library = node->library,
        .workers = node->workers,
        .look = look,
        .throttle = throttle_new(run->arena, 16384),
        .key = &node->key,
        .node_policy = node_policy,
        .hosts = command_option(run, "--hosts"),
        .traffic = traffic,
        .proxy = command_option(run, "--proxy"),
        .certificate = command_option(run, "--certificate"),
        .metrics_readers = command_option(run, "--metrics-readers"),
        .clock = getenv("UPRAVA_TEST_CLOCK") != NULL ? test_clock : time_now,
        .started_at = time_now(),
    };
    node->web = web;
    if (!socket_start(node, &socket, err))
        return false;
    if (!start_http(run, web, err)) {
        socket_stop(socket);
        return false;
    }
    bool is_six = str_find_char(address_of(run), ':') < address_of(run).len;
    command_print(run, "uprava " UPRAVA_VERSION " listens on %s://%s%.*s%s:%d\n",
                  is_tls ? "https" : "http", is_six ? "[" : "", STR_ARG(address_of(run)),
                  is_six ? "]" : "", http_port(web->server));
    if (is_demo)
        demo_print(run, http_port(web->server), is_tls);
    fflush(stdout);
    wait_for_signal(node);
    LOG(LOG_INFO, "server.stopping", {"reason", STR("signal")});
    atomic_store(&web->is_stopping, true);
    http_stop(web->server, GRACE_MS);
    socket_stop(socket);
    return true;
}

bool cmd_serve(struct command_run *run, struct err *err)
{
    struct node node = {0};

    block_signals();
    bool ok = set_log(run, err) && open_node(run, &node, err) && serve(run, &node, err);
    node_close(&node);
    return ok;
}
