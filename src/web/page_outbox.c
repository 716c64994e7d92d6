/* Notices for those who look after the settings: what goes out, what does not, and why. */
#include "core/id.h"
#include "core/num.h"
#include "core/time.h"
#include "core/utf8.h"
#include "notice/notice_job.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/page_about.h"
#include "web/page_admin.h"
#include "web/people.h"
#include "web/refusal.h"
#include "web/wording.h"

enum {
    NAME_MAX_LETTERS = 100,
    MOST_MAX = 1000,
    TRIALS_A_MINUTE = 3,
    TRIAL_MS = 20 * 1000, /* somebody waits for it */
};

enum {
    SENDER,
    REPLY_TO,
    EMAIL_MOST,
    SMS_MOST,
    SETTINGS,
};

static const struct {
    const char *name; /* of the field and of the setting */
    const char *label;
    const char *hint;
} FIELDS[SETTINGS] = {
    [SENDER] = {"notice_sender", "Name of the sender",
                "Left empty it is the name of the municipality"},
    [REPLY_TO] = {"notice_reply_to", "Address for answers", "Who answers an e-mail writes there"},
    [EMAIL_MOST] = {"notice_email_per_day", "E-mails to one person a day",
                    "What is more is gathered into one for the next morning"},
    [SMS_MOST] = {"notice_sms_per_day", "SMS to one person a day", ""},
};

struct form {
    int status;
    struct str values[SETTINGS];
    struct str errors[SETTINGS];
    struct str trial, trial_error;
};

struct screen {
    struct request *request;
    struct tx *tx;
    struct people people;
    struct json *view;
};

static struct str way_text(struct request *request, enum contact_way way)
{
    return request_text(request, way == CONTACT_SMS ? STR("SMS") : STR("E-mail"));
}

static struct str state_text(struct request *request, struct str state)
{
    static const struct {
        const char *state;
        const char *text;
    } WORDS[] = {
        {"waiting", "is sent soon"},        {"sending", "is being sent"},
        {"held", "waits for the next day"}, {"failed", "refused"},
        {"given_up", "given up"},
    };

    for (size_t i = 0; i < ARRAY_LEN(WORDS); i++)
        if (str_equal(str_from_z(WORDS[i].state), state))
            return request_text(request, str_from_z(WORDS[i].text));
    return state;
}

/* Who it is for and what it was made of; never what it says. */
static void add_row(struct screen *screen, struct json *list, const struct outbox_row *row)
{
    struct request *request = screen->request;
    struct json *one = view_push(request, list);
    bool is_again = row->tries > 0 && str_equal(row->state, STR("waiting"));

    view_text(request, one, "who", people_find(&screen->people, row->account));
    view_text(request, one, "way", way_text(request, row->way));
    view_text(request, one, "when", view_moment(request, row->put_at));
    view_text(request, one, "state",
              is_again ? request_text(request, STR("is tried again"))
                       : state_text(request, row->state));
    view_text(request, one, "tag_kind", is_again ? STR("warn") : STR("info"));
    view_text(request, one, "template",
              str_equal(row->template, STR("uprava.code"))
                  ? request_text(request, STR("Code to confirm your address"))
                  : row->template);
    view_maybe(request, one, "reason",
               row->reason.len > 0 ? refusal_text(request, row->reason) : row->reason);
    view_bool(request, one, "may_retry",
              row->until_at == 0 && !str_equal(row->state, STR("sending")));
    view_text(request, one, "href",
              page_href(request, "/admin/notices/%.*s", STR_ARG(id_text(request->arena, row->id))));
}

static bool add_state(struct screen *screen, struct json *list, struct str state, struct err *err)
{
    struct outbox_page page;

    if (!outbox_list(screen->tx, screen->request->arena, state, INT64_MAX, &page, err))
        return false;
    for (size_t i = 0; i < page.count; i++)
        add_row(screen, list, &page.rows[i]);
    return true;
}

static bool add_lists(struct screen *screen, struct err *err)
{
    struct request *request = screen->request;
    struct json *problems = view_list(request, screen->view, "problems");
    struct json *waiting = view_list(request, screen->view, "waiting");

    if (!add_state(screen, problems, STR("failed"), err) ||
        !add_state(screen, problems, STR("given_up"), err) ||
        !add_state(screen, waiting, STR("sending"), err) ||
        !add_state(screen, waiting, STR("waiting"), err) ||
        !add_state(screen, waiting, STR("held"), err))
        return false;
    view_bool(request, screen->view, "has_problems", problems->count > 0);
    view_bool(request, screen->view, "has_waiting", waiting->count > 0);
    return true;
}

