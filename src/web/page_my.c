#include "web/page_account.h"

#include <stdlib.h>

#include "auth/journal.h"
#include "core/id.h"
#include "core/map.h"
#include "core/num.h"
#include "core/time.h"
#include "web/answer.h"
#include "web/display.h"
#include "web/input.h"
#include "web/page_my_offer.h"
#include "web/page_service.h"
#include "web/people.h"
#include "web/table.h"

enum {
    LOOKS_PAGE = 50,
    LOOKS_BATCH = 500,
    LOOKS_BATCHES_MAX = 8, /* a page reads at most so many entries about lists of a register */
};

struct known { /* what is kept of me */
    int64_t no, record;
    struct str name; /* in words */
};

struct look {
    struct journal_entry entry;
    struct str what;
};

struct looks {
    struct request *request;
    struct tx *tx;
    struct people people;
    struct json *view;
    VEC(struct known) known;
    struct map ids; /* id → the register's number of what is known */
    VEC(struct look) found;
    int64_t shown;
    int64_t before; /* the last entry that was looked at */
};

/* What is kept of this person, but for what is secret even to them. */
static bool add_facts(struct looks *looks, const struct register_type *type, struct err *err)
{
    struct request *request = looks->request;
    struct json *facts = view_list(request, looks->view, "facts");
    struct display display =
        display_start(request, looks->tx, POLICY_PUBLIC | POLICY_INTERNAL | POLICY_PERSONAL);
    struct display_value shown;
    struct registry own = request->registry;
    struct record record;
    struct json *body;

    /* One's own card, whatever one's work reaches. */
    own.reader = NULL;
    if (!record_get(&own, catalog_no(request->catalog, type), request_person(request),
                    request_today(request), &record, err) ||
        !json_parse(request->arena, record.body, NULL, &body, err))
        return false;
    input_fact(request, facts, request_text(request, STR("Name")), record.title);
    for (size_t i = 0; i < type->field_count; i++) {
        const struct register_field *field = &type->fields[i];
        const struct json *value = json_find(body, field->name);

        if (value == NULL || field->is_in_title || !display_sees(&display, field))
            continue;
        if (!display_field(&display, field, value, &shown, err))
            return false;
        input_fact(request, facts, display_title(request, field), shown.text);
    }
    return true;
}

static int compare_looks(const void *a, const void *b)
{
    int64_t one = ((const struct look *)a)->entry.seq, other = ((const struct look *)b)->entry.seq;

    return one < other ? 1 : one > other ? -1 : 0;
}

/* At one of my records, a page of them; *reached: the last that was looked at, 0: all were. */
static bool find_direct(struct looks *looks, const struct known *one, int64_t *reached,
                        struct err *err)
{
    struct journal_ask ask = {.before = looks->before,
                              .no = one->no,
                              .record = one->record,
                              .action = STR("read"),
                              .limit = LOOKS_PAGE};
    struct journal_entry *entries;
    size_t count;

