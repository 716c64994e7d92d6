/* roles.json, looked at by pack check: everything policy.c passes over in silence. */
#include "auth/policy.h"
#include "auth/policy_words.h"
#include "core/arena.h"

#include <stdarg.h>
#include <stdio.h>

enum {
    ROLE_ID_MAX = 40,
};

struct checking {
    const struct pack_set *set;
    const struct pack *pack;
    const struct pack_file *file;
    struct pack_findings *findings;
    char pointer[80]; /* to the role, or its grant */
    bool is_guest;
};

PRINTF(3)
static void tell(struct checking *it, const char *key, const char *format, ...)
{
    char pointer[sizeof it->pointer + 40];
    char text[ERR_TEXT_MAX];
    va_list args;

    if (it->findings->count >= PACK_FINDINGS_MAX)
        return; /* looking for a line reads the whole text */
    snprintf(pointer, sizeof pointer, "%s%s", it->pointer, key);

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    pack_find(it->findings, it->file->path, pack_line(it->file->bytes, str_from_z(pointer)), "%s",
              text);
}

static bool is_among(struct str word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(word, str_from_z(words[i])))
            return true;
    return false;
}

static void check_keys(struct checking *it, const struct json *object, const char *const *keys,
                       size_t count)
{
    for (const struct json *member = object->first; member != NULL; member = member->next)
        if (!is_among(member->name, keys, count))
            tell(it, "", "\"%.*s\" means nothing here", STR_ARG(member->name));
}

/* A list of words; guest_bits are those a guest may have. */
static void check_words(struct checking *it, const struct json *object, const char *key,
                        unsigned (*bit_of)(struct str word), unsigned guest_bits)
{
    const struct json *list = json_find(object, str_from_z(key));
    char pointer[32];

    snprintf(pointer, sizeof pointer, "/%s", key);
    if (list == NULL || list->kind != JSON_ARRAY || list->count == 0) {
        tell(it, list == NULL ? "" : pointer, "\"%s\" must be a list with at least one word", key);
        return;
    }
    int at = 0;
    for (const struct json *item = list->first; item != NULL; item = item->next, at++) {
        unsigned bit = bit_of(json_text(item));

        snprintf(pointer, sizeof pointer, "/%s/%d", key, at);
        if (bit == 0)
            tell(it, pointer, "there is no \"%.*s\" in this list of words",
                 STR_ARG(json_text(item)));
        else if (it->is_guest && (bit & guest_bits) == 0)
            tell(it, pointer, "a guest may only read public fields, not have \"%.*s\"",
                 STR_ARG(json_text(item)));
    }
}

static const struct pack *find_pack(const struct checking *it, struct str id)
{
    return str_equal(id, it->pack->id) ? it->pack : pack_set_find(it->set, id);
}

static void check_pattern(struct checking *it, struct str pattern)
{
    struct str name = pattern;
    struct str pack_id = str_cut(&name, '.');
    const struct pack *pack = find_pack(it, pack_id);

    if (str_equal(pattern, STR("*")) || (pack != NULL && str_equal(name, STR("*"))))
        return;
    struct str path = str_printf(it->findings->arena, "registers/%.*s.json", STR_ARG(name));
    if (pack == NULL || pack_file_find(pack, path) == NULL)
        tell(it, "/register", "there is no register \"%.*s\"; write housing.house, housing.* or *",
             STR_ARG(pattern));
}

static void check_process_grant(struct checking *it, const struct json *grant)
{
    static const char *const KEYS[] = {"process", "actions"};
    struct str pattern = json_find_text(grant, STR("process"));
    struct str name = pattern;
    const struct pack *pack = find_pack(it, str_cut(&name, '.'));
    struct str path = str_printf(it->findings->arena, "processes/%.*s.bpmn", STR_ARG(name));

    check_keys(it, grant, KEYS, ARRAY_LEN(KEYS));
    if (!str_equal(pattern, STR("*")) && (pack == NULL || !str_equal(name, STR("*"))) &&
        (pack == NULL || pack_file_find(pack, path) == NULL))
        tell(it, "/process",
             "there is no process \"%.*s\"; write housing.inspection, housing.* or *",
             STR_ARG(pattern));
    check_words(it, grant, "actions", policy_process_of, 0);
}

static void check_pack_grant(struct checking *it, const struct json *grant)
{
    static const char *const KEYS[] = {"pack", "actions"};
    struct str id = json_find_text(grant, STR("pack"));

    check_keys(it, grant, KEYS, ARRAY_LEN(KEYS));
    if (!str_equal(id, STR("*")) && find_pack(it, id) == NULL)
        tell(it, "/pack", "there is no pack \"%.*s\"; write housing or *", STR_ARG(id));
    check_words(it, grant, "actions", policy_pack_of, 0);
}

