#include <stdio.h>
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/demo.h"
#include "cli/lifetime.h"
#include "cli/socket.h"
#include "cli/succession.h"
#include "cli/supervisor.h"
#include "core/log.h"
#include "core/num.h"
#include "core/time.h"
#include "web/look.h"
#include "web/share.h"
#include "web/traffic.h"
#include "web/web.h"

enum {
    START_WAIT_S = 60, /* for a database, when the server starts */
};

static bool read_number(const struct command_run *run, const char *name, int64_t otherwise,
                        int64_t max, int64_t *number, struct err *err)
{
    struct str text = command_option(run, name);

    *number = otherwise;
    return text.len == 0 || (num_parse_int(text, number) && *number >= 0 && *number <= max) ||
           err_set(err, ERR_INPUT, "%s: a number from 0 to %lld", name, (long long)max);
}

/* Of municipalities that have none of their own. */
static bool read_limits(const struct command_run *run, struct limit_set *limits, struct err *err)
{
    int64_t *values = limits->values;

    if (!read_number(run, "--tenant-requests", 120000, 1000000000, &values[LIMIT_REQUESTS], err) ||
        !read_number(run, "--tenant-jobs", 500, 1000000, &values[LIMIT_JOBS], err) ||
        !read_number(run, "--tenant-disk", 100 * 1024, 1000000000, &values[LIMIT_DISK], err) ||
        !read_number(run, "--tenant-rows", 10000000, LIMIT_MAX, &values[LIMIT_ROWS], err))
        return false;
    values[LIMIT_DISK] *= 1024 * 1024;
    return true;
}

static bool read_node_options(struct command_run *run, struct node_options *options,
                              struct err *err)
{
    int64_t slow;
    int64_t writers, files, megabytes, days, wait_s, drain_s;

    if (!read_number(run, "--slow-flush-ms", 0, 10000, &slow, err) ||
        !read_number(run, "--writers", 0, 64, &writers, err) ||
        !read_number(run, "--store-wait", 5, 600, &wait_s, err) ||
        !read_number(run, "--drain", 0, 600, &drain_s, err) ||
        !read_number(run, "--open-files", 0, 1000000, &files, err) ||
        !read_number(run, "--open-memory", 0, 1000000, &megabytes, err) ||
        !read_number(run, "--unconfirmed-days", 30, 36500, &days, err))
        return false;
    if (!read_limits(run, &options->limits, err))
        return false;
    *options = (struct node_options){
        .limits = options->limits,
        .data = run->home,
        .store = run->store,
        .files = command_folder(run, run->files),
        .key = command_folder(run, run->node_key),
        .share = command_option(run, "--share"),
        .slow_flush_ms = (int)slow,
        .notice = command_folder(run, command_option(run, "--notice")),
        .link_ca = command_folder(run, command_option(run, "--link-ca")),
        .office = command_folder(run, command_option(run, "--soffice")),
        .trusted = command_folder(run, command_option(run, "--trusted")),
        .is_unsafe = command_has(run, "--unsafe"),
        .writers = (int)writers,
        .wait_ms = (int)MAX(wait_s * 1000, 1),
        .drain_ms = (int)drain_s * 1000,
        .files_max = files,
        .memory_max = megabytes * 1024 * 1024,
        .unconfirmed_days = days,
    };
    return true;
}

/*
 * What can be found wrong is looked for before the running server is asked to go: afterwards
 * nobody serves until this process does.
 */
static bool take_over(struct command_run *run, struct node_options *options,
                      struct succession *succession, struct err *err)
{
    struct node trial;
    struct look *look;

    if (!node_prepare(run->arena, options, &trial, err) ||
        !look_load(run->arena, trial.ui, trial.assets, &look, err) ||
        !succession_ask(run->arena, run->home, succession, err))
        return false;
    if (succession->fd < 0)
        return true;
    supervisor_tell(run->arena, "MAINPID");
    if (!succession_wait(run->arena, succession, err))
        return false;
    options->lock = succession->lock;
    return true;
}

/*
 * Database and server are often started together, so this waits for the database; not where a
 * lock was handed over, which is gone with the first attempt.
 */
static bool open_node(struct command_run *run, const struct node_options *options,
                      struct node *node, struct err *err)
{
    int64_t until_us = time_monotonic_us() + START_WAIT_S * INT64_C(1000000);
    bool is_said = false;

    while (!node_open(run->arena, options, node, err)) {
        if (err->code != ERR_UNAVAILABLE || options->store.len == 0 || options->lock > 0 ||
            time_monotonic_us() > until_us)
            return false;
        if (!is_said)
            LOG(LOG_WARN, "store.awaited", {"reason", str_from_z(err->text)});
        is_said = true;
        node_close(node);
        if (lifetime_rest(500))
            return err_set(err, ERR_UNAVAILABLE, "told to stop while the database was away");
        *err = (struct err){0};
    }
    return true;
}

static struct str address_of(const struct command_run *run)
{
    struct str address = command_option(run, "--address");

    return address.len > 0 ? address : STR("127.0.0.1");
}

static bool start_http(struct command_run *run, const struct succession *before, struct web *web,
                       struct err *err)
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
        .sockets = before->sockets,
        .socket_count = before->socket_count,
        .taken = before->taken,
        .taken_count = before->taken_count,
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

static bool serve(struct command_run *run, struct node *node, const struct succession *before,
                  struct err *err)
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
    if (!node_follow_others(node, err))
        return false;
    *web = (struct web){
        .store = node->store,
        .library = node->library,
        .processes = node->processes,
        .workers = node->workers,
        .look = look,
        .throttle = throttle_new(run->arena, 16384),
        .shares = share_new(run->arena),
        .key = &node->key,
        .link_ca = node->link.ca_file,
        .delivery = &node->delivery,
        .has_office = node->pdf.office.program.len > 0,
        .trusted = node->trusted,
        .node_policy = node_policy,
        .hosts = command_option(run, "--hosts"),
        .traffic = traffic,
        .proxy = command_option(run, "--proxy"),
        .certificate = command_option(run, "--certificate"),
        .metrics_readers = command_option(run, "--metrics-readers"),
        .clock = getenv("UPRAVA_TEST_CLOCK") != NULL ? lifetime_test_clock : time_now,
        .store_wait_ms = node->store_wait_ms,
        .started_at = time_now(),
    };
    node->web = web;
    if (command_has(run, "--backup-to"))
        web->backup_place = str_copy(run->arena, command_option(run, "--backup-to"));
    if (!lifetime_plan(run, node, err) || !socket_start(node, &socket, err))
        return false;
    if (!start_http(run, before, web, err)) {
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
    supervisor_tell(run->arena, "READY");
    lifetime_wait(run, node, web);
    socket_stop(socket);
    return true;
}

bool cmd_serve(struct command_run *run, struct err *err)
{
    struct succession before = {.fd = -1};
    struct node_options options;
    struct node node = {.heir = -1};

    lifetime_begin();
    bool ok = set_log(run, err) && read_node_options(run, &options, err) &&
              (!command_has(run, "--take-over") || take_over(run, &options, &before, err)) &&
              open_node(run, &options, &node, err) && serve(run, &node, &before, err);
    int heir = atomic_load(&node.heir);
    int lock = heir >= 0 ? store_lock(node.store) : -1;
    lifetime_end(&node);
    node_close(&node);
    if (heir >= 0)
        succession_end(heir, lock);
    return ok;
}
