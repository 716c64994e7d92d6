#include "web/workshop.h"

#include "core/utf8.h"
#include "registry/pack_live.h"
#include "web/answer.h"

enum {
    TAG_LEN = 16, /* of a file's digest */
    NOTE_MAX = 500,
};

bool workshop_pack(struct request *request, size_t part, enum policy_pack action,
                   const struct pack **pack, struct err *err)
{
    *pack = pack_set_find(&request->catalog->model->packs, request->parts[part]);
    if (!policy_may_pack(&request->actor.rights, request->parts[part], action))
        return err_set(err, ERR_DENIED, "your role does not allow this");
    return *pack != NULL || err_set(err, ERR_ABSENT, "there is no such pack");
}

bool workshop_is_for(const struct request *request)
{
    const struct pack_set *packs = &request->catalog->model->packs;

    for (size_t i = 0; i < packs->count; i++)
        if (policy_may_pack(&request->actor.rights, packs->packs[i]->id, POLICY_DRAW))
            return true;
    return false;
}

/* A draft is known by its revision, a file by its bytes. */
static void look_at(struct request *request, struct workshop_file *file)
{
    struct arena *arena = request->arena;

    if (file->has_draft) {
        file->text = file->draft.is_gone ? (struct str){0} : file->draft.body;
        file->tag = str_printf(arena, "%lld", (long long)file->draft.revision);
    } else if (file->live != NULL) {
        file->text = file->live->bytes;
        file->tag =
            str_printf(arena, "live-%.*s", TAG_LEN, pack_draft_digest(arena, file->live).ptr);
    } else {
        file->text = (struct str){0};
        file->tag = STR("new");
    }
}

bool workshop_find(struct request *request, struct workshop_file *file, struct err *err)
{
    struct tx *tx;

    *file = (struct workshop_file){0};
    if (!workshop_pack(request, 0, POLICY_DRAW, &file->pack, err))
        return false;
    file->path = str_printf(request->arena, "%.*s/%.*s", STR_ARG(request->parts[1]),
                            STR_ARG(request->parts[2]));
    if (!pack_draft_takes(file->path))
        return err_set(err, ERR_ABSENT, "there is no such file to be changed");
    file->live = pack_file_find(file->pack, file->path);
    file->draft = (struct pack_draft){.pack = file->pack->id, .path = file->path};
    if (!request_read(request, &tx, err) ||
        !pack_draft_get(tx, request->arena, &file->draft, &file->has_draft, err))
        return false;
    look_at(request, file);
    return true;
}

struct saving {
    struct request *request;
    struct pack_draft draft;
};

static bool run_save(struct tx *tx, void *data, struct err *err)
{
    struct saving *saving = data;
    struct pack_draft draft = saving->draft; /* it may be run again */

    if (!pack_draft_put(tx, &draft, err))
        return false;
    saving->draft.revision = draft.revision;
    return true;
}

static bool run_drop(struct tx *tx, void *data, struct err *err)
{
    const struct saving *saving = data;

    return pack_draft_drop(tx, &saving->draft, err);
}

static bool check_tag(const struct workshop_file *file, struct str tag, struct err *err)
{
    return str_equal(tag, file->tag) || str_equal(tag, STR("*")) ||
           err_set(err, ERR_CONFLICT, WORKSHOP_STALE);
}

static struct pack_draft draft_of(struct request *request, const struct workshop_file *file)
{
    return (struct pack_draft){
        .pack = file->pack->id,
        .path = file->path,
        .revision = file->has_draft ? file->draft.revision : 0,
        .at = request->now,
        .actor = request->actor.account,
        .base = pack_draft_digest(request->arena, file->live),
    };
}

static void say_conflict(struct err *err)
{
    if (err->code == ERR_CONFLICT)
        (void)err_set(err, ERR_CONFLICT, WORKSHOP_STALE);
}

bool workshop_save(struct request *request, struct workshop_file *file, struct str tag,
                   struct str text, struct err *err)
{
    struct saving saving = {request, draft_of(request, file)};
    int64_t revision = saving.draft.revision;

    saving.draft.is_gone = text.ptr == NULL;
    saving.draft.body = text.ptr == NULL ? STR("") : text;
    if (!check_tag(file, tag, err))
        return false;
    if (!request_write_wait(request, run_save, &saving, err)) {
        saving.draft.revision = revision;
        say_conflict(err);
        return false;
    }
    file->draft = saving.draft;
    file->has_draft = true;
    look_at(request, file);
    return true;
}

bool workshop_drop(struct request *request, struct workshop_file *file, struct str tag,
                   struct err *err)
{
    struct saving saving = {request, draft_of(request, file)};

