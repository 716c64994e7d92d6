/*
 * The data directory: its lock, and the files made in it.
 *
 *     lock              held by the process that has the store open; its number is inside
 *     node.db
 *     template.db       an empty tenant, made anew by each process that needs it
 *     tenants/NAME/data.db, tenants/NAME/files/
 */
#pragma once

#include "core/arena.h"
#include "core/err.h"
#include "core/str.h"

/* Makes the folder when it is missing. ERR_CONFLICT names the process that holds it. */
MUST_CHECK bool folder_take(struct arena *arena, struct str folder, int *lock, struct err *err);
/* Writes this process's number into a lock that was taken over. */
MUST_CHECK bool folder_sign(int lock, struct err *err);
void folder_leave(int lock);
const char *folder_path(struct arena *arena, struct str folder, const char *name);
/* Of all that is a tenant's. */
struct str folder_tenant_home(struct arena *arena, struct str folder, struct str name);
const char *folder_tenant_file(struct arena *arena, struct str folder, struct str name);
struct str folder_tenant_files(struct arena *arena, struct str folder, struct str name);

/* node.db with its tables, unless it is there. */
MUST_CHECK bool folder_make_node(const char *path, struct err *err);
/*
 * A new tenant's folder, and beside the place of its database an empty one, that
 * folder_place_tenant puts there, durable, when it has been filled.
 */
MUST_CHECK bool folder_make_tenant(struct arena *arena, struct str folder, struct str name,
                                   bool *has_template, struct str *beside, struct err *err);
MUST_CHECK bool folder_place_tenant(struct arena *arena, struct str folder, struct str name,
                                    struct str beside, struct err *err);
/* What a tenant takes, and when its database was written last (ms). What is not there is 0. */
void folder_measure(struct str folder, struct str files, struct str name, int64_t *bytes,
                    int64_t *changed_at);
/* When the tenant's database or its attachments were written last. */
int64_t folder_written_at(struct str folder, struct str name);
/* A tenant's number: random, so that data can move between servers. */
int64_t folder_random_id(void);
