/*
 * GeoJSON: a FeatureCollection (RFC 7946), cut into its features while it is read, so that
 * memory is bounded by the largest feature.  Columns: the properties the first features
 * have, "id" and "geometry".
 */
#include "core/vec.h"
#include "registry/source.h"

#include <string.h>

enum {
    HEAD_FEATURES = 1000, /* looked at for columns */
    HEAD_BYTES = 4 * 1024 * 1024,
    BLOCK = 64 * 1024,
    DEPTH_MAX = 64,
};

struct features {
    struct source_bytes *bytes;
    struct buf buf;
    size_t at; /* what stands before it is done with */
    bool is_eof;
    bool is_inside; /* of the array of features */
    bool is_over;
    int64_t number;
    struct arena *arena;
    VEC(struct str) columns;
    struct map known;
    VEC(struct str) head; /* features looked at for columns, given again from here */
    size_t head_at;
};

static bool fill(struct features *features, struct err *err)
{
    size_t got;

    if (features->at > 0) {
        memmove(features->buf.ptr, features->buf.ptr + features->at,
                features->buf.len - features->at);
        features->buf.len -= features->at;
        features->at = 0;
    }
    if (!source_read(features->bytes, buf_room(&features->buf, BLOCK), BLOCK, &got, err))
        return false;
    features->buf.len += got;
    features->is_eof = got == 0;
    return true;
}

/* The next byte that is no blank, not taken; '\0' at the end of the file. */
static bool peek(struct features *features, char *c, struct err *err)
{
    for (;;) {
        while (features->at < features->buf.len) {
            *c = features->buf.ptr[features->at];
            if (*c != ' ' && *c != '\n' && *c != '\r' && *c != '\t')
                return true;
            features->at++;
        }
        *c = '\0';
        if (features->is_eof)
            return true;
        if (!fill(features, err))
            return false;
    }
}

static bool is_value_end(char c)
{
    return c == ',' || c == '}' || c == ']' || c == ' ' || c == '\n' || c == '\r' || c == '\t' ||
           c == ':';
}

/* State of the walk over one value: how deep, and whether inside a text. */
struct walk {
    int depth;
    bool in_text, is_escaped, has_begun;
};

/* Takes one byte; true when the value ended before it (is_before) or with it. */
static bool step(struct walk *walk, char c, bool *is_before)
{
    *is_before = false;
    if (walk->in_text) {
        if (!walk->is_escaped && c == '"')
            walk->in_text = false;
        walk->is_escaped = !walk->is_escaped && c == '\\';
        return !walk->in_text && walk->depth == 0;
    }
    if (walk->depth == 0 && walk->has_begun && is_value_end(c)) {
        *is_before = true;
        return true;
    }
    walk->has_begun = true;
    if (c == '"')
        walk->in_text = true;
    else if (c == '{' || c == '[')
        walk->depth++;
    else if (c == '}' || c == ']')
        return --walk->depth <= 0;
    return false;
}

/* One whole JSON value, whatever it is, as it stands; its bytes live until the next call. */
static bool take_value(struct features *features, struct str *value, struct err *err)
{
    struct walk walk = {0};
    size_t len = 0;
    char c;

    if (!peek(features, &c, err))
        return false;
    for (;;) {
        while (features->at + len < features->buf.len) {
            bool is_before;

            c = features->buf.ptr[features->at + len];
            if (step(&walk, c, &is_before)) {
                len += !is_before;
                *value = (struct str){features->buf.ptr + features->at, len};
                features->at += len;
                return true;
            }
            len++;
            if (walk.depth > DEPTH_MAX)
                return err_set(err, ERR_LIMIT, "a value is nested deeper than %d", DEPTH_MAX);
        }
        if (len > SOURCE_ROW_MAX)
            return err_set(err, ERR_LIMIT, "feature %lld is larger than %d bytes",
                           (long long)features->number + 1, SOURCE_ROW_MAX);
        if (features->is_eof)
            return err_set(err, ERR_INPUT, "the file ends in the middle: is it whole?");
        if (!fill(features, err))
            return false;
    }
}

static bool expect(struct features *features, char want, struct err *err)
{
    char c;

    if (!peek(features, &c, err))
        return false;
    if (c != want)
        return err_set(err, ERR_INPUT, "this is no GeoJSON: \"%c\" is missing after byte %lld",
                       want,
                       (long long)(features->bytes->source->position -
                                   (int64_t)(features->buf.len - features->at)));
    features->at++;
    return true;
}

