#include "web/page_case_filter.h"

#include "auth/colleague.h"
#include "web/answer.h"
#include "web/figures.h"
#include "web/input.h"
#include "web/page_work.h"
#include "web/page_work_filter.h"

static const struct {
    const char *word, *title;
} DUE[] = {
    [PAGE_CASE_ANY_TIME] = {"any", "any term"},
    [PAGE_CASE_OVERDUE] = {"overdue", "overdue"},
    [PAGE_CASE_WEEK] = {"week", "due within 7 days"},
};

static enum page_case_due read_due(struct str word)
{
    for (size_t i = 0; i < ARRAY_LEN(DUE); i++)
        if (str_equal(str_from_z(DUE[i].word), word))
            return (enum page_case_due)i;
    return PAGE_CASE_ANY_TIME;
}

static enum service_case_state read_state(struct str text)
{
    for (int state = SERVICE_CASE_OPEN; state <= SERVICE_CASE_CLOSED; state++)
        if (str_equal(service_case_state_text((enum service_case_state)state), text))
            return (enum service_case_state)state;
    return SERVICE_CASE_OPEN;
}

/* The first of them is looked for: a form sends all. */
static bool is_said(const struct request *request)
{
    return request_query(request, STR("due")).len > 0 ||
           request_query(request, STR("service")).len > 0 ||
           request_query(request, STR("office")).len > 0;
}

bool page_case_filter_read(struct request *request, struct page_case_filter *filter,
                           struct err *err)
{
    struct str kept;
    struct tx *tx;

    *filter = (struct page_case_filter){.state = read_state(request_query(request, STR("state"))),
                                        .due = read_due(request_query(request, STR("due"))),
                                        .service = request_query(request, STR("service")),
                                        .office = request_query(request, STR("office"))};
    if (is_said(request))
        return true;
    if (!request_read(request, &tx, err) ||
        !colleague_left_list(tx, request->arena, request->actor.account, COLLEAGUE_CASES, &kept,
                             err))
        return false;
    filter->due = read_due(str_cut(&kept, '\t'));
    filter->service = str_cut(&kept, '\t');
    filter->office = kept;
    return true;
}

void page_case_filter_apply(const struct request *request, const struct page_case_filter *filter,
                            struct service_case_ask *ask)
{
    int64_t today = request_today(request);

    ask->state = filter->state;
    if (filter->state != SERVICE_CASE_OPEN || filter->due == PAGE_CASE_ANY_TIME)
        return;
    ask->until_due = filter->due == PAGE_CASE_OVERDUE ? today - 1 : today + FIGURES_SOON;
    if (filter->due == PAGE_CASE_WEEK)
        ask->after_due = today;
}

/* Of the card as it is installed now; empty: it names none. */
static struct str office_of(struct request *request, struct str name)
{
    const struct service *service;
    struct err none;

    return process_service(request->web->processes, request->catalog->model, name, &service, &none)
               ? service->office
               : (struct str){0};
}

bool page_case_filter_shows(struct request *request, const struct page_case_filter *filter,
                            const struct service_case *one)
{
    return (filter->service.len == 0 || str_equal(filter->service, one->service)) &&
           services_may_watch(request, one) &&
           (filter->office.len == 0 || str_equal(filter->office, office_of(request, one->service)));
}

struct str page_case_filter_query(struct request *request, const struct page_case_filter *filter)
{
    struct buf query = {.arena = request->arena};

    buf_printf(&query,
               "state=%.*s&due=%s&service=", STR_ARG(service_case_state_text(filter->state)),
               DUE[filter->due].word);
    url_encode(&query, filter->service);
    buf_add(&query, STR("&office="));
    url_encode(&query, filter->office);
    return buf_str(&query);
}

static struct json *add_select(struct request *request, struct json *fields, const char *name,
                               const char *label)
{
    struct json *field =
        input_add(request, fields, "is_select", name, request_text(request, str_from_z(label)));

    view_bool(request, field, "is_filter", true);
    return field;
}

