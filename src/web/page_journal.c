#include "web/page_admin.h"

#include "auth/journal.h"
#include "core/id.h"
#include "core/num.h"
#include "core/time.h"
#include "registry/beside.h"
#include "sign/secret.h"
#include "web/answer.h"
#include "web/display.h"
#include "web/input.h"
#include "web/people.h"
#include "web/table.h"
#include "web/wording.h"

enum {
    ENTRIES_PAGE = 50,
    ENTRIES_BATCH = 500,
    ENTRIES_BATCHES_MAX = 40, /* a page reads at most so many for its filters */
    PEOPLE_MAX = 500,         /* offered in the filter */
};

struct search {
    struct request *request;
    struct tx *tx;
    struct people people;
    struct json *view;
    struct journal_ask ask;
    int64_t from, to; /* moments; 0, INT64_MAX: open */
    int64_t shown;
    bool has_more;
    unsigned *classes; /* what the actor may read, by type index */
};

static bool read_day(struct request *request, const char *name, int64_t plus, int64_t *at)
{
    struct str text = str_trim(request_query(request, str_from_z(name)));
    int64_t day;

    if (text.len == 0 || !time_parse_day_typed(text, &day))
        return text.len == 0;
    *at =
        (day + plus) * TIME_DAY_MS - (int64_t)catalog_utc_offset(request->catalog) * TIME_MINUTE_MS;
    return true;
}

static bool read_query(struct search *search, struct err *err)
{
    struct request *request = search->request;
    struct str before = request_query(request, STR("before"));
    struct str who = request_query(request, STR("who"));
    const struct register_type *type =
        model_type(request->catalog->model, request_query(request, STR("register")));

    search->to = INT64_MAX;
    search->ask.limit = ENTRIES_BATCH;
    search->ask.action = request_query(request, STR("what"));
    if (type != NULL)
        search->ask.no = catalog_no(request->catalog, type);
    if ((before.len > 0 && !num_parse_int(before, &search->ask.before)) ||
        (who.len > 0 && !id_parse(who, &search->ask.actor)))
        return err_set(err, ERR_INPUT, "the address has a broken query");
    return true;
}

static void add_who(struct search *search, struct json *filters, const struct account_page *page)
{
    struct request *request = search->request;
    struct json *who =
        input_add(request, filters, "is_select", "who", request_text(request, STR("Who")));

    input_option(request, who, (struct str){0}, request_text(request, STR("anyone")),
                 search->ask.actor == 0);
    for (size_t i = 0; i < page->count; i++)
        input_option(request, who, id_text(request->arena, page->items[i].id), page->items[i].name,
                     search->ask.actor == page->items[i].id);
}

static void add_what(struct search *search, struct json *filters)
{
    struct request *request = search->request;
    const struct model *model = request->catalog->model;
    struct json *what = input_add(request, filters, "is_select", "what",
                                  request_text(request, STR("What was done")));
    struct json *where = input_add(request, filters, "is_select", "register",
                                   request_text(request, STR("Register")));
    struct str chosen = request_query(request, STR("register"));

    input_option(request, what, (struct str){0}, request_text(request, STR("anything")),
                 search->ask.action.len == 0);
    for (size_t i = 0; wording_action_at(i).len > 0; i++)
        input_option(request, what, wording_action_at(i),
                     wording_action(request, wording_action_at(i)),
                     str_equal(search->ask.action, wording_action_at(i)));
    input_option(request, where, (struct str){0}, request_text(request, STR("any")),
                 chosen.len == 0);
    for (size_t i = 0; i < model->type_count; i++)
        input_option(request, where, model->types[i]->id,
                     request_pack_text(request, model->types[i]->title),
                     str_equal(chosen, model->types[i]->id));
}

static void add_day(struct search *search, struct json *filters, const char *name,
                    const char *label, int64_t plus, int64_t *at)
{
    struct request *request = search->request;
    struct json *field =
        input_add(request, filters, "is_date", name, request_text(request, str_from_z(label)));

    input_value(request, field, request_query(request, str_from_z(name)));
    if (!read_day(request, name, plus, at))
        view_text(request, field, "error",
                  request_text(request, STR("Enter a date like 09.03.2026.")));
}

static bool add_filters(struct search *search, struct err *err)
{
    struct request *request = search->request;
    struct json *filters = view_list(request, search->view, "filters");
    struct account_page page;

    if (!account_list(search->tx, request->arena, 0, PEOPLE_MAX, &page, err))
        return false;
    add_who(search, filters, &page);
    add_what(search, filters);
    add_day(search, filters, "from", "From the date", 0, &search->from);
    add_day(search, filters, "to", "To the date", 1, &search->to);
    for (struct json *field = filters->first; field != NULL; field = field->next)
        view_bool(request, field, "is_filter", true);
    return true;
}