/* Walks over the collection's members until its features begin. */
static bool enter(struct features *features, struct err *err)
{
    struct str name;
    struct str value;
    char c;

    if (!expect(features, '{', err))
        return false;
    for (;;) {
        if (!peek(features, &c, err))
            return false;
        if (c != '"')
            return err_set(err, ERR_INPUT, "the GeoJSON has no \"features\"");
        if (!take_value(features, &name, err))
            return false;
        bool is_features = str_equal(name, STR("\"features\""));
        if (!expect(features, ':', err))
            return false;
        if (is_features) {
            features->is_inside = true;
            return expect(features, '[', err);
        }
        if (!take_value(features, &value, err) || !peek(features, &c, err))
            return false;
        if (c == ',')
            features->at++;
    }
}

/* The next feature's bytes; ptr NULL when there is none. */
static bool next_feature(struct features *features, struct str *feature, struct err *err)
{
    char c;

    *feature = (struct str){0};
    if (features->is_over || !peek(features, &c, err))
        return features->is_over;
    if (c == ']') {
        features->is_over = true;
        return true;
    }
    if (features->number > 0 && (!expect(features, ',', err) || !peek(features, &c, err)))
        return false;
    if (c != '{')
        return err_set(err, ERR_INPUT, "feature %lld is no JSON object",
                       (long long)features->number + 1);
    features->number++;
    return take_value(features, feature, err);
}

static void add_column(struct features *features, struct str name)
{
    struct str own;

    if (features->columns.count >= SOURCE_COLUMNS_MAX || map_find(&features->known, name) != NULL)
        return;
    own = str_copy(features->arena, name);
    map_put(&features->known, own, features);
    VEC_PUSH(features->arena, &features->columns, own);
}

static void add_columns(struct features *features, const struct json *json)
{
    const struct json *properties = json_find(json, STR("properties"));

    if (json_find(json, STR("id")) != NULL)
        add_column(features, STR("id"));
    for (const struct json *member = properties != NULL ? properties->first : NULL; member != NULL;
         member = member->next)
        add_column(features, member->name);
    if (json_find(json, STR("geometry")) != NULL)
        add_column(features, STR("geometry"));
}

static void fill_row(struct source *source, struct arena *arena, const struct json *json,
                     struct source_row *row)
{
    struct source_cell *cells = ARENA_ARRAY(arena, struct source_cell, source->column_count + 1);

    for (size_t i = 0; i < source->column_count; i++) {
        const struct json *value =
            json_find(json_find(json, STR("properties")), source->columns[i]);

        if (value == NULL && (str_equal(source->columns[i], STR("geometry")) ||
                              str_equal(source->columns[i], STR("id"))))
            value = json_find(json, source->columns[i]);
        cells[i].json = value;
        cells[i].is_absent = value == NULL;
    }
    row->cells = cells;
}

static bool next_row(struct source *source, struct arena *arena, struct source_row *row,
                     struct err *err)
{
    struct features *features = source->data;
    struct str feature;
    struct json *json;
    struct err fault;

    *row = (struct source_row){0};
    if (features->head_at < features->head.count) {
        feature = features->head.items[features->head_at++];
        row->line = (int64_t)features->head_at;
    } else {
        if (!next_feature(features, &feature, err))
            return false;
        row->line = features->number;
    }
    if (feature.ptr == NULL)
        return true;
    feature = str_copy(arena, feature);
    if (json_parse(arena, feature, &(struct json_limits){.bytes = SOURCE_ROW_MAX}, &json, &fault))
        fill_row(source, arena, json, row);
    else
        row->fault = str_copy(arena, str_from_z(fault.text));
    return true;
}

/* Reads the first features for their columns. */
static bool read_head(struct features *features, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(64 * 1024);
    size_t bytes = 0;

    while (features->head.count < HEAD_FEATURES && bytes < HEAD_BYTES) {
        struct str feature;
        struct json *json;
        struct err fault;

        if (!next_feature(features, &feature, err))
            return false;
        if (feature.ptr == NULL)
            return true;
        feature = str_copy(features->arena, feature);
        bytes += feature.len;
        VEC_PUSH(features->arena, &features->head, feature);
        arena_reset(scratch);
        if (json_parse(scratch, feature, &(struct json_limits){.bytes = SOURCE_ROW_MAX}, &json,
                       &fault))
            add_columns(features, json);
    }
    return true;
}

bool source_geojson_open(struct arena *arena, struct source_bytes *bytes, struct err *err)
{
    struct features *features = ARENA_NEW(arena, struct features);
    struct source *source = bytes->source;

    features->bytes = bytes;
    features->arena = features->buf.arena = features->known.arena = arena;
    if (!fill(features, err))
        return false;
    if (str_starts(buf_str(&features->buf), STR("\xEF\xBB\xBF")))
        features->at = 3;
    if (!enter(features, err) || !read_head(features, err))
        return false;
    source->columns = features->columns.items;
    source->column_count = features->columns.count;
    source->next = next_row;
    source->data = features;
    return features->columns.count > 0 ||
           err_set(err, ERR_INPUT, "the GeoJSON has no features with properties or geometry");
}
