#include "auth/policy.h"

#include "auth/policy_words.h"
#include "core/arena.h"
#include "core/hash.h"
#include "core/vec.h"

#include <string.h>

/*
 * A mask is seven times four bits: by action, the classes it is granted for.  The masks
 * of one register stand side by side, a role each, so a question reads one or two lines
 * of cache.
 */
struct named_grant {
    struct str pattern;
    unsigned actions;
    int role;
};

/* A grant on some records of one register. */
struct limited_grant {
    int register_index;
    int role;
    uint32_t mask;
    struct str where; /* FEEL */
};

struct policy {
    struct policy_role *roles;
    unsigned *admin; /* by role */
    size_t role_count;
    uint32_t *masks; /* [register][role] */
    size_t register_count;
    VEC(struct named_grant) processes; /* few: looked through */
    VEC(struct named_grant) packs;     /* likewise */
    VEC(struct limited_grant) limited; /* likewise */
    uint64_t *limited_roles;           /* by register: those with a limited grant on it */
    uint64_t stamp;
};

static const unsigned char SHIFT[POLICY_HISTORY + 1] = {
    [POLICY_READ] = 0,    [POLICY_CREATE] = 4,  [POLICY_CHANGE] = 8,   [POLICY_DELETE] = 12,
    [POLICY_IMPORT] = 16, [POLICY_EXPORT] = 20, [POLICY_HISTORY] = 24,
};

struct compiling {
    struct arena *arena;
    struct policy *policy;
    const struct str *registers;
};

static struct policy_role *find_role(const struct policy *policy, struct str id)
{
    for (size_t i = 0; i < policy->role_count; i++)
        if (str_equal(policy->roles[i].id, id))
            return &policy->roles[i];
    return NULL;
}

static struct policy_role *add_role(struct policy *policy, struct str id, struct err *err)
{
    if (policy->role_count == POLICY_ROLES_MAX) {
        err_set(err, ERR_LIMIT, "the packs name more than %d roles", POLICY_ROLES_MAX - 1);
        return NULL;
    }
    struct policy_role *role = &policy->roles[policy->role_count];
    *role = (struct policy_role){.id = id, .index = (int)policy->role_count};
    policy->role_count++;
    return role;
}

static unsigned words_of(const struct json *list, unsigned (*word)(struct str text))
{
    unsigned bits = 0;

    if (list == NULL || list->kind != JSON_ARRAY)
        return 0;
    for (const struct json *item = list->first; item != NULL; item = item->next)
        bits |= word(json_text(item));
    return bits;
}

static uint32_t mask_of(unsigned actions, unsigned classes)
{
    uint32_t mask = 0;

    for (unsigned action = POLICY_READ; action <= POLICY_HISTORY; action <<= 1)
        if (actions & action)
            mask |= (uint32_t)classes << SHIFT[action];
    return mask;
}

/* One that says "where" gives nothing of the whole register, whatever stands there. */
static void add_limited(struct compiling *it, const struct policy_role *role, size_t at,
                        uint32_t mask, const struct json *where)
{
    struct limited_grant grant = {(int)at, role->index, mask,
                                  str_copy(it->arena, json_text(where))};

    if (role->index == 0 || mask == 0)
        return;
    VEC_PUSH(it->arena, &it->policy->limited, grant);
    it->policy->limited_roles[at] |= UINT64_C(1) << role->index;
}

/* Of processes or of packs, by their names. */
static void add_named(struct compiling *it, const struct policy_role *role,
                      const struct json *grant)
{
    const struct json *actions = json_find(grant, STR("actions"));
    struct str process = json_find_text(grant, STR("process"));
    struct named_grant given = {.role = role->index};

    if (role->index == 0)
        return;
    if (process.len > 0) {
        given.pattern = str_copy(it->arena, process);
        given.actions = words_of(actions, policy_process_of);
        VEC_PUSH(it->arena, &it->policy->processes, given);
        return;
    }
    given.pattern = str_copy(it->arena, json_find_text(grant, STR("pack")));
    given.actions = words_of(actions, policy_pack_of);
    VEC_PUSH(it->arena, &it->policy->packs, given);
}

static void compile_grant(struct compiling *it, const struct policy_role *role,
                          const struct json *grant)
{
    struct str pattern = json_find_text(grant, STR("register"));
    struct str process = json_find_text(grant, STR("process"));
    struct str pack = json_find_text(grant, STR("pack"));
    unsigned actions = words_of(json_find(grant, STR("actions")), policy_action_of);
    unsigned classes = words_of(json_find(grant, STR("classes")), policy_class_of);
    const struct json *where = json_find(grant, STR("where"));

    if (process.len > 0 || pack.len > 0) {
        add_named(it, role, grant);
        return;
    }
    if (role->index == 0) {
        actions &= POLICY_READ;
        classes &= POLICY_PUBLIC;
    }
    for (size_t i = 0; i < it->policy->register_count; i++) {
        if (!policy_pattern_fits(pattern, it->registers[i]))
            continue;
        if (where != NULL)
            add_limited(it, role, i, mask_of(actions, classes), where);
        else
            it->policy->masks[i * POLICY_ROLES_MAX + (size_t)role->index] |=
                mask_of(actions, classes);
    }
}

