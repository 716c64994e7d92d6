/* Names of accounts, and how sure they are, for pages that list what people did. Not for loops: it
 * reads. */
#pragma once

#include "core/vec.h"
#include "web/request.h"

struct people_name {
    int64_t account;
    struct str name;
};

struct people {
    struct request *request;
    struct tx *tx;
    VEC(struct people_name) known;
};

/* How sure it is who someone is. */
struct str people_level(const struct request *request, enum account_level level);
/* The account's name; words for the system (0) and for guests (-1). */
struct str people_find(struct people *people, int64_t account);
