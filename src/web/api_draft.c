#include "web/api_draft.h"

#include "core/json_put.h"
#include "registry/pack_live.h"
#include "web/answer.h"
#include "web/workshop.h"

enum {
    BODY_MAX = PACK_DRAFT_BYTES_MAX * 2, /* escaped */
};

static void print_etag(struct request *request, const struct workshop_file *file)
{
    http_add(request->exchange, STR("ETag"),
             str_printf(request->arena, "\"%.*s\"", STR_ARG(file->tag)));
}

/* "57" with the quotes, or *; empty: it was not said. */
static struct str read_match(const struct request *request)
{
    struct str match = http_header(request->exchange, STR("if-match"));

    if (str_equal(match, STR("*")))
        return match;
    return match.len > 2 && match.ptr[0] == '"' && match.ptr[match.len - 1] == '"'
               ? str_slice(match, 1, match.len - 2)
               : (struct str){0};
}

static bool need_match(struct request *request, struct str *tag)
{
    *tag = read_match(request);
    if (tag->len > 0)
        return true;
    answer_problem(request, 428,
                   request_text(request, STR("If-Match says which state of the file is changed; "
                                             "take it from the ETag of the file")),
                   NULL);
    return false;
}

static const char *state_of(const struct workshop_file *file)
{
    if (file->has_draft)
        return file->draft.is_gone ? "gone" : "draft";
    return file->live == NULL ? "none" : "live";
}

static bool answer_file_state(struct request *request, const struct workshop_file *file)
{
    struct buf *out = &request->exchange->out;

    print_etag(request, file);
    buf_char(out, '{');
    json_put_text(out, "pack", file->pack->id);
    json_put_text(out, "path", file->path);
    json_put_text(out, "state", str_from_z(state_of(file)));
    json_put_bool(out, "is_stale",
                  file->has_draft &&
                      !str_equal(file->draft.base, pack_draft_digest(request->arena, file->live)));
    json_put_text(out, "text", file->text);
    buf_char(out, '}');
    return answer_json(request, 200);
}

bool api_draft_get(struct request *request, struct err *err)
{
    struct workshop_file file;

    if (!workshop_find(request, &file, err))
        return false;
    if (file.live == NULL && !file.has_draft)
        return err_set(err, ERR_ABSENT, "there is no such file to be changed");
    return answer_file_state(request, &file);
}

/* What was done, or 412 when somebody else was first. */
static bool answer_change(struct request *request, const struct workshop_file *file, bool is_done,
                          struct err *err)
{
    if (is_done)
        return answer_file_state(request, file);
    if (err->code != ERR_CONFLICT)
        return false;
    print_etag(request, file);
    answer_problem(request, 412, request_text(request, str_from_z(err->text)), NULL);
    return true;
}

bool api_draft_put(struct request *request, struct err *err)
{
    struct workshop_file file;
    const struct json *text;
    struct json *input;
    struct str tag;

    if (!workshop_find(request, &file, err))
        return false;
    if (!need_match(request, &tag))
        return true;
    if (!request_json(request, BODY_MAX, &input, err))
        return false;
    text = json_find(input, STR("text"));
    if (text == NULL || (text->kind != JSON_STRING && text->kind != JSON_NULL))
        return err_set(err, ERR_INPUT,
                       "a draft is sent as {\"text\": \"…\"}; null takes the file out");
    struct str body = text->kind == JSON_NULL ? (struct str){0}
                      : text->text.len > 0    ? text->text
                                              : STR("");
    bool is_done = workshop_save(request, &file, tag, body, err);
    return answer_change(request, &file, is_done, err);
}

bool api_draft_delete(struct request *request, struct err *err)
{
    struct workshop_file file;
    struct str tag;

    if (!workshop_find(request, &file, err))
        return false;
    if (!need_match(request, &tag))
        return true;
    if (workshop_drop(request, &file, tag, err))
        return answer_empty(request, 204);
    return answer_change(request, &file, false, err);
}

static bool gather(struct request *request, struct pack_draft_sum *sum, struct err *err)
{
    const struct pack *pack;
    struct tx *tx;

    return workshop_pack(request, 0, POLICY_DRAW, &pack, err) && request_read(request, &tx, err) &&
           pack_draft_gather(tx, request->arena, request->catalog, pack->id, sum, err);
}

static void print_list(struct buf *out, const char *name, const struct json *list)
{
    json_put_name(out, name);
    if (list != NULL)
        json_write(out, list);
    else
        buf_add(out, STR("[]"));
}

static void print_verdict(struct buf *out, const struct workshop_verdict *verdict)
{
    json_put_name(out, "trial");
    if (verdict->job == 0) {
        buf_add(out, STR("null"));
        return;
    }
    buf_char(out, '{');
    json_put_id(out, "job", verdict->job);
    json_put_bool(out, "is_over", verdict->is_over);
    json_put_bool(out, "is_good", verdict->is_good);
    json_put_bool(out, "is_current", verdict->is_over && verdict->is_current);
    print_list(out, "findings", verdict->findings);
    print_list(out, "cases", verdict->cases);
    buf_char(out, '}');
}

