/* A commission meets, present and in absentia, and those who wait for it go on. */
#include "workflow/conduct_meeting.h"

#include "auth/account.h"
#include "counter.h"
#include "store/rows.h"

enum {
    CASES = 3, /* put before the board; their numbers follow each other */
    FIRST = 4711,
    ELDERS = 4,
};

struct board {
    struct counter counter;
    int64_t chair, elders[ELDERS];
    struct account account;
    struct meeting_question *questions;
    size_t question_count;
    int64_t id; /* of the meeting */
    struct err err;
};

static bool run_create(struct tx *tx, void *data, struct err *err)
{
    struct board *board = data;

    return account_create(tx, &board->account, STR("x"), (struct account_by){0, HAMLET_NOW},
                          &board->account.id, err);
}

static enum err_code write_it(struct board *board, store_run *run, void *data)
{
    board->err = (struct err){0};
    return tenant_write_wait(board->counter.hamlet.town.tenant, run, data, &board->err)
               ? ERR_NONE
               : board->err.code;
}

static int64_t create(struct board *board, const char *login, struct str role)
{
    board->account = (struct account){.login = str_from_z(login),
                                      .name = str_from_z(login),
                                      .state = STR("active"),
                                      .roles = &role,
                                      .role_count = 1};
    CHECK_INT(write_it(board, run_create, board), ERR_NONE);
    return board->account.id;
}

static void look_at_questions(struct board *board)
{
    CLEANUP(tx_done) struct tx tx = {0};

    CHECK_OK(tx_read(&tx, board->counter.hamlet.town.tenant, &board->err), &board->err);
    CHECK_OK(meeting_question_list(&tx, check_arena(), STR("hamlet.board"), &board->questions,
                                   &board->question_count, &board->err),
             &board->err);
}

/* A board of five, and three cases before it. */
static void open_board(struct board *board)
{
    static const char *const NAMES[ELDERS] = {"one", "two", "three", "four"};

    *board = (struct board){0};
    counter_open(&board->counter);
    counter_use(&board->counter, "hamlet.board");
    board->chair = create(board, "chair", STR("head"));
    for (size_t i = 0; i < ELDERS; i++)
        board->elders[i] = create(board, NAMES[i], STR("elder"));
    for (int64_t i = 0; i < CASES; i++)
        CHECK_INT(
            counter_apply(&board->counter, "{\"name\":\"Мира\"}",
                          (struct conduct_application){.id = FIRST + i, .applicant = HAMLET_ACTOR}),
            ERR_NONE);
    look_at_questions(board);
    CHECK_INT((int64_t)board->question_count, CASES);
}

static struct meeting_whole look(struct board *board)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct meeting_whole whole;

    CHECK_OK(tx_read(&tx, board->counter.hamlet.town.tenant, &board->err), &board->err);
    CHECK_OK(meeting_get(&tx, check_arena(), board->id, &whole, &board->err), &board->err);
    return whole;
}

static struct conduct_meeting by(struct board *board, int64_t actor)
{
    struct counter *counter = &board->counter;
    struct conduct_meeting by = {.arena = check_arena(),
                                 .processes = counter->processes,
                                 .catalog = counter->hamlet.catalog,
                                 .id = board->id,
                                 .actor = actor,
                                 .now = counter->now};

    CHECK_OK(process_commission(counter->processes, counter->hamlet.catalog->model,
                                STR("hamlet.board"), &by.commission, &board->err),
             &board->err);
    if (board->id != 0)
        by.version = look(board).meeting.version;
    return by;
}

/* The first so many questions come on its agenda. */
static enum err_code call(struct board *board, enum commission_form form, size_t count)
{
    int64_t questions[CASES];
    struct conduct_meeting_call it = {
        .making = {.meeting = {.form = form}, .questions = questions, .question_count = count}};
    enum err_code code;

    for (size_t i = 0; i < count; i++)
        questions[i] = board->questions[i].id;
    board->id = 0;
    it.by = by(board, HAMLET_ACTOR);
    if (form == COMMISSION_ABSENT)
        it.making.meeting.until_at = board->counter.now + TIME_DAY_MS;
    else {
        it.making.meeting.place = STR("Дом совета");
        it.making.meeting.at = board->counter.now + TIME_DAY_MS;
    }
    CHECK_OK(conduct_meeting_check(&it, &board->err), &board->err);
    code = write_it(board, conduct_meeting_call, &it);
    board->id = it.by.id;
    return code;
}

