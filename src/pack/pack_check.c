#include "core/arena.h"
#include "core/utf8.h"
#include "pack/pack.h"

#include <stdarg.h>
#include <stdio.h>

void pack_find(struct pack_findings *findings, struct str file, int line, const char *format, ...)
{
    struct pack_finding *finding;
    char text[ERR_TEXT_MAX];
    va_list args;

    if (findings->count++ >= PACK_FINDINGS_MAX)
        return;
    finding = ARENA_NEW(findings->arena, struct pack_finding);
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    finding->file = str_copy(findings->arena, file);
    finding->line = line;
    finding->text = str_copy(findings->arena, str_from_z(text));
    if (findings->last != NULL)
        findings->last->next = finding;
    else
        findings->first = finding;
    findings->last = finding;
}

static bool is_known_key(struct str key)
{
    static const char *const KEYS[] = {
        "$schema", "id", "version", "title", "description", "licence", "authors", "requires",
    };

    for (size_t i = 0; i < ARRAY_LEN(KEYS); i++)
        if (str_equal(str_from_z(KEYS[i]), key))
            return true;
    return false;
}

static int line_of_key(const struct pack_file *file, struct pack_findings *findings, struct str key)
{
    /* Looking for a line reads the whole text: not for what will not be shown. */
    return findings->count < PACK_FINDINGS_MAX
               ? pack_line(file->bytes, str_printf(findings->arena, "/%.*s", STR_ARG(key)))
               : 0;
}

static void check_text_key(const struct pack *pack, const struct pack_file *file, struct str key,
                           struct pack_findings *findings)
{
    const struct json *value = json_find(pack->manifest, key);

    if (value == NULL)
        pack_find(findings, file->path, 1, "\"%.*s\" is missing", STR_ARG(key));
    else if (str_trim(json_text(value)).len == 0)
        pack_find(findings, file->path, line_of_key(file, findings, key),
                  "\"%.*s\" must be a text that is not empty", STR_ARG(key));
}

static void check_required(const struct pack_set *set, const struct pack *pack,
                           const struct pack_file *file, const struct json *want,
                           struct pack_findings *findings)
{
    struct str range = json_text(want);
    const struct pack *there = pack_set_find(set, want->name);
    int line =
        pack_line(file->bytes, str_printf(findings->arena, "/requires/%.*s", STR_ARG(want->name)));

    if (!pack_range_is_valid(range))
        pack_find(findings, file->path, line,
                  "requires %.*s: write a range like \"^1\", \"^0.2\", \"1.2.3\" or \"*\"",
                  STR_ARG(want->name));
    else if (str_equal(want->name, pack->id))
        pack_find(findings, file->path, line, "a pack cannot require itself");
    else if (there == NULL)
        pack_find(findings, file->path, line, "requires %.*s %.*s, which is not there",
                  STR_ARG(want->name), STR_ARG(range));
    else if (!pack_version_fits(there->version, range))
        pack_find(findings, file->path, line, "requires %.*s %.*s, there is %.*s",
                  STR_ARG(want->name), STR_ARG(range), STR_ARG(there->version));
}

static void check_manifest(const struct pack_set *set, const struct pack *pack,
                           struct pack_findings *findings)
{
    const struct pack_file *file = pack_file_find(pack, STR("pack.json"));
    const struct json *requires = json_find(pack->manifest, STR("requires"));

    check_text_key(pack, file, STR("title"), findings);
    check_text_key(pack, file, STR("description"), findings);
    check_text_key(pack, file, STR("licence"), findings);
    for (const struct json *key = pack->manifest->first; key != NULL; key = key->next)
        if (!is_known_key(key->name))
            pack_find(findings, file->path, line_of_key(file, findings, key->name),
                      "\"%.*s\" means nothing here", STR_ARG(key->name));
    if (requires == NULL)
        return;
    if (requires->kind != JSON_OBJECT) {
        pack_find(findings, file->path, line_of_key(file, findings, STR("requires")),
                  "\"requires\" must be an object like {\"base\": \"^1\"}");
        return;
    }
    for (const struct json *want = requires->first; want != NULL; want = want->next)
        check_required(set, pack, file, want, findings);
}

