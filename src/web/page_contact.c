/* How one is reached: e-mail and telephone, each confirmed by a code, and what comes by which way.
 */
#include "auth/contact.h"
#include "notice/delivery.h"
#include "notice/notice.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/page_account.h"
#include "web/wording.h"

enum {
    CODES_AN_HOUR = 5,   /* of one account */
    ADDRESS_AN_HOUR = 5, /* to one address, whoever asks */
    CONFIRMS_A_MINUTE = 10,
};

/* What is wrong with what was typed, and what it was. */
struct typed {
    int status;
    enum contact_way way;
    struct str value;
    struct str error; /* of the address */
    struct str code_error;
};

static bool has_way(const struct request *request, enum contact_way way)
{
    struct str name = tenant_info(request->tenant)->name;

    return way == CONTACT_EMAIL ? delivery_mail_of(request->web->delivery, name) != NULL
                                : delivery_sms_of(request->web->delivery, name) != NULL;
}

static void add_tag(struct request *request, struct json *box, const struct contact_entry *entry)
{
    bool is_confirmed = entry->confirmed_at != 0;

    view_text(request, box, "tag_kind", is_confirmed ? STR("ok") : STR("warn"));
    view_text(request, box, "state",
              is_confirmed ? request_text(request, STR("confirmed"))
                           : request_text(request, STR("not confirmed yet")));
}

static void add_code(struct request *request, struct json *view, struct json *box,
                     const struct contact_entry *entry, const struct typed *typed)
{
    struct json *fields = view_list(request, box, "code_fields");
    struct json *code;

    view_bool(request, box, "is_unconfirmed", entry->address.len > 0 && entry->confirmed_at == 0);
    view_bool(request, box, "is_awaited", entry->is_awaited && entry->confirmed_at == 0);
    code = input_add(request, fields, "is_text", "code",
                     request_text(request, STR("Code from the message")));
    view_text(request, code, "id",
              str_printf(request->arena, "f-code-%.*s", STR_ARG(contact_ways[typed->way])));
    view_text(request, code, "width", STR("w-short"));
    view_text(request, code, "inputmode", STR("numeric"));
    view_text(request, code, "autocomplete", STR("one-time-code"));
    input_hint(request, code,
               request_text(request, STR("Six digits. They are valid for half an hour.")));
    if (typed->code_error.len > 0)
        input_error(request, view, code, typed->code_error);
}

static void add_way(struct request *request, struct json *view, const struct contact *contact,
                    enum contact_way way, const struct typed *typed)
{
    bool is_mail = way == CONTACT_EMAIL;
    const struct contact_entry *entry = &contact->ways[way];
    bool is_typed = typed->way == way;
    struct json *box = view_push(request, json_find(view, STR("ways")));
    struct json *fields = view_list(request, box, "address_fields");
    struct typed own = is_typed ? *typed : (struct typed){.way = way};
    struct json *field = input_add(request, fields, "is_text", is_mail ? "email" : "phone",
                                   is_mail ? request_text(request, STR("E-mail address"))
                                           : request_text(request, STR("Mobile telephone")));

    view_text(request, box, "heading",
              is_mail ? request_text(request, STR("E-mail")) : request_text(request, STR("SMS")));
    view_bool(request, box, "is_possible", has_way(request, way));
    view_maybe(request, box, "address", entry->address);
    add_tag(request, box, entry);
    view_text(request, box, "save_href",
              page_href(request, "/account/contacts/%.*s", STR_ARG(contact_ways[way])));
    view_text(request, box, "code_href",
              page_href(request, "/account/contacts/%.*s/code", STR_ARG(contact_ways[way])));
    input_optional(request, field);
    view_text(request, field, "inputmode", is_mail ? STR("email") : STR("tel"));
    view_text(request, field, "autocomplete", is_mail ? STR("email") : STR("tel"));
    view_text(request, field, "maxlength", STR("254"));
    input_hint(request, field,
               is_mail ? request_text(request, STR("For example, ivanova@example.ru"))
                       : request_text(request, STR("For example, +7 913 123-45-67")));
    input_value(request, field, own.error.len > 0 ? own.value : entry->address);
    if (own.error.len > 0)
        input_error(request, view, field, own.error);
    add_code(request, view, box, entry, &own);
}

