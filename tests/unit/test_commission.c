/* Commissions: what packs say of them, and what a count of votes means. */
#include "service/commission.h"

#include "check.h"
#include "core/buf.h"

#define HEAD "{\"title\":\"Совет\",\"chair\":\"a\",\"secretary\":\"b\",\"members\":\"c\""

/* What is found wrong; empty: it can be used. */
static struct str read(const char *json, struct commission **commission)
{
    struct pack_file letter = {STR("letters/protocol.odt"), STR("x")};
    struct pack pack = {.id = STR("town"), .files = &letter, .file_count = 1};
    struct pack_file file = {STR("commissions/board.json"), str_from_z(json)};
    struct pack_findings findings = {.arena = check_arena()};
    struct buf said = {.arena = check_arena()};

    *commission = commission_read(check_arena(), &pack, &file, &findings);
    for (const struct pack_finding *one = findings.first; one != NULL; one = one->next)
        buf_printf(&said, "%.*s|", STR_ARG(one->text));
    CHECK_INT(*commission == NULL, said.len > 0);
    return buf_str(&said);
}

static void commission_is_read_with_what_it_leaves_out(void)
{
    struct commission *commission;

    CHECK_STR(read(HEAD "}", &commission), STR(""));
    CHECK_STR(commission->name, STR("town.board"));
    CHECK_INT(commission->quorum, COMMISSION_MORE_THAN_HALF);
    CHECK_INT(commission->majority, COMMISSION_OF_PRESENT);
    CHECK_INT(commission->tie, COMMISSION_TIE_CHAIR);
    CHECK_INT(commission->forms, COMMISSION_PRESENT | COMMISSION_ABSENT);
    CHECK_STR(read(HEAD ",\"quorum\":\"two_thirds\",\"majority\":\"members\",\"tie\":\"refused\","
                        "\"forms\":[\"absent\"],\"protocol\":\"protocol\"}",
                   &commission),
              STR(""));
    CHECK_INT(commission->quorum, COMMISSION_TWO_THIRDS);
    CHECK_INT(commission->majority, COMMISSION_OF_MEMBERS);
    CHECK_INT(commission->tie, COMMISSION_TIE_REFUSED);
    CHECK_INT(commission->forms, COMMISSION_ABSENT);
    CHECK_STR(commission->protocol, STR("protocol"));
}

static void what_is_wrong_with_a_commission_is_said(void)
{
    struct commission *commission;

    CHECK_STR(read("[]", &commission), STR("is not an object of JSON|"));
    CHECK_STR(read("{}", &commission), STR("a commission has a title of 1 to 200 letters|"
                                           "who chairs it? Name a role of roles.json|"
                                           "who calls its meetings? Name a role of roles.json|"
                                           "who votes? Name a role of roles.json|"));
    CHECK_STR(read(HEAD ",\"quorums\":1}", &commission),
              STR("a commission has no member \"quorums\"|"));
    CHECK_STR(read(HEAD ",\"quorum\":\"all\"}", &commission),
              STR("the quorum is more_than_half, half or two_thirds of the members|"));
    CHECK_STR(read(HEAD ",\"majority\":1}", &commission),
              STR("the majority is that of those present, or of all members|"));
    CHECK_STR(read(HEAD ",\"tie\":\"lot\"}", &commission),
              STR("a tie is decided by chair, or it is refused or postponed|"));
    CHECK_STR(read(HEAD ",\"forms\":[]}", &commission),
              STR("forms is a list of present and absent|"));
    CHECK_STR(read(HEAD ",\"forms\":[\"phone\"]}", &commission),
              STR("forms is a list of present and absent|"));
    CHECK_STR(read(HEAD ",\"protocol\":\"minutes\"}", &commission),
              STR("its pack has no such letter in letters/|"));
}

static bool has_quorum(enum commission_quorum quorum, int64_t present, int64_t members)
{
    struct commission commission = {.quorum = quorum};

    return commission_has_quorum(
        &commission, &(struct commission_count){.members = members, .present = present});
}

static void quorum_is_a_share_of_those_who_may_vote(void)
{
    CHECK(!has_quorum(COMMISSION_MORE_THAN_HALF, 3, 6));
    CHECK(has_quorum(COMMISSION_MORE_THAN_HALF, 4, 6));
    CHECK(has_quorum(COMMISSION_MORE_THAN_HALF, 4, 7));
    CHECK(!has_quorum(COMMISSION_MORE_THAN_HALF, 3, 7));
    CHECK(has_quorum(COMMISSION_HALF, 3, 6));
    CHECK(!has_quorum(COMMISSION_HALF, 3, 7));
    CHECK(has_quorum(COMMISSION_TWO_THIRDS, 4, 6));
    CHECK(!has_quorum(COMMISSION_TWO_THIRDS, 4, 7));
    CHECK(has_quorum(COMMISSION_TWO_THIRDS, 5, 7));
    /* Everybody has a conflict: nobody is left to decide. */
    CHECK(!has_quorum(COMMISSION_HALF, 0, 0));
}

