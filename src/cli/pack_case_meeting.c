/* A commission meets in a case: whoever sits in it is made up, and everything that waits is voted
 * about alike. */
#include "auth/account.h"
#include "cli/pack_case_play.h"
#include "core/time.h"
#include "workflow/conduct_meeting.h"

/* The members of this meeting, and how they vote. */
struct sitting {
    struct pack_case_play *play;
    struct conduct_meeting by;
    enum commission_form form;
    struct str votes; /* a letter each, the chair's first; one alone, p: it is postponed */
    struct str ground;
    struct account account; /* being made */
    struct meeting_whole whole;
};

static bool run_create(struct tx *tx, void *data, struct err *err)
{
    struct sitting *it = data;

    return account_create(tx, &it->account, STR("x"), (struct account_by){0, it->by.now},
                          &it->account.id, err);
}

static bool add_member(struct sitting *it, size_t at, struct err *err)
{
    const struct commission *commission = it->by.commission;
    struct str role = at == 0 ? commission->chair : commission->member;

    it->account = (struct account){
        .login = str_printf(it->by.arena, "member-%.*s-%zu", STR_ARG(commission->name), at),
        .name = str_printf(it->by.arena, "%zu", at),
        .state = STR("active"),
        .roles = &role,
        .role_count = 1};
    return tenant_write_wait(it->play->tenant, run_create, it, err);
}

static bool is_postponed(const struct sitting *it)
{
    return str_equal(it->votes, STR("p"));
}

/* Whoever sat in an earlier meeting of the case sits in this one. */
static bool find_members(struct sitting *it, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct meeting_member *members;
    struct err none;
    size_t count = 0;

    if (!tx_read(&tx, it->play->tenant, err))
        return false;
    if (!conduct_meeting_members(&tx, &it->by, &members, &count, &none))
        count = 0;
    tx_done(&tx);
    for (size_t at = count; at < (is_postponed(it) ? 1 : it->votes.len); at++)
        if (!add_member(it, at, err))
            return false;
    return true;
}

static bool call(struct sitting *it, struct err *err)
{
    struct conduct_meeting_call call = {
        .by = it->by,
        .making.meeting = {.form = it->form,
                           .place = it->form == COMMISSION_PRESENT ? STR("1") : (struct str){0},
                           .at = it->by.now,
                           .until_at =
                               it->form == COMMISSION_ABSENT ? it->by.now + TIME_DAY_MS : 0}};
    struct meeting_question *questions;
    CLEANUP(tx_done) struct tx tx = {0};
    int64_t *ids;

    if (!tx_read(&tx, it->play->tenant, err) ||
        !meeting_question_list(&tx, it->by.arena, it->by.commission->name, &questions,
                               &call.making.question_count, err))
        return false;
    tx_done(&tx);
    if (call.making.question_count == 0)
        return err_set(err, ERR_INPUT, "nothing waits for that commission");
    ids = ARENA_ARRAY(it->by.arena, int64_t, call.making.question_count);
    for (size_t i = 0; i < call.making.question_count; i++)
        ids[i] = questions[i].id;
    call.making.questions = ids;
    if (!conduct_meeting_check(&call, err) ||
        !tenant_write_wait(it->play->tenant, conduct_meeting_call, &call, err))
        return false;
    it->by.id = call.by.id;
    return true;
}

static bool look(struct sitting *it, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    if (!tx_read(&tx, it->play->tenant, err) ||
        !meeting_get(&tx, it->by.arena, it->by.id, &it->whole, err))
        return false;
    it->by.version = it->whole.meeting.version;
    return true;
}

static enum commission_vote vote_of(const struct sitting *it, size_t member)
{
    char letter = member < it->votes.len ? it->votes.ptr[member] : '-';

    return letter == 'f'   ? COMMISSION_FOR
           : letter == 'a' ? COMMISSION_AGAINST
           : letter == 'o' ? COMMISSION_ABSTAINED
           : letter == 'c' ? COMMISSION_CONFLICT
                           : COMMISSION_NO_VOTE;
}