/*
 * The record's title, where this person may see what a title shows and no look at personal
 * data comes of it; its register and number else.
 */
static struct str record_name(struct search *search, const struct register_type *type,
                              const struct journal_entry *entry)
{
    struct request *request = search->request;
    unsigned classes = search->classes[type->index] & (POLICY_PUBLIC | POLICY_INTERNAL);
    struct record record;
    struct err absent;

    if ((type->title_classes & ~classes) != 0 ||
        !record_get(&request->registry, entry->no, entry->record, request_today(request), &record,
                    &absent))
        return str_printf(request->arena, "%.*s, %.*s",
                          STR_ARG(request_pack_text(request, type->title)),
                          STR_ARG(id_text(request->arena, entry->record)));
    return record.title;
}

/* Where somebody had to say why, that too. */
static struct str action_text(struct request *request, const struct journal_entry *entry)
{
    struct str text = wording_action(request, entry->action);
    struct json *detail = NULL;
    struct str reason;
    struct err ignored;

    if (!str_equal(entry->action, STR("flow.values")) ||
        !json_parse(request->arena, entry->detail, NULL, &detail, &ignored))
        return text;
    reason = json_find_text(detail, STR("reason"));
    return reason.len == 0
               ? text
               : str_printf(request->arena, "%.*s: %.*s", STR_ARG(text), STR_ARG(reason));
}

/* What entries without a register tell: whose account, which pack. */
static void add_detail(struct search *search, struct json *row, const struct journal_entry *entry)
{
    struct request *request = search->request;
    struct json *detail = NULL;
    struct str account;
    struct str pack;
    struct err err;
    int64_t id;

    if (entry->detail.len > 0 && !json_parse(request->arena, entry->detail, NULL, &detail, &err))
        detail = NULL;
    account = json_find_text(detail, STR("account"));
    pack = json_find_text(detail, STR("pack"));
    if (id_parse(account, &id))
        table_link(request, search->view, row, people_find(&search->people, id),
                   request->actor.rights.admin & POLICY_USERS
                       ? page_href(request, "/admin/users/%.*s", STR_ARG(account))
                       : (struct str){0});
    else if (pack.len > 0)
        table_cell(request, search->view, row,
                   str_printf(request->arena, "%.*s %.*s", STR_ARG(pack),
                              STR_ARG(json_find_text(detail, STR("version")))));
    else
        table_cell(request, search->view, row, (struct str){0});
}

/* "Streets: own values". */
static void add_beside(struct search *search, struct json *row, const struct register_type *type,
                       const struct journal_entry *entry)
{
    struct request *request = search->request;

    table_link(
        request, search->view, row,
        str_printf(request->arena, "%.*s: %.*s", STR_ARG(request_pack_text(request, type->title)),
                   STR_ARG(request_text(request, STR("own values")))),
        search->classes[type->index] != 0 ? display_borrowed_href(request, type, entry->record)
                                          : (struct str){0});
}

static void add_subject(struct search *search, struct json *row, const struct journal_entry *entry)
{
    struct request *request = search->request;
    const struct register_type *type = catalog_type(request->catalog, entry->no);
    const struct register_type *beside = beside_type(request->catalog, entry->no);
    struct str href = {0};

    if (beside != NULL) {
        add_beside(search, row, beside, entry);
        return;
    }
    if (type == NULL) {
        add_detail(search, row, entry);
        return;
    }
    if (search->classes[type->index] != 0)
        href = entry->record != 0 ? page_href(request, "/registers/%.*s/%.*s", STR_ARG(type->id),
                                              STR_ARG(id_text(request->arena, entry->record)))
                                  : page_href(request, "/registers/%.*s", STR_ARG(type->id));
    table_link(request, search->view, row,
               entry->record != 0 ? record_name(search, type, entry)
                                  : request_pack_text(request, type->title),
               href);
}

static void add_entry(struct search *search, const struct journal_entry *entry)
{
    struct request *request = search->request;
    struct json *row =
        table_row(request, search->view, view_moment(request, entry->at), (struct str){0});

    table_cell(request, search->view, row, people_find(&search->people, entry->actor));
    if (str_equal(entry->action, STR("read")))
        table_tag(request, search->view, row, "warn", wording_action(request, entry->action));
    else
        table_cell(request, search->view, row, action_text(request, entry));
    add_subject(search, row, entry);
    search->shown++;
}

