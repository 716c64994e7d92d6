#include "web/page_workshop.h"

#include "core/id.h"
#include "queue/job.h"
#include "registry/own_pack.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/people.h"
#include "web/progress.h"
#include "web/refusal.h"
#include "web/table.h"
#include "web/wording.h"

/* One pack as the page shows it. */
struct showing {
    struct request *request;
    struct tx *tx;
    struct json *view;
    struct pack_draft_sum sum;
    struct pack_file *own; /* what the installed version changes of the shipped one */
    size_t own_count;
    struct workshop_verdict verdict;
    struct people people;
};

static bool has_files(const struct pack *pack)
{
    for (size_t i = 0; i < pack->file_count; i++)
        if (pack_draft_takes(pack->files[i].path) && !str_starts(pack->files[i].path, STR("i18n/")))
            return true;
    return false;
}

static bool add_pack(struct request *request, struct json *view, const struct pack *pack,
                     struct err *err)
{
    struct pack_draft_sum sum;
    struct json *row;
    struct tx *tx;

    if (!request_read(request, &tx, err) ||
        !pack_draft_gather(tx, request->arena, request->catalog, pack->id, &sum, err))
        return false;
    row = table_row(request, view, request_pack_text(request, pack->title),
                    page_href(request, "/workshop/%.*s", STR_ARG(pack->id)));
    table_cell(request, view, row, workshop_version(request, pack->version));
    if (sum.count > 0)
        table_tag(request, view, row, "warn",
                  wording_plural(request, STR("%d draft"), STR("%d drafts"), (int64_t)sum.count));
    else
        table_cell(request, view, row, request_text(request, STR("none")));
    return true;
}

bool page_workshop(struct request *request, struct err *err)
{
    const struct pack_set *packs = &request->catalog->model->packs;
    struct json *view = view_new(request);

    if (!workshop_is_for(request))
        return err_set(err, ERR_DENIED, "your role does not allow this");
    page_title(request, view, request_text(request, STR("Workshop")));
    table_begin(request, view, request_text(request, STR("Solution packs")));
    table_column(request, view, "Solution pack", false);
    table_column(request, view, "Version", false);
    table_column(request, view, "Drafts", false);
    for (size_t i = 0; i < packs->count; i++)
        if (has_files(packs->packs[i]) &&
            policy_may_pack(&request->actor.rights, packs->packs[i]->id, POLICY_DRAW) &&
            !add_pack(request, view, packs->packs[i], err))
            return false;
    return answer_page(request, 200, STR("page/workshop"), view, err);
}

static bool is_own(const struct showing *showing, struct str path)
{
    for (size_t i = 0; i < showing->own_count; i++)
        if (str_equal(showing->own[i].path, path))
            return true;
    return false;
}

static const struct pack_draft *find_draft(const struct showing *showing, struct str path)
{
    for (size_t i = 0; i < showing->sum.count; i++)
        if (str_equal(showing->sum.drafts[i].path, path))
            return &showing->sum.drafts[i];
    return NULL;
}

static void add_state(struct showing *showing, struct json *row, struct str path)
{
    struct request *request = showing->request;
    const struct pack_draft *draft = find_draft(showing, path);

    if (draft != NULL)
        table_tag(
            request, showing->view, row, "warn",
            request_text(request, draft->is_gone ? STR("draft: to be taken out") : STR("draft")));
    else if (is_own(showing, path))
        table_tag(request, showing->view, row, "info", request_text(request, STR("changed here")));
    else
        table_cell(request, showing->view, row, request_text(request, STR("as it is shipped")));
}

static void add_file(struct showing *showing, struct str path, struct str text)
{
    struct request *request = showing->request;
    const struct pack_draft *draft = find_draft(showing, path);
    struct json *row;

    if (draft != NULL && !draft->is_gone)
        text = draft->body;
    row = table_row(
        request, showing->view, page_workshop_title(request, showing->sum.live, path, text),
        page_href(request, "/workshop/%.*s/%.*s", STR_ARG(showing->sum.live->id), STR_ARG(path)));
    table_cell(request, showing->view, row, page_workshop_kind(request, path));
    table_cell(request, showing->view, row, path);
    add_state(showing, row, path);
}

/* Drafts of files that are not there yet stand at the end. */
static void add_files(struct showing *showing)
{
    struct request *request = showing->request;
    const struct pack *live = showing->sum.live;

    table_begin(request, showing->view, request_text(request, STR("Files")));
    table_column(request, showing->view, "Title", false);
    table_column(request, showing->view, "Kind of file", false);
    table_column(request, showing->view, "File", false);
    table_column(request, showing->view, "State", false);
    for (size_t i = 0; i < live->file_count; i++)
        if (pack_draft_takes(live->files[i].path))
            add_file(showing, live->files[i].path, live->files[i].bytes);
    for (size_t i = 0; i < showing->sum.count; i++)
        if (pack_file_find(live, showing->sum.drafts[i].path) == NULL)
            add_file(showing, showing->sum.drafts[i].path, showing->sum.drafts[i].body);
}

