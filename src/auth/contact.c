#include "auth/contact.h"

#include "auth/account_row.h"
#include "core/utf8.h"
#include "store/rows.h"

enum {
    LOCAL_MAX = 64, /* RFC 5321, 4.5.3.1.1 */
    PHONE_DIGITS_MIN = 9,
    PHONE_DIGITS_MAX = 15, /* E.164 */
    NATIONAL_DIGITS = 10,  /* of a number in Russia, behind 8 or +7 */
};

const struct str contact_ways[CONTACT_WAYS] = {
    [CONTACT_PAGE] = STR_INIT("page"),
    [CONTACT_EMAIL] = STR_INIT("email"),
    [CONTACT_SMS] = STR_INIT("sms"),
};

const struct str contact_kinds[CONTACT_KINDS] = {STR_INIT("case"), STR_INIT("work"),
                                                 STR_INIT("news")};

static const unsigned DEFAULTS[CONTACT_WAYS] = {
    [CONTACT_PAGE] = CONTACT_ALL, [CONTACT_EMAIL] = CONTACT_ALL, [CONTACT_SMS] = 0};

unsigned contact_kind_of(struct str name)
{
    for (unsigned i = 0; i < CONTACT_KINDS; i++)
        if (str_equal(contact_kinds[i], name))
            return 1U << i;
    return 0;
}

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Labels of a name that mail can be sent to: "mail.zarechensk.ru", "xn--80a.xn--p1ai". */
static bool is_domain(struct str domain)
{
    struct str rest = domain;
    bool has_dot = false;

    while (rest.len > 0 || (has_dot && domain.ptr[domain.len - 1] == '.')) {
        struct str label = str_cut(&rest, '.');

        if (label.len == 0 || label.len > 63 || label.ptr[0] == '-' ||
            label.ptr[label.len - 1] == '-')
            return false;
        for (size_t i = 0; i < label.len; i++)
            if (!is_alnum(label.ptr[i]) && label.ptr[i] != '-')
                return false;
        has_dot |= rest.len > 0;
    }
    return has_dot;
}

/* RFC 5322's dot-atom: what stands in quotes is allowed by it and used by nobody. */
static bool is_local(struct str local)
{
    static const char MORE[] = "!#$%&'*+-/=?^_`{|}~.";

    if (local.len == 0 || local.len > LOCAL_MAX || local.ptr[0] == '.' ||
        local.ptr[local.len - 1] == '.' || str_find(local, STR("..")) < local.len)
        return false;
    for (size_t i = 0; i < local.len; i++)
        if (!is_alnum(local.ptr[i]) && memchr(MORE, local.ptr[i], sizeof MORE - 1) == NULL)
            return false;
    return true;
}

bool contact_check_email(struct str address, struct err *err)
{
    struct str domain = address;
    struct str local = str_cut(&domain, '@');

    if (address.len > CONTACT_ADDRESS_MAX || !is_local(local) || domain.len == 0 ||
        domain.ptr[domain.len - 1] == '.' || !is_domain(domain))
        return err_set(err, ERR_INPUT,
                       "Write the e-mail address as in ivanova@example.ru, in Latin letters.");
    return true;
}

/* 8 before ten digits is how Russia dials itself; a number of Kyrgyzstan comes with +996 or 0. */
static void print_digits(struct buf *phone, struct str digits, bool has_plus)
{
    buf_char(phone, '+');
    if (!has_plus && digits.len == NATIONAL_DIGITS + 1 && digits.ptr[0] == '8') {
        buf_char(phone, '7');
        digits = str_slice(digits, 1, digits.len);
    } else if (!has_plus && digits.len == NATIONAL_DIGITS && digits.ptr[0] == '0') {
        buf_add(phone, STR("996"));
        digits = str_slice(digits, 1, digits.len);
    } else if (!has_plus && digits.len == NATIONAL_DIGITS) {
        buf_char(phone, '7');
    }
    buf_add(phone, digits);
}

bool contact_parse_phone(struct arena *arena, struct str typed, struct str *phone, struct err *err)
{
    struct str text = str_trim(typed);
    struct buf digits = {.arena = arena};
    struct buf printed = {.arena = arena};
    bool has_plus = str_starts(text, STR("+"));
    bool is_good = text.len <= 40;

    for (size_t i = has_plus ? 1 : 0; i < text.len && is_good; i++) {
        char c = text.ptr[i];

        if (c >= '0' && c <= '9')
            buf_char(&digits, c);
        else
            is_good = c == ' ' || c == '-' || c == '(' || c == ')';
    }
    is_good = is_good && digits.len >= PHONE_DIGITS_MIN;
    if (is_good)
        print_digits(&printed, buf_str(&digits), has_plus);
    if (!is_good || printed.len > PHONE_DIGITS_MAX + 1 || printed.ptr[1] == '0')
        return err_set(err, ERR_INPUT, "Write the number as in +7 913 123-45-67.");
    *phone = buf_str(&printed);
    return true;
}