static enum commission_outcome decide(struct commission commission, int64_t votes_for,
                                      int64_t votes_against, int64_t abstained,
                                      enum commission_vote chair)
{
    int64_t present = votes_for + votes_against + abstained;

    return commission_decide(&commission, &(struct commission_count){.members = 7,
                                                                     .present = present,
                                                                     .votes_for = votes_for,
                                                                     .votes_against = votes_against,
                                                                     .abstained = abstained,
                                                                     .chair = chair});
}

static void majority_decides_either_way(void)
{
    struct commission present = {0}, members = {.majority = COMMISSION_OF_MEMBERS};

    CHECK_INT(decide(present, 3, 2, 0, COMMISSION_FOR), COMMISSION_GRANTED);
    CHECK_INT(decide(present, 2, 3, 0, COMMISSION_FOR), COMMISSION_REFUSED);
    CHECK_INT(decide(present, 3, 2, 1, COMMISSION_FOR), COMMISSION_POSTPONED);
    CHECK_INT(decide(present, 0, 0, 5, COMMISSION_FOR), COMMISSION_POSTPONED);
    CHECK_INT(decide(present, 2, 1, 0, COMMISSION_FOR), COMMISSION_NO_QUORUM);
    CHECK_INT(decide(members, 3, 2, 0, COMMISSION_FOR), COMMISSION_POSTPONED);
    CHECK_INT(decide(members, 4, 1, 0, COMMISSION_FOR), COMMISSION_GRANTED);
    CHECK_INT(decide(members, 1, 4, 0, COMMISSION_FOR), COMMISSION_REFUSED);
}

static void tie_is_decided_as_the_commission_has_it(void)
{
    struct commission chair = {0}, refused = {.tie = COMMISSION_TIE_REFUSED},
                      postponed = {.tie = COMMISSION_TIE_POSTPONED};

    CHECK_INT(decide(chair, 2, 2, 0, COMMISSION_FOR), COMMISSION_GRANTED);
    CHECK_INT(decide(chair, 2, 2, 0, COMMISSION_AGAINST), COMMISSION_REFUSED);
    CHECK_INT(decide(chair, 2, 2, 1, COMMISSION_ABSTAINED), COMMISSION_POSTPONED);
    CHECK_INT(decide(chair, 2, 2, 0, COMMISSION_NO_VOTE), COMMISSION_POSTPONED);
    CHECK_INT(decide(refused, 2, 2, 0, COMMISSION_FOR), COMMISSION_REFUSED);
    CHECK_INT(decide(postponed, 2, 2, 0, COMMISSION_FOR), COMMISSION_POSTPONED);
}

static void words_are_read_as_they_are_written(void)
{
    enum commission_outcome outcome;

    for (int i = COMMISSION_FOR; i <= COMMISSION_AWAY; i++)
        CHECK_INT(commission_vote_read(commission_vote_text((enum commission_vote)i)), i);
    CHECK_INT(commission_vote_read(STR("")), COMMISSION_NO_VOTE);
    CHECK_INT(commission_vote_read(STR("perhaps")), COMMISSION_NO_VOTE);
    for (int i = COMMISSION_GRANTED; i <= COMMISSION_WITHDRAWN; i++) {
        CHECK(
            commission_outcome_read(commission_outcome_text((enum commission_outcome)i), &outcome));
        CHECK_INT(outcome, i);
    }
    CHECK(!commission_outcome_read(STR("open"), &outcome));
    CHECK_INT(commission_form_read(STR("absent")), COMMISSION_ABSENT);
    CHECK_INT(commission_form_read(STR("phone")), 0);
    CHECK_STR(commission_name(check_arena(), STR("town"), STR("board")), STR("town.board"));
    CHECK_STR(commission_name(check_arena(), STR("town"), STR("land.board")), STR("land.board"));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(commission_is_read_with_what_it_leaves_out),
    CHECK_TEST(what_is_wrong_with_a_commission_is_said),
    CHECK_TEST(quorum_is_a_share_of_those_who_may_vote),
    CHECK_TEST(majority_decides_either_way),
    CHECK_TEST(tie_is_decided_as_the_commission_has_it),
    CHECK_TEST(words_are_read_as_they_are_written),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
