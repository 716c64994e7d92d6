/* What the secretary does with a meeting: who is there, closing it, calling it off. */
#include "core/id.h"
#include "core/num.h"
#include "web/answer.h"
#include "web/page_meeting.h"
#include "web/wording.h"

bool page_meeting_back(struct request *request, struct str path, const char *done, bool was_done,
                       struct err *err)
{
    if (!was_done && err->code != ERR_INPUT && err->code != ERR_CONFLICT)
        return false;
    if (was_done)
        answer_notice(request, STR("ok"), request_text(request, str_from_z(done)));
    else
        answer_notice(request, STR("bad"), wording_err(request, err));
    return answer_redirect(request, path);
}

/* The meeting, whoever asks may conduct it, and which version they saw. */
static bool begin(struct request *request, struct meetings_one *one, struct conduct_meeting *by,
                  struct err *err)
{
    if (!request_form(request, err) || !meetings_find(request, 0, one, err) ||
        !meetings_need_conduct(one, err))
        return false;
    *by = meetings_by(request, one->commission);
    by->id = one->whole.meeting.id;
    return num_parse_int(request_field(request, STR("version")), &by->version) ||
           err_set(err, ERR_INPUT, "version: of the meeting as it was shown");
}

static struct str path_of(struct request *request, const struct meetings_one *one)
{
    return str_printf(request->arena, "/work/meetings/%.*s",
                      STR_ARG(id_text(request->arena, one->whole.meeting.id)));
}

bool page_meeting_attend(struct request *request, struct err *err)
{
    struct conduct_meeting_attendance it = {0};
    struct meetings_one one;
    int64_t *present;

    if (!begin(request, &one, &it.by, err))
        return false;
    present = ARENA_ARRAY(request->arena, int64_t, request->form.count);
    for (size_t i = 0; i < request->form.count; i++)
        if (str_equal(request->form.pairs[i].name, STR("present")) &&
            id_parse(request->form.pairs[i].value, &present[it.count]))
            it.count++;
    it.present = present;
    return page_meeting_back(request, path_of(request, &one), "It is noted who is there.",
                             request_write_wait(request, conduct_meeting_attend, &it, err), err);
}

bool page_meeting_close(struct request *request, struct err *err)
{
    struct conduct_meeting_closing closing = {0};
    struct meetings_one one;

    return begin(request, &one, &closing.by, err) &&
           page_meeting_back(request, path_of(request, &one),
                             "The meeting is closed, and what it decided is told.",
                             meetings_close(request, &closing, err), err);
}

bool page_meeting_call_off(struct request *request, struct err *err)
{
    struct conduct_meeting by;
    struct meetings_one one;

    return begin(request, &one, &by, err) &&
           page_meeting_back(request, path_of(request, &one),
                             "The meeting is called off: its questions wait for another one.",
                             request_write_wait(request, conduct_meeting_call_off, &by, err), err);
}
