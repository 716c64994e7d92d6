#include "web/charges.h"

#include "core/base64.h"
#include "core/id.h"
#include "core/num.h"
#include "core/time.h"
#include "document/qr.h"
#include "web/input.h"
#include "web/page.h"
#include "workflow/conduct_job.h"

enum {
    CBC_HEAD_LEN = 3,
    PIXELS = 4, /* of a dot: sharp on a phone and on paper */
};

const char *const charges_settings[CHARGES_SETTINGS] = {
    [CHARGES_NAME] = "payee_name",
    [CHARGES_INN] = "payee_inn",
    [CHARGES_KPP] = "payee_kpp",
    [CHARGES_ACCOUNT] = "payee_account",
    [CHARGES_BANK] = "payee_bank",
    [CHARGES_BIK] = "payee_bik",
    [CHARGES_BANK_ACCOUNT] = "payee_bank_account",
    [CHARGES_OKTMO] = "payee_oktmo",
    [CHARGES_CBC_HEAD] = "payee_cbc_head",
    [CHARGES_UIN_HEAD] = "uin_head",
};

const struct charges_state_word charges_states[CHARGES_STATES] = {
    {"unpaid", "not paid yet"},
    {"late", "not paid for more than 30 days"},
    {"paid", "paid"},
    {"withdrawn", "withdrawn: not to be paid"},
    {"return", "to be given back"},
    {"all", "all"},
};

static struct str setting(const struct request *request, enum charges_setting one)
{
    return catalog_setting(request->catalog, str_from_z(charges_settings[one]));
}

bool charges_find(struct request *request, size_t part, struct charges_one *one, struct err *err)
{
    struct tx *tx;

    if (!request_read(request, &tx, err) ||
        !charge_find(tx, request->arena, request->parts[part], &one->charge, err))
        return false;
    /* Whoever may see its case sees it. */
    request->parts[part] = id_text(request->arena, one->charge.service_case);
    if (services_find_case(request, part, page_is_staff(request), &one->of, err))
        return true;
    return err->code == ERR_ABSENT ? err_set(err, ERR_ABSENT, "there is no such charge") : false;
}

bool charges_pay(struct request *request, struct charges_one *one, struct str document,
                 int64_t paid_on, struct err *err)
{
    struct conduct_place place = {request->tenant, request->web->processes, request->now};
    struct conduct_charge_payment payment = {.arena = request->arena,
                                             .n = one->charge.n,
                                             .document = str_trim(document),
                                             .paid_on = paid_on,
                                             .actor = request->actor.account,
                                             .now = request->now};
    struct conduct_delivery delivery;

    if (!services_may_answer(request, &one->of.one))
        return err_set(err, ERR_DENIED, "your role does not allow this");
    if (!conduct_charge_check(&payment, request_today(request), err) ||
        !request_write_wait(request, conduct_charge_pay, &payment, err))
        return false;
    one->charge = payment.charge;
    tx_done(&request->tx);
    if (payment.post.id != 0 && !conduct_job_deliver(&place, &payment.post, &delivery, err))
        return false;
    request_wake_workers(request);
    return true;
}

bool charges_correct(struct request *request, struct charges_one *one, struct str reason,
                     struct err *err)
{
    struct conduct_charge_correction correction = {.arena = request->arena,
                                                   .n = one->charge.n,
                                                   .reason = str_trim(reason),
                                                   .actor = request->actor.account,
                                                   .now = request->now};

    if (!services_may_answer(request, &one->of.one))
        return err_set(err, ERR_DENIED, "your role does not allow this");
    if (!conduct_charge_check_reason(correction.reason, err) ||
        !request_write_wait(request, conduct_charge_correct, &correction, err))
        return false;
    one->charge = correction.charge;
    return true;
}

struct str charges_amount(struct request *request, int64_t kop)
{
    static const char *const LANGUAGES[] = {"ru", "ky", "en"};
    bool is_kyrgyz = str_starts(catalog_setting(request->catalog, STR("calendar")), STR("kg"));
    struct buf text = {.arena = request->arena};
    struct str plain = kop % 100 == 0 ? str_printf(request->arena, "%lld", (long long)kop / 100)
                                      : str_printf(request->arena, "%lld.%02lld",
                                                   (long long)kop / 100, (long long)kop % 100);

    num_print_local(&text, plain, str_from_z(LANGUAGES[request->language]));
    buf_add(&text, is_kyrgyz ? STR("\u00a0сом") : STR("\u00a0₽"));
    return buf_str(&text);
}