/* Of the ways out the municipality sees where they lead, not how one gets in there. */
static struct str server_text(struct request *request, enum contact_way way)
{
    struct str name = tenant_info(request->tenant)->name;
    const struct delivery_mail *mail = delivery_mail_of(request->web->delivery, name);
    const struct delivery_sms *sms = delivery_sms_of(request->web->delivery, name);
    struct str text = {0};

    if (way == CONTACT_EMAIL && mail != NULL)
        text = str_printf(request->arena, "%.*s, %.*s", STR_ARG(mail->from), STR_ARG(mail->server));
    if (way == CONTACT_SMS && sms != NULL)
        text = str_slice(sms->url, 0, str_find_char(sms->url, '?'));
    return text.len > 0 ? text : request_text(request, STR("not set up by the server's operator"));
}

static bool add_facts(struct screen *screen, struct err *err)
{
    struct request *request = screen->request;
    struct json *facts = view_list(request, screen->view, "facts");
    int64_t began_at = request_today(request) * TIME_DAY_MS -
                       catalog_utc_offset(request->catalog) * (int64_t)TIME_MINUTE_MS;
    struct outbox_counts counts;

    if (!outbox_count(screen->tx, began_at, &counts, err))
        return false;
    input_fact(request, facts, request_text(request, STR("E-mails sent today")),
               view_number(request, counts.sent[CONTACT_EMAIL]));
    input_fact(request, facts, request_text(request, STR("SMS sent today")),
               view_number(request, counts.sent[CONTACT_SMS]));
    input_fact(request, facts, request_text(request, STR("Put on pages today")),
               view_number(request, counts.sent[CONTACT_PAGE]));
    input_fact(request, facts, request_text(request, STR("Waiting")),
               view_number(request, counts.waiting + counts.held));
    input_fact(request, facts, request_text(request, STR("Mail server")),
               server_text(request, CONTACT_EMAIL));
    input_fact(request, facts, request_text(request, STR("SMS gateway")),
               server_text(request, CONTACT_SMS));
    return true;
}

static void add_form(struct screen *screen, const struct form *form)
{
    struct request *request = screen->request;
    struct json *fields = view_list(request, screen->view, "fields");
    struct json *trial_fields = view_list(request, screen->view, "trial_fields");
    struct json *trial = input_add(request, trial_fields, "is_text", "address",
                                   request_text(request, STR("E-mail address or telephone")));

    for (int i = 0; i < SETTINGS; i++) {
        struct json *field =
            input_add(request, fields, i >= EMAIL_MOST ? "is_number" : "is_text", FIELDS[i].name,
                      request_text(request, str_from_z(FIELDS[i].label)));

        if (i < EMAIL_MOST)
            input_optional(request, field);
        if (FIELDS[i].hint[0] != '\0')
            input_hint(request, field, request_text(request, str_from_z(FIELDS[i].hint)));
        input_value(request, field, form->values[i]);
        if (form->errors[i].len > 0)
            input_error(request, screen->view, field, form->errors[i]);
    }
    view_text(request, screen->view, "action", page_href(request, "/admin/notices"));
    view_text(request, screen->view, "trial_action", page_href(request, "/admin/notices/trial"));
    input_value(request, trial, form->trial);
    if (form->trial_error.len > 0)
        input_error(request, screen->view, trial, form->trial_error);
}

static bool show(struct request *request, const struct form *form, struct err *err)
{
    struct screen screen = {.request = request, .view = view_new(request)};

    if (!request_read(request, &screen.tx, err))
        return false;
    screen.people = (struct people){.request = request, .tx = screen.tx};
    page_title(request, screen.view, request_text(request, STR("Notices")));
    input_errors_begin(request, screen.view);
    add_form(&screen, form);
    return add_facts(&screen, err) && add_lists(&screen, err) &&
           answer_page(request, form->status, STR("page/notices-sent"), screen.view, err);
}

static void fill_form(struct request *request, struct form *form)
{
    for (int i = 0; i < EMAIL_MOST; i++)
        form->values[i] = catalog_setting(request->catalog, str_from_z(FIELDS[i].name));
    form->values[EMAIL_MOST] = str_printf(
        request->arena, "%lld", (long long)notice_job_most(request->catalog, CONTACT_EMAIL));
    form->values[SMS_MOST] = str_printf(request->arena, "%lld",
                                        (long long)notice_job_most(request->catalog, CONTACT_SMS));
}

bool page_outbox(struct request *request, struct err *err)
{
    struct form form = {.status = 200};

    if (!request_admin(request, POLICY_SETTINGS, err))
        return false;
    fill_form(request, &form);
    return show(request, &form, err);
}

