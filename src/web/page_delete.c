#include "core/num.h"
#include "registry/change.h"
#include "web/answer.h"
#include "web/page_card.h"

static bool show(struct request *request, const struct page_card_found *found, int status,
                 struct str refusal, struct err *err)
{
    struct json *view = view_new(request);
    bool can_do = refusal.len == 0;

    page_card_head(request, view, found, request_text(request, STR("Delete")), true);
    view_text(request, view, "question", request_text(request, STR("Delete this record?")));
    view_text(request, view, "subject",
              display_record_title(request, found->type, found->classes, &found->record));
    view_text(request, view, "what_happens",
              can_do ? request_text(request, STR("The record leaves the lists. Its history stays."))
                     : refusal);
    view_bool(request, view, "has_consequences", false);
    view_list(request, view, "consequences");
    view_bool(request, view, "can_do", can_do);
    view_text(request, view, "action",
              str_printf(request->arena, "%.*s/delete",
                         STR_ARG(display_record_href(request, found->type, found->id))));
    view_text(request, view, "etag",
              str_printf(request->arena, "%lld", (long long)found->record.version));
    view_none(request, view, "reason");
    view_text(request, view, "do_text", request_text(request, STR("Delete")));
    view_text(request, view, "cancel_href", display_record_href(request, found->type, found->id));
    return answer_page(request, status, STR("page/confirm-delete"), view, err);
}

bool page_delete(struct request *request, struct err *err)
{
    struct page_card_found found = {0};

    return page_card_find(request, POLICY_DELETE, &found, err) &&
           show(request, &found, 200, (struct str){0}, err);
}

static bool run_change(struct tx *tx, void *data, struct err *err)
{
    return change_run(tx, data, err);
}

bool page_delete_post(struct request *request, struct err *err)
{
    struct page_card_found found = {0};
    struct flaws flaws = {0};
    struct change change;

    if (!page_card_find(request, POLICY_DELETE, &found, err) || !request_form(request, err))
        return false;
    change = (struct change){
        .draft = {.act = RECORD_DELETE, .type = found.type},
        .catalog = request->catalog,
        .arena = request->arena,
        .classes = found.classes,
        .actor = request->actor.account,
        .reader = &request->actor,
        .now = request->now,
        .id = found.id,
        .day = found.record.valid_from,
    };
    if (!num_parse_int(request_field(request, STR("version")), &change.expected))
        return err_set(err, ERR_INPUT, "the form is too old: open the page again and repeat");
    if (!change_prepare(found.tx, &change, &flaws, err) ||
        !request_write_wait(request, run_change, &change, err)) {
        struct str refusal = request_text(request, str_copy(request->arena, str_from_z(err->text)));

        return err->code == ERR_CONFLICT && request_read(request, &found.tx, err) &&
               show(request, &found, 409, refusal, err);
    }
    if (change.draft.has_job)
        request_wake_workers(request);
    answer_notice(request, STR("ok"), request_text(request, STR("The record is deleted.")));
    return answer_redirect(request,
                           str_printf(request->arena, "/registers/%.*s", STR_ARG(found.type->id)));
}