/* Whose budget it goes to is the municipality's, though the pack says which kind of income it is.
 */
static struct str whole_cbc(struct request *request, struct str cbc)
{
    struct str head = setting(request, CHARGES_CBC_HEAD);

    if (head.len != CBC_HEAD_LEN || !str_starts(cbc, STR("000")))
        return cbc;
    return str_printf(request->arena, "%.*s%.*s", STR_ARG(head),
                      STR_ARG(str_slice(cbc, CBC_HEAD_LEN, cbc.len)));
}

struct payment_qr charges_payment(struct request *request, const struct charges_one *one)
{
    const struct charge *charge = &one->charge;

    return (struct payment_qr){
        .payee = setting(request, CHARGES_NAME),
        .account = setting(request, CHARGES_ACCOUNT),
        .bank = setting(request, CHARGES_BANK),
        .bik = setting(request, CHARGES_BIK),
        .bank_account = setting(request, CHARGES_BANK_ACCOUNT),
        .sum_kop = charge->kop,
        .purpose = str_printf(request->arena, "%.*s, дело %.*s", STR_ARG(charge->purpose),
                              STR_ARG(one->of.one.number)),
        .inn = setting(request, CHARGES_INN),
        .kpp = setting(request, CHARGES_KPP),
        .cbc = whole_cbc(request, charge->cbc),
        .oktmo = charge->oktmo.len > 0 ? charge->oktmo : setting(request, CHARGES_OKTMO),
        .uin = charge->uin,
    };
}

struct str charges_qr_text(struct request *request, const struct charges_one *one)
{
    struct payment_qr payment = charges_payment(request, one);
    struct buf text = {.arena = request->arena};
    struct err none;

    if (one->charge.state != CHARGE_UNPAID || payment.account.len == 0 ||
        !payment_qr_print(&text, &payment, &none))
        return (struct str){0};
    return buf_str(&text);
}

struct str charges_picture(struct request *request, struct str text)
{
    struct buf png = {.arena = request->arena};
    struct buf address = {.arena = request->arena};
    struct qr qr;
    struct err none;

    if (text.len == 0 || !qr_make(request->arena, text, &qr, &none))
        return (struct str){0};
    qr_print_png(&png, &qr, PIXELS);
    buf_add(&address, STR("data:image/png;base64,"));
    base64_print(&address, buf_str(&png));
    return buf_str(&address);
}

static void add_fact(struct request *request, struct json *facts, const char *label,
                     struct str text)
{
    if (text.len > 0)
        input_fact(request, facts, request_text(request, str_from_z(label)), text);
}

static void add_payee(struct request *request, struct json *facts, const struct payment_qr *to)
{
    add_fact(request, facts, "Payee", to->payee);
    add_fact(request, facts, "INN", to->inn);
    add_fact(request, facts, "KPP", to->kpp);
    add_fact(request, facts, "Account", to->account);
    add_fact(request, facts, "Bank", to->bank);
    add_fact(request, facts, "BIK", to->bik);
    add_fact(request, facts, "Account of the bank", to->bank_account);
    add_fact(request, facts, "KBK", to->cbc);
    add_fact(request, facts, "OKTMO", to->oktmo);
    add_fact(request, facts, "Purpose of the payment", to->purpose);
}

/* The first moment of that day, plus days behind it. */
static bool read_day(struct request *request, const char *name, int64_t plus, int64_t *at,
                     struct err *err)
{
    struct str text = str_trim(request_query(request, str_from_z(name)));
    int64_t day;

    if (text.len == 0)
        return true;
    if (!time_parse_day_typed(text, &day))
        return err_set(err, ERR_INPUT, "%s: a day, as 2026-03-09", name);
    *at =
        (day + plus) * TIME_DAY_MS - (int64_t)catalog_utc_offset(request->catalog) * TIME_MINUTE_MS;
    return true;
}

