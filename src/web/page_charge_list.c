/* All charges of the services one watches: what is not paid yet, what came, what has to go back. */
#include "core/csv.h"
#include "core/id.h"
#include "core/num.h"
#include "core/time.h"
#include "service/charge_sheet.h"
#include "web/answer.h"
#include "web/charges.h"
#include "web/figures.h"
#include "web/input.h"
#include "web/page_service.h"
#include "web/page_work.h"
#include "web/table.h"

enum {
    PAGE = 50,
    LOOKS_MAX = 20,  /* looks that show nothing one may see, for one that does */
    CSV_MAX = 20000, /* rows of a file */
};

static const char PATH[] = "/work/charges";

static bool may_see(struct request *request, struct str service)
{
    return services_may_watch(request, &(struct service_case){.service = service});
}

/* A batch of what this person may see; page->next 0: that was all. */
static bool read_batch(struct request *request, struct charge_sheet_ask *ask,
                       struct charge_sheet_page *page, struct err *err)
{
    size_t kept = 0;

    if (!charge_sheet_list(&request->tx, request->arena, ask, page, err))
        return false;
    for (size_t i = 0; i < page->count; i++)
        if (may_see(request, page->items[i].service))
            page->items[kept++] = page->items[i];
    page->count = kept;
    ask->before = page->next;
    return true;
}

static void add_row(struct request *request, struct json *view, const struct charge_sheet_row *it)
{
    const struct charge *charge = &it->charge;
    struct flow_wording_state state = charges_state(request, charge);
    struct json *row = table_row(
        request, view, it->number,
        page_href(request, "/cases/%.*s", STR_ARG(id_text(request->arena, charge->service_case))));

    table_cell(request, view, row, figures_title(request, it->service));
    table_cell(request, view, row, charge->purpose);
    table_cell(request, view, row, charges_amount(request, charge->kop));
    table_cell(request, view, row,
               view_day(request, catalog_day(request->catalog, charge->made_at)));
    table_cell(request, view, row,
               charge->document.len == 0
                   ? (struct str){0}
                   : str_printf(request->arena, "%.*s, %.*s", STR_ARG(charge->document),
                                STR_ARG(view_day(request, charge->paid_on))));
    table_tag(request, view, row, state.kind, state.text);
}

static bool add_rows(struct request *request, struct charge_sheet_ask *ask, struct json *view,
                     int64_t *shown, struct err *err)
{
    struct charge_sheet_page page = {.next = 1};

    *shown = 0;
    for (int look = 0; look < LOOKS_MAX && page.next != 0 && *shown == 0; look++) {
        if (!read_batch(request, ask, &page, err))
            return false;
        for (size_t i = 0; i < page.count; i++)
            add_row(request, view, &page.items[i]);
        *shown += (int64_t)page.count;
    }
    return true;
}

/* "12 charges, 54 000 ₽", of what this person may see. */
static bool add_sum(struct request *request, const struct charge_sheet_ask *ask, struct json *view,
                    struct err *err)
{
    struct charge_sheet_sums sums;
    int64_t count = 0, kop = 0;

    if (!charge_sheet_sum(&request->tx, request->arena, ask, &sums, err))
        return false;
    for (size_t i = 0; i < sums.count; i++) {
        if (!may_see(request, sums.items[i].service))
            continue;
        count += sums.items[i].count;
        kop += sums.items[i].kop;
    }
    view_text(request, view, "count", view_number(request, count));
    view_text(request, view, "amount", charges_amount(request, kop));
    view_bool(request, view, "is_cut", sums.is_cut);
    return true;
}

static void add_filters(struct request *request, const struct charges_ask *ask, struct json *view)
{
    static const struct {
        const char *name, *label;
    } DAYS[] = {{"from", "Charged from"}, {"until", "Charged until"}};
    struct json *fields = view_list(request, view, "filters");
    struct json *state =
        input_add(request, fields, "is_select", "state", request_text(request, STR("State")));

    view_bool(request, state, "is_filter", true);
    for (int i = 0; i < CHARGES_STATES; i++)
        input_option(request, state, str_from_z(charges_states[i].word),
                     request_text(request, str_from_z(charges_states[i].title)), i == ask->state);
    for (size_t i = 0; i < ARRAY_LEN(DAYS); i++) {
        struct json *day = input_add(request, fields, "is_date", DAYS[i].name,
                                     request_text(request, str_from_z(DAYS[i].label)));

        view_bool(request, day, "is_filter", true);
        input_optional(request, day);
        input_value(request, day, request_query(request, str_from_z(DAYS[i].name)));
    }
    view_text(request, view, "action", page_href(request, PATH));
}