/* By enum model_language. */
static const struct {
    const char *code;
    const char *title;
} LANGUAGES[] = {{"ru", "Русский"}, {"ky", "Кыргызча"}, {"en", "English"}};

static const struct {
    enum contact_kind kind;
    const char *label;
    bool is_staff; /* only those who work here are told of it */
} KINDS[] = {
    {CONTACT_CASE, "What becomes of my applications and reports", false},
    {CONTACT_WORK, "What I have to do at work", true},
    {CONTACT_NEWS, "News of the municipality", false},
};

static void add_wishes(struct request *request, struct json *view, const struct contact *contact)
{
    struct json *fields = view_list(request, view, "wish_fields");
    struct json *language;

    for (size_t i = 0; i < ARRAY_LEN(KINDS); i++) {
        struct json *field;

        if (KINDS[i].is_staff && !page_is_staff(request))
            continue;
        field = input_add(request, fields, "is_checks", contact_kinds[i].ptr,
                          request_text(request, str_from_z(KINDS[i].label)));
        input_optional(request, field);
        input_option(request, field, contact_ways[CONTACT_EMAIL],
                     request_text(request, STR("by e-mail")),
                     (contact->ways[CONTACT_EMAIL].kinds & KINDS[i].kind) != 0);
        input_option(request, field, contact_ways[CONTACT_SMS],
                     request_text(request, STR("by SMS")),
                     (contact->ways[CONTACT_SMS].kinds & KINDS[i].kind) != 0);
    }
    language = input_add(request, fields, "is_select", "language",
                         request_text(request, STR("Language of messages")));
    for (size_t i = 0; i < ARRAY_LEN(LANGUAGES); i++)
        input_option(request, language, str_from_z(LANGUAGES[i].code),
                     str_from_z(LANGUAGES[i].title),
                     str_equal(contact->language, str_from_z(LANGUAGES[i].code)));
    view_text(request, view, "wish_action", page_href(request, "/account/contacts/wishes"));
}

static bool show(struct request *request, const struct typed *typed, struct err *err)
{
    struct json *view = view_new(request);
    struct contact contact;
    struct tx *tx;

    if (!request_read(request, &tx, err) ||
        !contact_get(tx, request->arena, request->actor.account, request->now, &contact, err))
        return false;
    page_title(request, view, request_text(request, STR("How you are reached")));
    page_crumb(request, view, request->actor.name, STR("/account"));
    input_errors_begin(request, view);
    view_list(request, view, "ways");
    add_way(request, view, &contact, CONTACT_EMAIL, typed);
    add_way(request, view, &contact, CONTACT_SMS, typed);
    add_wishes(request, view, &contact);
    return answer_page(request, typed->status, STR("page/contacts"), view, err);
}

bool page_contact(struct request *request, struct err *err)
{
    return show(request, &(struct typed){.status = 200, .way = CONTACT_PAGE}, err);
}

static bool find_way(struct request *request, enum contact_way *way, struct err *err)
{
    *way = str_equal(request->parts[0], contact_ways[CONTACT_EMAIL]) ? CONTACT_EMAIL : CONTACT_SMS;
    return str_equal(request->parts[0], contact_ways[*way]) ||
           err_set(err, ERR_ABSENT, "there is no such page");
}

struct saving {
    struct request *request;
    enum contact_way way;
    struct str address;
    bool asks; /* for a code */
    bool has_job;
    struct str told; /* set: what keeps the code from going out */
};

/* The language of the page is that of messages until another one is chosen. */
static bool keep_language(struct tx *tx, struct saving *saving, struct err *err)
{
    struct request *request = saving->request;
    struct contact contact;

    if (!contact_get(tx, request->arena, request->actor.account, request->now, &contact, err))
        return false;
    if (contact.ways[CONTACT_EMAIL].address.len + contact.ways[CONTACT_SMS].address.len > 0)
        return true;
    contact.language = str_from_z(LANGUAGES[request->language].code);
    return contact_wish(tx, &contact, (struct account_by){request->actor.account, request->now},
                        err);
}