static void print_drafts(struct request *request, const struct pack_draft_sum *sum)
{
    struct buf *out = &request->exchange->out;

    json_put_name(out, "drafts");
    buf_char(out, '[');
    for (size_t i = 0; i < sum->count; i++) {
        const struct pack_draft *draft = &sum->drafts[i];
        struct str base = pack_draft_digest(request->arena, pack_file_find(sum->live, draft->path));

        buf_add(out, i > 0 ? STR(",{") : STR("{"));
        json_put_text(out, "path", draft->path);
        json_put_text(out, "state", draft->is_gone ? STR("gone") : STR("draft"));
        json_put_bool(out, "is_stale", !str_equal(base, draft->base));
        json_put_moment(out, "changed_at", draft->at);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

bool api_draft_list(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct workshop_verdict verdict;
    struct pack_draft_sum sum;
    bool has_some = false;

    if (!gather(request, &sum, err) || !workshop_verdict(request, &sum, &verdict, err))
        return false;
    buf_char(out, '{');
    json_put_text(out, "pack", sum.live->id);
    json_put_text(out, "version", sum.live->version);
    json_put_name(out, "files");
    buf_char(out, '[');
    for (size_t i = 0; i < sum.live->file_count; i++) {
        if (!pack_draft_takes(sum.live->files[i].path))
            continue;
        buf_add(out, has_some ? STR(",") : STR(""));
        json_write_text(out, sum.live->files[i].path);
        has_some = true;
    }
    buf_char(out, ']');
    print_drafts(request, &sum);
    print_verdict(out, &verdict);
    buf_char(out, '}');
    return answer_json(request, 200);
}

bool api_draft_check(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    const struct pack *pack;
    int64_t job;

    if (!workshop_pack(request, 0, POLICY_DRAW, &pack, err) ||
        !workshop_try(request, pack, &job, err))
        return false;
    buf_char(out, '{');
    json_put_id(out, "job", job);
    buf_char(out, '}');
    return answer_json(request, 202);
}

static bool answer_version(struct request *request, const struct pack *pack, struct str version)
{
    struct buf *out = &request->exchange->out;

    buf_char(out, '{');
    json_put_text(out, "pack", pack->id);
    json_put_text(out, "version", version);
    buf_char(out, '}');
    return answer_json(request, 200);
}

bool api_draft_live(struct request *request, struct err *err)
{
    const struct pack *pack;
    struct json *input;
    struct str version;

    return workshop_pack(request, 0, POLICY_LIVE, &pack, err) &&
           request_json(request, BODY_MAX, &input, err) &&
           workshop_live(request, pack, json_find_text(input, STR("note")), &version, err) &&
           answer_version(request, pack, version);
}

static void print_version(struct request *request, const struct own_pack *own, struct str installed)
{
    struct buf *out = &request->exchange->out;

    buf_char(out, '{');
    json_put_text(out, "version", own->version);
    json_put_int(out, "no", pack_own_no(own->version));
    json_put_bool(out, "is_live", str_equal(own->version, installed));
    json_put_moment(out, "made_at", own->at);
    json_put_text(out, "note", own->note);
    json_put_name(out, "files");
    buf_char(out, '[');
    for (size_t i = 0; i < own->path_count; i++) {
        buf_add(out, i > 0 ? STR(",") : STR(""));
        json_write_text(out, own->paths[i]);
    }
    buf_add(out, STR("]}"));
}

bool api_draft_versions(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    const struct pack *pack;
    struct own_pack *list;
    struct tx *tx;
    size_t count;

    if (!workshop_pack(request, 0, POLICY_DRAW, &pack, err) || !request_read(request, &tx, err) ||
        !own_pack_list(tx, request->arena, pack->id, &list, &count, err))
        return false;
    buf_char(out, '{');
    json_put_text(out, "pack", pack->id);
    json_put_text(out, "version", pack->version);
    json_put_text(out, "shipped", pack_shipped_version(pack->version));
    json_put_name(out, "own");
    buf_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        buf_add(out, i > 0 ? STR(",") : STR(""));
        print_version(request, &list[i], pack->version);
    }
    buf_add(out, STR("]}"));
    return answer_json(request, 200);
}

bool api_draft_back(struct request *request, struct err *err)
{
    const struct pack *pack;
    struct json *input;
    struct str version;

    return workshop_pack(request, 0, POLICY_LIVE, &pack, err) &&
           request_json(request, BODY_MAX, &input, err) &&
           workshop_back(request, pack, json_find_text(input, STR("version")), &version, err) &&
           answer_version(request, pack, version);
}