static bool compile_role(struct compiling *it, const struct json *json, struct err *err)
{
    struct str id = json_find_text(json, STR("id"));
    const struct json *grants = json_find(json, STR("grants"));
    struct policy_role *role = find_role(it->policy, id);

    if (id.len == 0)
        return err_set(err, ERR_INPUT, "roles.json: a role has no \"id\"");
    if (policy_is_applicant(id) || policy_is_applicant(json_find_text(json, STR("title"))))
        return true; /* it would do what is asked of people about their own cases */
    if (role == NULL)
        role = add_role(it->policy, str_copy(it->arena, id), err);
    if (role == NULL)
        return false;
    if (role->title.len == 0)
        role->title = str_copy(it->arena, json_find_text(json, STR("title")));
    if (role->description.len == 0)
        role->description = str_copy(it->arena, json_find_text(json, STR("description")));
    if (role->index > 0)
        it->policy->admin[role->index] |= words_of(json_find(json, STR("admin")), policy_admin_of);
    if (grants != NULL && grants->kind == JSON_ARRAY)
        for (const struct json *grant = grants->first; grant != NULL; grant = grant->next)
            compile_grant(it, role, grant);
    return true;
}

static bool compile_pack(struct compiling *it, const struct pack *pack, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    const struct pack_file *file = pack_file_find(pack, STR("roles.json"));
    struct json *roles;

    if (file == NULL)
        return true;
    if (!json_parse(scratch, file->bytes, NULL, &roles, err))
        return err_while(err, "pack %.*s: roles.json", STR_ARG(pack->id));
    if (roles->kind != JSON_ARRAY)
        return err_set(err, ERR_INPUT, "pack %.*s: roles.json must be a list", STR_ARG(pack->id));
    for (const struct json *role = roles->first; role != NULL; role = role->next)
        if (!compile_role(it, role, err))
            return err_while(err, "pack %.*s", STR_ARG(pack->id));
    return true;
}

static bool is_public(const struct pack_file *file)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct json *schema;
    struct err err;

    return json_parse(scratch, file->bytes, NULL, &schema, &err) &&
           json_is_true(json_find(json_find(schema, STR("x-uprava")), STR("public")));
}

/* What a guest may read is said in the register itself: "public" at its top. */
static void compile_register(struct compiling *it, const struct pack_set *set, size_t at)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct str name = it->registers[at];
    const struct pack *pack = pack_set_find(set, str_cut(&name, '.'));
    struct str path = str_printf(scratch, "registers/%.*s.json", STR_ARG(name));
    const struct pack_file *file = pack == NULL ? NULL : pack_file_find(pack, path);

    if (file != NULL && is_public(file))
        it->policy->masks[at * POLICY_ROLES_MAX] |= mask_of(POLICY_READ, POLICY_PUBLIC);
}

static uint64_t stamp_of(const struct policy *policy)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct buf text = {.arena = scratch};

    for (size_t i = 0; i < policy->role_count; i++)
        buf_printf(&text, "%.*s %u\n", STR_ARG(policy->roles[i].id), policy->admin[i]);
    return hash_bytes(buf_str(&text));
}

bool policy_compile(struct arena *arena, const struct pack_set *set, const struct str *registers,
                    size_t register_count, struct policy **policy, struct err *err)
{
    struct policy *made = ARENA_NEW(arena, struct policy);
    struct compiling it = {arena, made, registers};

    made->roles = ARENA_ARRAY(arena, struct policy_role, POLICY_ROLES_MAX);
    made->admin = ARENA_ARRAY(arena, unsigned, POLICY_ROLES_MAX);
    made->masks = ARENA_ARRAY(arena, uint32_t, register_count * POLICY_ROLES_MAX + 1);
    made->limited_roles = ARENA_ARRAY(arena, uint64_t, register_count + 1);
    made->register_count = register_count;
    if (add_role(made, STR("guest"), err) == NULL)
        return false;
    for (size_t i = 0; i < set->count; i++)
        if (!compile_pack(&it, set->packs[i], err))
            return false;
    for (size_t i = 0; i < register_count; i++)
        compile_register(&it, set, i);
    made->stamp = stamp_of(made);
    *policy = made;
    return true;
}

const struct policy_role *policy_roles(const struct policy *policy, size_t *count)
{
    *count = policy->role_count;
    return policy->roles;
}

const struct policy_role *policy_role_find(const struct policy *policy, struct str id)
{
    return find_role(policy, id);
}

uint64_t policy_stamp(const struct policy *policy)
{
    return policy->stamp;
}

struct policy_rights policy_rights_of(const struct policy *policy, const struct str *role_ids,
                                      size_t count)
{
    struct policy_rights rights = {.roles = 1, .policy = policy};

    for (size_t i = 0; i < count; i++) {
        const struct policy_role *role = find_role(policy, role_ids[i]);

        if (role != NULL) {
            rights.roles |= UINT64_C(1) << role->index;
            rights.admin |= policy->admin[role->index];
        }
    }
    return rights;
}