static bool send_code(struct tx *tx, struct saving *saving, struct err *err)
{
    struct request *request = saving->request;
    struct notice_direct direct = {
        .notice = {.account = request->actor.account,
                   .kind = CONTACT_CASE,
                   .template = STR("uprava.code"),
                   .language = str_from_z(LANGUAGES[request->language].code)},
        .way = saving->way,
        .address = saving->address,
        .until_at = request->now + CONTACT_CODE_MS,
    };
    struct contact_asked asked = {request->actor.account, saving->way, {0}};
    struct err found = {0};

    if (!contact_ask(tx, request->arena, &asked, request->now, &found)) {
        if (found.code != ERR_LIMIT) {
            *err = found;
            return false;
        }
        saving->told = str_copy(request->arena, str_from_z(found.text));
        return true;
    }
    direct.notice.subject = request_text(request, STR("Code to confirm your address"));
    direct.notice.sms = str_printf(request->arena, "%.*s: %.*s", STR_ARG(direct.notice.subject),
                                   STR_ARG(asked.code));
    direct.notice.body = str_printf(
        request->arena, "%.*s: %.*s\n\n%.*s", STR_ARG(direct.notice.subject), STR_ARG(asked.code),
        STR_ARG(request_text(request, STR("Type it in on the page of your account within half an "
                                          "hour. If you did not ask for it, do nothing: nobody "
                                          "gets in with it."))));
    return notice_put_direct(tx, &direct, request->now, &saving->has_job, err);
}

static bool write_address(struct tx *tx, void *data, struct err *err)
{
    struct saving *saving = data;
    struct request *request = saving->request;
    struct account_by by = {request->actor.account, request->now};

    saving->has_job = false;
    saving->told = (struct str){0};
    return keep_language(tx, saving, err) &&
           contact_set(tx, request->actor.account, saving->way, saving->address, by, err) &&
           (!saving->asks || send_code(tx, saving, err));
}

/* So that nobody is flooded by way of us. */
static bool may_ask(struct request *request, enum contact_way way, struct str address,
                    struct err *err)
{
    struct throttle_rule rule = {.burst = CODES_AN_HOUR, .per_hour = CODES_AN_HOUR};
    struct throttle_rule narrow = {.burst = ADDRESS_AN_HOUR, .per_hour = ADDRESS_AN_HOUR};
    int64_t wait_ms;

    return (throttle_take(
                request->web->throttle,
                str_printf(request->arena, "code %lld", (long long)request->actor.account), 1, rule,
                request->now, &wait_ms) &&
            throttle_take(request->web->throttle,
                          str_printf(request->arena, "code %d %.*s", (int)way, STR_ARG(address)), 1,
                          narrow, request->now, &wait_ms)) ||
           err_set(err, ERR_LIMIT, "Too many codes were asked for. Try again in an hour.");
}

static bool find_present(struct request *request, enum contact_way way, struct contact_entry *entry,
                         struct err *err)
{
    struct contact contact;
    struct tx *tx;

    if (!request_read(request, &tx, err) ||
        !contact_get(tx, request->arena, request->actor.account, request->now, &contact, err))
        return false;
    *entry = contact.ways[way];
    return true;
}

static bool save(struct request *request, struct saving *saving, struct err *err)
{
    if (saving->asks && !may_ask(request, saving->way, saving->address, err))
        return false;
    if (!request_write_wait(request, write_address, saving, err))
        return false;
    if (saving->has_job)
        request_wake_workers(request);
    if (saving->told.len > 0)
        answer_notice(request, STR("warn"), request_text(request, saving->told));
    else if (saving->asks)
        answer_notice(request, STR("ok"),
                      request_text(request, STR("A code is on its way. Type it in here.")));
    else
        answer_notice(request, STR("ok"), request_text(request, STR("The address is removed.")));
    return answer_redirect(request, STR("/account/contacts"));
}

bool page_contact_save(struct request *request, struct err *err)
{
    struct typed typed = {.status = 422};
    struct saving saving = {.request = request};
    struct contact_entry present;

    if (!find_way(request, &saving.way, err) || !request_form(request, err))
        return false;
    typed.way = saving.way;
    typed.value =
        str_trim(request_field(request, saving.way == CONTACT_EMAIL ? STR("email") : STR("phone")));
    saving.address = typed.value;
    if (typed.value.len > 0 && !has_way(request, saving.way))
        return err_set(err, ERR_INPUT, "this server sends nothing by that way");
    if (typed.value.len > 0 &&
        !(saving.way == CONTACT_EMAIL
              ? contact_check_email(typed.value, err)
              : contact_parse_phone(request->arena, typed.value, &saving.address, err))) {
        typed.error = wording_err(request, err);
        return show(request, &typed, err);
    }
    if (!find_present(request, saving.way, &present, err))
        return false;
    if (str_equal(present.address, saving.address) &&
        (present.confirmed_at != 0 || saving.address.len == 0))
        return answer_redirect(request, STR("/account/contacts"));
    saving.asks = saving.address.len > 0;
    return save(request, &saving, err);
}