static struct str place_of(struct request *request, const struct json *finding)
{
    int64_t line = json_find_int(finding, STR("line"), 0);
    struct str file = json_find_text(finding, STR("file"));

    return line == 0 ? file
                     : str_printf(request->arena, "%.*s, %.*s %lld", STR_ARG(file),
                                  STR_ARG(request_text(request, STR("line"))), (long long)line);
}

static void add_findings(struct showing *showing, struct json *trial)
{
    struct request *request = showing->request;
    struct json *list = view_list(request, trial, "findings");
    const struct json *findings = showing->verdict.findings;

    for (const struct json *one = findings == NULL ? NULL : findings->first; one != NULL;
         one = one->next) {
        struct json *row = view_push(request, list);
        struct str file = json_find_text(one, STR("file"));

        view_maybe(request, row, "href",
                   pack_draft_takes(file) ? page_href(request, "/workshop/%.*s/%.*s",
                                                      STR_ARG(showing->sum.live->id), STR_ARG(file))
                                          : (struct str){0});
        view_text(request, row, "place", place_of(request, one));
        view_text(request, row, "what", json_find_text(one, STR("text")));
    }
    view_bool(request, trial, "has_findings", list->count > 0);
}

static void add_cases(struct showing *showing, struct json *trial)
{
    struct request *request = showing->request;
    struct json *list = view_list(request, trial, "cases");
    const struct json *cases = showing->verdict.cases;
    int64_t passed = 0;

    for (const struct json *one = cases == NULL ? NULL : cases->first; one != NULL;
         one = one->next) {
        struct json *row = view_push(request, list);
        bool is_good = json_is_true(json_find(one, STR("is_good")));
        struct json *tag = view_object(request, row, "tag");

        passed += is_good;
        view_text(request, tag, "kind", is_good ? STR("ok") : STR("bad"));
        view_text(request, tag, "text",
                  request_text(request, is_good ? STR("passed") : STR("failed")));
        view_text(request, row, "what", json_find_text(one, STR("title")));
        view_maybe(request, row, "why", json_find_text(one, STR("text")));
    }
    view_bool(request, trial, "has_cases", list->count > 0);
}

static bool add_running(struct showing *showing, struct err *err)
{
    struct request *request = showing->request;
    struct str id = id_text(request->arena, showing->verdict.job);
    struct job_view job;
    struct json *box;
    struct err gone;

    (void)err;
    if (!job_get(showing->tx, request->arena, showing->verdict.job, &job, &gone))
        return true;
    if (progress_is_over(&job)) {
        view_text(request, showing->view, "trouble",
                  job.reason.len > 0 ? refusal_text(request, job.reason)
                                     : request_text(request, STR("The trial was stopped.")));
        return true;
    }
    box = view_object(request, showing->view, "job");
    progress_fill(request, box, &job);
    view_text(request, box, "events_href",
              page_href(request, "/jobs/%.*s/events?back=/workshop/%.*s", STR_ARG(id),
                        STR_ARG(showing->sum.live->id)));
    view_text(request, showing->view, "again_href",
              page_href(request, "/workshop/%.*s", STR_ARG(showing->sum.live->id)));
    view_int(request, page_of(request, showing->view), "refresh_s", 3);
    return true;
}

static bool add_trial(struct showing *showing, struct err *err)
{
    struct request *request = showing->request;
    const struct workshop_verdict *verdict = &showing->verdict;
    struct json *trial;

    view_none(request, showing->view, "job");
    view_none(request, showing->view, "trial");
    view_none(request, showing->view, "trouble");
    view_none(request, showing->view, "again_href");
    if (verdict->job == 0)
        return true;
    if (!verdict->is_over)
        return add_running(showing, err);
    trial = view_object(request, showing->view, "trial");
    view_bool(request, trial, "is_good", verdict->is_good);
    view_bool(request, trial, "is_old", !verdict->is_current);
    add_findings(showing, trial);
    add_cases(showing, trial);
    return true;
}

static void add_version(struct showing *showing, struct json *list, struct str version,
                        struct str text, struct str note)
{
    struct request *request = showing->request;
    struct json *row = view_push(request, list);
    bool is_live = str_equal(version, showing->sum.live->version);

    view_text(request, row, "version", version);
    view_text(request, row, "name", workshop_version(request, version));
    view_maybe(request, row, "when", text);
    view_maybe(request, row, "note", note);
    view_bool(request, row, "is_live", is_live);
    view_maybe(request, row, "back_href",
               !is_live &&
                       policy_may_pack(&request->actor.rights, showing->sum.live->id, POLICY_LIVE)
                   ? page_href(request, "/workshop/%.*s/back", STR_ARG(showing->sum.live->id))
                   : (struct str){0});
}