/* The chair, and so many elders. */
static void attend(struct board *board, size_t elders)
{
    int64_t present[ELDERS + 1] = {board->chair};
    struct conduct_meeting_attendance it = {
        .by = by(board, HAMLET_ACTOR), .present = present, .count = elders + 1};

    memcpy(present + 1, board->elders, elders * sizeof *present);
    CHECK_INT(write_it(board, conduct_meeting_attend, &it), ERR_NONE);
}

/* "faa-c" of the chair and the elders: for, against, abstained by o, conflict by c, away by w, none
 * by -. */
static enum err_code record(struct board *board, size_t question, const char *how,
                            const char *ground)
{
    struct meeting_vote votes[ELDERS + 1];
    struct conduct_meeting_record it = {.by = by(board, HAMLET_ACTOR),
                                        .question = board->questions[question].id,
                                        .ground = str_from_z(ground),
                                        .votes = votes,
                                        .count = strlen(how)};

    for (size_t i = 0; i < it.count; i++)
        votes[i] = (struct meeting_vote){.account = i == 0 ? board->chair : board->elders[i - 1],
                                         .vote = how[i] == 'f'   ? COMMISSION_FOR
                                                 : how[i] == 'a' ? COMMISSION_AGAINST
                                                 : how[i] == 'o' ? COMMISSION_ABSTAINED
                                                 : how[i] == 'c' ? COMMISSION_CONFLICT
                                                 : how[i] == 'w' ? COMMISSION_AWAY
                                                                 : COMMISSION_NO_VOTE};
    return write_it(board, conduct_meeting_record, &it);
}

static enum err_code vote(struct board *board, int64_t account, size_t question,
                          enum commission_vote how)
{
    struct conduct_meeting_ballot it = {
        .by = by(board, account), .question = board->questions[question].id, .vote = how};

    return write_it(board, conduct_meeting_vote, &it);
}

static enum err_code close_it(struct board *board)
{
    struct conduct_meeting_closing it = {.by = by(board, HAMLET_ACTOR)};
    struct conduct_place place = {board->counter.hamlet.town.tenant, board->counter.processes,
                                  board->counter.now};
    enum err_code code = write_it(board, conduct_meeting_close, &it);

    if (code == ERR_NONE)
        conduct_meeting_deliver(&place, &it);
    return code;
}

static struct str outcome(struct board *board, size_t question)
{
    struct meeting_whole whole = look(board);

    return meeting_find_point(&whole, board->questions[question].id)->outcome;
}

static enum service_case_state state(struct board *board, int64_t which)
{
    return counter_case(&board->counter, FIRST + which).state;
}

static void whole_meeting_decides_what_waits(void)
{
    struct board board;

    open_board(&board);
    CHECK_INT(call(&board, COMMISSION_PRESENT, 3), ERR_NONE);
    attend(&board, 3);
    CHECK_INT(record(&board, 0, "fffa-", ""), ERR_NONE);
    CHECK_INT(record(&board, 1, "aaof-", ""), ERR_NONE);
    CHECK_INT(record(&board, 2, "aaaf-", ""), ERR_NONE);
    /* The third is refused, and nobody has said why. */
    CHECK_INT(close_it(&board), ERR_INPUT);
    CHECK(str_find(str_from_z(board.err.text), STR("names its ground")) < strlen(board.err.text));
    CHECK_INT(state(&board, 0), SERVICE_CASE_OPEN);
    CHECK_INT(record(&board, 2, "aaaf-", "other"), ERR_INPUT);
    CHECK_INT(record(&board, 2, "aaaf-", "none"), ERR_NONE);
    CHECK_INT(close_it(&board), ERR_NONE);
    CHECK_INT(look(&board).meeting.n, 1);
    CHECK_INT(look(&board).meeting.year, 2026);
    CHECK_INT(state(&board, 0), SERVICE_CASE_GRANTED);
    CHECK_STR(outcome(&board, 1), STR("postponed"));
    CHECK_INT(state(&board, 2), SERVICE_CASE_REFUSED);
    CHECK_STR(counter_case(&board.counter, FIRST + 2).ground, STR("none"));
    /* What is postponed is put anew by its process. */
    CHECK_INT(state(&board, 1), SERVICE_CASE_OPEN);
    look_at_questions(&board);
    CHECK_INT((int64_t)board.question_count, 1);
    CHECK_INT(board.questions[0].service_case, FIRST + 1);
    counter_close(&board.counter);
}