    if (!file->has_draft)
        return err_set(err, ERR_ABSENT, "there is no draft of this file");
    if (!check_tag(file, tag, err))
        return false;
    if (!request_write_wait(request, run_drop, &saving, err)) {
        say_conflict(err);
        return false;
    }
    file->has_draft = false;
    look_at(request, file);
    return true;
}

bool workshop_verdict(struct request *request, const struct pack_draft_sum *sum,
                      struct workshop_verdict *verdict, struct err *err)
{
    struct str text;
    struct json *json;
    struct tx *tx;

    *verdict = (struct workshop_verdict){0};
    if (!request_read(request, &tx, err) ||
        !pack_draft_verdict(tx, request->arena, sum->live->id, &text, err))
        return false;
    if (text.len == 0)
        return true;
    if (!json_parse(request->arena, text, NULL, &json, err))
        return err_while(err, "the last trial");
    verdict->job = json_find_int(json, STR("job"), 0);
    verdict->digest = json_find_text(json, STR("digest"));
    verdict->findings = json_find(json, STR("findings"));
    verdict->cases = json_find(json, STR("cases"));
    verdict->is_over = verdict->findings != NULL && verdict->cases != NULL;
    verdict->is_good = verdict->is_over && json_is_true(json_find(json, STR("is_good")));
    verdict->is_current = str_equal(verdict->digest, str_from_z(sum->pack->digest));
    return true;
}

struct trying {
    struct request *request;
    const struct pack *pack;
    int64_t job;
};

static bool run_try(struct tx *tx, void *data, struct err *err)
{
    struct trying *trying = data;
    struct request *request = trying->request;
    struct job job = {
        .kind = WORKSHOP_KIND,
        .payload = str_printf(request->arena, "{\"pack\":\"%.*s\"}", STR_ARG(trying->pack->id)),
        .actor = request->actor.account,
        .put_at = request->now,
    };
    struct buf verdict = {.arena = request->arena};

    if (!job_put(tx, &job, request->now, &trying->job, err))
        return false;
    buf_printf(&verdict, "{\"job\":%lld}", (long long)trying->job);
    return pack_draft_judge(tx, trying->pack->id, buf_str(&verdict), request->now, err);
}

bool workshop_try(struct request *request, const struct pack *pack, int64_t *job, struct err *err)
{
    struct trying trying = {request, pack, 0};

    if (!request_write_wait(request, run_try, &trying, err))
        return false;
    request_wake_workers(request);
    *job = trying.job;
    return true;
}

static struct pack_live begin_live(const struct request *request, const struct pack *pack)
{
    return (struct pack_live){
        .tenant = request->tenant,
        .library = request->web->library,
        .pack = pack->id,
        .actor = request->actor.account,
        .now = request->now,
    };
}

static bool check_note(struct str note, struct err *err)
{
    return utf8_length(note) <= NOTE_MAX ||
           err_set(err, ERR_INPUT, "what was changed is told in at most %d letters", NOTE_MAX);
}

bool workshop_live(struct request *request, const struct pack *pack, struct str note,
                   struct str *version, struct err *err)
{
    struct pack_live live = begin_live(request, pack);
    struct workshop_verdict verdict;
    struct pack_draft_sum sum;
    struct tx *tx;

    live.note = note;
    if (!check_note(note, err) || !request_read(request, &tx, err) ||
        !pack_draft_gather(tx, request->arena, request->catalog, pack->id, &sum, err) ||
        !workshop_verdict(request, &sum, &verdict, err))
        return false;
    if (sum.count == 0)
        return err_set(err, ERR_INPUT, "there are no drafts");
    if (!verdict.is_over || !verdict.is_current)
        return err_set(err, ERR_CONFLICT, "try it first: what was tried is not what would be live");
    if (!verdict.is_good)
        return err_set(err, ERR_CONFLICT, "it did not pass: mend what was found, and try again");
    if (!pack_live_put(&live, request->arena, verdict.digest, err))
        return false;
    request_wake_workers(request);
    *version = live.version;
    return true;
}

bool workshop_back(struct request *request, const struct pack *pack, struct str version,
                   struct str *live_version, struct err *err)
{
    struct pack_live live = begin_live(request, pack);

    if (!pack_live_back(&live, request->arena, version, err))
        return false;
    request_wake_workers(request);
    *live_version = live.version;
    return true;
}

struct str workshop_version(struct request *request, struct str version)
{
    int64_t no = pack_own_no(version);
    struct str shipped = pack_shipped_version(version);

    return no == 0 ? version
                   : str_printf(request->arena, "%.*s, %.*s %lld", STR_ARG(shipped),
                                STR_ARG(request_text(request, STR("own version"))), (long long)no);
}
