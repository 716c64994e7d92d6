/* Which column of the file is which field: the second step of an import. */
#include "core/time.h"
#include "core/utf8.h"
#include "web/answer.h"
#include "web/import_view.h"
#include "web/input.h"
#include "web/page_import.h"
#include "web/wording.h"

enum {
    SAMPLES_SHOWN = 3,
    SAMPLE_LETTERS = 60,
};

struct mapping {
    struct import_view base;
    struct import_preview preview;
    bool has_columns;      /* ГАР has none */
    struct str *errors;    /* by column */
    struct str valid_from; /* as typed */
    struct str valid_from_error;
    struct str places; /* as typed */
    struct str error;  /* of the whole file */
    int status;
};

static bool read_file(struct mapping *mapping, struct err *err)
{
    struct import_view *base = &mapping->base;
    struct request *request = base->request;

    mapping->has_columns = base->import.format != IMPORT_GAR;
    if (!mapping->has_columns) {
        mapping->preview.options = base->import.options;
        return true;
    }
    if (!import_look(&request->registry, &base->import, &mapping->preview, err))
        return false;
    mapping->errors = ARENA_ARRAY(request->arena, struct str, mapping->preview.column_count + 1);
    return true;
}

static void add_target(struct request *request, struct json *targets, struct str value,
                       struct str label, struct str chosen)
{
    struct json *target = view_push(request, targets);

    view_text(request, target, "value", value);
    view_text(request, target, "label", label);
    view_bool(request, target, "is_selected", str_equal(value, chosen));
}

/* What is no field but may be told by a column all the same. */
static void add_other_targets(struct mapping *mapping, struct json *targets, struct str chosen)
{
    struct request *request = mapping->base.request;
    const struct register_type *type = mapping->base.type;

    add_target(request, targets, STR("id"), request_text(request, STR("number of the record")),
               chosen);
    if (type->is_temporal) {
        add_target(request, targets, STR("valid_from"),
                   request_text(request, STR("holds from the date")), chosen);
        add_target(request, targets, STR("valid_to"),
                   request_text(request, STR("holds until the date")), chosen);
    }
    if (type->geometry >= 0) {
        add_target(request, targets, STR("lat"), request_text(request, STR("Latitude")), chosen);
        add_target(request, targets, STR("lon"), request_text(request, STR("Longitude")), chosen);
    }
}

static void add_column(struct mapping *mapping, struct json *columns, size_t at)
{
    struct request *request = mapping->base.request;
    const struct import_preview *preview = &mapping->preview;
    const struct import_column *column = &preview->columns[at];
    const struct register_type *type = mapping->base.type;
    struct json *row = view_push(request, columns);
    struct json *samples = view_list(request, row, "samples");
    struct json *targets = view_list(request, row, "targets");

    view_text(request, row, "id", str_printf(request->arena, "m%zu", at));
    view_text(request, row, "name", str_printf(request->arena, "column.%zu", at));
    view_text(request, row, "title", column->title);
    view_maybe(request, row, "error", mapping->errors[at]);
    for (size_t i = 0; i < preview->row_count && samples->count < SAMPLES_SHOWN; i++) {
        struct str cell = preview->cells[i * preview->column_count + at];

        if (cell.len > 0)
            json_push(samples, json_new_text(request->arena, utf8_head(cell, SAMPLE_LETTERS)));
    }
    add_target(request, targets, (struct str){0}, request_text(request, STR("do not import")),
               column->target);
    for (size_t i = 0; i < type->field_count; i++)
        if ((type->fields[i].access & ~mapping->base.classes) == 0)
            add_target(request, targets, type->fields[i].name,
                       request_pack_text(request, type->fields[i].title), column->target);
    add_other_targets(mapping, targets, column->target);
}

static const struct {
    char separator;
    const char *value;
    const char *title;
} SEPARATORS[] = {
    {';', ";", "semicolon"}, {',', ",", "comma"}, {'\t', "tab", "tab"}, {'|', "|", "upright line"}};

