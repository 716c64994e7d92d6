/* Lines about what people are sent: a person gets an account, finds a message on its page. */
#include "auth/account.h"
#include "cli/pack_case_play.h"
#include "core/id.h"
#include "notice/notice.h"

enum {
    MESSAGES_MAX = 100, /* of an account; the newest count */
};

struct opening {
    struct pack_case_play *play;
    int64_t person;
    int64_t account;
};

static bool run_actor(struct tx *tx, void *data, struct err *err)
{
    struct pack_case_play *play = data;
    struct account account = {.login = STR("case"), .name = STR("-"), .state = STR("active")};

    return account_create(tx, &account, (struct str){0}, (struct account_by){0, play->now},
                          &play->actor, err);
}

bool pack_case_message_open(struct pack_case_play *play, struct err *err)
{
    return tenant_write_wait(play->tenant, run_actor, play, err);
}

static bool run_open(struct tx *tx, void *data, struct err *err)
{
    struct opening *it = data;
    const struct catalog *catalog = it->play->catalog;
    struct account_by by = {0, it->play->now};
    struct account account = {
        .login = id_text(it->play->arena, it->person), .name = STR("-"), .state = STR("active")};
    struct account_tie tie = {.person = it->person,
                              .no = catalog_no(catalog, catalog->model->person)};

    if (!account_create(tx, &account, (struct str){0}, by, &it->account, err))
        return false;
    tie.account = it->account;
    return account_tie(tx, &tie, by, err);
}

/* account ${anna}: the person of that card has one, so messages reach them. */
bool pack_case_message_account(struct pack_case_play *play, struct str rest, struct err *err)
{
    struct opening opening = {.play = play};

    if (play->catalog->model->person == NULL)
        return err_set(err, ERR_INPUT, "no pack of the case has a register of persons");
    if (!id_parse(rest, &opening.person))
        return err_set(err, ERR_INPUT, "account ${person}: whose card is it?");
    if (!tenant_write_wait(play->tenant, run_open, &opening, err))
        return false;
    VEC_PUSH(play->arena, &play->accounts, opening.account);
    return true;
}

struct sought {
    struct str text;
    int64_t person; /* 0: anybody */
    bool is_found;
    struct str last; /* the newest subject that did not fit */
};

static bool look_through(struct tx *tx, struct pack_case_play *play, int64_t account,
                         struct sought *sought, struct err *err)
{
    struct notice_ask ask = {.account = account, .limit = MESSAGES_MAX};
    struct notice_page page;

    if (!notice_list(tx, play->arena, &ask, &page, err))
        return false;
    for (size_t i = 0; i < page.count; i++) {
        const struct notice_item *one = &page.items[i];

        sought->is_found |= str_equal(one->subject, sought->text) ||
                            str_find(one->body, sought->text) < one->body.len;
    }
    if (page.count > 0)
        sought->last = page.items[0].subject;
    return true;
}

static bool is_of(struct tx *tx, struct pack_case_play *play, int64_t account, int64_t person,
                  bool *is, struct err *err)
{
    struct account found;

    *is = person == 0;
    if (*is || account == play->actor)
        return true;
    if (!account_get(tx, play->arena, account, &found, err))
        return false;
    *is = found.person == person;
    return true;
}

static bool seek(struct pack_case_play *play, struct sought *sought, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    bool is;

    if (!pack_case_play_settle(play, err) || !tx_read(&tx, play->tenant, err))
        return false;
    for (size_t i = 0; i <= play->accounts.count; i++) {
        int64_t account = i == 0 ? play->actor : play->accounts.items[i - 1];

        if (!is_of(&tx, play, account, sought->person, &is, err) ||
            (is && !look_through(&tx, play, account, sought, err)))
            return false;
    }
    return true;
}

/* TEXT, to ${anna} TEXT */
static bool read_sought(struct pack_case_play *play, struct str rest, struct sought *sought,
                        struct err *err)
{
    *sought = (struct sought){.text = rest};
    if (str_starts(rest, STR("to "))) {
        (void)pack_case_play_cut(&rest);
        if (!id_parse(pack_case_play_cut(&rest), &sought->person))
            return err_set(err, ERR_INPUT, "to ${person}: whose card is it?");
        sought->text = rest;
    }
    return (sought->text.len > 0 ||
            err_set(err, ERR_INPUT, "what was sent? Give the subject, or a part of the text")) &&
           seek(play, sought, err);
}

bool pack_case_message_sent(struct pack_case_play *play, struct str rest, struct err *err)
{
    struct sought sought;

    return read_sought(play, rest, &sought, err) &&
           (sought.is_found ||
            err_set(err, ERR_INPUT, "that was not sent; the last message was \"%.*s\"",
                    STR_ARG(str_slice(sought.last, 0, 200))));
}

bool pack_case_message_unsent(struct pack_case_play *play, struct str rest, struct err *err)
{
    struct sought sought;

    return read_sought(play, rest, &sought, err) &&
           (!sought.is_found || err_set(err, ERR_INPUT, "that was sent"));
}