struct confirming {
    const struct request *request;
    struct contact_answer answer;
};

static bool write_confirm(struct tx *tx, void *data, struct err *err)
{
    struct confirming *confirming = data;
    const struct request *request = confirming->request;

    return contact_confirm(tx, &confirming->answer,
                           (struct account_by){request->actor.account, request->now}, err);
}

static bool confirm(struct request *request, struct typed *typed, struct err *err)
{
    struct confirming confirming = {request,
                                    {.account = request->actor.account,
                                     .way = typed->way,
                                     .code = request_field(request, STR("code"))}};
    int64_t wait_ms;

    if (!throttle_take(
            request->web->throttle,
            str_printf(request->arena, "confirm %lld", (long long)request->actor.account), 1,
            (struct throttle_rule){.burst = CONFIRMS_A_MINUTE, .per_minute = CONFIRMS_A_MINUTE},
            request->now, &wait_ms))
        return err_set(err, ERR_LIMIT, "Too many attempts. Wait a few minutes and try again.");
    if (!request_write_wait(request, write_confirm, &confirming, err))
        return false;
    if (confirming.answer.is_right) {
        answer_notice(request, STR("ok"), request_text(request, STR("The address is confirmed.")));
        return answer_redirect(request, STR("/account/contacts"));
    }
    typed->code_error =
        confirming.answer.is_over
            ? request_text(request, STR("This code is no longer valid. Ask for another one."))
            : request_text(request, STR("This is not the code. Look at the message again."));
    return show(request, typed, err);
}

bool page_contact_code(struct request *request, struct err *err)
{
    struct typed typed = {.status = 422};
    struct saving saving = {.request = request, .asks = true};
    struct contact_entry present;

    if (!find_way(request, &typed.way, err) || !request_form(request, err))
        return false;
    if (!str_equal(request_field(request, STR("do")), STR("again")))
        return confirm(request, &typed, err);
    if (!find_present(request, typed.way, &present, err))
        return false;
    if (present.address.len == 0 || present.confirmed_at != 0)
        return answer_redirect(request, STR("/account/contacts"));
    saving.way = typed.way;
    saving.address = present.address;
    return save(request, &saving, err);
}

static bool write_wishes(struct tx *tx, void *data, struct err *err)
{
    struct request *request = data;
    struct contact contact;

    if (!contact_get(tx, request->arena, request->actor.account, request->now, &contact, err))
        return false;
    contact.language = request_field(request, STR("language"));
    for (int way = CONTACT_EMAIL; way < CONTACT_WAYS; way++)
        for (size_t i = 0; i < ARRAY_LEN(KINDS); i++) {
            if (KINDS[i].is_staff && !page_is_staff(request))
                continue;
            contact.ways[way].kinds &= ~(unsigned)KINDS[i].kind;
            for (size_t j = 0; j < request->form.count; j++)
                if (str_equal(request->form.pairs[j].name, contact_kinds[i]) &&
                    str_equal(request->form.pairs[j].value, contact_ways[way]))
                    contact.ways[way].kinds |= (unsigned)KINDS[i].kind;
        }
    return contact_wish(tx, &contact, (struct account_by){request->actor.account, request->now},
                        err);
}

bool page_contact_wishes(struct request *request, struct err *err)
{
    struct str language;

    if (!request_form(request, err))
        return false;
    language = request_field(request, STR("language"));
    if (!str_equal(language, STR("ru")) && !str_equal(language, STR("ky")) &&
        !str_equal(language, STR("en")))
        return err_set(err, ERR_INPUT, "there is no such language");
    if (!request_write_wait(request, write_wishes, request, err))
        return false;
    answer_notice(request, STR("ok"), request_text(request, STR("Saved.")));
    return answer_redirect(request, STR("/account/contacts"));
}