static bool is_among(struct str text, const struct str *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(texts[i], text))
            return true;
    return false;
}

/* Of the services this person watches; where none names an office there is nothing to choose. */
static void add_offices(struct request *request, const struct page_case_filter *filter,
                        const struct service **services, size_t count, struct json *fields)
{
    struct str *offices = ARENA_ARRAY(request->arena, struct str, count + 1);
    size_t office_count = 0;
    struct json *field;

    for (size_t i = 0; i < count; i++)
        if (services[i]->office.len > 0 && !is_among(services[i]->office, offices, office_count))
            offices[office_count++] = services[i]->office;
    if (office_count == 0 && filter->office.len == 0)
        return;
    field = add_select(request, fields, "office", "Office");
    input_option(request, field, (struct str){0}, request_text(request, STR("any office")),
                 filter->office.len == 0);
    for (size_t i = 0; i < office_count; i++)
        input_option(request, field, offices[i], request_pack_text(request, offices[i]),
                     str_equal(offices[i], filter->office));
}

/* *count of services: those whose cases this person watches. */
static bool list_services(struct request *request, const struct service ***services, size_t *count,
                          struct err *err)
{
    size_t all, kept = 0;

    if (!process_services(request->web->processes, request->catalog->model, request->arena,
                          services, &all, err))
        return false;
    for (size_t i = 0; i < all; i++)
        if (services_may_watch(request, &(struct service_case){.service = (*services)[i]->name}))
            (*services)[kept++] = (*services)[i];
    *count = kept;
    return true;
}

bool page_case_filter_view(struct request *request, const struct page_case_filter *filter,
                           struct json *view, struct err *err)
{
    struct json *fields = view_list(request, view, "filters");
    const struct service **services;
    struct json *field;
    size_t count;

    if (!list_services(request, &services, &count, err))
        return false;
    field = add_select(request, fields, "service", "Service");
    input_option(request, field, (struct str){0}, request_text(request, STR("all services")),
                 filter->service.len == 0);
    for (size_t i = 0; i < count; i++)
        input_option(request, field, services[i]->name,
                     request_pack_text(request, services[i]->title),
                     str_equal(services[i]->name, filter->service));
    if (filter->state == SERVICE_CASE_OPEN) {
        field = add_select(request, fields, "due", "Term");
        for (size_t i = 0; i < ARRAY_LEN(DUE); i++)
            input_option(request, field, str_from_z(DUE[i].word),
                         request_text(request, str_from_z(DUE[i].title)), i == (size_t)filter->due);
    }
    add_offices(request, filter, services, count, fields);
    view_text(request, view, "filter_action", page_href(request, "/cases/filter"));
    view_text(request, view, "state", service_case_state_text(filter->state));
    view_bool(request, view, "is_filtered",
              filter->due != PAGE_CASE_ANY_TIME || filter->service.len > 0 ||
                  filter->office.len > 0);
    return true;
}

bool page_case_filter_post(struct request *request, struct err *err)
{
    struct page_case_filter filter;
    struct str kept;

    if (!page_work_is_open(request, err) || !request_form(request, err))
        return false;
    filter = (struct page_case_filter){.state = read_state(request_field(request, STR("state"))),
                                       .due = read_due(request_field(request, STR("due"))),
                                       .service = request_field(request, STR("service")),
                                       .office = request_field(request, STR("office"))};
    kept = str_printf(request->arena, "%s\t%.*s\t%.*s", DUE[filter.due].word,
                      STR_ARG(filter.service), STR_ARG(filter.office));
    return page_work_filter_keep(request, COLLEAGUE_CASES, kept, err) &&
           answer_redirect(request, str_printf(request->arena, "/cases/?%.*s",
                                               STR_ARG(page_case_filter_query(request, &filter))));
}