/* Each votes on their own page. */
static bool vote(struct sitting *it, const struct meeting_point *point, struct err *err)
{
    for (size_t i = 0; i < it->whole.member_count; i++) {
        struct conduct_meeting_ballot ballot = {
            .by = it->by, .question = point->question.id, .vote = vote_of(it, i)};

        ballot.by.actor = it->whole.members[i].account;
        if (ballot.vote != COMMISSION_NO_VOTE &&
            !tenant_write_wait(it->play->tenant, conduct_meeting_vote, &ballot, err))
            return false;
    }
    return true;
}

static bool record(struct sitting *it, const struct meeting_point *point, struct err *err)
{
    struct conduct_meeting_record said = {.by = it->by,
                                          .question = point->question.id,
                                          .is_postponed = is_postponed(it),
                                          .ground = it->ground};

    return tenant_write_wait(it->play->tenant, conduct_meeting_record, &said, err) && look(it, err);
}

static bool close_it(struct sitting *it, struct err *err)
{
    struct conduct_meeting_closing closing = {.by = it->by};
    struct conduct_place place = {it->play->tenant, it->play->stand->processes, it->by.now};

    if (it->form == COMMISSION_ABSENT)
        closing.by.now += TIME_DAY_MS;
    if (!tenant_write_wait(it->play->tenant, conduct_meeting_close, &closing, err))
        return false;
    conduct_meeting_deliver(&place, &closing);
    return true;
}

/* Whoever votes is there, and everybody where it is postponed. */
static bool attend(struct sitting *it, struct err *err)
{
    struct conduct_meeting_attendance there = {.by = it->by};
    int64_t *accounts = ARENA_ARRAY(it->by.arena, int64_t, it->whole.member_count);

    for (size_t i = 0; i < it->whole.member_count; i++)
        if (is_postponed(it) || vote_of(it, i) != COMMISSION_NO_VOTE)
            accounts[there.count++] = it->whole.members[i].account;
    there.present = accounts;
    return tenant_write_wait(it->play->tenant, conduct_meeting_attend, &there, err) &&
           look(it, err);
}

static bool meet(struct sitting *it, struct err *err)
{
    if (!find_members(it, err) || !call(it, err) || !look(it, err) ||
        (it->form == COMMISSION_PRESENT && !attend(it, err)))
        return false;
    for (size_t i = 0; i < it->whole.point_count; i++)
        if ((!is_postponed(it) && !vote(it, &it->whole.points[i], err)) ||
            !record(it, &it->whole.points[i], err))
            return false;
    return close_it(it, err) && pack_case_play_settle(it->play, err);
}

static bool are_votes(struct str votes)
{
    for (size_t i = 0; i < votes.len; i++)
        if (str_find_char(STR("faoc-"), votes.ptr[i]) == 5)
            return str_equal(votes, STR("p"));
    return votes.len > 0 && votes.len <= MEETING_MEMBERS_MAX;
}

/* meeting COMMISSION [absent] ffao-c [GROUND]; meeting COMMISSION p: it is postponed. */
bool pack_case_meeting(struct pack_case_play *play, struct str rest, struct err *err)
{
    struct sitting it = {.play = play, .form = COMMISSION_PRESENT};
    struct str name = pack_case_play_cut(&rest);

    it.by = (struct conduct_meeting){.arena = play->arena,
                                     .processes = play->stand->processes,
                                     .catalog = play->catalog,
                                     .actor = play->actor,
                                     .now = play->now};
    if (!process_commission(play->stand->processes, play->catalog->model, name, &it.by.commission,
                            err))
        return false;
    it.votes = pack_case_play_cut(&rest);
    if (str_equal(it.votes, STR("absent"))) {
        it.form = COMMISSION_ABSENT;
        it.votes = pack_case_play_cut(&rest);
    }
    it.ground = pack_case_play_cut(&rest);
    if (!are_votes(it.votes))
        return err_set(err, ERR_INPUT,
                       "how does each vote? The chair's letter stands first: f for, a against, o "
                       "abstained, c takes no part, - is not there; or p alone: postponed");
    return meet(&it, err);
}