static bool is_register(const struct policy *policy, int register_index)
{
    return policy != NULL && register_index >= 0 && (size_t)register_index < policy->register_count;
}

/* What those of the roles give for whole registers. */
static unsigned classes_of(const struct policy *policy, uint64_t roles, int register_index,
                           enum policy_action action)
{
    const uint32_t *masks = policy->masks + (size_t)register_index * POLICY_ROLES_MAX;
    uint32_t mask = 0;

    for (; roles != 0; roles >>= 1, masks++)
        if (roles & 1)
            mask |= *masks;
    return (mask >> SHIFT[action]) & 15;
}

static unsigned limited_classes(const struct limited_grant *grant,
                                const struct policy_rights *rights, int register_index,
                                enum policy_action action)
{
    if (grant->register_index != register_index || (rights->roles >> grant->role & 1) == 0)
        return 0;
    return (grant->mask >> SHIFT[action]) & 15;
}

/* What everybody may does not widen it: whoever is given a part of a register works in it. */
bool policy_is_limited(const struct policy_rights *rights, int register_index,
                       enum policy_action action)
{
    const struct policy *policy = rights->policy;

    if (!is_register(policy, register_index) ||
        (policy->limited_roles[register_index] & rights->roles) == 0 ||
        classes_of(policy, rights->roles & ~UINT64_C(1), register_index, action) != 0)
        return false;
    for (size_t i = 0; i < policy->limited.count; i++)
        if (limited_classes(&policy->limited.items[i], rights, register_index, action) != 0)
            return true;
    return false;
}

static bool tell(unsigned granted, unsigned *classes)
{
    if (classes != NULL)
        *classes = granted;
    return granted != 0;
}

bool policy_may(const struct policy_rights *rights, int register_index, enum policy_action action,
                unsigned *classes)
{
    const struct policy *policy = rights->policy;

    if (!is_register(policy, register_index))
        return tell(0, classes);
    if ((policy->limited_roles[register_index] & rights->roles) != 0 &&
        (policy_is_limited(rights, register_index, POLICY_READ) ||
         policy_is_limited(rights, register_index, action)))
        return tell(0, classes);
    return tell(classes_of(policy, rights->roles, register_index, action), classes);
}

bool policy_may_some(const struct policy_rights *rights, int register_index,
                     enum policy_action action, unsigned *classes)
{
    const struct policy *policy = rights->policy;
    unsigned common = ~0U;

    if (!is_register(policy, register_index))
        return tell(0, classes);
    if (!policy_is_limited(rights, register_index, action))
        return tell(classes_of(policy, rights->roles, register_index, action), classes);
    for (size_t i = 0; i < policy->limited.count; i++) {
        unsigned one = limited_classes(&policy->limited.items[i], rights, register_index, action);

        if (one != 0)
            common &= one;
    }
    return tell(common | classes_of(policy, 1, register_index, action), classes);
}

size_t policy_wheres(const struct policy_rights *rights, int register_index,
                     enum policy_action action, struct str wheres[POLICY_WHERES_MAX])
{
    const struct policy *policy = rights->policy;
    size_t count = 0;

    for (size_t i = 0; i < policy->limited.count && count < POLICY_WHERES_MAX; i++)
        if (limited_classes(&policy->limited.items[i], rights, register_index, action) != 0)
            wheres[count++] = policy->limited.items[i].where;
    return count;
}

bool policy_may_process(const struct policy_rights *rights, struct str process,
                        enum policy_process action)
{
    const struct policy *policy = rights->policy;

    for (size_t i = 0; policy != NULL && i < policy->processes.count; i++) {
        const struct named_grant *grant = &policy->processes.items[i];

        if ((grant->actions & action) != 0 && (rights->roles >> grant->role & 1) != 0 &&
            policy_pattern_fits(grant->pattern, process))
            return true;
    }
    return false;
}

bool policy_may_some_process(const struct policy_rights *rights, unsigned actions)
{
    const struct policy *policy = rights->policy;

    for (size_t i = 0; policy != NULL && i < policy->processes.count; i++)
        if ((policy->processes.items[i].actions & actions) != 0 &&
            (rights->roles >> policy->processes.items[i].role & 1) != 0)
            return true;
    return false;
}

bool policy_may_pack(const struct policy_rights *rights, struct str pack, enum policy_pack action)
{
    const struct policy *policy = rights->policy;

    for (size_t i = 0; policy != NULL && i < policy->packs.count; i++) {
        const struct named_grant *grant = &policy->packs.items[i];

        if ((grant->actions & action) != 0 && (rights->roles >> grant->role & 1) != 0 &&
            policy_pattern_fits(grant->pattern, pack))
            return true;
    }
    return false;
}

bool policy_is_applicant(struct str role)
{
    return str_equal(role, STR("applicant"));
}

bool policy_has_role(const struct policy_rights *rights, struct str role)
{
    const struct policy *policy = rights->policy;

    for (size_t i = 1; policy != NULL && role.len > 0 && i < policy->role_count; i++)
        if ((rights->roles >> i & 1) != 0 &&
            (str_equal(policy->roles[i].id, role) || str_equal(policy->roles[i].title, role)))
            return true;
    return false;
}
