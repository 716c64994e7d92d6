/*
 * The inside of a compiled schema: nodes with rules, and what reads and checks them.
 * Only the schema_*.c files include this.
 *
 * schema.c compiles a document and resolves its references · schema_keyword.c has the
 * table of keywords and reads their arguments · schema_rule.c checks single values ·
 * schema_apply.c checks through schemas within schemas.
 */
#pragma once

#include "core/map.h"
#include "core/vec.h"
#include "lang/format.h"
#include "lang/pattern.h"
#include "lang/schema.h"

enum {
    SCHEMA_NODE_DEPTH_MAX = 100,         /* schemas within schemas, as written */
    SCHEMA_NODE_WALK_MAX = 1000,         /* and as followed through references */
    SCHEMA_NODE_STEPS_MAX = 5000 * 1000, /* schemas tried for one value: they can multiply */
};

/* Bits of the kinds of values; SCHEMA_NODE_INTEGER beside those of enum json_kind. */
enum {
    SCHEMA_NODE_INTEGER = 1 << (JSON_OBJECT + 1),
};

/* Where we are, in a schema or in a value: a list from the leaf up, on the stack. */
struct schema_place {
    const struct schema_place *up;
    struct str name; /* of the member, perhaps empty; with ptr NULL it is an item */
    size_t index;
};

struct schema_keyword;

/* One keyword of one schema, its argument ready for use; each keyword fills its own part. */
struct schema_rule {
    const struct schema_keyword *keyword;
    const struct json *argument;
    int64_t count; /* minLength …; the digits of multipleOf */
    int64_t scale; /* digits behind the point of multipleOf; the upper bound of contains */
    bool is_done;  /* another rule of the schema does it too */
    const struct pattern *pattern;
    format_check *format;
    struct schema **subs;
    size_t sub_count;
};

struct schema_pattern {
    const struct pattern *pattern;
    struct schema *schema;
};

struct schema {
    const struct json *document; /* also its key while compiling */
    bool is_never;               /* the schema false */
    unsigned kinds;              /* of type; 0: any */
    VEC(struct schema_rule) rules;
    bool has_members_rule;
    struct map properties; /* → struct schema */
    VEC(struct schema_pattern) patterns;
    struct schema *additional; /* NULL: there is none, here and below */
    bool has_items_rule;
    VEC(struct schema *) prefix;
    struct schema *items;
    struct schema *condition; /* if */
    struct schema *then;
    struct schema *otherwise; /* else */
    enum {
        UNSEEN,
        OPEN,
        DONE
    } seen; /* by the search for circles */
};

/* A reference: the pointer behind #, where it stands, and where the schema found goes. */
struct schema_ref {
    struct str pointer;
    struct str where;
    struct schema **schema;
};

/* While a document is compiled. */
struct schema_reader {
    struct arena *arena;
    const struct json *root;
    struct map by_json; /* address of a JSON value → struct schema */
    VEC(struct schema *) all;
    VEC(struct schema_ref) refs; /* still to be found */
    const struct schema_place *place;
    struct schema *parent; /* whose keyword is being read */
    int depth;
    struct err *err;
};

/* While a value is checked. */
struct schema_walk {
    struct arena *arena;
    struct flaws *flaws; /* NULL: only yes or no is asked */
    size_t steps;
    int depth;
    bool is_stopped; /* by a limit */
};

/* A rule meets a value. */
struct schema_case {
    struct schema_walk *walk;
    const struct schema *schema; /* the rule's */
    const struct schema_rule *rule;
    const struct json *value;
    const struct schema_place *place;
};

struct schema_keyword {
    const char *name;
    unsigned applies; /* the kinds of values it says something about */
    /* Fills the rule, or the schema it stands in (reader->parent), from rule->argument. */
    bool (*parse)(struct schema_reader *reader, struct schema_rule *rule);
    /* NULL: nothing to check, or another keyword does it. */
    bool (*check)(const struct schema_case *at);
};

/* The schema at the present place; at a member of it, or, with no name, at an index. */
MUST_CHECK bool schema_node_read(struct schema_reader *reader, const struct json *json,
                                 struct schema **schema);
MUST_CHECK bool schema_node_read_in(struct schema_reader *reader, const struct json *json,
                                    struct str name, size_t index, struct schema **schema);
/* The JSON Pointer of a place. */
struct str schema_node_where(struct arena *arena, const struct schema_place *place);
/* Fails at the present place. */
bool schema_node_fail(struct schema_reader *reader, const char *what);

bool schema_node_check(struct schema_walk *walk, const struct schema *schema,
                       const struct json *value, const struct schema_place *place);
/* As schema_node_check, but without a word. */
bool schema_node_fits(struct schema_walk *walk, const struct schema *schema,
                      const struct json *value, const struct schema_place *place);
/* Notes a flaw (when flaws are wanted) and returns false. */
bool schema_node_flaw(struct schema_walk *walk, const struct schema_place *place, const char *id,
                      struct str detail);
/* Whether type lets this kind of value pass. */
bool schema_node_takes_kind(struct schema_walk *walk, const struct schema *schema,
                            const struct json *value);
