#include "web/page_operator.h"

#include "auth/journal.h"
#include "core/id.h"
#include "core/num.h"
#include "web/answer.h"
#include "web/people.h"
#include "web/table.h"
#include "web/wording.h"

enum {
    ENTRIES_PAGE = 50,
};

/* Whose account it was about, or which municipality. */
static struct str subject_of(struct people *people, const struct journal_entry *entry)
{
    struct request *request = people->request;
    struct json *detail;
    struct err err;
    int64_t id;

    if (entry->detail.len == 0 || !json_parse(request->arena, entry->detail, NULL, &detail, &err))
        return (struct str){0};
    return id_parse(json_find_text(detail, STR("account")), &id)
               ? people_find(people, id)
               : json_find_text(detail, STR("tenant"));
}

static struct str person_of(struct people *people, const struct journal_entry *entry)
{
    return entry->actor == 0 ? request_text(people->request, STR("The command line"))
                             : people_find(people, entry->actor);
}

static void add_entry(struct people *people, struct json *view, const struct journal_entry *entry)
{
    struct request *request = people->request;
    struct json *row = table_row(request, view, view_moment(request, entry->at), (struct str){0});

    table_cell(request, view, row, person_of(people, entry));
    table_cell(request, view, row, wording_action(request, entry->action));
    table_cell(request, view, row, subject_of(people, entry));
}

static void begin(struct request *request, struct json *view)
{
    page_title(request, view, request_text(request, STR("Journal")));
    table_begin(request, view, request_text(request, STR("Journal")));
    table_column(request, view, "When", false);
    table_column(request, view, "Who", false);
    table_column(request, view, "What was done", false);
    table_column(request, view, "With what", false);
}

bool page_operator_journal(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct people people = {.request = request};
    struct journal_ask ask = {.limit = ENTRIES_PAGE + 1};
    struct str before = request_query(request, STR("before"));
    struct journal_entry *entries;
    size_t count;

    if (before.len > 0 && !num_parse_int(before, &ask.before))
        return err_set(err, ERR_INPUT, "the address has a broken query");
    if (!request_read(request, &people.tx, err) ||
        !journal_list(people.tx, request->arena, &ask, &entries, &count, err))
        return false;

    bool has_more = count > ENTRIES_PAGE;
    size_t shown = has_more ? ENTRIES_PAGE : count;
    begin(request, view);
    for (size_t i = 0; i < shown; i++)
        add_entry(&people, view, &entries[i]);
    table_pages(
        request, view,
        &(struct table_pages){
            .shown = (int64_t)shown,
            .total_text = view_count(request, (int64_t)shown, has_more),
            .first_href = before.len > 0 ? page_href(request, "/journal/") : (struct str){0},
            .next_href = has_more ? page_href(request, "/journal/?before=%lld",
                                              (long long)entries[shown - 1].seq)
                                  : (struct str){0},
            .page_size = ENTRIES_PAGE,
        });
    return answer_page(request, 200, STR("page/operator-journal"), view, err);
}
