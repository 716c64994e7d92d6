#include "web/renewal_view.h"

#include "core/json_put.h"
#include "web/packs.h"
#include "web/wording.h"

/* What is gone takes something away from those who work with it. */
static const struct {
    const char *tag;
    const char *text;
    const char *name;
} ACTS[RENEWAL_ACTS] = {
    [RENEWAL_NEW] = {"ok", "will be added", "new"},
    [RENEWAL_OTHER] = {"info", "will change", "changed"},
    [RENEWAL_GONE] = {"warn", "will go", "gone"},
};

static const struct {
    const char *text;
    const char *name;
} KINDS[RENEWAL_KINDS] = {
    [RENEWAL_REGISTER] = {"Register", "register"},
    [RENEWAL_FIELD] = {"Field", "field"},
    [RENEWAL_LIST] = {"Code list", "list"},
    [RENEWAL_CODE] = {"Code", "code"},
    [RENEWAL_ROLE] = {"Role", "role"},
    [RENEWAL_FILE] = {"File", "file"},
};

/* Codes are data, not texts of a pack with translations. */
static struct str text_of(struct request *request, const struct pack *pack,
                          const struct renewal_change *change, struct str text)
{
    return change->kind == RENEWAL_CODE || text.len == 0 ? text : wording_pack(request, pack, text);
}

static struct str place_of(struct request *request, const struct renewal_change *change)
{
    const struct register_type *type = model_type(request->catalog->model, change->place);

    return type != NULL ? request_pack_text(request, type->title)
                        : packs_list_title(request, change->place);
}

static struct str describe(struct request *request, const struct pack *was,
                           const struct renewal_change *change)
{
    struct str kind = request_text(request, str_from_z(KINDS[change->kind].text));
    struct buf text = {.arena = request->arena};

    buf_add(&text, kind);
    if (change->place.len > 0)
        buf_printf(&text, " · %.*s", STR_ARG(place_of(request, change)));
    if (change->was.len > 0)
        buf_printf(&text, " · %.*s %.*s", STR_ARG(request_text(request, STR("before:"))),
                   STR_ARG(text_of(request, was, change, change->was)));
    return buf_str(&text);
}

static void add_change(struct request *request, struct json *list, const struct pack *was,
                       const struct pack *is, const struct renewal_change *change)
{
    const struct pack *of = change->act == RENEWAL_GONE ? was : is;
    struct json *row = view_push(request, list);
    struct json *tag;

    view_text(request, row, "title",
              change->title.len > 0 ? text_of(request, of, change, change->title) : change->id);
    view_maybe(request, row, "id", change->title.len > 0 ? change->id : (struct str){0});
    view_text(request, row, "text", describe(request, was, change));
    tag = view_object(request, row, "tag");
    view_text(request, tag, "kind", str_from_z(ACTS[change->act].tag));
    view_text(request, tag, "text", request_text(request, str_from_z(ACTS[change->act].text)));
}

bool renewal_view_fill(struct request *request, struct json *view, const struct pack *was,
                       const struct pack *is, struct err *err)
{
    struct json *list = view_list(request, view, "changes");
    struct renewal renewal;

    if (!renewal_compare(request->arena, was, is, &renewal, err))
        return false;
    for (size_t i = 0; i < renewal.count; i++)
        add_change(request, list, was, is, &renewal.changes[i]);
    view_bool(request, view, "has_changes", renewal.count > 0);
    view_bool(request, view, "is_same", renewal.count == 0);
    view_bool(request, view, "has_more_changes", renewal.has_more);
    return true;
}

void renewal_view_print(struct buf *out, const struct renewal *renewal)
{
    buf_char(out, '[');
    for (size_t i = 0; i < renewal->count; i++) {
        const struct renewal_change *change = &renewal->changes[i];

        buf_printf(out, "%s{\"kind\":\"%s\"", i > 0 ? "," : "", KINDS[change->kind].name);
        json_put_text(out, "act", str_from_z(ACTS[change->act].name));
        json_put_text(out, "of", change->place);
        json_put_text(out, "id", change->id);
        json_put_text(out, "title", change->title);
        json_put_text(out, "was", change->was);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}
