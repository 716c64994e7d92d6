#include "workflow/conduct_consent.h"

#include "auth/journal.h"
#include "notice/notice.h"
#include "store/rows.h"

enum {
    TOLD_MAX = 20, /* people of the administration */
};

static struct notice notice_of(const struct conduct_consent *asked, const struct service_case *one,
                               int64_t account)
{
    return (struct notice){
        .account = account,
        .kind = CONTACT_WORK,
        .template = STR("uprava.consent"),
        .language = STR("ru"),
        .no = one->no,
        .record = one->id,
        .flow = one->flow,
        .subject = str_printf(asked->arena, "Отозвано согласие по делу %.*s", STR_ARG(one->number)),
        .body = str_printf(asked->arena,
                           "Заявитель отозвал согласие на обработку персональных данных по делу "
                           "%.*s. Решите, есть ли другое основание продолжать работу.\n",
                           STR_ARG(one->number)),
    };
}

/* Who took it in, and who did a step of it. */
static bool tell(struct tx *tx, struct conduct_consent *asked, const struct service_case *one,
                 struct err *err)
{
    struct rows rows;

    if (!store_query(tx, asked->arena, &rows,
                     "SELECT DISTINCT actor FROM flow_step WHERE tenant = $1 AND flow = $2"
                     " AND actor > 0 AND actor <> $3 ORDER BY actor LIMIT $4",
                     ARGS(INT(tx->tenant), INT(one->flow), INT(asked->actor), INT(TOLD_MAX)), err))
        return err_while(err, "looking who works on a case");
    for (size_t i = 0; i < rows.count; i++) {
        struct notice notice = notice_of(asked, one, rows_int(&rows, i, 0));
        bool has_job;

        if (!notice_put(tx, &notice, asked->now, &has_job, err))
            return false;
        asked->has_job |= has_job;
    }
    return true;
}

bool conduct_consent_withdraw(struct tx *tx, void *data, struct err *err)
{
    struct conduct_consent *asked = data;
    struct journal_entry entry = {
        .at = asked->now, .actor = asked->actor, .action = STR("consent.withdraw")};
    struct service_case one;

    asked->has_job = false;
    if (!consent_withdraw(tx, asked->arena, asked->service_case, asked->actor, asked->now, err) ||
        !service_case_get(tx, asked->arena, asked->service_case, &one, err) ||
        !tell(tx, asked, &one, err))
        return false;
    entry.no = one.no;
    entry.record = one.id;
    entry.cause = one.flow;
    return journal_add(tx, &entry, err);
}