static void check_grant(struct checking *it, const struct json *grant)
{
    static const char *const KEYS[] = {"register", "actions", "classes", "where"};

    if (grant->kind != JSON_OBJECT) {
        tell(it, "", "a grant must be an object with register, actions, classes");
        return;
    }
    if (json_find(grant, STR("process")) != NULL) {
        check_process_grant(it, grant);
        return;
    }
    if (json_find(grant, STR("pack")) != NULL) {
        check_pack_grant(it, grant);
        return;
    }
    check_keys(it, grant, KEYS, ARRAY_LEN(KEYS));
    check_pattern(it, json_find_text(grant, STR("register")));
    check_words(it, grant, "actions", policy_action_of, POLICY_READ);
    check_words(it, grant, "classes", policy_class_of, POLICY_PUBLIC);
}

static bool id_is_valid(struct str id)
{
    if (id.len == 0 || id.len > ROLE_ID_MAX || id.ptr[0] < 'a' || id.ptr[0] > 'z')
        return false;
    for (size_t i = 0; i < id.len; i++) {
        char c = id.ptr[i];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'))
            return false;
    }
    return true;
}

static bool has_title(const struct pack *pack, struct str id, struct arena *arena)
{
    const struct pack_file *file = pack_file_find(pack, STR("roles.json"));
    struct json *roles;
    struct err err;

    if (file == NULL || !json_parse(arena, file->bytes, NULL, &roles, &err) ||
        roles->kind != JSON_ARRAY)
        return false;
    for (const struct json *role = roles->first; role != NULL; role = role->next)
        if (str_equal(json_find_text(role, STR("id")), id) &&
            json_find_text(role, STR("title")).len > 0)
            return true;
    return false;
}

/* Somebody must name the role to people: this pack, or one that is there too. */
static void check_title(struct checking *it, const struct json *role, struct str id)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);

    if (json_find_text(role, STR("title")).len > 0 || it->is_guest)
        return;
    for (size_t i = 0; i < it->set->count; i++)
        if (has_title(it->set->packs[i], id, scratch))
            return;
    tell(it, "", "role \"%.*s\" has no \"title\", here or in a pack this one requires",
         STR_ARG(id));
}

static void check_role(struct checking *it, const struct json *role)
{
    static const char *const KEYS[] = {"id", "title", "description", "grants", "admin"};
    struct str id = json_find_text(role, STR("id"));
    const struct json *grants = json_find(role, STR("grants"));
    char pointer[sizeof it->pointer];

    it->is_guest = str_equal(id, STR("guest"));
    if (!id_is_valid(id)) {
        tell(it, "", "a role needs an \"id\" like \"clerk\": a-z 0-9 _ -, a letter first");
        return;
    }
    if (policy_is_applicant(id) || policy_is_applicant(json_find_text(role, STR("title"))))
        tell(it, "",
             "a role cannot be called \"applicant\": in processes that is whoever ordered "
             "the service");
    check_keys(it, role, KEYS, ARRAY_LEN(KEYS));
    check_title(it, role, id);
    if (json_find(role, STR("admin")) != NULL)
        check_words(it, role, "admin", policy_admin_of, 0);
    if (grants == NULL)
        return;
    if (grants->kind != JSON_ARRAY) {
        tell(it, "/grants", "\"grants\" must be a list");
        return;
    }
    snprintf(pointer, sizeof pointer, "%s", it->pointer);
    int at = 0;
    for (const struct json *grant = grants->first; grant != NULL; grant = grant->next, at++) {
        snprintf(it->pointer, sizeof it->pointer, "%.40s/grants/%d", pointer, at);
        check_grant(it, grant);
    }
}

static bool is_again(const struct json *roles, const struct json *role)
{
    struct str id = json_find_text(role, STR("id"));

    for (const struct json *before = roles->first; before != role; before = before->next)
        if (str_equal(json_find_text(before, STR("id")), id))
            return true;
    return false;
}

void policy_check_file(const struct pack_set *set, const struct pack *pack,
                       const struct pack_file *file, struct pack_findings *findings)
{
    struct checking it = {.set = set, .pack = pack, .file = file, .findings = findings};
    struct json *roles;
    struct err err;
    int at = 0;

    if (!json_parse(findings->arena, file->bytes, NULL, &roles, &err)) {
        pack_find(findings, file->path, 0, "%s", err.text);
        return;
    }
    if (roles->kind != JSON_ARRAY) {
        pack_find(findings, file->path, 1, "must be a list of roles");
        return;
    }
    if (roles->count >= POLICY_ROLES_MAX) {
        pack_find(findings, file->path, 1, "names more than %d roles", POLICY_ROLES_MAX - 1);
        return;
    }
    for (const struct json *role = roles->first; role != NULL; role = role->next, at++) {
        snprintf(it.pointer, sizeof it.pointer, "/%d", at);
        check_role(&it, role);
        if (is_again(roles, role)) {
            snprintf(it.pointer, sizeof it.pointer, "/%d", at);
            tell(&it, "", "role \"%.*s\" is there twice: put its grants together",
                 STR_ARG(json_find_text(role, STR("id"))));
        }
    }
}