bool charges_read_ask(struct request *request, struct charges_ask *ask, struct err *err)
{
    static const struct charge_sheet_ask STATES[CHARGES_STATES] = {
        {.state = STR_INIT("unpaid")}, {.state = STR_INIT("unpaid")},
        {.state = STR_INIT("paid")},   {.state = STR_INIT("withdrawn")},
        {.is_to_return = true},        {.limit = 0}};
    struct str word = request_query(request, STR("state"));
    struct str before = request_query(request, STR("before"));
    int64_t late = request->now - CHARGES_LATE_DAYS * (int64_t)TIME_DAY_MS;

    ask->state = 0;
    for (int i = 0; i < CHARGES_STATES; i++)
        if (str_equal(word, str_from_z(charges_states[i].word)))
            ask->state = i;
    ask->of = STATES[ask->state];
    if (!read_day(request, "from", 0, &ask->of.from_at, err) ||
        !read_day(request, "until", 1, &ask->of.until_at, err))
        return false;
    if (str_equal(word, STR("late")))
        ask->of.until_at = ask->of.until_at == 0 ? late : MIN(ask->of.until_at, late);
    return before.len == 0 || (num_parse_int(before, &ask->of.before) && ask->of.before > 0) ||
           err_set(err, ERR_INPUT, "before: the number of a charge");
}

struct flow_wording_state charges_state(struct request *request, const struct charge *charge)
{
    static const struct {
        const char *kind, *text;
    } STATES[] = {
        [CHARGE_UNPAID] = {"warn", "to be paid"},
        [CHARGE_PAID] = {"ok", "paid"},
        [CHARGE_WITHDRAWN] = {"info", "withdrawn: not to be paid"},
    };
    bool is_late = charge->state == CHARGE_WITHDRAWN && charge->document.len > 0;

    return (struct flow_wording_state){
        request_text(request, str_from_z(is_late ? "withdrawn, but paid: to be given back"
                                                 : STATES[charge->state].text)),
        is_late ? "bad" : STATES[charge->state].kind};
}

static void add_state(struct request *request, const struct charges_one *one, struct json *row)
{
    struct flow_wording_state state = charges_state(request, &one->charge);
    struct json *tag = view_object(request, row, "tag");

    view_text(request, tag, "kind", str_from_z(state.kind));
    view_text(request, tag, "text", state.text);
}

/* What staff may say of it. */
static void add_actions(struct request *request, const struct charges_one *one, struct str number,
                        struct json *row)
{
    bool may = page_is_staff(request) && services_may_answer(request, &one->of.one);
    bool is_paid = one->charge.document.len > 0;
    struct str href = page_href(request, "/cases/%.*s/charges/%.*s",
                                STR_ARG(id_text(request->arena, one->of.one.id)), STR_ARG(number));

    view_maybe(request, row, "pay_action", may && !is_paid ? href : (struct str){0});
    view_maybe(request, row, "correct_action",
               may && is_paid ? str_printf(request->arena, "%.*s/correction", STR_ARG(href))
                              : (struct str){0});
}

static void add_row(struct request *request, const struct charges_one *one, struct json *row)
{
    const struct charge *charge = &one->charge;
    bool is_open = charge->state == CHARGE_UNPAID;
    struct payment_qr payment = charges_payment(request, one);
    struct str qr = charges_qr_text(request, one);
    struct json *facts = view_list(request, row, "facts");
    struct json *details = view_object(request, row, "details");
    struct json *payee = view_list(request, details, "facts");
    struct str number = str_printf(request->arena, "%lld", (long long)charge->n);
    struct buf today = {.arena = request->arena};

    time_print_day_local(&today, request_today(request));
    view_text(request, row, "purpose", charge->purpose);
    view_text(request, row, "amount", charges_amount(request, charge->kop));
    add_state(request, one, row);
    add_fact(request, facts, "UIN", charge->uin);
    if (charge->document.len > 0) {
        add_fact(request, facts, "Paid by the document", charge->document);
        add_fact(request, facts, "Day of the payment", view_day(request, charge->paid_on));
    }
    view_maybe(request, row, "qr", charges_picture(request, qr));
    add_payee(request, payee, &payment);
    view_bool(request, row, "has_details", is_open && qr.len > 0);
    view_bool(request, row, "lacks_payee", is_open && qr.len == 0);
    view_text(request, row, "charge", number);
    view_text(request, row, "today", buf_str(&today));
    add_actions(request, one, number, row);
}

bool charges_fill(struct request *request, const struct services_case *found, struct json *view,
                  struct err *err)
{
    struct json *list = view_list(request, view, "charges");
    struct charge *charges;
    size_t count;

    if (!charge_list(&request->tx, request->arena, found->one.id, &charges, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        add_row(request, &(struct charges_one){charges[i], *found}, view_push(request, list));
    view_bool(request, view, "has_charges", count > 0);
    return true;
}