/* The filter as an address has it, behind "?". */
static struct str query_of(struct request *request, const struct charges_ask *ask)
{
    struct buf query = {.arena = request->arena};

    buf_printf(&query, "state=%s&from=", charges_states[ask->state].word);
    url_encode(&query, request_query(request, STR("from")));
    buf_add(&query, STR("&until="));
    url_encode(&query, request_query(request, STR("until")));
    return buf_str(&query);
}

static bool start(struct request *request, struct charges_ask *ask, struct err *err)
{
    struct tx *tx;

    return page_work_is_open(request, err) && charges_read_ask(request, ask, err) &&
           request_read(request, &tx, err);
}

static void add_columns(struct request *request, struct json *view)
{
    table_begin(request, view, request_text(request, STR("Payments")));
    table_column(request, view, "Case", false);
    table_column(request, view, "Service", false);
    table_column(request, view, "For what", false);
    table_column(request, view, "Amount", true);
    table_column(request, view, "Charged", false);
    table_column(request, view, "Paid by the document", false);
    table_column(request, view, "State", false);
}

bool page_charge_list(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct charges_ask ask;
    struct str query;
    int64_t shown;
    bool is_first;

    if (!start(request, &ask, err))
        return false;
    ask.of.limit = PAGE;
    query = query_of(request, &ask);
    is_first = ask.of.before == 0;
    page_title(request, view, request_text(request, STR("Payments")));
    page_work_views(request, view, PAGE_WORK_CHARGES);
    add_filters(request, &ask, view);
    add_columns(request, view);
    if (!add_sum(request, &ask.of, view, err) || !add_rows(request, &ask.of, view, &shown, err))
        return false;
    view_text(request, view, "csv_href", page_href(request, "%s.csv?%.*s", PATH, STR_ARG(query)));
    table_pages(request, view,
                &(struct table_pages){
                    .shown = shown,
                    .total_text = json_find_text(view, STR("count")),
                    .first_href = is_first ? (struct str){0}
                                           : page_href(request, "%s?%.*s", PATH, STR_ARG(query)),
                    .next_href = ask.of.before == 0
                                     ? (struct str){0}
                                     : page_href(request, "%s?%.*s&before=%lld", PATH,
                                                 STR_ARG(query), (long long)ask.of.before),
                    .page_size = PAGE,
                });
    return answer_page(request, 200, STR("page/charges"), view, err);
}

static struct str day_text(struct request *request, int64_t day)
{
    struct buf text = {.arena = request->arena};

    time_print_day(&text, day);
    return buf_str(&text);
}

static void print_row(struct request *request, const struct charge_sheet_row *it)
{
    const struct charge *charge = &it->charge;
    struct buf amount = {.arena = request->arena};

    num_print_scaled(&amount, charge->kop, 2);
    const struct str row[] = {
        str_printf(request->arena, "%lld", (long long)charge->n),
        charge->uin,
        it->number,
        it->service,
        figures_title(request, it->service),
        charge->purpose,
        buf_str(&amount),
        charge_state_text(charge->state),
        day_text(request, catalog_day(request->catalog, charge->made_at)),
        charge->document,
        charge->document.len == 0 ? (struct str){0} : day_text(request, charge->paid_on),
    };

    csv_write(&request->exchange->out, row, ARRAY_LEN(row), ',');
}

bool page_charge_csv(struct request *request, struct err *err)
{
    static const struct str NAMES[] = {
        STR_INIT("number"),  STR_INIT("uin"),      STR_INIT("case"),   STR_INIT("service"),
        STR_INIT("title"),   STR_INIT("purpose"),  STR_INIT("amount"), STR_INIT("state"),
        STR_INIT("made_on"), STR_INIT("document"), STR_INIT("paid_on")};
    struct charge_sheet_page page = {.next = 1};
    struct charges_ask ask;
    int64_t printed = 0;

    if (!start(request, &ask, err))
        return false;
    ask.of.limit = PAGE * LOOKS_MAX;
    csv_write(&request->exchange->out, NAMES, ARRAY_LEN(NAMES), ',');
    while (page.next != 0 && printed < CSV_MAX) {
        if (!read_batch(request, &ask.of, &page, err))
            return false;
        for (size_t i = 0; i < page.count; i++)
            print_row(request, &page.items[i]);
        printed += (int64_t)page.count;
    }
    http_add(request->exchange, STR("Content-Disposition"),
             STR("attachment; filename=\"charges.csv\""));
    return answer_text(request, 200, STR("text/csv; charset=utf-8"));
}