static void add_options(struct mapping *mapping, struct json *view)
{
    struct request *request = mapping->base.request;
    const struct import_options *options = &mapping->base.import.options;
    struct json *fields = view_list(request, view, "options_fields");
    bool has_options = mapping->base.import.format == IMPORT_CSV;
    struct json *encoding;
    struct json *separator;

    view_bool(request, view, "has_options", has_options);
    if (!has_options)
        return;
    encoding =
        input_add(request, fields, "is_select", "encoding", request_text(request, STR("Encoding")));
    input_option(request, encoding, STR("utf8"), STR("UTF-8"), !options->is_cp1251);
    input_option(request, encoding, STR("cp1251"), STR("Windows-1251"), options->is_cp1251);
    separator = input_add(request, fields, "is_select", "delimiter",
                          request_text(request, STR("Separator")));
    for (size_t i = 0; i < ARRAY_LEN(SEPARATORS); i++)
        input_option(request, separator, str_from_z(SEPARATORS[i].value),
                     request_text(request, str_from_z(SEPARATORS[i].title)),
                     options->separator == SEPARATORS[i].separator);
}

static void add_existing(struct mapping *mapping, struct json *view)
{
    struct request *request = mapping->base.request;
    struct json *fields = view_list(request, view, "fields");
    bool keeps = mapping->preview.options.keeps_existing;
    struct json *existing =
        input_add(request, fields, "is_radio", "existing",
                  request_text(request, STR("If such a record exists already")));

    input_option(request, existing, STR("update"), request_text(request, STR("update it")), !keeps);
    input_option(request, existing, STR("skip"), request_text(request, STR("leave it")), keeps);
    if (mapping->base.import.format == IMPORT_GAR) {
        struct json *places =
            input_add(request, fields, "is_text", "places",
                      request_text(request, STR("Only these places: OKTMO codes, with spaces")));

        input_optional(request, places);
        input_hint(request, places,
                   request_text(request, STR("When empty, the whole file is read.")));
        input_value(request, places, mapping->places);
    }
    if (mapping->base.type->is_temporal) {
        struct json *from = input_add(request, fields, "is_date", "valid_from",
                                      request_text(request, STR("From which date the facts hold")));

        input_optional(request, from);
        input_hint(request, from,
                   request_text(request, STR("When empty, what holds now is changed.")));
        input_value(request, from, mapping->valid_from);
        if (mapping->valid_from_error.len > 0)
            input_error(request, view, from, mapping->valid_from_error);
    }
}

static struct str format_text(struct mapping *mapping)
{
    static const char *const NAMES[] = {[IMPORT_CSV] = "CSV",
                                        [IMPORT_NDJSON] = "NDJSON",
                                        [IMPORT_GEOJSON] = "GeoJSON",
                                        [IMPORT_GAR] = "GAR",
                                        [IMPORT_CALENDAR] = "Production calendar"};
    struct request *request = mapping->base.request;

    return request_text(request, str_from_z(NAMES[mapping->base.import.format]));
}

static void add_missing(struct mapping *mapping, struct json *view)
{
    struct request *request = mapping->base.request;
    struct buf names = {.arena = request->arena};

    for (size_t i = 0; i < mapping->preview.missing_count; i++) {
        buf_add(&names, names.len > 0 ? STR(", ") : STR(""));
        buf_add(&names, request_pack_text(request, mapping->preview.missing[i]->title));
    }
    view_bool(request, view, "has_missing", names.len > 0);
    view_text(request, view, "missing_text", buf_str(&names));
}

static void add_errors(struct mapping *mapping, struct json *view)
{
    struct request *request = mapping->base.request;
    struct json *errors = json_find(view, STR("errors"));

    for (size_t i = 0; i < mapping->preview.column_count; i++) {
        if (mapping->errors[i].len == 0)
            continue;
        struct json *error = view_push(request, errors);

        view_text(request, error, "href", str_printf(request->arena, "#m%zu", i));
        view_text(request, error, "text",
                  str_printf(request->arena, "%.*s: %.*s",
                             STR_ARG(mapping->preview.columns[i].title),
                             STR_ARG(mapping->errors[i])));
    }
    if (mapping->error.len > 0) {
        struct json *error = view_push(request, errors);

        view_text(request, error, "href", STR("#main"));
        view_text(request, error, "text", mapping->error);
    }
    view_bool(request, view, "has_errors", errors->count > 0);
}