/* json_parse says "line N, column M" somewhere in its sentence. */
static int line_in(struct str text)
{
    size_t at = str_find(text, STR("line "));
    int line = 0;

    for (at += 5; at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9'; at++)
        line = line * 10 + (text.ptr[at] - '0');
    return line;
}

static bool is_text(struct str path)
{
    static const char *const ENDINGS[] = {
        ".json", ".csv", ".txt",  ".md",  ".po",   ".mustache",
        ".case", ".xml", ".bpmn", ".dmn", ".xslt", ".geojson",
    };

    for (size_t i = 0; i < ARRAY_LEN(ENDINGS); i++)
        if (str_ends(path, str_from_z(ENDINGS[i])))
            return true;
    return false;
}

/* The line of the first byte that is no UTF-8. */
static int line_of_bad_byte(struct str text)
{
    int line = 1;

    while (text.len > 0) {
        size_t end = MIN(str_find_char(text, '\n') + 1, text.len);

        if (!utf8_is_valid(str_slice(text, 0, end)))
            return line;
        text = str_slice(text, end, text.len);
        line++;
    }
    return line;
}

/* False when a checker could make nothing of it. */
static bool check_bytes(const struct pack_file *file, struct pack_findings *findings)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct err err = {0};
    struct json *json;

    if (!is_text(file->path))
        return true;
    if (!utf8_is_valid(file->bytes)) {
        pack_find(findings, file->path, line_of_bad_byte(file->bytes), "is not UTF-8");
        return false;
    }
    if (str_starts(file->bytes, STR("\xef\xbb\xbf")))
        pack_find(findings, file->path, 1, "begins with a byte order mark: save it without");
    if (str_find_char(file->bytes, '\r') < file->bytes.len)
        pack_find(findings, file->path, 0, "has lines ending in CR: save it with LF alone");
    if (str_ends(file->path, STR(".json")) &&
        !json_parse(scratch, file->bytes, NULL, &json, &err)) {
        struct str text = str_from_z(err.text);

        pack_find(findings, file->path, line_in(text), "%.*s", STR_ARG(text));
        return false;
    }
    return true;
}

static bool is_in(struct str path, struct str folder)
{
    return str_starts(path, folder) && (path.len == folder.len || path.ptr[folder.len] == '/');
}

/* Folders the format names (docs/reference/packs.md) whose files need no checker. */
static bool is_known_place(struct str path)
{
    static const char *const PLACES[] = {
        "pack.json", "README.md", "LICENSE",    "tests",   "seed",
        "i18n",      "lists",     "crosswalks", "imports", "words",
    };

    for (size_t i = 0; i < ARRAY_LEN(PLACES); i++)
        if (is_in(path, str_from_z(PLACES[i])))
            return true;
    return false;
}

void pack_check(const struct pack_set *set, const struct pack *pack,
                const struct pack_checker *checkers, size_t checker_count,
                struct pack_findings *findings)
{
    check_manifest(set, pack, findings);
    if (pack_file_find(pack, STR("README.md")) == NULL)
        pack_find(findings, STR("README.md"), 0,
                  "is missing: say which problem the pack solves, and for whom");
    for (size_t i = 0; i < pack->file_count; i++) {
        const struct pack_file *file = &pack->files[i];
        bool is_readable = check_bytes(file, findings);
        bool is_known = is_known_place(file->path);

        for (size_t j = 0; j < checker_count; j++) {
            if (!is_in(file->path, checkers[j].folder))
                continue;
            is_known = true;
            if (is_readable)
                checkers[j].check(set, pack, file, findings);
        }
        if (!is_known)
            pack_find(findings, file->path, 0,
                      "nothing in this version of the engine reads files of that name");
    }
}
