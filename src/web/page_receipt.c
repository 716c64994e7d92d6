/*
 * The receipt for an application: its number, day and term, what came with it, and a QR code.  The
 * code leads to a page where anybody who has the receipt asks how far it is, without signing in:
 * who came to the desk has no account.  Its address holds 63 random bits; what it tells is the
 * number, the days and the state: not for what was applied, nor by whom.
 */
#include "core/id.h"
#include "document/document.h"
#include "web/answer.h"
#include "web/case_view.h"
#include "web/charges.h"
#include "web/input.h"
#include "web/page_service.h"

/* The secret stands in the first event. Empty: it was sent before there were receipts. */
static bool find_secret(struct request *request, int64_t id, struct str *secret, struct err *err)
{
    struct service_case_event *events;
    size_t count;

    if (!service_case_events(&request->tx, request->arena, id, &events, &count, err))
        return false;
    *secret =
        count > 0 && events[0].kind == SERVICE_CASE_REGISTERED ? events[0].body : (struct str){0};
    return true;
}

/* Where no address is known, that by which the receipt was asked for. */
static struct str public_address(struct request *request, int64_t id, struct str secret)
{
    struct str base = document_base(request->arena, request->catalog, request->tenant);

    if (secret.len == 0)
        return secret;
    if (base.len == 0)
        base = str_printf(
            request->arena, "%s://%.*s%.*s", request->exchange->is_tls ? "https" : "http",
            STR_ARG(http_header(request->exchange, STR("host"))), STR_ARG(request->base));
    return str_printf(request->arena, "%.*s/applications/%.*s%.*s", STR_ARG(base),
                      STR_ARG(id_text(request->arena, id)), STR_ARG(secret));
}

static void add_fact(struct request *request, struct json *facts, const char *label,
                     struct str text)
{
    if (text.len > 0)
        input_fact(request, facts, request_text(request, str_from_z(label)), text);
}

static bool add_files(struct request *request, const struct services_case *found,
                      struct json *facts, struct err *err)
{
    struct attachment_page page = {0};

    if (found->record.body.len > 0 &&
        !attachment_list(&request->tx, request->arena, found->one.no, found->one.id, &page, err))
        return false;
    for (size_t i = 0; i < page.count; i++)
        if (page.items[i].at <= found->one.registered_at) /* what came later was not handed in */
            add_fact(request, facts, "File", page.items[i].name);
    return true;
}

static bool show(struct request *request, bool is_staff, struct err *err)
{
    struct json *view = view_new(request);
    struct json *facts = view_list(request, view, "facts");
    struct services_case found;
    struct case_view_term term;
    struct str secret, address;

    if (!services_find_case(request, 0, is_staff, &found, err) ||
        !case_view_term(request, &found.one, &term, err) ||
        !find_secret(request, found.one.id, &secret, err))
        return false;
    address = public_address(request, found.one.id, secret);
    page_title(request, view, request_text(request, STR("Receipt for the application")));
    add_fact(request, facts, "Number", found.one.number);
    add_fact(request, facts, "Service",
             found.of.service == NULL ? found.one.service
                                      : request_pack_text(request, found.of.service->title));
    add_fact(request, facts, "Accepted", view_moment(request, found.one.registered_at));
    add_fact(request, facts, "Accepted by", tenant_info(request->tenant)->title);
    add_fact(request, facts, "Term", term.text);
    view_text(request, view, "number", found.one.number);
    view_maybe(request, view, "qr", charges_picture(request, address));
    view_maybe(request, view, "address", address);
    view_text(request, view, "back_href",
              page_href(request, is_staff ? "/cases/%.*s" : "/my/cases/%.*s",
                        STR_ARG(id_text(request->arena, found.one.id))));
    return add_files(request, &found, facts, err) &&
           answer_page(request, 200, STR("page/receipt"), view, err);
}

bool page_receipt_own(struct request *request, struct err *err)
{
    return show(request, false, err);
}

bool page_receipt(struct request *request, struct err *err)
{
    return show(request, true, err);
}

/* Of a wrong secret it is as if there were no application. */
static bool find_asked(struct request *request, struct service_case *one, struct err *err)
{
    struct str token = request->parts[0];
    struct str asked = str_slice(token, ID_TEXT_LEN, token.len);
    struct str secret;
    int64_t id, bits, kept;
    struct tx *tx;

    if (token.len != 2 * ID_TEXT_LEN || !id_parse(str_slice(token, 0, ID_TEXT_LEN), &id) ||
        !id_parse(asked, &bits))
        return err_set(err, ERR_ABSENT, "there is no such application");
    if (!request_read(request, &tx, err) || !find_secret(request, id, &secret, err))
        return false;
    if (!id_parse(secret, &kept) || kept != bits)
        return err_set(err, ERR_ABSENT, "there is no such application");
    return service_case_get(tx, request->arena, id, one, err);
}

bool page_receipt_state(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct json *facts = view_list(request, view, "facts");
    struct json *tag = view_object(request, view, "state");
    struct flow_wording_state state;
    struct case_view_term term;
    struct service_case one;

    if (!find_asked(request, &one, err) || !case_view_term(request, &one, &term, err))
        return false;
    state = services_state_bare(request, &one);
    page_title(request, view, request_text(request, STR("How far an application is")));
    view_text(request, tag, "kind", str_from_z(state.kind));
    view_text(request, tag, "text", state.text);
    view_text(request, view, "number", one.number);
    add_fact(request, facts, "Accepted",
             view_day(request, catalog_day(request->catalog, one.registered_at)));
    add_fact(request, facts, "Accepted by", tenant_info(request->tenant)->title);
    if (one.state == SERVICE_CASE_OPEN && one.due_on != SERVICE_CASE_NO_TERM)
        add_fact(request, facts, "The answer comes by", view_day(request, term.result.due));
    if (one.closed_at != 0)
        add_fact(request, facts, "Ended",
                 view_day(request, catalog_day(request->catalog, one.closed_at)));
    view_maybe(request, view, "own_href",
               one.applicant != 0 && one.applicant == request->actor.account
                   ? page_href(request, "/my/cases/%.*s", STR_ARG(id_text(request->arena, one.id)))
                   : (struct str){0});
    return answer_page(request, 200, STR("page/receipt-state"), view, err);
}