static void meeting_is_closed_once_and_stays_so(void)
{
    struct board board;

    open_board(&board);
    CHECK_INT(call(&board, COMMISSION_PRESENT, 1), ERR_NONE);
    attend(&board, 4);
    CHECK_INT(close_it(&board), ERR_INPUT); /* nobody has voted */
    CHECK_INT(record(&board, 0, "fffff", ""), ERR_NONE);
    CHECK_INT(close_it(&board), ERR_NONE);
    CHECK_INT(close_it(&board), ERR_CONFLICT);
    CHECK_INT(vote(&board, board.chair, 0, COMMISSION_AGAINST), ERR_CONFLICT);
    CHECK_INT(record(&board, 0, "aaaaa", "none"), ERR_CONFLICT);
    CHECK_INT((int64_t)look(&board).vote_count, 5);
    CHECK_INT(look(&board).votes[0].vote, COMMISSION_FOR);
    counter_close(&board.counter);
}

static void without_a_quorum_questions_wait_again(void)
{
    struct board board;

    open_board(&board);
    CHECK_INT(call(&board, COMMISSION_PRESENT, 2), ERR_NONE);
    attend(&board, 2); /* three of five: less than two thirds */
    CHECK_INT(record(&board, 0, "fff--", ""), ERR_NONE);
    CHECK_INT(close_it(&board), ERR_NONE);
    CHECK_STR(outcome(&board, 0), STR("no_quorum"));
    CHECK_STR(outcome(&board, 1), STR("no_quorum"));
    CHECK_INT(state(&board, 0), SERVICE_CASE_OPEN);
    look_at_questions(&board);
    CHECK_INT((int64_t)board.question_count, CASES);
    counter_close(&board.counter);
}

/* Four are there; one has a conflict: three of four may still decide, two of four may not. */
static void conflict_takes_a_member_out_of_the_count(void)
{
    struct board board;

    open_board(&board);
    CHECK_INT(call(&board, COMMISSION_PRESENT, 2), ERR_NONE);
    attend(&board, 3);
    CHECK_INT(record(&board, 0, "ffac-", ""), ERR_NONE);
    CHECK_INT(record(&board, 1, "cccf-", ""), ERR_NONE);
    CHECK_INT(close_it(&board), ERR_NONE);
    CHECK_STR(outcome(&board, 0), STR("granted"));
    CHECK_STR(outcome(&board, 1), STR("no_quorum"));
    counter_close(&board.counter);
}

/* Four of five are there; one leaves before the second question, two before the third. */
static void whoever_has_left_is_not_counted_any_more(void)
{
    struct board board;

    open_board(&board);
    CHECK_INT(call(&board, COMMISSION_PRESENT, 3), ERR_NONE);
    attend(&board, 4);
    CHECK_INT(record(&board, 0, "faaff", ""), ERR_NONE);
    CHECK_INT(record(&board, 1, "faffw", ""), ERR_NONE);
    CHECK_INT(record(&board, 2, "fffww", ""), ERR_NONE);
    CHECK_INT(close_it(&board), ERR_NONE);
    CHECK_STR(outcome(&board, 0), STR("granted"));
    CHECK_STR(outcome(&board, 1), STR("granted"));
    CHECK_STR(outcome(&board, 2), STR("no_quorum"));
    counter_close(&board.counter);
}

/* The process that closed it died before it could tell anybody. */
static void decision_that_was_not_delivered_is_by_the_job(void)
{
    struct board board;
    struct conduct_meeting_closing it;
    struct conduct_place place;
    int64_t next_at;

    open_board(&board);
    CHECK_INT(call(&board, COMMISSION_PRESENT, 1), ERR_NONE);
    attend(&board, 4);
    CHECK_INT(record(&board, 0, "fffff", ""), ERR_NONE);
    it = (struct conduct_meeting_closing){.by = by(&board, HAMLET_ACTOR)};
    CHECK_INT(write_it(&board, conduct_meeting_close, &it), ERR_NONE);
    CHECK_INT(state(&board, 0), SERVICE_CASE_OPEN);
    place = (struct conduct_place){board.counter.hamlet.town.tenant, board.counter.processes,
                                   board.counter.now + 10000};
    CHECK_OK(conduct_job_go(&place, &next_at, &board.err), &board.err);
    CHECK_INT(state(&board, 0), SERVICE_CASE_GRANTED);
    /* Whoever delivers it late does nothing. */
    conduct_meeting_deliver(&place, &it);
    CHECK_INT(state(&board, 0), SERVICE_CASE_GRANTED);
    counter_close(&board.counter);
}