static bool check(struct request *request, struct form *form)
{
    bool is_good = true;
    struct err err;

    if (utf8_length(form->values[SENDER]) > NAME_MAX_LETTERS)
        form->errors[SENDER] = request_text(request, STR("Not longer than 100 letters."));
    if (form->values[REPLY_TO].len > 0 && !contact_check_email(form->values[REPLY_TO], &err))
        form->errors[REPLY_TO] = wording_err(request, &err);
    for (int i = EMAIL_MOST; i < SETTINGS; i++) {
        int64_t most;

        if (!num_parse_int(form->values[i], &most) || most < 0 || most > MOST_MAX)
            form->errors[i] = request_text(request, STR("A whole number from 0 to 1000."));
    }
    for (int i = 0; i < SETTINGS; i++)
        is_good &= form->errors[i].len == 0;
    return is_good;
}

bool page_outbox_post(struct request *request, struct err *err)
{
    struct form form = {.status = 422};
    struct str names[SETTINGS];

    if (!request_admin(request, POLICY_SETTINGS, err) || !request_form(request, err))
        return false;
    for (int i = 0; i < SETTINGS; i++) {
        names[i] = str_from_z(FIELDS[i].name);
        form.values[i] = str_trim(request_field(request, names[i]));
    }
    if (!check(request, &form))
        return show(request, &form, err);
    return page_settings_keep(request, names, form.values, SETTINGS, err) &&
           answer_redirect(request, STR("/admin/notices"));
}

struct doing {
    const struct request *request;
    int64_t id;
    bool is_retry;
    bool has_moved;
};

static bool write_do(struct tx *tx, void *data, struct err *err)
{
    struct doing *doing = data;

    return doing->is_retry
               ? outbox_retry(tx, doing->id, doing->request->now, &doing->has_moved, err)
               : outbox_forget(tx, doing->id, err);
}

bool page_outbox_do(struct request *request, struct err *err)
{
    struct doing doing = {.request = request};

    if (!request_admin(request, POLICY_SETTINGS, err) || !request_form(request, err) ||
        !request_id(request, 0, &doing.id, err))
        return false;
    doing.is_retry = str_equal(request_field(request, STR("do")), STR("retry"));
    if (!request_write_wait(request, write_do, &doing, err))
        return false;
    request_wake_workers(request);
    answer_notice(request, STR("ok"),
                  doing.is_retry ? request_text(request, STR("It is sent again."))
                                 : request_text(request, STR("It is off the list.")));
    return answer_redirect(request, STR("/admin/notices"));
}

static bool send_trial(struct request *request, enum contact_way way, struct str address,
                       struct carrier_end *end, struct err *err)
{
    struct notice_place place = {.tenant = request->tenant,
                                 .library = request->web->library,
                                 .delivery = request->web->delivery,
                                 .total_ms = TRIAL_MS,
                                 .now = request->now};
    int64_t wait_ms;

    if (!throttle_take(
            request->web->throttle,
            str_printf(request->arena, "trial %lld", (long long)request->actor.account), 1,
            (struct throttle_rule){.burst = TRIALS_A_MINUTE, .per_minute = TRIALS_A_MINUTE},
            request->now, &wait_ms))
        return err_set(err, ERR_LIMIT, "Too many attempts. Wait a few minutes and try again.");
    return notice_job_try(&place, request->arena, way, address, end, err);
}

/* The answer tells what the server said, so it waits for that. */
bool page_outbox_trial(struct request *request, struct err *err)
{
    struct form form = {.status = 422};
    struct carrier_end end = {0};
    struct str address;

    if (!request_admin(request, POLICY_SETTINGS, err) || !request_form(request, err))
        return false;
    fill_form(request, &form);
    form.trial = address = str_trim(request_field(request, STR("address")));
    bool is_mail = str_find_char(address, '@') < address.len;
    if (!(is_mail ? contact_check_email(address, err)
                  : contact_parse_phone(request->arena, address, &address, err))) {
        form.trial_error = wording_err(request, err);
        return show(request, &form, err);
    }
    if (!send_trial(request, is_mail ? CONTACT_EMAIL : CONTACT_SMS, address, &end, err))
        return false;
    if (end.outcome != OUTBOX_SENT) {
        form.trial_error = refusal_text(request, end.reason);
        return show(request, &form, err);
    }
    answer_notice(request, STR("ok"),
                  request_text(request, STR("The message was taken over. Look whether it came.")));
    return answer_redirect(request, STR("/admin/notices"));
}
