/*
 * A case is put before a commission (commission.put): its question waits for a meeting from this
 * very write on.  Its number is no series', so that the process has it at once, unlike those of
 * letters and charges.
 */
#include "core/id.h"
#include "core/utf8.h"
#include "workflow/conduct_meeting.h"
#include "workflow/conduct_part.h"

static bool read_question(const struct conduct *conduct, const struct flow_wait *wait,
                          struct meeting_question *question, struct err *err)
{
    const struct commission *commission;
    struct str name = str_trim(json_find_text(wait->data, STR("commission")));

    name = commission_name(conduct->arena, conduct->process->pack->id, name);
    if (!process_commission(conduct->processes, conduct->catalog->model, name, &commission, err))
        return err_set(err, ERR_INPUT, "no pack has the commission \"%.*s\"",
                       STR_ARG(utf8_head(name, 100)));
    question->commission = commission->name;
    question->body = str_trim(json_find_text(wait->data, STR("question")));
    return (question->body.len > 0 && utf8_length(question->body) <= MEETING_QUESTION_MAX) ||
           err_set(err, ERR_INPUT, "its input question is a text of 1 to %d letters",
                   MEETING_QUESTION_MAX);
}

static void put(struct conduct *conduct, const struct meeting_question *question)
{
    struct conduct_meeting_event said = {.id = question->id, .word = question->commission};

    VEC_PUSH(conduct->arena, &conduct->work->questions, *question);
    (void)conduct_case_tell(conduct, SERVICE_CASE_PUT,
                            conduct_meeting_print(conduct->arena, &said));
}

void conduct_commission(struct conduct *conduct, const struct flow_wait *wait,
                        struct flow_step *answer)
{
    struct conduct_case *about = conduct->work->about;
    struct meeting_question question = {.wait = wait->part.id, .put_at = conduct->now};
    struct json *result;
    struct err found = {0};

    if (about == NULL)
        conduct_break(conduct, answer, "the flow is not that of a case");
    else if (about->one.state != SERVICE_CASE_OPEN)
        conduct_break(conduct, answer, "the case is decided already");
    else if (!read_question(conduct, wait, &question, &found))
        conduct_break(conduct, answer, "%s", found.text);
    else {
        question.id = id_next(conduct->now);
        question.service_case = about->one.id;
        question.flow = conduct->flow;
        put(conduct, &question);
        result = json_new(conduct->arena, JSON_OBJECT);
        json_set_text(conduct->arena, result, STR("question"),
                      id_text(conduct->arena, question.id));
        answer->data = result;
    }
}

bool conduct_commission_put(struct tx *tx, struct conduct *conduct, struct err *err)
{
    struct conduct_work *work = conduct->work;

    for (size_t i = 0; i < work->questions.count; i++)
        if (!meeting_question_put(tx, &work->questions.items[i], err))
            return false;
    return true;
}
