#include "web/page_work_filter.h"

#include "core/time.h"
#include "registry/catalog.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/page_work.h"

struct choice {
    const char *word, *title;
};

struct choices {
    const char *name, *label;
    const struct choice *items;
    int count, chosen;
};

static const struct choice WHOSE[] = {
    [FLOW_TASK_ALL] = {"all", "all"},
    [FLOW_TASK_MINE] = {"mine", "mine"},
    [FLOW_TASK_FREE] = {"free", "nobody's yet"},
    [FLOW_TASK_OTHERS] = {"others", "of those I stand in for"},
};

static const struct choice DUE[] = {
    [PAGE_WORK_ANY_TIME] = {"any", "any time"},
    [PAGE_WORK_OVERDUE] = {"overdue", "overdue"},
    [PAGE_WORK_TODAY] = {"today", "by today"},
    [PAGE_WORK_WEEK] = {"week", "within seven days"},
};

/* The first one where the word is none of them. */
static int choose(const struct choice *choices, size_t count, struct str word)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(str_from_z(choices[i].word), word))
            return (int)i;
    return 0;
}

static struct page_work_filter filter_of(struct str whose, struct str due)
{
    return (struct page_work_filter){(enum flow_task_whose)choose(WHOSE, ARRAY_LEN(WHOSE), whose),
                                     (enum page_work_due)choose(DUE, ARRAY_LEN(DUE), due)};
}

bool page_work_filter_read(struct request *request, struct page_work_filter *filter,
                           struct err *err)
{
    struct str whose = request_query(request, STR("whose"));
    struct str due = request_query(request, STR("due"));
    struct str kept;
    struct tx *tx;

    if (whose.len == 0 && due.len == 0) {
        if (!request_read(request, &tx, err) ||
            !colleague_left_list(tx, request->arena, request->actor.account, COLLEAGUE_TASKS, &kept,
                                 err))
            return false;
        whose = str_cut(&kept, ' ');
        due = kept;
    }
    *filter = filter_of(whose, due);
    return true;
}

void page_work_filter_apply(const struct request *request, const struct page_work_filter *filter,
                            struct flow_task_ask *ask)
{
    static const int DAYS[] = {[PAGE_WORK_TODAY] = 1, [PAGE_WORK_WEEK] = 7};
    int64_t midnight = request_today(request) * TIME_DAY_MS -
                       (int64_t)catalog_utc_offset(request->catalog) * TIME_MINUTE_MS;

    ask->whose = filter->whose;
    if (filter->due == PAGE_WORK_OVERDUE)
        ask->before = request->now + 1;
    else if (filter->due != PAGE_WORK_ANY_TIME)
        ask->before = midnight + DAYS[filter->due] * (int64_t)TIME_DAY_MS;
}

struct str page_work_filter_query(const struct request *request,
                                  const struct page_work_filter *filter)
{
    return str_printf(request->arena, "whose=%s&due=%s", WHOSE[filter->whose].word,
                      DUE[filter->due].word);
}

static void add_choices(struct request *request, struct json *fields, const struct choices *choices)
{
    struct json *field = input_add(request, fields, "is_select", choices->name,
                                   request_text(request, str_from_z(choices->label)));

    view_bool(request, field, "is_filter", true);
    for (int i = 0; i < choices->count; i++)
        input_option(request, field, str_from_z(choices->items[i].word),
                     request_text(request, str_from_z(choices->items[i].title)),
                     i == choices->chosen);
}

void page_work_filter_view(struct request *request, const struct page_work_filter *filter,
                           const struct flow_task_ask *ask, struct json *view)
{
    struct json *fields = view_list(request, view, "filters");
    bool stands_in =
        (ask->absent != NULL && ask->absent->count > 0) || filter->whose == FLOW_TASK_OTHERS;

    add_choices(request, fields,
                &(struct choices){"whose", "Whose tasks", WHOSE,
                                  (int)ARRAY_LEN(WHOSE) - (stands_in ? 0 : 1), (int)filter->whose});
    add_choices(request, fields,
                &(struct choices){"due", "Do it by", DUE, (int)ARRAY_LEN(DUE), (int)filter->due});
    view_text(request, view, "filter_action", page_href(request, "/work/filter"));
    view_bool(request, view, "is_filtered",
              filter->whose != FLOW_TASK_ALL || filter->due != PAGE_WORK_ANY_TIME);
}

struct keeping {
    int64_t account;
    enum colleague_list list;
    struct str kept;
};

static bool run_keep(struct tx *tx, void *data, struct err *err)
{
    const struct keeping *keeping = data;
    CLEANUP(arena_close) struct arena *arena = arena_open(0);

    return colleague_leave_list(tx, arena, keeping->account, keeping->list, keeping->kept, err);
}

bool page_work_filter_keep(struct request *request, enum colleague_list list, struct str kept,
                           struct err *err)
{
    struct keeping keeping = {request->actor.account, list, kept};

    return request_write_wait(request, run_keep, &keeping, err);
}

bool page_work_filter_post(struct request *request, struct err *err)
{
    struct page_work_filter filter;
    struct str kept;

    if (!page_work_is_open(request, err) || !request_form(request, err))
        return false;
    filter = filter_of(request_field(request, STR("whose")), request_field(request, STR("due")));
    kept = str_printf(request->arena, "%s %s", WHOSE[filter.whose].word, DUE[filter.due].word);
    return page_work_filter_keep(request, COLLEAGUE_TASKS, kept, err) &&
           answer_redirect(request, str_printf(request->arena, "/work/?%.*s",
                                               STR_ARG(page_work_filter_query(request, &filter))));
}