static bool add_versions(struct showing *showing, struct err *err)
{
    struct request *request = showing->request;
    struct json *list = view_list(request, showing->view, "versions");
    struct own_pack *own;
    size_t count;

    if (!own_pack_list(showing->tx, request->arena, showing->sum.live->id, &own, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        add_version(showing, list, own[i].version,
                    str_printf(request->arena, "%.*s, %.*s",
                               STR_ARG(view_moment(request, own[i].at)),
                               STR_ARG(people_find(&showing->people, own[i].actor))),
                    own[i].note);
    add_version(showing, list, pack_shipped_version(showing->sum.live->version), (struct str){0},
                request_text(request, STR("as it is shipped")));
    view_bool(request, showing->view, "has_versions", count > 0);
    return true;
}

/* What can be done now, and why what cannot. */
static void add_acts(struct showing *showing)
{
    struct request *request = showing->request;
    struct str id = showing->sum.live->id;
    const struct workshop_verdict *verdict = &showing->verdict;
    bool may_live = policy_may_pack(&request->actor.rights, id, POLICY_LIVE);
    bool is_ready = showing->sum.count > 0 && showing->sum.stale.len == 0 && verdict->is_over &&
                    verdict->is_good && verdict->is_current;

    view_text(request, showing->view, "try_href",
              page_href(request, "/workshop/%.*s/try", STR_ARG(id)));
    view_maybe(request, showing->view, "live_href",
               is_ready && may_live ? page_href(request, "/workshop/%.*s/live", STR_ARG(id))
                                    : (struct str){0});
    view_bool(request, showing->view, "is_others", is_ready && !may_live);
    view_bool(request, showing->view, "has_drafts", showing->sum.count > 0);
    view_maybe(request, showing->view, "stale", showing->sum.stale);
}

static bool begin(struct request *request, struct showing *showing, struct err *err)
{
    const struct pack *pack;

    *showing = (struct showing){.request = request, .view = view_new(request)};
    if (!workshop_pack(request, 0, POLICY_DRAW, &pack, err) ||
        !request_read(request, &showing->tx, err) ||
        !pack_draft_gather(showing->tx, request->arena, request->catalog, pack->id, &showing->sum,
                           err) ||
        !own_pack_changes(showing->tx, request->arena, (struct model_wish){pack->id, pack->version},
                          &showing->own, &showing->own_count, err))
        return false;
    showing->people = (struct people){.request = request, .tx = showing->tx};
    return workshop_verdict(request, &showing->sum, &showing->verdict, err);
}

bool page_workshop_one(struct request *request, struct err *err)
{
    struct showing showing;
    struct str title;

    if (!begin(request, &showing, err))
        return false;
    title = request_pack_text(request, showing.sum.live->title);
    page_title(request, showing.view, title);
    page_crumb(request, showing.view, request_text(request, STR("Workshop")), STR("/workshop/"));
    view_text(request, showing.view, "heading", title);
    view_text(request, showing.view, "version",
              workshop_version(request, showing.sum.live->version));
    add_files(&showing);
    add_acts(&showing);
    return add_trial(&showing, err) && add_versions(&showing, err) &&
           answer_page(request, 200, STR("page/workshop-pack"), showing.view, err);
}

static bool go_back(struct request *request, const char *kind, struct str text)
{
    answer_notice(request, str_from_z(kind), text);
    return answer_redirect(
        request, str_printf(request->arena, "/workshop/%.*s", STR_ARG(request->parts[0])));
}

bool page_workshop_try(struct request *request, struct err *err)
{
    const struct pack *pack;
    int64_t job;

    if (!workshop_pack(request, 0, POLICY_DRAW, &pack, err) ||
        !workshop_try(request, pack, &job, err))
        return false;
    return answer_redirect(request,
                           str_printf(request->arena, "/workshop/%.*s", STR_ARG(pack->id)));
}

/* A refusal is told on the page where people see what to do. */
static bool tell(struct request *request, bool is_done, const char *word, struct err *err)
{
    if (is_done)
        return go_back(request, "ok", request_text(request, str_from_z(word)));
    if (err->code != ERR_CONFLICT && err->code != ERR_INPUT)
        return false;
    return go_back(request, "bad", refusal_text(request, str_from_z(err->text)));
}

bool page_workshop_live(struct request *request, struct err *err)
{
    const struct pack *pack;
    struct str version;

    if (!workshop_pack(request, 0, POLICY_LIVE, &pack, err) || !request_form(request, err))
        return false;
    bool is_done =
        workshop_live(request, pack, str_trim(request_field(request, STR("note"))), &version, err);
    return tell(request, is_done,
                "It is live. What begins from now on goes by it; what is running goes on as it "
                "began.",
                err);
}

bool page_workshop_back(struct request *request, struct err *err)
{
    const struct pack *pack;
    struct str version;

    if (!workshop_pack(request, 0, POLICY_LIVE, &pack, err) || !request_form(request, err))
        return false;
    bool is_done =
        workshop_back(request, pack, request_field(request, STR("version")), &version, err);
    return tell(request, is_done, "That version is live again.", err);
}
