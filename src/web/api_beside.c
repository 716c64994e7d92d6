#include "web/api_beside.h"

#include "core/id.h"
#include "core/num.h"
#include "core/time.h"
#include "web/answer.h"
#include "web/seen.h"
#include "web/subscribed.h"

enum {
    LIMIT_DEFAULT = 50,
};

/* {"version", "changed_at", "data"}, as far as the actor sees it. */
void api_beside_print(struct buf *out, struct request *request, const struct register_type *type,
                      unsigned classes, const struct record *own)
{
    buf_add(out, STR("{\"version\":"));
    buf_int(out, own->version);
    buf_add(out, STR(",\"changed_at\":\""));
    time_print_moment(out, own->changed_at);
    buf_add(out, STR("\",\"data\":"));
    record_redact(out, request->arena, type, classes, own->body);
    buf_char(out, '}');
}

static bool read_page(struct request *request, int64_t *after, int64_t *limit, struct err *err)
{
    struct str cursor = request_query(request, STR("cursor"));
    struct str text = request_query(request, STR("limit"));

    *after = 0;
    *limit = LIMIT_DEFAULT;
    if (cursor.len > 0 && !id_parse(cursor, after))
        return err_set(err, ERR_INPUT, "cursor: take it from the page before, unchanged");
    if (text.len > 0 &&
        (!num_parse_int(text, limit) || *limit < 1 || *limit > RECORD_LIST_LIMIT_MAX))
        return err_set(err, ERR_INPUT, "limit: 1 to %d", RECORD_LIST_LIMIT_MAX);
    return true;
}

bool api_beside_list(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    const struct register_type *type;
    struct beside_page page;
    int64_t after, limit;
    unsigned classes;
    struct tx *tx;

    if (!request_register(request, 0, POLICY_READ, &type, &classes, err) ||
        !read_page(request, &after, &limit, err) || !request_read(request, &tx, err) ||
        !beside_list(&request->registry, type, after, (int)limit + 1, &page, err))
        return false;
    buf_add(out, STR("{\"records\":["));
    for (size_t i = 0; i < page.count && (int64_t)i < limit; i++) {
        const struct beside *one = &page.items[i];

        seen_add(request, type, classes, &one->record.id, 1);
        buf_add(out, i > 0 ? STR(",{\"id\":\"") : STR("{\"id\":\""));
        id_print(out, one->record.id);
        buf_add(out, STR("\",\"title\":"));
        json_write_text(out, one->record.title);
        buf_add(out, one->is_gone ? STR(",\"is_gone\":true,\"own\":")
                                  : STR(",\"is_gone\":false,\"own\":"));
        api_beside_print(out, request, type, classes, &one->record);
        buf_char(out, '}');
    }
    buf_char(out, ']');
    if ((int64_t)page.count > limit) {
        buf_add(out, STR(",\"cursor\":"));
        json_write_text(out, id_text(request->arena, page.items[limit - 1].record.id));
    }
    buf_char(out, '}');
    return answer_json(request, 200);
}

/* If-Match with the version, "0" when there was none, or *. */
static bool read_match(const struct request *request, int64_t *version)
{
    struct str match = http_header(request->exchange, STR("if-match"));

    *version = -1;
    return str_equal(match, STR("*")) ||
           (match.len > 2 && match.ptr[0] == '"' && match.ptr[match.len - 1] == '"' &&
            num_parse_int(str_slice(match, 1, match.len - 2), version) && *version >= 0);
}

struct saying {
    struct request *request;
    struct beside_change change;
};

static bool run_saying(struct tx *tx, void *data, struct err *err)
{
    struct saying *saying = data;
    struct registry registry = request_registry(saying->request, tx);

    return beside_run(&registry, &saying->change, err);
}

static bool reply(struct saying *saying)
{
    struct request *request = saying->request;
    const struct record_draft *draft = &saying->change.draft;
    struct record own = {
        .version = draft->version,
        .changed_at = draft->is_same ? saying->change.old.changed_at : request->now,
        .body = draft->body,
    };

    if (saying->change.value->first == NULL)
        return answer_empty(request, 204);
    http_add(request->exchange, STR("ETag"),
             str_printf(request->arena, "\"%lld\"", (long long)own.version));
    api_beside_print(&request->exchange->out, request, draft->type, saying->change.classes, &own);
    return answer_json(request, 200);
}

static bool save(struct saying *saying, struct err *err)
{
    struct request *request = saying->request;
    struct flaws flaws = {0};

    if (beside_prepare(&request->registry, &saying->change, &flaws, err) &&
        request_write_wait(request, run_saying, saying, err))
        return reply(saying);
    if (flaws.count > 0)
        answer_problem(request, 422, request_text(request, str_from_z(err->text)), &flaws);
    else if (err->code == ERR_CONFLICT)
        answer_problem(request, 412, request_text(request, str_from_z(err->text)), NULL);
    return flaws.count > 0 || err->code == ERR_CONFLICT;
}

static bool change_own(struct request *request, struct json *value, struct err *err)
{
    CLEANUP(subscribed_close_record) struct subscribed_record found = {0};
    const struct register_type *type;
    struct saying saying = {.request = request};
    unsigned classes;

    if (!request_register(request, 0, POLICY_CHANGE, &type, &classes, err))
        return false;
    if (!read_match(request, &saying.change.expected)) {
        answer_problem(request, 428,
                       request_text(request, STR("If-Match: \"<version>\" says which version is "
                                                 "changed; take it from the ETag of the record")),
                       NULL);
        return true;
    }
    if (!subscribed_find(request, &found, err))
        return false;
    saying.change.type = type;
    saying.change.id = found.id;
    saying.change.value = value;
    saying.change.classes = classes;
    saying.change.actor = request->actor.account;
    saying.change.published = subscribed_borrowed(&found);
    return save(&saying, err);
}

bool api_beside_put(struct request *request, struct err *err)
{
    struct json *input, *data;

    if (!request_json(request, RECORD_BODY_MAX + 1024, &input, err))
        return false;
    data = json_find(input, STR("data"));
    if (data == NULL || data->kind != JSON_OBJECT)
        return err_set(err, ERR_INPUT, "a record is sent as {\"data\": {…}}");
    if (data->first == NULL)
        return err_set(err, ERR_INPUT, "data: a field at least; DELETE takes own values away");
    return change_own(request, data, err);
}

bool api_beside_delete(struct request *request, struct err *err)
{
    return change_own(request, json_new(request->arena, JSON_OBJECT), err);
}
