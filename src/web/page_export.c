/* The list as a file: in which format, and the download itself. */
#include "auth/journal.h"
#include "core/log.h"
#include "core/time.h"
#include "registry/export.h"
#include "web/answer.h"
#include "web/api_list.h"
#include "web/api_record.h"
#include "web/input.h"
#include "web/page_filter.h"
#include "web/page_import.h"
#include "web/wording.h"

static const struct {
    const char *word;
    enum export_format format;
    const char *title;
} FORMATS[] = {
    {"csv", EXPORT_CSV, "CSV: opens in any office program"},
    {"geojson", EXPORT_GEOJSON, "GeoJSON: for maps"},
    {"ndjson", EXPORT_NDJSON, "NDJSON: for programs, without losses"},
};

struct wish {
    struct request *request;
    const struct register_type *type;
    unsigned classes;
    struct record_ask ask;
    struct tx *tx;
};

static bool begin(struct request *request, struct wish *wish, struct err *err)
{
    *wish = (struct wish){.request = request};
    if (!request_register_some(request, 0, POLICY_EXPORT, &wish->type, &wish->classes, err) ||
        !api_list_ask(request, wish->type, wish->classes, &wish->ask, err) ||
        !request_read(request, &wish->tx, err))
        return false;
    wish->ask.action = POLICY_EXPORT;
    return true;
}

/* "112 records: wall: brick, built from: 1950" */
static bool add_what(struct wish *wish, struct json *view, struct err *err)
{
    struct request *request = wish->request;
    struct display display = display_start(request, wish->tx, wish->classes);
    struct json *scratch = view_new(request);
    struct buf text = {.arena = request->arena};
    const struct json *applied;
    int64_t count;
    bool is_more;

    if (!record_count(&request->registry, &wish->ask, &count, &is_more, err) ||
        !page_filter_fill(&display, scratch, &wish->ask, err))
        return false;
    if (is_more)
        buf_printf(&text, "%.*s %.*s", STR_ARG(request_text(request, STR("Records:"))),
                   STR_ARG(view_count(request, count, is_more)));
    else
        buf_add(&text, wording_plural(request, STR("%d record"), STR("%d records"), count));
    applied = json_find(scratch, STR("applied"));
    for (const struct json *one = applied != NULL ? applied->first : NULL; one != NULL;
         one = one->next)
        buf_printf(&text, "%s %.*s: %.*s", one == applied->first ? "." : ",",
                   STR_ARG(json_find_text(one, STR("label"))),
                   STR_ARG(json_find_text(one, STR("value"))));
    view_text(request, view, "what_text", buf_str(&text));
    return true;
}

static void add_kept(struct request *request, struct json *view)
{
    struct json *kept = view_list(request, view, "kept");

    for (size_t i = 0; i < request->query.count; i++) {
        const struct url_pair *pair = &request->query.pairs[i];

        if (pair->value.len == 0 || str_equal(pair->name, STR("format")) ||
            str_equal(pair->name, STR("cursor")) || str_equal(pair->name, STR("limit")))
            continue;
        struct json *one = view_push(request, kept);
        view_text(request, one, "name", pair->name);
        view_text(request, one, "value", pair->value);
    }
}

static bool has_place(const struct wish *wish)
{
    return wish->type->geometry >= 0 &&
           (wish->type->fields[wish->type->geometry].access & ~wish->classes) == 0;
}

static bool is_personal(const struct wish *wish)
{
    return (wish->type->classes & wish->classes & (POLICY_PERSONAL | POLICY_SECRET)) != 0;
}

bool page_export(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct json *about = view_object(request, view, "register");
    struct json *field;
    struct wish wish;

    if (!begin(request, &wish, err))
        return false;
    page_title(request, view, request_text(request, STR("Download the list")));
    page_crumb(request, view, request_pack_text(request, wish.type->title),
               str_printf(request->arena, "/registers/%.*s", STR_ARG(wish.type->id)));
    view_text(request, about, "title", request_pack_text(request, wish.type->title));
    view_text(request, about, "href",
              page_href(request, "/registers/%.*s", STR_ARG(wish.type->id)));
    view_text(request, view, "action",
              page_href(request, "/registers/%.*s/export/file", STR_ARG(wish.type->id)));
    view_bool(request, view, "has_personal", is_personal(&wish));
    add_kept(request, view);
    field = input_add(request, view_list(request, view, "fields"), "is_radio", "format",
                      request_text(request, STR("Format")));
    for (size_t i = 0; i < ARRAY_LEN(FORMATS); i++)
        if (FORMATS[i].format != EXPORT_GEOJSON || has_place(&wish))
            input_option(request, field, str_from_z(FORMATS[i].word),
                         request_text(request, str_from_z(FORMATS[i].title)), i == 0);
    return add_what(&wish, view, err) && answer_page(request, 200, STR("page/export"), view, err);
}

