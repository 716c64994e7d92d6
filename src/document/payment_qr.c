#include "document/payment_qr.h"

#include <string.h>

#include "core/uin.h"
#include "core/utf8.h"
#include "document/qr.h"

#define HEAD "ST00012" /* version 0001, 2: UTF-8 */

enum {
    SUM_MAX_DIGITS = 18,
};

/* Any other than what names and values hold will do (5.2.2); the first is what all apps know. */
static const char SEPARATORS[] = "|~^_#$*;";

/* What a value has to be, by the tables of the standard. */
struct rule {
    const char *name;
    size_t shortest, longest; /* letters or digits */
    bool is_digits;
    bool is_needed;
};

enum {
    NAME,
    PERSONAL_ACC,
    BANK_NAME,
    BIC,
    CORRESP_ACC,
    SUM,
    PURPOSE,
    PAYEE_INN,
    KPP,
    CBC,
    OKTMO,
    UIN,
    VALUES,
};

static const struct rule RULES[VALUES] = {
    [NAME] = {"Name", 1, 160, false, true},
    [PERSONAL_ACC] = {"PersonalAcc", 20, 20, true, true},
    [BANK_NAME] = {"BankName", 1, 45, false, true},
    [BIC] = {"BIC", 9, 9, true, true},
    [CORRESP_ACC] = {"CorrespAcc", 1, 20, true, true},
    [SUM] = {"Sum", 1, SUM_MAX_DIGITS, true, false},
    [PURPOSE] = {"Purpose", 1, 210, false, false},
    [PAYEE_INN] = {"PayeeINN", 10, 12, true, false},
    [KPP] = {"KPP", 9, 9, false, false},
    [CBC] = {"CBC", 20, 20, false, false},
    [OKTMO] = {"OKTMO", 8, 11, true, false},
    [UIN] = {"UIN", UIN_SHORT, UIN_LONG, true, false},
};

static bool are_digits(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return true;
}

/* A line break would begin another value for some readers. */
static bool has_control(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
            return true;
    return false;
}

static bool check(const struct rule *rule, struct str value, struct err *err)
{
    size_t letters = utf8_length(value);

    if (value.len == 0)
        return !rule->is_needed ||
               err_set(err, ERR_INPUT, "the payment's QR code needs %s", rule->name);
    if (letters < rule->shortest || letters > rule->longest)
        return err_set(err, ERR_INPUT, "%s of a payment has %d to %d characters, not %d",
                       rule->name, (int)rule->shortest, (int)rule->longest, (int)letters);
    if (rule->is_digits && !are_digits(value))
        return err_set(err, ERR_INPUT, "%s of a payment is digits only", rule->name);
    return !has_control(value) ||
           err_set(err, ERR_INPUT, "%s of a payment is one line of text", rule->name);
}

static bool is_free(char separator, const struct str values[VALUES])
{
    for (int i = 0; i < VALUES; i++)
        if (str_find_char(values[i], separator) < values[i].len)
            return false;
    return true;
}

static bool find_separator(const struct str values[VALUES], char *separator, struct err *err)
{
    for (const char *one = SEPARATORS; *one != '\0'; one++)
        if (is_free(*one, values)) {
            *separator = *one;
            return true;
        }
    return err_set(err, ERR_INPUT, "leave one of the characters %s out of the payment's texts",
                   SEPARATORS);
}

static bool check_all(const struct payment_qr *payment, const struct str values[VALUES],
                      struct err *err)
{
    for (int i = 0; i < VALUES; i++)
        if (!check(&RULES[i], values[i], err))
            return false;
    if (payment->sum_kop < 0)
        return err_set(err, ERR_INPUT, "a payment is not less than nothing");
    return payment->uin.len == 0 || uin_is_valid(payment->uin) ||
           err_set(err, ERR_INPUT, "the control digit of the УИН %.*s is wrong",
                   STR_ARG(payment->uin));
}

bool payment_qr_print(struct buf *buf, const struct payment_qr *payment, struct err *err)
{
    struct str sum = payment->sum_kop != 0
                         ? str_printf(buf->arena, "%lld", (long long)MAX(payment->sum_kop, 0))
                         : (struct str){0};
    const struct str values[VALUES] = {
        [NAME] = payment->payee,
        [PERSONAL_ACC] = payment->account,
        [BANK_NAME] = payment->bank,
        [BIC] = payment->bik,
        /* Who has none says 0: it has to be there. */
        [CORRESP_ACC] = payment->bank_account.len > 0 ? payment->bank_account : STR("0"),
        [SUM] = sum,
        [PURPOSE] = payment->purpose,
        [PAYEE_INN] = payment->inn,
        [KPP] = payment->kpp,
        [CBC] = payment->cbc,
        [OKTMO] = payment->oktmo,
        [UIN] = payment->uin,
    };
    size_t start = buf->len;
    char separator;

    if (!check_all(payment, values, err) || !find_separator(values, &separator, err))
        return false;
    buf_add(buf, STR(HEAD));
    for (int i = 0; i < VALUES; i++) {
        if (values[i].len == 0)
            continue;
        buf_char(buf, separator);
        buf_add(buf, str_from_z(RULES[i].name));
        buf_char(buf, '=');
        buf_add(buf, values[i]);
    }
    if (buf->len - start <= QR_TEXT_MAX)
        return true;
    buf->len = start;
    return err_set(err, ERR_INPUT, "the payment's texts are too long for a QR code");
}
