#include "core/id.h"
#include "core/num.h"
#include "core/time.h"
#include "registry/history.h"
#include "web/answer.h"
#include "web/api_register.h"
#include "web/seen.h"

enum {
    VERSIONS_MAX = 100,
};

static void print_value(struct buf *out, struct str name, const struct json *value)
{
    buf_add(out, name);
    if (value == NULL)
        buf_add(out, STR("null"));
    else
        json_write(out, value);
}

static void print_changes(struct buf *out, const struct history_version *version)
{
    buf_add(out, STR(",\"changes\":["));
    for (size_t i = 0; i < version->change_count; i++) {
        buf_add(out, i == 0 ? STR("{\"field\":") : STR(",{\"field\":"));
        json_write_text(out, version->changes[i].field->name);
        print_value(out, STR(",\"was\":"), version->changes[i].was);
        print_value(out, STR(",\"is\":"), version->changes[i].is);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

static void print_version(struct buf *out, const struct history_version *version, bool is_temporal)
{
    buf_add(out, STR("{\"version\":"));
    buf_int(out, version->version);
    buf_add(out, STR(",\"at\":\""));
    time_print_moment(out, version->at);
    buf_add(out, STR("\",\"action\":"));
    json_write_text(out, version->action);
    buf_add(out, STR(",\"actor\":"));
    json_write_text(out, version->actor_name);
    if (is_temporal && version->valid_from != RECORD_ALWAYS) {
        buf_add(out, STR(",\"valid_from\":\""));
        time_print_day(out, version->valid_from);
        buf_char(out, '"');
    }
    print_changes(out, version);
    buf_char(out, '}');
}

bool api_register_history(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct str before = request_query(request, STR("before"));
    const struct register_type *type;
    struct history_version *versions;
    int64_t seq = 0;
    unsigned classes;
    struct tx *tx;
    size_t count;
    int64_t id;

    if (!request_register_some(request, 0, POLICY_HISTORY, &type, &classes, err) ||
        !request_id(request, 1, &id, err))
        return false;
    if (before.len > 0 && (!num_parse_int(before, &seq) || seq < 1))
        return err_set(err, ERR_INPUT, "before: the number of a version");
    if (!request_read(request, &tx, err) ||
        !history_list(&request->registry,
                      &(struct history_ask){type, id, classes, seq, VERSIONS_MAX, false}, &versions,
                      &count, err))
        return false;
    if (count == 0 && seq == 0)
        return err_set(err, ERR_ABSENT, "there is no such record");
    buf_add(out, STR("{\"versions\":["));
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_char(out, ',');
        print_version(out, &versions[i], type->is_temporal);
    }
    buf_add(out, STR("]}"));
    if (count > 0)
        seen_add(request, type, classes, &id, 1);
    return answer_json(request, 200);
}
