-- Commissions (service/meeting.h): questions that wait for one, its meetings, who was called to
-- them, what stood on their agenda, and each vote.  A question that found no quorum waits again, so
-- what a meeting said about it is kept with the meeting.
CREATE TABLE commission_question (
    tenant bigint NOT NULL,
    id bigint NOT NULL,
    commission text NOT NULL,
    state text NOT NULL,
    service_case bigint NOT NULL,
    flow bigint NOT NULL,
    wait bigint NOT NULL,
    meeting bigint NOT NULL,
    body text NOT NULL,
    put_at bigint NOT NULL,
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE INDEX commission_question_by_state ON commission_question (tenant, commission, state, id);

CREATE TABLE meeting (
    tenant bigint NOT NULL,
    id bigint NOT NULL,
    commission text NOT NULL,
    form text NOT NULL,
    state text NOT NULL,
    year bigint NOT NULL,
    n bigint NOT NULL,
    place text NOT NULL,
    at bigint NOT NULL,
    until_at bigint NOT NULL,
    made_at bigint NOT NULL,
    made_by bigint NOT NULL,
    ended_at bigint NOT NULL,
    ended_by bigint NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE INDEX meeting_by_commission ON meeting (tenant, commission, id);

CREATE TABLE meeting_member (
    tenant bigint NOT NULL,
    meeting bigint NOT NULL,
    account bigint NOT NULL,
    is_chair bigint NOT NULL,
    is_present bigint NOT NULL,
    PRIMARY KEY (tenant, meeting, account)
) WITHOUT ROWID;

CREATE TABLE meeting_point (
    tenant bigint NOT NULL,
    meeting bigint NOT NULL,
    place bigint NOT NULL,
    question bigint NOT NULL,
    is_postponed bigint NOT NULL,
    ground text NOT NULL,
    said text NOT NULL,
    outcome text NOT NULL,
    PRIMARY KEY (tenant, meeting, question)
) WITHOUT ROWID;

CREATE TABLE meeting_vote (
    tenant bigint NOT NULL,
    meeting bigint NOT NULL,
    question bigint NOT NULL,
    account bigint NOT NULL,
    vote text NOT NULL,
    at bigint NOT NULL,
    actor bigint NOT NULL,
    PRIMARY KEY (tenant, meeting, question, account)
) WITHOUT ROWID;
