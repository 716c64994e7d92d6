#include "core/id.h"
#include "core/num.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/page_proposal.h"
#include "web/proposals.h"
#include "web/table.h"
#include "web/wording.h"

/* One on its page: what it is about, and what was wrong with a decision. */
struct looking {
    struct request *request;
    struct proposal proposal;
    const struct register_type *type;
    unsigned classes;
    struct record record;
    bool is_there;
    bool has_changed;
    struct str error;
};

static bool find(struct request *request, struct looking *looking, struct err *err)
{
    struct err absent = {0};

    *looking = (struct looking){.request = request};
    if (!proposals_find(request, 0, &looking->proposal, err))
        return false;
    looking->type = proposals_type(request, &looking->proposal, POLICY_CHANGE, &looking->classes);
    if (looking->proposal.is_own)
        return err_set(err, ERR_ABSENT, "there is no such proposal");
    looking->is_there =
        record_get(&request->registry, catalog_no(request->catalog, looking->type),
                   looking->proposal.record, request_today(request), &looking->record, &absent);
    if (!looking->is_there && absent.code != ERR_ABSENT) {
        *err = absent;
        return false;
    }
    return true;
}

static bool add_fields(struct looking *looking, struct json *view, struct err *err)
{
    struct request *request = looking->request;
    struct display display = display_start(request, &request->tx, looking->classes);
    struct proposal_fields fields;

    table_begin(request, view, request_text(request, STR("What is proposed")));
    table_column(request, view, "Field", false);
    table_column(request, view, "Was", false);
    table_column(request, view, "Is now", false);
    table_column(request, view, "Proposed", false);
    if (!proposal_compare(&request->registry, looking->type, &looking->proposal,
                          looking->is_there ? &looking->record : NULL, &fields, err))
        return false;
    for (size_t i = 0; i < fields.count; i++) {
        struct display_value was, now, proposed;
        struct json *row;

        if (!display_sees(&display, fields.items[i].field))
            continue;
        if (!display_field(&display, fields.items[i].field, fields.items[i].was, &was, err) ||
            !display_field(&display, fields.items[i].field, fields.items[i].now, &now, err) ||
            !display_field(&display, fields.items[i].field, fields.items[i].proposed, &proposed,
                           err))
            return false;
        row = table_row(request, view, display_title(request, fields.items[i].field),
                        (struct str){0});
        table_cell(request, view, row, was.text);
        table_cell(request, view, row, now.text);
        table_cell(request, view, row,
                   fields.items[i].proposed != NULL ? proposed.text
                                                    : request_text(request, STR("to be emptied")));
        looking->has_changed |= fields.items[i].has_changed;
    }
    return true;
}

static void add_fact(struct request *request, struct json *facts, const char *label,
                     struct str text, struct str href, struct str note)
{
    struct json *fact = view_push(request, facts);
    struct json *value;

    view_text(request, fact, "label", request_text(request, str_from_z(label)));
    value = view_push(request, view_list(request, fact, "values"));
    view_text(request, value, "text", text);
    view_maybe(request, value, "href", href);
    view_maybe(request, value, "note", note);
}

static void add_facts(const struct looking *looking, struct json *view)
{
    struct request *request = looking->request;
    const struct proposal *proposal = &looking->proposal;
    struct json *facts = view_list(request, view, "facts");

    add_fact(request, facts, "Record", looking->is_there ? looking->record.title : proposal->title,
             looking->is_there ? display_record_href(request, looking->type, proposal->record)
                               : (struct str){0},
             request_pack_text(request, looking->type->title));
    add_fact(request, facts, "From whom",
             str_printf(request->arena, "%.*s, %.*s", STR_ARG(proposal->peer_title),
                        STR_ARG(proposal->author)),
             (struct str){0}, view_moment(request, proposal->put_at));
    add_fact(request, facts, "Why it should be so", proposal->reason, (struct str){0},
             (struct str){0});
    if (proposal->answer.len > 0)
        add_fact(request, facts, "Answer", proposal->answer, (struct str){0},
                 proposal->decided_at > 0 ? view_moment(request, proposal->decided_at)
                                          : (struct str){0});
}

