#include "backup/parcel.h"
#include "backup/status.h"
#include "core/buf.h"
#include "core/utf8.h"
#include "queue/worker.h"
#include "registry/gauge.h"
#include "registry/tenancy.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/page_operator.h"
#include "web/wording.h"

#define UNSETTLED                                                                                  \
    "It came from another server and has not been checked yet. Run this on the server:"

static void add_backup(struct request *request, struct json *facts, struct str tenant)
{
    struct status status;

    status_read(request->web->store, request->arena, tenant, &status);
    input_fact(request, facts, request_text(request, STR("Last backup")),
               status.at > 0
                   ? str_printf(request->arena, "%.*s, %.*s",
                                STR_ARG(view_moment(request, status.at)), STR_ARG(status.place))
                   : request_text(request, STR("none yet")));
    if (status.fault_at > 0)
        input_fact(request, facts, request_text(request, STR("The backup failed")),
                   str_printf(request->arena, "%.*s: %.*s",
                              STR_ARG(view_moment(request, status.fault_at)),
                              STR_ARG(status.fault)));
}

/* As old as its last minute of changes. */
static bool add_packs(struct request *request, struct json *facts, int64_t tenant, struct err *err)
{
    struct buf text = {.arena = request->arena};
    struct gauge_version *packs;
    struct pack_set newest;
    size_t count;

    if (!model_library_packs(request->web->library, request->arena, &newest, err) ||
        !gauge_packs(request->web->store, request->arena, tenant, &packs, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        buf_printf(&text, "%s%.*s %.*s", i > 0 ? ", " : "", STR_ARG(packs[i].pack),
                   STR_ARG(packs[i].version));
        if (gauge_is_behind(pack_set_find(&newest, packs[i].pack), packs[i].version,
                            packs[i].digest))
            buf_printf(&text, " (%.*s)",
                       STR_ARG(request_text(request, STR("there is a newer one"))));
    }
    input_fact_link(request, facts, request_text(request, STR("Packs")), buf_str(&text),
                    page_href(request, "/packs/"));
    return true;
}

static bool add_facts(struct request *request, struct json *view, const struct store_tenant *tenant,
                      struct err *err)
{
    struct json *facts = view_list(request, view, "facts");
    struct store_size size = store_measure_tenant(request->web->store, tenant->name);

    input_fact(request, facts, request_text(request, STR("State")),
               request_text(request, tenant->is_suspended ? STR("suspended") : STR("works")));
    input_fact(request, facts, request_text(request, STR("Size on disk")),
               wording_size(request, size.bytes));
    input_fact(request, facts, request_text(request, STR("Last change")),
               size.changed_at > 0 ? view_moment(request, size.changed_at) : (struct str){0});
    input_fact(request, facts, request_text(request, STR("Here since")),
               view_moment(request, tenant->created_at));
    add_backup(request, facts, tenant->name);
    return add_packs(request, facts, tenant->id, err);
}

static void add_domain(struct request *request, struct json *view, struct str typed,
                       struct str error)
{
    struct json *fields = view_list(request, view, "fields");
    struct json *host =
        input_add(request, fields, "is_text", "host", request_text(request, STR("Own domain")));

    input_optional(request, host);
    input_value(request, host, typed);
    input_hint(request, host,
               request_text(request, STR("As zarechensk.example. Its DNS entry must lead to this "
                                         "server.")));
    if (error.len > 0)
        input_error(request, view, host, error);
}

static bool show(struct request *request, int status, struct str host, struct str error,
                 struct err *err)
{
    struct json *view = view_new(request);
    struct store_tenant tenant;

    if (!store_get_tenant(request->web->store, request->arena, request->parts[0], &tenant, err))
        return false;
    page_title(request, view, tenant.title);
    page_crumb(request, view, request_text(request, STR("Municipalities")), STR("/"));
    view_text(request, view, "heading", tenant.title);
    view_text(request, view, "pages_href",
              str_printf(request->arena, "/%.*s/", STR_ARG(tenant.name)));
    view_text(request, view, "command",
              str_printf(request->arena,
                         "uprava user create %.*s LOGIN NAME --roles admin --data %.*s",
                         STR_ARG(tenant.name), STR_ARG(store_folder(request->web->store))));
    view_text(request, view, "backup_href",
              page_href(request, "/tenants/%.*s/backup", STR_ARG(tenant.name)));
    view_bool(request, view, "is_suspended", tenant.is_suspended);
    view_text(request, view, "state_href",
              page_href(request, "/tenants/%.*s/%s", STR_ARG(tenant.name),
                        tenant.is_suspended ? "resume" : "suspend"));
    view_text(request, view, "domain_href",
              page_href(request, "/tenants/%.*s/domain", STR_ARG(tenant.name)));
    input_errors_begin(request, view);
    if (!add_facts(request, view, &tenant, err))
        return false;
    page_operator_add_taken(request, view, &tenant);
    add_domain(request, view, error.len > 0 ? host : tenant.host, error);
    return answer_page(request, status, STR("page/operator-tenant"), view, err);
}

bool page_operator_tenant(struct request *request, struct err *err)
{
    return show(request, 200, (struct str){0}, (struct str){0}, err);
}

static struct tenancy by_actor(const struct request *request)
{
    return (struct tenancy){request->web->store, request->web->library, request->actor.account,
                            request->now};
}

static bool back(struct request *request, struct str kind, struct str notice)
{
    answer_notice(request, kind, notice);
    return answer_redirect(request,
                           str_printf(request->arena, "/tenants/%.*s", STR_ARG(request->parts[0])));
}

bool page_operator_suspend(struct request *request, struct err *err)
{
    struct tenancy by = by_actor(request);

    return tenancy_suspend(&by, request->parts[0], true, err) &&
           back(request, STR("ok"), request_text(request, STR("The municipality is suspended.")));
}

/* What came from another server is looked at before it works: that takes long, so not here. */
static bool read_settled(struct request *request, bool *is_settled, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    bool is_arrived = false;

    if (!store_hold(request->web->store, request->parts[0], &tenant, err))
        return false;
    *is_settled = parcel_is_arrived(tenant, request->arena, &is_arrived, err) && !is_arrived;
    return *is_settled || is_arrived || err->code == ERR_CONFLICT;
}

bool page_operator_resume(struct request *request, struct err *err)
{
    struct tenancy by = by_actor(request);
    bool is_settled;

    if (!read_settled(request, &is_settled, err))
        return false;
    if (!is_settled)
        return back(request, STR("warn"),
                    str_printf(request->arena, "%.*s uprava tenant resume %.*s",
                               STR_ARG(request_text(request, STR(UNSETTLED))),
                               STR_ARG(request->parts[0])));
    if (!tenancy_suspend(&by, request->parts[0], false, err))
        return false;
    worker_wake(request->web->workers, request->parts[0]);
    return back(request, STR("ok"), request_text(request, STR("The municipality works again.")));
}

/* Typed as people do: with capital letters. */
static struct str read_host(struct request *request)
{
    struct buf folded = {.arena = request->arena};

    utf8_fold(&folded, str_trim(request_field(request, STR("host"))));
    return buf_str(&folded);
}

bool page_operator_domain(struct request *request, struct err *err)
{
    struct tenancy by = by_actor(request);
    struct str host;

    if (!request_form(request, err))
        return false;
    host = read_host(request);
    if (tenancy_set_host(&by, request->parts[0], host, err))
        return back(request, STR("ok"), request_text(request, STR("The domain is saved.")));
    if (err->code != ERR_INPUT && err->code != ERR_CONFLICT)
        return false;
    return show(request, 422, host,
                request_text(request, err->code == ERR_CONFLICT
                                          ? STR("Another municipality has this domain.")
                                          : STR("This is no domain name. Write it with Latin "
                                                "letters, as zarechensk.example.")),
                err);
}