static bool show(struct mapping *mapping, struct err *err)
{
    struct import_view *base = &mapping->base;
    struct request *request = base->request;
    struct json *view = view_new(request);
    struct json *file = view_object(request, view, "file");
    struct json *columns = view_list(request, view, "columns");

    import_view_begin(base, view, request_text(request, STR("Import of a file")));
    import_view_steps(request, view, IMPORT_VIEW_COLUMNS, (struct str){0});
    input_errors_begin(request, view);
    view_text(request, file, "name", base->import.name);
    view_text(request, file, "format_text", format_text(mapping));
    view_text(request, file, "size_text", wording_size(request, base->import.size));
    view_bool(request, view, "is_remembered", mapping->preview.is_remembered);
    view_text(request, view, "action", import_view_href(base, "/columns"));
    view_bool(request, view, "has_columns", mapping->has_columns);
    for (size_t i = 0; i < mapping->preview.column_count; i++)
        add_column(mapping, columns, i);
    add_options(mapping, view);
    add_missing(mapping, view);
    add_existing(mapping, view);
    add_errors(mapping, view);
    view_text(request, view, "back_href",
              page_href(request, "/registers/%.*s/import", STR_ARG(base->type->id)));
    return answer_page(request, mapping->status, STR("page/import-mapping"), view, err);
}

/* Columns may be chosen until something was written. */
static bool begin(struct request *request, struct mapping *mapping, struct err *err)
{
    const struct import *import = &mapping->base.import;

    *mapping = (struct mapping){.status = 200};
    if (!import_view_find(request, &mapping->base, err))
        return false;
    if (import->status == IMPORT_NEW || import->status == IMPORT_CHECKED ||
        (import->status == IMPORT_FAILED && (import->counts.is_dry || import->counts.rows == 0)))
        return true;
    return err_set(err, ERR_CONFLICT, "this import runs already, or has run");
}

static void show_choices(struct mapping *mapping)
{
    struct request *request = mapping->base.request;
    const struct import_options *options = &mapping->base.import.options;
    struct buf places = {.arena = request->arena};

    if (options->valid_from != RECORD_ALWAYS)
        mapping->valid_from = view_day(request, options->valid_from);
    for (size_t i = 0; i < options->place_count; i++) {
        buf_add(&places, i > 0 ? STR(" ") : STR(""));
        buf_add(&places, options->places[i]);
    }
    mapping->places = buf_str(&places);
}

/* A check that failed altogether brings people back here, with the reason. */
static void tell_failure(struct mapping *mapping)
{
    struct import_view *base = &mapping->base;
    struct job_view job;
    struct err err;

    if (base->import.status == IMPORT_FAILED &&
        job_get(base->tx, base->request->arena, base->import.job, &job, &err))
        mapping->error = request_text(base->request, job.reason);
}

bool page_import_columns(struct request *request, struct err *err)
{
    struct mapping mapping;

    if (!begin(request, &mapping, err))
        return false;
    show_choices(&mapping);
    tell_failure(&mapping);
    if (read_file(&mapping, err))
        return show(&mapping, err);
    if (err->code != ERR_INPUT)
        return false;
    mapping.error = wording_err(request, err);
    return show(&mapping, err);
}

static void read_columns(struct mapping *mapping)
{
    struct request *request = mapping->base.request;
    struct import_preview *preview = &mapping->preview;

    for (size_t i = 0; i < preview->column_count; i++) {
        struct str name = str_printf(request->arena, "column.%zu", i);

        preview->columns[i].target = request_field(request, name);
        for (size_t other = 0; other < i && preview->columns[i].target.len > 0; other++)
            if (str_equal(preview->columns[other].target, preview->columns[i].target))
                mapping->errors[i] =
                    request_text(request, STR("Another column goes to this field already."));
    }
}

