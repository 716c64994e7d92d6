/* Who is paid: the details that stand in QR codes of charges, and the codes of the treasury. */
#include "core/utf8.h"
#include "lang/format.h"
#include "web/answer.h"
#include "web/charges.h"
#include "web/input.h"
#include "web/page_about.h"
#include "web/page_admin.h"

enum {
    NAME_LETTERS = 160,
    BANK_LETTERS = 45,
    UIN_HEAD_MIN = 3,
    UIN_HEAD_MAX = 14,
};

static const struct {
    const char *label, *hint;
    const char *format; /* lang/format.h; "": a text */
} FIELDS[CHARGES_SETTINGS] = {
    [CHARGES_NAME] = {"Payee", "As the treasury has it: UFK of the region (the administration)",
                      ""},
    [CHARGES_INN] = {"INN", "", "inn"},
    [CHARGES_KPP] = {"KPP", "", "kpp"},
    [CHARGES_ACCOUNT] = {"Account", "20 digits; of the treasury it begins with 03", "account"},
    [CHARGES_BANK] = {"Bank", "At most 45 letters", ""},
    [CHARGES_BIK] = {"BIK", "", "bik"},
    [CHARGES_BANK_ACCOUNT] = {"Account of the bank",
                              "20 digits; the single account of the treasury", "account"},
    [CHARGES_OKTMO] = {"OKTMO", "8 or 11 digits", "oktmo"},
    [CHARGES_CBC_HEAD] = {"Code of the chief administrator of income",
                          "3 digits: a KBK of a process that begins with 000 begins with them", ""},
    [CHARGES_UIN_HEAD] = {"With what a UIN begins",
                          "The code the treasury gave you: up to 7 digits make a UIN of 20, 8 and "
                          "more one of 25. Left empty charges have no UIN",
                          ""},
};

struct form {
    int status;
    struct str values[CHARGES_SETTINGS];
    struct str errors[CHARGES_SETTINGS];
};

static bool show(struct request *request, const struct form *form, struct err *err)
{
    struct json *view = view_new(request);
    struct json *fields = view_list(request, view, "fields");

    page_title(request, view, request_text(request, STR("Payments")));
    input_errors_begin(request, view);
    for (int i = 0; i < CHARGES_SETTINGS; i++) {
        struct json *field = input_add(request, fields, "is_text", charges_settings[i],
                                       request_text(request, str_from_z(FIELDS[i].label)));

        input_optional(request, field);
        if (FIELDS[i].hint[0] != '\0')
            input_hint(request, field, request_text(request, str_from_z(FIELDS[i].hint)));
        input_value(request, field, form->values[i]);
        if (form->errors[i].len > 0)
            input_error(request, view, field, form->errors[i]);
    }
    view_text(request, view, "action", page_href(request, "/admin/payments"));
    return answer_page(request, form->status, STR("page/payments"), view, err);
}

bool page_payment(struct request *request, struct err *err)
{
    struct form form = {.status = 200};

    if (!request_admin(request, POLICY_SETTINGS, err))
        return false;
    for (int i = 0; i < CHARGES_SETTINGS; i++)
        form.values[i] = catalog_setting(request->catalog, str_from_z(charges_settings[i]));
    return show(request, &form, err);
}

static bool are_digits(struct str text, size_t least, size_t most)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.len >= least && text.len <= most;
}

static bool is_fine(const struct form *form, enum charges_setting setting)
{
    struct str value = form->values[setting];
    struct str format = str_from_z(FIELDS[setting].format);

    if (value.len == 0)
        return true;
    if (setting == CHARGES_NAME || setting == CHARGES_BANK)
        return utf8_length(value) <= (setting == CHARGES_NAME ? NAME_LETTERS : BANK_LETTERS);
    if (setting == CHARGES_CBC_HEAD)
        return are_digits(value, 3, 3);
    if (setting == CHARGES_UIN_HEAD)
        return are_digits(value, UIN_HEAD_MIN, UIN_HEAD_MAX);
    if (!format_find(format)(value))
        return false;
    return setting != CHARGES_ACCOUNT || form->values[CHARGES_BIK].len == 0 ||
           format_account_fits(value, form->values[CHARGES_BIK]);
}

static bool check(struct request *request, struct form *form)
{
    bool is_good = true;

    for (int i = 0; i < CHARGES_SETTINGS; i++) {
        if (is_fine(form, (enum charges_setting)i))
            continue;
        form->errors[i] = request_text(
            request, i == CHARGES_ACCOUNT
                         ? STR("The account is wrong, or not one of this bank: compare "
                               "its digits and the BIK.")
                         : STR("This is wrong: compare its digits."));
        if (i == CHARGES_NAME || i == CHARGES_BANK)
            form->errors[i] = request_text(request, STR("This is too long."));
        is_good = false;
    }
    return is_good;
}

bool page_payment_post(struct request *request, struct err *err)
{
    struct form form = {.status = 422};
    struct str names[CHARGES_SETTINGS];

    if (!request_admin(request, POLICY_SETTINGS, err) || !request_form(request, err))
        return false;
    for (int i = 0; i < CHARGES_SETTINGS; i++) {
        names[i] = str_from_z(charges_settings[i]);
        form.values[i] = str_trim(request_field(request, names[i]));
    }
    if (!check(request, &form))
        return show(request, &form, err);
    return page_settings_keep(request, names, form.values, CHARGES_SETTINGS, err) &&
           answer_redirect(request, STR("/admin/payments"));
}