static enum contact_way way_of(struct str name)
{
    for (int i = 0; i < CONTACT_WAYS; i++)
        if (str_equal(contact_ways[i], name))
            return (enum contact_way)i;
    return CONTACT_PAGE;
}

bool contact_get(struct tx *tx, struct arena *arena, int64_t account, int64_t now,
                 struct contact *contact, struct err *err)
{
    struct contact found = {.account = account, .language = STR("ru")};
    struct rows rows;

    for (int i = 0; i < CONTACT_WAYS; i++)
        found.ways[i].kinds = DEFAULTS[i];
    if (!store_query(tx, arena, &rows,
                     "SELECT way, address, language, kinds, confirmed_at, code, code_at, code_tries"
                     " FROM contact WHERE tenant = $1 AND account = $2",
                     ARGS(INT(tx->tenant), INT(account)), err))
        return err_while(err, "reading how an account is reached");
    for (size_t i = 0; i < rows.count; i++) {
        enum contact_way way = way_of(rows_text(&rows, i, 0));

        if (way == CONTACT_PAGE)
            found.language = rows_text(&rows, i, 2);
        found.ways[way] = (struct contact_entry){
            .address = rows_text(&rows, i, 1),
            .kinds = (unsigned)rows_int(&rows, i, 3),
            .confirmed_at = rows_int(&rows, i, 4),
            .is_awaited = rows_text(&rows, i, 5).len > 0 &&
                          now - rows_int(&rows, i, 6) < CONTACT_CODE_MS &&
                          rows_int(&rows, i, 7) < CONTACT_CODE_TRIES,
        };
    }
    *contact = found;
    return true;
}

/* The words of the journal: which way, never which address. */
static bool note(struct tx *tx, int64_t account, enum contact_way way, const char *what,
                 struct account_by by, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct str more =
        str_printf(scratch, ",\"way\":\"%.*s\",\"what\":\"%s\"", STR_ARG(contact_ways[way]), what);

    return account_note(tx, "account.contact", account, more, by, err);
}

bool contact_set(struct tx *tx, int64_t account, enum contact_way way, struct str address,
                 struct account_by by, struct err *err)
{
    int64_t changed;

    if (!store_change(tx,
                      "INSERT INTO contact (tenant, account, way, address, language, kinds,"
                      " confirmed_at, code, code_at, code_tries)"
                      " VALUES ($1, $2, $3, $4, '', $5, 0, '', 0, 0)"
                      " ON CONFLICT (tenant, account, way) DO UPDATE SET address = $4,"
                      " confirmed_at = 0, code = '', code_at = 0, code_tries = 0"
                      " WHERE contact.address <> $4",
                      ARGS(INT(tx->tenant), INT(account), TEXT(contact_ways[way]), TEXT(address),
                           INT(DEFAULTS[way])),
                      &changed, err))
        return err_while(err, "changing how an account is reached");
    return changed == 0 || note(tx, account, way, address.len > 0 ? "changed" : "removed", by, err);
}

bool contact_wish(struct tx *tx, const struct contact *contact, struct account_by by,
                  struct err *err)
{
    for (int i = 0; i < CONTACT_WAYS; i++)
        if (!store_exec(tx,
                        "INSERT INTO contact (tenant, account, way, address, language, kinds,"
                        " confirmed_at, code, code_at, code_tries)"
                        " VALUES ($1, $2, $3, '', $4, $5, 0, '', 0, 0)"
                        " ON CONFLICT (tenant, account, way) DO UPDATE SET language = $4,"
                        " kinds = $5",
                        ARGS(INT(tx->tenant), INT(contact->account), TEXT(contact_ways[i]),
                             TEXT(i == CONTACT_PAGE ? contact->language : STR("")),
                             INT(contact->ways[i].kinds & CONTACT_ALL)),
                        err))
            return err_while(err, "changing what an account wants to be told");
    return note(tx, contact->account, CONTACT_PAGE, "wishes", by, err);
}
