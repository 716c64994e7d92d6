/* What a municipality takes of the server, and how much it may take. */
#include "core/num.h"
#include "registry/gauge.h"
#include "registry/tenancy.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/page_operator.h"
#include "web/share.h"
#include "web/table.h"
#include "web/wording.h"

enum {
    MEGABYTE = 1024 * 1024,
    MANY = 80, /* hundredths of a limit: worth a look */
};

static int64_t unit_of(enum limit_kind kind)
{
    return kind == LIMIT_DISK ? MEGABYTE : 1;
}

static struct str title_of(struct request *request, enum limit_kind kind)
{
    static const struct str TITLES[LIMIT_KINDS] = {
        STR_INIT("Requests a minute"), STR_INIT("Jobs at once"), STR_INIT("Disk, with files"),
        STR_INIT("Records")};

    return request_text(request, TITLES[kind]);
}

static struct str amount_of(struct request *request, enum limit_kind kind, int64_t amount)
{
    return kind == LIMIT_DISK ? wording_size(request, amount) : view_number(request, amount);
}

static int64_t taken_of(const struct gauge *gauge, enum limit_kind kind)
{
    const int64_t taken[LIMIT_KINDS] = {0, gauge->waiting + gauge->running, gauge->disk,
                                        gauge->rows};

    return taken[kind];
}

/* How much of the limit that is, in hundredths; -1: it has none. */
static int64_t part_of(int64_t taken, int64_t limit)
{
    return limit == 0 ? -1 : MIN(taken, LIMIT_MAX) * 100 / limit;
}

int page_operator_nearest(const struct request *request, const struct limit_set *own,
                          const struct gauge *gauge, enum limit_kind *nearest)
{
    int64_t most = -1;

    for (enum limit_kind kind = LIMIT_JOBS; kind < LIMIT_KINDS; kind++) {
        int64_t part = part_of(taken_of(gauge, kind), limit_of(request->web->store, own, kind));

        if (part > most) {
            most = part;
            *nearest = kind;
        }
    }
    return (int)MIN(most, 1000);
}

void page_operator_add_nearest(struct request *request, struct json *view, struct json *row,
                               const struct store_tenant *tenant, const struct gauge *gauge)
{
    struct share_counts shares = share_count(request->web->shares, tenant->id);
    enum limit_kind kind = LIMIT_ROWS;
    int part = gauge == NULL ? -1 : page_operator_nearest(request, &tenant->limits, gauge, &kind);

    if (shares.refused > 0) {
        table_tag(request, view, row, "warn", request_text(request, STR("requests were refused")));
        return;
    }
    struct str text = part < 1 ? (struct str){0}
                               : str_printf(request->arena, "%.*s: %d %%",
                                            STR_ARG(title_of(request, kind)), part);
    if (part >= MANY)
        table_tag(request, view, row, part >= 100 ? "bad" : "warn", text);
    else
        table_cell(request, view, row, text);
}

static void add_row(struct request *request, struct json *view, const struct store_tenant *tenant,
                    const struct gauge *gauge, enum limit_kind kind)
{
    struct share_counts shares = share_count(request->web->shares, tenant->id);
    int64_t limit = limit_of(request->web->store, &tenant->limits, kind);
    int64_t part = part_of(taken_of(gauge, kind), limit);
    struct json *row = table_row(request, view, title_of(request, kind), (struct str){0});

    if (kind == LIMIT_REQUESTS)
        table_cell(request, view, row,
                   str_printf(request->arena, "%.*s: %.*s",
                              STR_ARG(request_text(request, STR("answered since the start"))),
                              STR_ARG(view_number(request, shares.served))));
    else
        table_cell(request, view, row, amount_of(request, kind, taken_of(gauge, kind)));
    table_cell(request, view, row,
               limit == 0 ? request_text(request, STR("no limit"))
                          : amount_of(request, kind, limit));
    if (kind == LIMIT_REQUESTS && shares.refused > 0)
        table_tag(request, view, row, "warn",
                  str_printf(request->arena, "%.*s: %.*s",
                             STR_ARG(request_text(request, STR("refused"))),
                             STR_ARG(view_number(request, shares.refused))));
    else if (kind != LIMIT_REQUESTS && part >= MANY)
        table_tag(request, view, row, part >= 100 ? "bad" : "warn",
                  str_printf(request->arena, "%lld %%", (long long)MIN(part, 1000)));
    else
        table_cell(request, view, row,
                   kind == LIMIT_REQUESTS || part < 0
                       ? (struct str){0}
                       : str_printf(request->arena, "%lld %%", (long long)part));
}

/* One that cannot be opened is shown as it was known last. */
static struct gauge measure(struct request *request, const struct store_tenant *tenant)
{
    CLEANUP(store_release) struct tenant *held = NULL;
    struct gauge gauge = {0};
    struct gauge *known;
    struct err ignored;
    size_t count;

    if (store_hold(request->web->store, tenant->name, &held, &ignored) &&
        gauge_measure(held, request->now, &gauge, &ignored))
        return gauge;
    if (gauge_list(request->web->store, request->arena, &known, &count, &ignored) &&
        gauge_find(known, count, tenant->id) != NULL)
        return *gauge_find(known, count, tenant->id);
    return gauge;
}