static void chair_decides_a_tie(void)
{
    struct board board;

    open_board(&board);
    CHECK_INT(call(&board, COMMISSION_PRESENT, 2), ERR_NONE);
    attend(&board, 3);
    CHECK_INT(record(&board, 0, "ffaa-", ""), ERR_NONE);
    CHECK_INT(record(&board, 1, "offa-", ""), ERR_NONE);
    CHECK_INT(close_it(&board), ERR_NONE);
    CHECK_STR(outcome(&board, 0), STR("granted"));
    CHECK_STR(outcome(&board, 1), STR("postponed"));
    counter_close(&board.counter);
}

static void members_vote_in_absentia_until_the_term(void)
{
    struct board board;

    open_board(&board);
    CHECK_INT(call(&board, COMMISSION_ABSENT, 1), ERR_NONE);
    CHECK_INT(record(&board, 0, "f", ""), ERR_INPUT); /* each votes themself */
    CHECK_INT(vote(&board, HAMLET_ACTOR, 0, COMMISSION_FOR), ERR_DENIED);
    CHECK_INT(vote(&board, board.chair, 0, COMMISSION_NO_VOTE), ERR_INPUT);
    CHECK_INT(vote(&board, board.chair, 0, COMMISSION_AGAINST), ERR_NONE);
    CHECK_INT(vote(&board, board.chair, 0, COMMISSION_FOR), ERR_NONE); /* thought better of it */
    for (size_t i = 0; i < 3; i++)
        CHECK_INT(vote(&board, board.elders[i], 0, COMMISSION_FOR), ERR_NONE);
    CHECK_INT(close_it(&board), ERR_INPUT); /* one may still vote */
    board.counter.now += TIME_DAY_MS;
    CHECK_INT(vote(&board, board.elders[3], 0, COMMISSION_AGAINST), ERR_CONFLICT);
    CHECK_INT(close_it(&board), ERR_NONE);
    CHECK_INT((int64_t)look(&board).vote_count, 4);
    CHECK_INT(state(&board, 0), SERVICE_CASE_GRANTED);
    counter_close(&board.counter);
}

static void absentia_ends_early_when_all_have_voted(void)
{
    struct board board;

    open_board(&board);
    CHECK_INT(call(&board, COMMISSION_ABSENT, 1), ERR_NONE);
    CHECK_INT(vote(&board, board.chair, 0, COMMISSION_FOR), ERR_NONE);
    for (size_t i = 0; i < ELDERS; i++)
        CHECK_INT(vote(&board, board.elders[i], 0, COMMISSION_FOR), ERR_NONE);
    CHECK_INT(close_it(&board), ERR_NONE);
    CHECK_INT(state(&board, 0), SERVICE_CASE_GRANTED);
    counter_close(&board.counter);
}

static void own_vote_is_not_the_secretarys_to_change(void)
{
    struct board board;

    open_board(&board);
    CHECK_INT(call(&board, COMMISSION_PRESENT, 1), ERR_NONE);
    /* Nobody votes from home, neither by their own hand nor by the secretary's. */
    CHECK_INT(vote(&board, board.elders[0], 0, COMMISSION_AGAINST), ERR_CONFLICT);
    CHECK_INT(record(&board, 0, "fa---", ""), ERR_INPUT);
    CHECK_INT(vote(&board, board.elders[3], 0, COMMISSION_CONFLICT), ERR_NONE);
    CHECK_INT(vote(&board, board.elders[3], 0, COMMISSION_AWAY), ERR_INPUT);
    attend(&board, 4);
    CHECK_INT(vote(&board, board.elders[3], 0, COMMISSION_FOR), ERR_NONE);
    CHECK_INT(vote(&board, board.elders[0], 0, COMMISSION_AGAINST), ERR_NONE);
    CHECK_INT(record(&board, 0, "fffff", ""), ERR_CONFLICT);
    CHECK_INT(record(&board, 0, "fafff", ""), ERR_NONE);
    CHECK_INT(vote(&board, board.elders[0], 0, COMMISSION_FOR), ERR_NONE);
    CHECK_INT((int64_t)look(&board).vote_count, 5);
    counter_close(&board.counter);
}