static bool find_format(struct str word, enum export_format *format, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(FORMATS); i++) {
        *format = FORMATS[i].format;
        if (str_equal(word, str_from_z(FORMATS[i].word)))
            return true;
    }
    return err_set(err, ERR_INPUT, "format: csv, ndjson or geojson");
}

struct note {
    const struct wish *wish;
    struct str detail;
};

/* That it was taken, and, where it holds personal data, that all of them were seen. */
static bool write_note(struct tx *tx, void *data, struct err *err)
{
    const struct note *note = data;
    const struct request *request = note->wish->request;
    struct journal_entry entry = {
        .at = request->now,
        .actor = request->actor.account,
        .action = STR("export"),
        .no = catalog_no(request->catalog, note->wish->type),
        .detail = note->detail,
    };

    if (!journal_add(tx, &entry, err))
        return false;
    entry.action = STR("read");
    return !is_personal(note->wish) || journal_add(tx, &entry, err);
}

static bool send(void *data, struct str bytes, struct err *err)
{
    return http_stream_write(data, bytes) || err_set(err, ERR_UNAVAILABLE, "the reader has gone");
}

static void add_headers(struct request *request, const struct register_type *type,
                        enum export_format format, struct str word)
{
    struct buf name = {.arena = request->arena};

    buf_add(&name, type->id);
    buf_char(&name, '-');
    time_print_day(&name, request_today(request));
    request->exchange->status = 200;
    http_add(request->exchange, STR("Content-Type"), export_type(format));
    http_add(request->exchange, STR("X-Content-Type-Options"), STR("nosniff"));
    http_add(request->exchange, STR("Cache-Control"), STR("private, no-store"));
    http_add(request->exchange, STR("Content-Disposition"),
             str_printf(request->arena, "attachment; filename=\"%.*s.%.*s\"",
                        STR_ARG(buf_str(&name)), STR_ARG(word)));
}

static bool name_fields(struct wish *wish, struct export_options *options, struct err *err)
{
    struct request *request = wish->request;
    struct str rest = request_query(request, STR("fields"));

    if (!api_record_fields(request, wish->type, wish->classes, err))
        return false;
    options->classes = wish->classes;
    if (rest.len == 0)
        return true;
    options->fields = ARENA_ARRAY(request->arena, struct str, rest.len + 1);
    while (rest.len > 0)
        options->fields[options->field_count++] = str_cut(&rest, ',');
    return true;
}

/* The file may be larger than memory: this thread waits for the reader. */
static void stream(struct wish *wish, const struct export_options *options)
{
    struct request *request = wish->request;
    struct export_sink sink = {send, request->exchange};
    struct err failure = {0};
    int64_t count;

    http_stream(request->exchange);
    if (export_run(&request->registry, &wish->ask, options, &sink, &count, &failure))
        return;
    http_stream_break(request->exchange);
    if (failure.code != ERR_UNAVAILABLE)
        LOG(LOG_ERROR, "export.failed", {"register", wish->type->id},
            {"reason", str_from_z(failure.text)});
}

bool page_export_stream(struct request *request, struct str format, struct err *err)
{
    struct export_options options = {.separator = ';', .has_bom = true};
    struct wish wish;

    if (!begin(request, &wish, err) || !find_format(format, &options.format, err) ||
        !name_fields(&wish, &options, err))
        return false;
    if (options.format == EXPORT_GEOJSON && !has_place(&wish))
        return err_set(err, ERR_INPUT, "this register has no map");

    struct note note = {&wish,
                        str_printf(request->arena, "{\"export\":\"%.*s\"}", STR_ARG(format))};
    if (!request_write_wait(request, write_note, &note, err) ||
        !request_read(request, &wish.tx, err))
        return false;
    add_headers(request, wish.type, options.format, format);
    if (request->exchange->method != HTTP_HEAD)
        stream(&wish, &options);
    return true;
}

bool page_export_file(struct request *request, struct err *err)
{
    struct str format = request_query(request, STR("format"));

    return page_export_stream(request, format.len > 0 ? format : STR("csv"), err);
}
