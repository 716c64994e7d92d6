#include "core/json_put.h"

#include "core/id.h"
#include "core/json.h"
#include "core/time.h"

void json_put_name(struct buf *out, const char *name)
{
    if (out->len > 0 && out->ptr[out->len - 1] != '{')
        buf_char(out, ',');
    buf_char(out, '"');
    buf_add(out, str_from_z(name));
    buf_add(out, STR("\":"));
}

void json_put_text(struct buf *out, const char *name, struct str text)
{
    json_put_name(out, name);
    json_write_text(out, text);
}

void json_put_int(struct buf *out, const char *name, int64_t value)
{
    json_put_name(out, name);
    buf_int(out, value);
}

void json_put_bool(struct buf *out, const char *name, bool value)
{
    json_put_name(out, name);
    buf_add(out, value ? STR("true") : STR("false"));
}

void json_put_id(struct buf *out, const char *name, int64_t id)
{
    json_put_name(out, name);
    buf_char(out, '"');
    id_print(out, id);
    buf_char(out, '"');
}

void json_put_moment(struct buf *out, const char *name, int64_t at)
{
    json_put_name(out, name);
    if (at == 0) {
        buf_add(out, STR("null"));
        return;
    }
    buf_char(out, '"');
    time_print_moment(out, at);
    buf_char(out, '"');
}