static void read_places(struct mapping *mapping)
{
    struct request *request = mapping->base.request;
    struct import_options *options = &mapping->preview.options;
    struct str rest = mapping->places = str_trim(request_field(request, STR("places")));

    options->places = ARENA_ARRAY(request->arena, struct str, rest.len + 1);
    options->place_count = 0;
    while (rest.len > 0) {
        struct str place = str_trim(str_cut(&rest, ' '));

        if (place.len > 0)
            options->places[options->place_count++] = place;
    }
}

static void read_choices(struct mapping *mapping)
{
    struct request *request = mapping->base.request;
    struct import_options *options = &mapping->preview.options;

    options->keeps_existing = str_equal(request_field(request, STR("existing")), STR("skip"));
    options->classes = mapping->base.classes;
    options->valid_from = RECORD_ALWAYS;
    mapping->valid_from = str_trim(request_field(request, STR("valid_from")));
    if (mapping->valid_from.len > 0 &&
        !time_parse_day_typed(mapping->valid_from, &options->valid_from))
        mapping->valid_from_error = request_text(request, STR("Enter a date like 09.03.2026."));
    if (mapping->base.import.format == IMPORT_GAR)
        read_places(mapping);
}

/* Encoding and separator as chosen; the columns are found anew with them. */
static void read_reading(struct mapping *mapping)
{
    struct request *request = mapping->base.request;
    struct import_options *options = &mapping->base.import.options;
    struct str separator = request_field(request, STR("delimiter"));

    if (mapping->base.import.format != IMPORT_CSV)
        return;
    options->is_cp1251 = str_equal(request_field(request, STR("encoding")), STR("cp1251"));
    for (size_t i = 0; i < ARRAY_LEN(SEPARATORS); i++)
        if (str_equal(separator, str_from_z(SEPARATORS[i].value)))
            options->separator = SEPARATORS[i].separator;
}

struct check {
    struct mapping *mapping;
    struct import import;
    bool is_started;
};

static bool write_check(struct tx *tx, void *data, struct err *err)
{
    struct check *check = data;
    struct request *request = check->mapping->base.request;
    struct registry registry = request_registry(request, tx);
    int64_t job;

    return import_set(&registry, &check->import, err) &&
           (!check->is_started ||
            import_start(&registry, check->import.id, true, request->actor.account, &job, err));
}

static bool start_check(struct mapping *mapping, bool is_started, struct err *err)
{
    struct request *request = mapping->base.request;
    struct check check = {mapping, mapping->base.import, is_started};
    char separator = check.import.options.separator;
    bool is_cp1251 = check.import.options.is_cp1251;

    check.import.options = mapping->preview.options;
    check.import.options.separator = separator;
    check.import.options.is_cp1251 = is_cp1251;
    if (!request_write_wait(request, write_check, &check, err))
        return false;
    worker_wake(request->web->workers, tenant_info(request->tenant)->name);
    return true;
}

static bool is_wrong(const struct mapping *mapping)
{
    bool is_wrong = mapping->valid_from_error.len > 0;

    for (size_t i = 0; i < mapping->preview.column_count; i++)
        is_wrong |= mapping->errors[i].len > 0;
    return is_wrong;
}

/* "Read again": with another separator or encoding, nothing chosen yet. */
static bool read_again(struct mapping *mapping, struct err *err)
{
    mapping->preview.options = mapping->base.import.options;
    mapping->preview.options.column_count = 0;
    mapping->preview.options.classes = mapping->base.classes;
    return start_check(mapping, false, err) &&
           answer_redirect(mapping->base.request, import_view_path(&mapping->base, "/columns"));
}

bool page_import_columns_post(struct request *request, struct err *err)
{
    struct mapping mapping;

    if (!request_form(request, err) || !begin(request, &mapping, err))
        return false;
    read_reading(&mapping);
    if (request_field(request, STR("again")).len > 0)
        return read_again(&mapping, err);
    if (!read_file(&mapping, err))
        return false;
    read_columns(&mapping);
    read_choices(&mapping);
    mapping.status = 422;
    if (is_wrong(&mapping))
        return show(&mapping, err);
    if (start_check(&mapping, true, err))
        return answer_redirect(request, import_view_path(&mapping.base, ""));
    if (err->code != ERR_INPUT)
        return false;
    mapping.error = wording_err(request, err);
    return show(&mapping, err);
}