void page_operator_add_taken(struct request *request, struct json *view,
                             const struct store_tenant *tenant)
{
    struct json *taken = view_object(request, view, "taken");
    struct gauge gauge = measure(request, tenant);

    view_text(request, taken, "limits_href",
              page_href(request, "/tenants/%.*s/limits", STR_ARG(tenant->name)));
    table_begin(request, taken, request_text(request, STR("What it takes of the server")));
    table_column(request, taken, "What", false);
    table_column(request, taken, "Takes", false);
    table_column(request, taken, "May take", false);
    table_column(request, taken, "Part", true);
    for (enum limit_kind kind = 0; kind < LIMIT_KINDS; kind++)
        add_row(request, taken, tenant, &gauge, kind);
}

/* The form: what was typed, or stands. */
struct form {
    struct str typed[LIMIT_KINDS];
    bool is_wrong[LIMIT_KINDS];
    struct limit_set limits;
};

static void add_field(struct request *request, struct json *view, const struct form *form,
                      enum limit_kind kind)
{
    int64_t usual =
        limit_of(request->web->store,
                 &(struct limit_set){{LIMIT_USUAL, LIMIT_USUAL, LIMIT_USUAL, LIMIT_USUAL}}, kind);
    struct json *field =
        input_add(request, json_find(view, STR("fields")), "is_text", limit_name(kind),
                  kind == LIMIT_DISK ? request_text(request, STR("Disk, with files, MB"))
                                     : title_of(request, kind));

    input_optional(request, field);
    input_value(request, field, form->typed[kind]);
    view_text(request, field, "inputmode", STR("numeric"));
    view_text(request, field, "width", STR("w-number"));
    view_text(request, field, "maxlength", STR("16"));
    input_hint(request, field,
               str_printf(request->arena, "%.*s: %.*s",
                          STR_ARG(request_text(request, STR("As all others, when it is empty"))),
                          STR_ARG(usual == 0 ? request_text(request, STR("no limit"))
                                             : amount_of(request, kind, usual))));
    if (form->is_wrong[kind])
        input_error(request, view, field,
                    request_text(request, STR("A whole number, 0 for no limit.")));
}

static bool show(struct request *request, int status, const struct store_tenant *tenant,
                 const struct form *form, struct err *err)
{
    struct json *view = view_new(request);

    page_title(request, view, request_text(request, STR("Limits")));
    page_crumb(request, view, request_text(request, STR("Municipalities")), STR("/"));
    page_crumb(request, view, tenant->title,
               str_printf(request->arena, "/tenants/%.*s", STR_ARG(tenant->name)));
    view_text(request, view, "action",
              page_href(request, "/tenants/%.*s/limits", STR_ARG(tenant->name)));
    view_text(request, view, "cancel_href",
              page_href(request, "/tenants/%.*s", STR_ARG(tenant->name)));
    input_errors_begin(request, view);
    view_list(request, view, "fields");
    for (enum limit_kind kind = 0; kind < LIMIT_KINDS; kind++)
        add_field(request, view, form, kind);
    return answer_page(request, status, STR("page/operator-limits"), view, err);
}

bool page_operator_limits(struct request *request, struct err *err)
{
    struct store_tenant tenant;
    struct form form = {0};

    if (!store_get_tenant(request->web->store, request->arena, request->parts[0], &tenant, err))
        return false;
    for (enum limit_kind kind = 0; kind < LIMIT_KINDS; kind++)
        if (tenant.limits.values[kind] != LIMIT_USUAL)
            form.typed[kind] = str_printf(request->arena, "%lld",
                                          (long long)(tenant.limits.values[kind] / unit_of(kind)));
    return show(request, 200, &tenant, &form, err);
}

/* As people write numbers: 10 000. */
static struct str without_blanks(struct arena *arena, struct str text)
{
    struct buf buf = {.arena = arena};

    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != ' ')
            buf_char(&buf, text.ptr[i]);
    return buf_str(&buf);
}

static bool read_form(struct request *request, struct form *form)
{
    bool is_right = true;

    for (enum limit_kind kind = 0; kind < LIMIT_KINDS; kind++) {
        int64_t *value = &form->limits.values[kind];

        form->typed[kind] = str_trim(request_field(request, str_from_z(limit_name(kind))));
        *value = LIMIT_USUAL;
        if (form->typed[kind].len == 0)
            continue;
        form->is_wrong[kind] =
            !num_parse_int(without_blanks(request->arena, form->typed[kind]), value) ||
            *value < 0 || *value > LIMIT_MAX / unit_of(kind);
        *value = form->is_wrong[kind] ? LIMIT_USUAL : *value * unit_of(kind);
        is_right &= !form->is_wrong[kind];
    }
    return is_right;
}

bool page_operator_limits_post(struct request *request, struct err *err)
{
    struct tenancy by = {request->web->store, request->web->library, request->actor.account,
                         request->now};
    struct store_tenant tenant;
    struct form form = {0};

    if (!request_form(request, err) ||
        !store_get_tenant(request->web->store, request->arena, request->parts[0], &tenant, err))
        return false;
    if (!read_form(request, &form))
        return show(request, 422, &tenant, &form, err);
    if (!tenancy_limit(&by, tenant.name, &form.limits, err))
        return false;
    answer_notice(request, STR("ok"), request_text(request, STR("The limits are saved.")));
    return answer_redirect(request,
                           str_printf(request->arena, "/tenants/%.*s", STR_ARG(tenant.name)));
}