    if (!journal_list(looks->tx, looks->request->arena, &ask, &entries, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        VEC_PUSH(looks->request->arena, &looks->found, (struct look){entries[i], one->name});
    *reached = count < LOOKS_PAGE ? 0 : entries[count - 1].seq;
    return true;
}

/* A list of that register: was something of me in it?  Ids stand in quotes there, many in each of
 * thousands of entries, so they are looked up rather than mine looked for. */
static bool is_in(const struct looks *looks, const struct journal_entry *entry)
{
    struct str rest = entry->detail;

    while (rest.len > 0) {
        struct str word = str_cut(&rest, '"');
        const int64_t *no = word.len == ID_TEXT_LEN ? map_find(&looks->ids, word) : NULL;

        if (no != NULL && *no == entry->no)
            return true;
    }
    return false;
}

static bool find_lists(struct looks *looks, int64_t no, int64_t *reached, struct err *err)
{
    struct arena *arena = looks->request->arena;
    struct str what = request_text(looks->request, STR("a list I am in"));
    size_t before = looks->found.count;

    *reached = looks->before;
    for (int batch = 0; batch < LOOKS_BATCHES_MAX; batch++) {
        struct journal_ask ask = {.before = *reached,
                                  .no = no,
                                  .action = STR("read"),
                                  .is_list = true,
                                  .limit = LOOKS_BATCH};
        struct journal_entry *entries;
        size_t count;

        if (!journal_list(looks->tx, arena, &ask, &entries, &count, err))
            return false;
        for (size_t i = 0; i < count; i++) {
            *reached = entries[i].seq;
            if (is_in(looks, &entries[i]))
                VEC_PUSH(arena, &looks->found, (struct look){entries[i], what});
            if (looks->found.count - before == LOOKS_PAGE)
                return true;
        }
        if (count < LOOKS_BATCH) {
            *reached = 0;
            return true;
        }
    }
    return true;
}

static void add_look(struct looks *looks, const struct look *look)
{
    struct request *request = looks->request;
    struct json *row =
        table_row(request, looks->view, view_moment(request, look->entry.at), (struct str){0});

    table_cell(request, looks->view, row, people_find(&looks->people, look->entry.actor));
    table_cell(request, looks->view, row, look->what);
    looks->shown++;
}

/* The first of its register. */
static bool is_first(const struct looks *looks, size_t place)
{
    for (size_t i = 0; i < place; i++)
        if (looks->known.items[i].no == looks->known.items[place].no)
            return false;
    return true;
}

/* Looks at each record and at lists have their indexes; what one of them has not reached yet is not
 * shown of the others either. */
static bool add_looks(struct looks *looks, struct err *err)
{
    int64_t edge = 0;

    for (size_t i = 0; i < looks->known.count; i++) {
        const struct known *one = &looks->known.items[i];
        int64_t reached, listed = 0;

        if (!find_direct(looks, one, &reached, err) ||
            (is_first(looks, i) && !find_lists(looks, one->no, &listed, err)))
            return false;
        edge = MAX(edge, MAX(reached, listed));
    }
    if (looks->found.count > 0)
        qsort(looks->found.items, looks->found.count, sizeof looks->found.items[0], compare_looks);
    for (size_t i = 0; i < looks->found.count && looks->shown < LOOKS_PAGE; i++) {
        const struct look *look = &looks->found.items[i];

        if (look->entry.seq < edge)
            break;
        add_look(looks, look);
        if (looks->shown == LOOKS_PAGE && i + 1 < looks->found.count)
            edge = look->entry.seq;
    }
    looks->before = edge;
    return true;
}

static void know(struct looks *looks, int64_t no, int64_t record, struct str name)
{
    struct arena *arena = looks->request->arena;
    int64_t *of = ARENA_NEW(arena, int64_t);

    *of = no;
    map_put(&looks->ids, id_text(arena, record), of);
    VEC_PUSH(arena, &looks->known, (struct known){.no = no, .record = record, .name = name});
}

/* Who looked at my card and at what I applied with. */
static bool add_all_looks(struct looks *looks, struct err *err)
{
    struct request *request = looks->request;
    struct str before = request_query(request, STR("before"));

    if (before.len > 0 && !num_parse_int(before, &looks->before))
        return err_set(err, ERR_INPUT, "before: the number of a version");
    if (!add_looks(looks, err))
        return false;
    table_pages(request, looks->view,
                &(struct table_pages){
                    .shown = looks->shown,
                    .total_text = view_count(request, looks->shown, looks->before > 0),
                    .first_href = before.len > 0 ? page_href(request, "/my/") : (struct str){0},
                    .next_href = looks->before > 0 ? page_href(request, "/my/?before=%lld",
                                                               (long long)looks->before)
                                                   : (struct str){0},
                    .page_size = LOOKS_PAGE,
                });
    return true;
}

enum {
    CASES_MAX = 50,
};

static struct str service_title(struct request *request, struct str name)
{
    const struct service *service;
    struct err none;

    return process_service(request->web->processes, request->catalog->model, name, &service, &none)
               ? request_pack_text(request, service->title)
               : name;
}

/* What I have ordered, and what I have begun to fill in. */
static bool add_cases(struct looks *looks, struct err *err)
{
    struct request *request = looks->request;
    struct json *view = looks->view;
    struct service_case_ask ask = {.applicant = request->actor.account, .limit = CASES_MAX};
    struct json *cases = view_list(request, view, "cases");
    struct json *begun = view_list(request, view, "begun");
    struct application_begun *drafts;
    struct service_case_page page;
    size_t count;

    if (!service_case_list(&request->tx, request->arena, &ask, &page, err) ||
        !application_list(&request->tx, request->arena, request->actor.account, &drafts, &count,
                          err))
        return false;
    for (size_t i = 0; i < page.count; i++) {
        const struct service_case *one = &page.items[i];
        struct flow_wording_state state = services_state(request, one);
        struct json *row = view_push(request, cases);
        struct json *tag = view_object(request, row, "tag");

        know(looks, one->no, one->id,
             str_printf(request->arena, "%.*s %.*s",
                        STR_ARG(request_text(request, STR("my application"))),
                        STR_ARG(one->number)));
        view_text(request, row, "name", service_title(request, one->service));
        view_text(request, row, "case_href",
                  page_href(request, "/my/cases/%.*s", STR_ARG(id_text(request->arena, one->id))));
        view_text(request, row, "number", one->number);
        view_text(request, row, "when",
                  view_day(request, catalog_day(request->catalog, one->registered_at)));
        view_text(request, tag, "kind", str_from_z(state.kind));
        view_text(request, tag, "text", state.text);
    }
    for (size_t i = 0; i < count; i++) {
        struct json *row = view_push(request, begun);

        view_text(request, row, "name", service_title(request, drafts[i].service));
        view_text(request, row, "apply_href",
                  page_href(request, "/services/%.*s/apply", STR_ARG(drafts[i].service)));
        view_text(request, row, "when", view_moment(request, drafts[i].changed_at));
    }
    view_bool(request, view, "has_cases", cases->count > 0);
    view_bool(request, view, "has_begun", begun->count > 0);
    view_maybe(request, view, "services_href",
               request->catalog->model->has_services ? page_href(request, "/services/")
                                                     : (struct str){0});
    return true;
}

bool page_my(struct request *request, struct err *err)
{
    const struct register_type *type = request->catalog->model->person;
    struct looks looks = {
        .request = request, .view = view_new(request), .ids = {.arena = request->arena}};
    bool has_person = type != NULL && request_person(request) != 0;

    if (!request_read(request, &looks.tx, err))
        return false;
    looks.people = (struct people){.request = request, .tx = looks.tx};
    if (has_person)
        know(&looks, catalog_no(request->catalog, type), request_person(request),
             request_text(request, STR("my card")));
    page_title(request, looks.view, request_text(request, STR("My page")));
    view_text(request, looks.view, "notices_href", page_href(request, "/my/notices"));
    view_text(request, looks.view, "contacts_href", page_href(request, "/account/contacts"));
    view_bool(request, looks.view, "needs_desk", !has_person);
    view_bool(request, looks.view, "has_person", has_person);
    view_text(request, looks.view, "login", request->actor.login);
    view_text(request, looks.view, "level", people_level(request, request->actor.level));
    view_list(request, looks.view, "facts");
    table_begin(request, looks.view, request_text(request, STR("Who looked at my data")));
    table_column(request, looks.view, "When", false);
    table_column(request, looks.view, "Who", false);
    table_column(request, looks.view, "What they saw", false);
    if (!page_my_offer_add(request, looks.view, err) ||
        (has_person && !add_facts(&looks, type, err)) || !add_cases(&looks, err) ||
        !page_consent_fill(request, looks.view, err))
        return false;
    view_bool(request, looks.view, "has_looks", looks.known.count > 0);
    return (looks.known.count == 0 || add_all_looks(&looks, err)) &&
           answer_page(request, 200, STR("page/my"), looks.view, err);
}
