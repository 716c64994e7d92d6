/*
 * Service and send tasks that tell somebody something: a message of the flow's own pack, filled
 * with the inputs of the task.  It is put into the outbox with the step (notice/notice.h), so it
 * is sent once, and only when the step came to be.
 */
#include "core/id.h"
#include "core/utf8.h"
#include "notice/message.h"
#include "store/rows.h"
#include "workflow/conduct_part.h"

enum {
    ACCOUNTS_MAX = 100, /* of one task */
};

struct telling {
    struct tx *read;
    struct conduct *conduct;
    struct str name; /* of the message */
    struct json *values;
    VEC(int64_t) accounts;
};

static void add(struct telling *telling, int64_t account)
{
    for (size_t i = 0; i < telling->accounts.count; i++)
        if (telling->accounts.items[i] == account)
            return;
    VEC_PUSH(telling->conduct->arena, &telling->accounts, account);
}

static bool add_tied(struct telling *telling, int64_t person, struct err *err)
{
    struct account_page page;

    if (!account_list_tied(telling->read, telling->conduct->arena, person, &page, err))
        return false;
    for (size_t i = 0; i < page.count; i++)
        add(telling, page.items[i].id);
    return true;
}

/* The number of an account, or of somebody's card in the register of persons. */
static bool add_named(struct telling *telling, struct str text, struct err *err)
{
    struct account account;
    struct err none = {0};
    int64_t id;

    if (!id_parse(text, &id))
        return err_set(err, ERR_INPUT,
                       "its input to is no number of a person's record or of an account: \"%.*s\"",
                       STR_ARG(utf8_head(text, 40)));
    if (account_get(telling->read, telling->conduct->arena, id, &account, &none)) {
        add(telling, id);
        return true;
    }
    if (none.code != ERR_ABSENT) {
        *err = none;
        return false;
    }
    return add_tied(telling, id, err);
}

/* Who began the flow; of one that begins just now, who does. */
static bool add_beginner(struct telling *telling, struct err *err)
{
    const struct conduct *conduct = telling->conduct;
    int64_t account = conduct->actor;
    struct rows rows;

    if (!conduct->begins) {
        if (!store_query(telling->read, conduct->arena, &rows,
                         "SELECT actor FROM flow_step WHERE tenant = $1 AND flow = $2"
                         " ORDER BY step LIMIT 1",
                         ARGS(INT(telling->read->tenant), INT(conduct->flow)), err))
            return err_while(err, "looking who began the flow");
        account = rows.count > 0 ? rows_int(&rows, 0, 0) : 0;
    }
    if (account > 0)
        add(telling, account);
    return true;
}

/* Whose account ordered the service; of who came to the desk, what accounts they have. */
static bool add_applicant(struct telling *telling, const struct service_case *one, struct err *err)
{
    if (one->applicant != 0) {
        add(telling, one->applicant);
        return true;
    }
    return one->person == 0 || add_tied(telling, one->person, err);
}

/* Whom it concerns, when nobody is named. */
static bool add_usual(struct telling *telling, struct err *err)
{
    const struct conduct *conduct = telling->conduct;
    const struct register_type *person = conduct->catalog->model->person;

    if (conduct->work->about != NULL)
        return add_applicant(telling, &conduct->work->about->one, err);
    if (person != NULL && conduct->head.record != 0 &&
        conduct->head.no == catalog_no(conduct->catalog, person))
        return add_tied(telling, conduct->head.record, err);
    return add_beginner(telling, err);
}

static bool add_all(struct telling *telling, const struct json *to, struct err *err)
{

    if (to != NULL && to->kind == JSON_STRING)
        return to->text.len == 0 || add_named(telling, to->text, err);
    if (to != NULL && to->kind == JSON_ARRAY) {
        for (const struct json *one = to->first; one != NULL; one = one->next)
            if (one->kind == JSON_STRING && one->text.len > 0 &&
                !add_named(telling, one->text, err))
                return false;
        return true;
    }
    return to != NULL || add_usual(telling, err); /* null: the person is not known */
}

static bool tell(struct telling *telling, int64_t account, struct err *err)
{
    struct conduct *conduct = telling->conduct;
    struct contact contact;
    struct notice notice = {.account = account,
                            .no = conduct->head.no,
                            .record = conduct->head.record,
                            .flow = conduct->head.id};

    if (!contact_get(telling->read, conduct->arena, account, conduct->now, &contact, err))
        return false;
    notice.language = contact.language;
    if (!message_fill(conduct->arena, conduct->process->pack, telling->name, telling->values,
                      &notice, err))
        return false;
    VEC_PUSH(conduct->arena, &conduct->work->notices, notice);
    return true;
}

static bool tell_all(struct telling *telling, const struct json *to, struct err *err)
{
    if (!add_all(telling, to, err))
        return false;
    if (telling->accounts.count > ACCOUNTS_MAX)
        return err_set(err, ERR_LIMIT, "one task tells at most %d people", ACCOUNTS_MAX);
    for (size_t i = 0; i < telling->accounts.count; i++)
        if (!tell(telling, telling->accounts.items[i], err))
            return false;
    return true;
}

bool conduct_message(struct tx *read, struct conduct *conduct, const struct flow_wait *wait,
                     struct flow_step *answer, struct err *err)
{
    struct telling telling = {.read = read,
                              .conduct = conduct,
                              .name = conduct->after->model->nodes[wait->node].work->message};
    const struct json *to = json_find(wait->data, STR("to"));
    struct json *result = json_new(conduct->arena, JSON_OBJECT);
    size_t before = conduct->work->notices.count;
    struct err found = {0};

    if (conduct_record_is_pending(conduct, to)) {
        answer->wait = 0;
        return true;
    }
    telling.values = wait->data != NULL ? json_copy(conduct->arena, wait->data)
                                        : json_new(conduct->arena, JSON_OBJECT);
    json_drop(telling.values, STR("to"));
    if (!tell_all(&telling, to, &found)) {
        if (found.code == ERR_BROKEN || found.code == ERR_UNAVAILABLE) {
            *err = found;
            return false;
        }
        conduct->work->notices.count = before; /* nobody is told half */
        conduct_break(conduct, answer, "%s", found.text);
        return true;
    }
    json_set_int(conduct->arena, result, STR("accounts"), (int64_t)telling.accounts.count);
    answer->data = result;
    return true;
}

bool conduct_message_put(struct tx *tx, struct conduct *conduct, struct err *err)
{
    struct conduct_work *work = conduct->work;
    bool has_job;

    for (size_t i = 0; i < work->notices.count; i++) {
        if (!notice_put(tx, &work->notices.items[i], conduct->now, &has_job, err))
            return false;
        conduct->has_job |= has_job;
    }
    return true;
}
