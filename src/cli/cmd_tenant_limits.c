#include "cli/commands.h"
#include "core/num.h"
#include "core/time.h"
#include "registry/gauge.h"
#include "registry/tenancy.h"
#include "web/share.h"
#include "web/web.h"

enum {
    MEGABYTE = 1024 * 1024,
};

static int64_t unit_of(enum limit_kind kind)
{
    return kind == LIMIT_DISK ? MEGABYTE : 1;
}

static bool read_one(const struct command_run *run, enum limit_kind kind, int64_t *value,
                     bool *is_given, struct err *err)
{
    struct str option = str_printf(run->arena, "--%s", limit_name(kind));
    struct str text = command_option(run, option.ptr);

    if (text.len == 0)
        return true;
    *is_given = true;
    if (str_equal(text, STR("usual"))) {
        *value = LIMIT_USUAL;
        return true;
    }
    if (!num_parse_int(text, value) || *value < 0 || *value > LIMIT_MAX / unit_of(kind))
        return err_set(err, ERR_INPUT, "%.*s: a number from 0 to %lld, or usual", STR_ARG(option),
                       (long long)(LIMIT_MAX / unit_of(kind)));
    *value *= unit_of(kind);
    return true;
}

/* What is taken of it; of requests, those that were answered. */
static int64_t taken_of(const struct gauge *gauge, const struct share_counts *shares,
                        enum limit_kind kind)
{
    const int64_t taken[LIMIT_KINDS] = {shares->served, gauge->waiting + gauge->running,
                                        gauge->disk, gauge->rows};

    return taken[kind];
}

static void print_json(struct command_run *run, struct tenant *tenant, const struct gauge *gauge,
                       const struct share_counts *shares)
{
    struct buf out = {.arena = run->arena};

    buf_add(&out, STR("{\"name\":"));
    json_write_text(&out, tenant_info(tenant)->name);
    for (size_t kind = 0; kind < LIMIT_KINDS; kind++)
        buf_printf(&out, ",\"%s\":{\"taken\":%lld,\"limit\":%lld,\"is_own\":%s}", limit_name(kind),
                   (long long)taken_of(gauge, shares, kind), (long long)limit_get(tenant, kind),
                   tenant_info(tenant)->limits.values[kind] != LIMIT_USUAL ? "true" : "false");
    buf_printf(&out, ",\"refused\":%lld,\"waiting\":%lld,\"running\":%lld}\n",
               (long long)shares->refused, (long long)gauge->waiting, (long long)gauge->running);
    run->write(run->data, buf_str(&out));
}

static void print(struct command_run *run, struct tenant *tenant, const struct gauge *gauge,
                  const struct share_counts *shares)
{
    static const char *const WHAT[LIMIT_KINDS] = {"requests a minute", "jobs at once", "disk, MB",
                                                  "records"};
    static const char *const TAKEN[LIMIT_KINDS] = {"served since the start", "waiting and running",
                                                   "taken", "kept"};

    for (size_t kind = 0; kind < LIMIT_KINDS; kind++) {
        int64_t limit = limit_get(tenant, kind);
        bool is_own = tenant_info(tenant)->limits.values[kind] != LIMIT_USUAL;
        struct str text = limit == 0
                              ? STR("no limit")
                              : str_printf(run->arena, "%lld", (long long)(limit / unit_of(kind)));

        if (!is_own && run->node->web == NULL)
            text = STR("as the server has it");
        command_print(run, "%-20s %12lld %-24s limit %.*s%s\n", WHAT[kind],
                      (long long)(taken_of(gauge, shares, kind) / unit_of(kind)), TAKEN[kind],
                      STR_ARG(text), is_own ? " (its own)" : "");
    }
    if (shares->refused > 0)
        command_print(run, "%lld requests were refused since the server was started\n",
                      (long long)shares->refused);
}

bool cmd_tenant_limits(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct tenancy by = {run->node->store, run->node->library, 0, time_now()};
    struct share_counts shares = {0};
    struct limit_set own;
    struct gauge gauge;
    bool is_given = false;

    if (!store_hold(run->node->store, run->args[0], &tenant, err))
        return false;
    own = tenant_info(tenant)->limits;
    for (size_t kind = 0; kind < LIMIT_KINDS; kind++)
        if (!read_one(run, kind, &own.values[kind], &is_given, err))
            return false;
    if ((is_given && !tenancy_limit(&by, run->args[0], &own, err)) ||
        !gauge_measure(tenant, by.now, &gauge, err))
        return false;
    if (run->node->web != NULL)
        shares = share_count(run->node->web->shares, gauge.tenant);
    if (run->is_json)
        print_json(run, tenant, &gauge, &shares);
    else
        print(run, tenant, &gauge, &shares);
    return true;
}