static void second_secretary_sees_that_the_first_has_changed_it(void)
{
    struct board board;
    struct conduct_meeting_attendance it;

    open_board(&board);
    CHECK_INT(call(&board, COMMISSION_PRESENT, 1), ERR_NONE);
    it = (struct conduct_meeting_attendance){
        .by = by(&board, HAMLET_ACTOR), .present = &board.chair, .count = 1};
    attend(&board, 4);
    CHECK_INT(write_it(&board, conduct_meeting_attend, &it), ERR_CONFLICT);
    CHECK(look(&board).members[4].is_present);
    counter_close(&board.counter);
}

static void question_stands_on_one_agenda(void)
{
    struct board board;
    int64_t first;

    open_board(&board);
    CHECK_INT(call(&board, COMMISSION_PRESENT, 2), ERR_NONE);
    first = board.id;
    CHECK_INT(call(&board, COMMISSION_PRESENT, 3), ERR_CONFLICT);
    board.id = first;
    struct conduct_meeting off = by(&board, HAMLET_ACTOR);
    CHECK_INT(write_it(&board, conduct_meeting_call_off, &off), ERR_NONE);
    CHECK_INT(look(&board).meeting.state, MEETING_CALLED_OFF);
    CHECK_INT(look(&board).meeting.n, 0);
    CHECK_INT(close_it(&board), ERR_CONFLICT);
    CHECK_INT(call(&board, COMMISSION_PRESENT, 3), ERR_NONE);
    counter_close(&board.counter);
}

static void withdrawn_case_leaves_the_agenda(void)
{
    struct board board;

    open_board(&board);
    CHECK_INT(call(&board, COMMISSION_PRESENT, 3), ERR_NONE);
    attend(&board, 4);
    CHECK_INT(record(&board, 0, "fffff", ""), ERR_NONE);
    CHECK_INT(record(&board, 1, "fffff", ""), ERR_NONE);
    CHECK_INT(counter_withdraw(&board.counter), ERR_NONE); /* the last one */
    CHECK_INT(record(&board, 2, "fffff", ""), ERR_CONFLICT);
    CHECK_INT(close_it(&board), ERR_NONE);
    CHECK_STR(outcome(&board, 2), STR("withdrawn"));
    CHECK_INT(state(&board, 0), SERVICE_CASE_GRANTED);
    CHECK_INT(state(&board, 2), SERVICE_CASE_WITHDRAWN);
    counter_close(&board.counter);
}

static bool run_erase(struct tx *tx, void *data, struct err *err)
{
    (void)data;
    return meeting_question_erase(tx, check_arena(), FIRST, err);
}

static void erasure_takes_what_was_asked(void)
{
    struct board board;
    struct meeting_whole whole;

    open_board(&board);
    CHECK_INT(call(&board, COMMISSION_PRESENT, 2), ERR_NONE);
    CHECK_INT(write_it(&board, run_erase, &board), ERR_NONE);
    whole = look(&board);
    CHECK_STR(whole.points[0].question.body, STR(""));
    CHECK_STR(whole.points[1].question.body, STR("Дать ли Мире дом"));
    counter_close(&board.counter);
}

static void commission_without_people_says_so(void)
{
    struct board board;

    open_board(&board);
    create(&board, "rival", STR("head"));
    CHECK_INT(call(&board, COMMISSION_PRESENT, 1), ERR_INPUT);
    CHECK(str_starts(str_from_z(board.err.text), STR("several people chair")));
    counter_close(&board.counter);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(whole_meeting_decides_what_waits),
    CHECK_TEST(meeting_is_closed_once_and_stays_so),
    CHECK_TEST(without_a_quorum_questions_wait_again),
    CHECK_TEST(conflict_takes_a_member_out_of_the_count),
    CHECK_TEST(whoever_has_left_is_not_counted_any_more),
    CHECK_TEST(decision_that_was_not_delivered_is_by_the_job),
    CHECK_TEST(chair_decides_a_tie),
    CHECK_TEST(members_vote_in_absentia_until_the_term),
    CHECK_TEST(absentia_ends_early_when_all_have_voted),
    CHECK_TEST(own_vote_is_not_the_secretarys_to_change),
    CHECK_TEST(second_secretary_sees_that_the_first_has_changed_it),
    CHECK_TEST(question_stands_on_one_agenda),
    CHECK_TEST(withdrawn_case_leaves_the_agenda),
    CHECK_TEST(erasure_takes_what_was_asked),
    CHECK_TEST(commission_without_people_says_so),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