static void add_notice(const struct looking *looking, struct json *view)
{
    struct request *request = looking->request;
    struct json *notice;
    bool is_open = str_equal(looking->proposal.state, STR("open"));

    view_none(request, view, "notice");
    if (!is_open || (looking->is_there && !looking->has_changed))
        return;
    notice = view_object(request, view, "notice");
    view_text(request, notice, "kind", STR("warn"));
    view_text(request, notice, "text",
              request_text(request, looking->is_there
                                        ? STR("The record has changed since this was proposed: "
                                              "compare before you decide.")
                                        : STR("The record is not there any more.")));
    view_none(request, notice, "link");
}

static void add_decision(const struct looking *looking, struct json *view)
{
    struct request *request = looking->request;
    struct str uuid = looking->proposal.uuid;
    bool is_open = str_equal(looking->proposal.state, STR("open"));
    struct json *holder = view_new(request);
    struct json *field = input_add(request, view_list(request, holder, "fields"), "is_long",
                                   "answer", request_text(request, STR("Why it stays as it is")));

    view_bool(request, view, "is_open", is_open);
    view_maybe(request, view, "accept_href",
               is_open && looking->is_there
                   ? page_href(request, "/proposals/%.*s/accept", STR_ARG(uuid))
                   : (struct str){0});
    view_text(request, view, "version",
              str_printf(request->arena, "%lld", (long long)looking->record.version));
    view_text(request, view, "decline_href",
              page_href(request, "/proposals/%.*s/decline", STR_ARG(uuid)));
    input_hint(request, field, request_text(request, STR("Those who proposed it read this")));
    input_errors_begin(request, view);
    if (looking->error.len > 0)
        input_error(request, view, field, looking->error);
    json_set(view, STR("answer"), json_copy(request->arena, field));
}

static bool show(struct looking *looking, int status, struct err *err)
{
    struct request *request = looking->request;
    struct json *view = view_new(request);
    struct json *tag = view_object(request, view, "tag");
    bool is_open = str_equal(looking->proposal.state, STR("open"));
    bool is_accepted = str_equal(looking->proposal.state, STR("accepted"));

    page_title(request, view, looking->proposal.title);
    page_crumb(request, view, request_text(request, STR("Corrections proposed to us")),
               STR("/proposals/"));
    view_text(request, view, "heading",
              str_printf(request->arena, "%.*s: %.*s",
                         STR_ARG(request_text(request, STR("Correction"))),
                         STR_ARG(looking->proposal.title)));
    view_text(request, tag, "kind", is_open ? STR("warn") : is_accepted ? STR("ok") : STR("bad"));
    view_text(request, tag, "text", proposals_state(request, &looking->proposal));
    if (!add_fields(looking, view, err))
        return false;
    add_facts(looking, view);
    add_notice(looking, view);
    add_decision(looking, view);
    return answer_page(request, status, STR("page/proposal"), view, err);
}

bool page_proposal(struct request *request, struct err *err)
{
    struct looking looking;

    return find(request, &looking, err) && show(&looking, 200, err);
}

/* What stands against it is said on the page, with what stands there now. */
static bool refuse(struct request *request, const struct proposals_decision *decision,
                   struct err *err)
{
    struct looking looking;
    struct str text = wording_err(request, err);
    int status = err->code == ERR_CONFLICT ? 409 : 422;

    if (err->code != ERR_CONFLICT && err->code != ERR_INPUT && err->code != ERR_DENIED)
        return false;
    if (decision->flaws.first != NULL)
        text = str_printf(request->arena, "%.*s: %.*s", STR_ARG(decision->flaws.first->path),
                          STR_ARG(answer_flaw_text(request, decision->flaws.first)));
    if (!find(request, &looking, err))
        return false;
    looking.error = text;
    return show(&looking, status, err);
}

static bool decide(struct request *request, bool is_accepted, struct err *err)
{
    struct proposals_decision decision = {.is_accepted = is_accepted};

    if (!proposals_find(request, 0, &decision.proposal, err) || !request_form(request, err))
        return false;
    decision.answer = request_field(request, STR("answer"));
    if (is_accepted && !num_parse_int(request_field(request, STR("version")), &decision.version))
        return err_set(err, ERR_INPUT, "the form is too old: open the page again and repeat");
    if (!proposals_decide(request, &decision, err))
        return refuse(request, &decision, err);
    answer_notice(request, STR("ok"),
                  request_text(request, is_accepted ? STR("The correction is accepted.")
                                                    : STR("The correction is declined.")));
    return answer_redirect(request, STR("/proposals/"));
}

bool page_proposal_accept(struct request *request, struct err *err)
{
    return decide(request, true, err);
}

bool page_proposal_decline(struct request *request, struct err *err)
{
    return decide(request, false, err);
}
