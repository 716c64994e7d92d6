/*
 * Who may do what: roles come from packs (roles.json), accounts have roles, and what no
 * role grants is denied.  Compiled once per pack set into masks, so the question costs a
 * few instructions.
 *
 * Grants of a role add up over packs.  The role "guest" is everybody's, always there:
 * it reads the public fields of registers marked "public", and no pack can give it more
 * than reading public fields.
 *
 * A grant with "where" is a right on some records only.  policy_may() passes it over: who asks
 * that, asks for the whole register, and whoever may do something with a part of it is denied.
 * policy_may_some() tells that too; who asks that has to keep to the part
 * (registry/record_reach.h).
 */
#pragma once

#include "core/err.h"
#include "pack/pack.h"

enum policy_action {
    POLICY_READ = 1 << 0,
    POLICY_CREATE = 1 << 1,
    POLICY_CHANGE = 1 << 2,
    POLICY_DELETE = 1 << 3,
    POLICY_IMPORT = 1 << 4,
    POLICY_EXPORT = 1 << 5,
    POLICY_HISTORY = 1 << 6,
};

/* Field classes, and capabilities over the tenant itself. */
enum policy_class {
    POLICY_PUBLIC = 1 << 0,
    POLICY_INTERNAL = 1 << 1,
    POLICY_PERSONAL = 1 << 2,
    POLICY_SECRET = 1 << 3,
};

enum policy_admin {
    POLICY_USERS = 1 << 0,
    POLICY_PACKS = 1 << 1,
    POLICY_JOURNAL = 1 << 2,
    POLICY_JOBS = 1 << 3,
    POLICY_SETTINGS = 1 << 4,
    POLICY_IDENTIFY = 1 << 5,  /* says at the desk who a resident is */
    POLICY_DOCUMENTS = 1 << 6, /* revokes and signs the documents they read */
};

/* Of a process: to begin flows of it, to see them, to look after them, to say who does its tasks.
 */
enum policy_process {
    POLICY_BEGIN = 1 << 0,
    POLICY_WATCH = 1 << 1,
    POLICY_MANAGE = 1 << 2,
    POLICY_ASSIGN = 1 << 3,
};

/* Of a pack: to change drafts of its processes, decisions and forms; to put them live. */
enum policy_pack {
    POLICY_DRAW = 1 << 0,
    POLICY_LIVE = 1 << 1,
};

struct policy;

struct policy_role {
    struct str id;          /* "clerk" */
    struct str title;       /* msgid; "" for guest */
    struct str description; /* msgid */
    int index;              /* bit in struct policy_rights.roles */
};

enum {
    POLICY_ROLES_MAX = 63,
};

/* What one account (or a guest) may do; made at sign-in, kept with the session. */
struct policy_rights {
    uint64_t roles; /* bits by policy_role.index */
    unsigned admin; /* POLICY_USERS … */
    const struct policy *policy;
};

/* registers: the full names ("housing.house") in the order of their index. */
MUST_CHECK bool policy_compile(struct arena *arena, const struct pack_set *set,
                               const struct str *registers, size_t register_count,
                               struct policy **policy, struct err *err);
const struct policy_role *policy_roles(const struct policy *policy, size_t *count);
const struct policy_role *policy_role_find(const struct policy *policy, struct str id);
/* Equal for policies that give the same rights->roles and admin to the same role ids. */
uint64_t policy_stamp(const struct policy *policy);
/* role_ids: those of an account; unknown ones are passed over. Everybody is also a guest. */
struct policy_rights policy_rights_of(const struct policy *policy, const struct str *role_ids,
                                      size_t count);
/*
 * May these rights do action with all records of the register of that index?  *classes (may be
 * NULL): the field classes they may see (or change) with it, 0 when denied.
 */
bool policy_may(const struct policy_rights *rights, int register_index, enum policy_action action,
                unsigned *classes);
/*
 * The same with some of its records at least.  Of roles that name different classes in their
 * parts only those hold that all of them name, and what everybody may.
 */
bool policy_may_some(const struct policy_rights *rights, int register_index,
                     enum policy_action action, unsigned *classes);
/*
 * The parts, when there are only such: the conditions of action alone, of which one is enough.
 * False: it is not limited so.
 */
bool policy_is_limited(const struct policy_rights *rights, int register_index,
                       enum policy_action action);
enum {
    POLICY_WHERES_MAX = 64, /* of one role for one register and action; more are passed over */
};
size_t policy_wheres(const struct policy_rights *rights, int register_index,
                     enum policy_action action, struct str wheres[POLICY_WHERES_MAX]);
/* May these rights do that with flows of the process ("housing.inspection")? */
bool policy_may_process(const struct policy_rights *rights, struct str process,
                        enum policy_process action);
/* May they do one of these actions (POLICY_BEGIN | …) with flows of some process? */
bool policy_may_some_process(const struct policy_rights *rights, unsigned actions);
/* May these rights do that with the pack ("housing")? */
bool policy_may_pack(const struct policy_rights *rights, struct str pack, enum policy_pack action);
/*
 * Not a role: whoever ordered the service, as processes name them ("uprava:role").  No role of a
 * pack may be called so, and one that is gives nothing.
 */
bool policy_is_applicant(struct str role);
/* They have the role of that id or title. */
bool policy_has_role(const struct policy_rights *rights, struct str role);
/* The checker of roles.json for pack check. */
void policy_check_file(const struct pack_set *set, const struct pack *pack,
                       const struct pack_file *file, struct pack_findings *findings);