static bool add_entries(struct search *search, struct err *err)
{
    for (int batch = 0; batch < ENTRIES_BATCHES_MAX; batch++) {
        struct journal_entry *entries;
        size_t count;

        if (!journal_list(search->tx, search->request->arena, &search->ask, &entries, &count, err))
            return false;
        for (size_t i = 0; i < count; i++) {
            bool is_asked = entries[i].at >= search->from && entries[i].at < search->to;

            if (is_asked && search->shown == ENTRIES_PAGE) {
                search->has_more = true;
                return true;
            }
            if (is_asked)
                add_entry(search, &entries[i]);
            search->ask.before = entries[i].seq;
            if (entries[i].at < search->from)
                return true;
        }
        if (count < ENTRIES_BATCH)
            return true;
    }
    search->has_more = true;
    return true;
}

/* The same filters, further back. */
static struct str older_href(const struct search *search)
{
    static const char *const KEPT[] = {"who", "what", "register", "from", "to"};
    struct request *request = search->request;
    struct buf href = {.arena = request->arena};

    if (!search->has_more)
        return (struct str){0};
    buf_add(&href, page_href(request, "/journal/?before=%lld", (long long)search->ask.before));
    for (size_t i = 0; i < ARRAY_LEN(KEPT); i++) {
        struct str value = request_query(request, str_from_z(KEPT[i]));

        if (value.len == 0)
            continue;
        buf_printf(&href, "&%s=", KEPT[i]);
        url_encode(&href, value);
    }
    return buf_str(&href);
}

static void begin(struct search *search)
{
    struct request *request = search->request;
    const struct model *model = request->catalog->model;

    search->people = (struct people){.request = request, .tx = search->tx};
    search->classes = ARENA_ARRAY(request->arena, unsigned, model->type_count + 1);
    for (size_t i = 0; i < model->type_count; i++)
        if (!policy_may(&request->actor.rights, (int)i, POLICY_READ, &search->classes[i]))
            search->classes[i] = 0;
    page_title(request, search->view, request_text(request, STR("Journal")));
    view_text(request, search->view, "action", page_href(request, "/journal/"));
    view_text(request, search->view, "verify_href", page_href(request, "/journal/verify"));
    view_none(request, search->view, "checked_text");
    table_begin(request, search->view, request_text(request, STR("Journal")));
    table_column(request, search->view, "When", false);
    table_column(request, search->view, "Who", false);
    table_column(request, search->view, "What was done", false);
    table_column(request, search->view, "With what", false);
}

bool page_journal(struct request *request, struct err *err)
{
    struct search search = {.request = request, .view = view_new(request)};
    struct str before = request_query(request, STR("before"));

    if (!request_admin(request, POLICY_JOURNAL, err) || !request_read(request, &search.tx, err))
        return false;
    begin(&search);
    if (!read_query(&search, err) || !add_filters(&search, err) || !add_entries(&search, err))
        return false;
    table_pages(
        request, search.view,
        &(struct table_pages){
            .shown = search.shown,
            .total_text = view_count(request, search.shown, search.has_more),
            .first_href = before.len > 0 ? page_href(request, "/journal/") : (struct str){0},
            .next_href = older_href(&search),
            .page_size = ENTRIES_PAGE,
        });
    return answer_page(request, 200, STR("page/journal"), search.view, err);
}

bool page_journal_verify(struct request *request, struct err *err)
{
    struct journal_report report = {0};
    struct tx *tx;

    if (!request_admin(request, POLICY_JOURNAL, err) || !request_read(request, &tx, err) ||
        !journal_verify(tx, request->arena, request->web->key->public_bytes, &report, err) ||
        (report.bad == 0 && !journal_verify_bodies(tx, request->arena, &report, err)))
        return false;
    if (report.bad != 0)
        answer_notice(
            request, STR("bad"),
            str_printf(request->arena, "%.*s %lld. %.*s",
                       STR_ARG(request_text(request, STR("The chain is broken at entry"))),
                       (long long)report.bad, STR_ARG(report.what)));
    else
        answer_notice(request, STR("ok"),
                      str_printf(request->arena, "%.*s %.*s: %.*s.",
                                 STR_ARG(request_text(request, STR("The chain holds."))),
                                 STR_ARG(request_text(request, STR("Entries read"))),
                                 STR_ARG(view_number(request, report.entries))));
    return answer_redirect(request, STR("/journal/"));
}
