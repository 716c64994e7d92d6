/*
 * A register as a pack describes it (JSON Schema with x-uprava annotations), compiled:
 * its fields, where each is kept (slots of the record table), how a record is titled.
 * Immutable; shared by all tenants with the same packs.
 *
 * Slots: t1 is the natural key where one is declared (utf8_key of the key fields joined
 * by '|'); texts, codes and whatever sorts as text take the next t; whole numbers,
 * decimals (scaled), days, yes/no and references take n; unindexed measures take m.
 */
#pragma once

#include "auth/policy.h"
#include "lang/schema.h"
#include "lang/template.h"
#include "store/query.h"

struct feel_node;
struct register_rule;

enum field_type {
    FIELD_TEXT,
    FIELD_INT,
    FIELD_DECIMAL,
    FIELD_BOOL,
    FIELD_DAY,
    FIELD_MOMENT,
    FIELD_CODE,     /* of a code list */
    FIELD_REF,      /* the id of a record */
    FIELD_GEOMETRY, /* GeoJSON */
    FIELD_TEXTS,    /* an array of texts */
    FIELD_OTHER,    /* any other JSON */
};

/* What its records are to the engine. */
enum register_type_meaning {
    REGISTER_TYPE_ANYTHING,
    REGISTER_TYPE_PERSONS, /* whose accounts are tied to them, and who see who looked at them */
    REGISTER_TYPE_DAYS,    /* of production calendars (workdays.h) */
    REGISTER_TYPE_MEANINGS,
};

enum field_on_delete {
    FIELD_REFUSE, /* the referenced record stays while it is referenced */
    FIELD_CLEAR,  /* the reference is taken out */
};

struct register_field {
    struct str name;
    struct str title; /* msgid, in Russian as the pack has it; likewise help, unit, example */
    struct str help;
    struct str unit;
    const struct json *tags; /* colours of values, NULL for none */
    struct str example;
    struct str format;
    enum field_type type;
    int scale;       /* digits behind the point of a FIELD_DECIMAL */
    int slot;        /* enum query_column, or -1 */
    bool is_indexed; /* the slot can be filtered and sorted by */
    bool is_required;
    bool is_in_title;   /* the title line names it */
    int64_t max_length; /* of texts, in characters; 0: not said */
    enum policy_class access;
    struct str list; /* id of the code list: "base.house_type" */
    struct str ref;  /* id of the register: "base.street" */
    int ref_index;   /* its index in the model, -1 */
    enum field_on_delete on_delete;
    const struct json *schema;
    const struct feel_node *computed; /* from the fields before it; NULL: it is entered */
};

struct register_type {
    struct str id;    /* "housing.house" */
    struct str name;  /* "house" */
    struct str title; /* "Дома"; msgid */
    struct str one;   /* "дом"; msgid */
    struct str group;
    struct str description;
    const struct pack *pack;
    int index;                     /* in the model */
    struct register_field *fields; /* in the schema's order */
    size_t field_count;
    const struct json *document; /* the schema as it stands */
    struct schema *schema;
    struct template *title_line;
    unsigned title_classes; /* of the fields a title shows */
    unsigned classes;       /* of all fields */
    enum register_type_meaning meaning;
    bool is_temporal;
    bool is_public;
    bool has_title_refs;     /* its title line names a reference */
    bool is_in_other_titles; /* a title line of some register names a reference to this one */
    int geometry;            /* index of the geometry field, -1 */
    int *key;                /* indexes of the key fields */
    size_t key_count;
    int *search; /* fields for the full text; those of the title line weigh as title */
    size_t search_count;
    int *list; /* columns of the list page */
    size_t list_count;
    int sort; /* field the list is sorted by, -1: the newest first */
    bool has_computed;
    bool gives_cause;            /* some service is offered because of its records (model.h) */
    struct register_rule *rules; /* of quality */
    size_t rule_count;
};

/* Compiles registers/<name>.json. Findings go to findings; NULL when it cannot be used. */
struct register_type *register_type_compile(struct arena *arena, const struct pack *pack,
                                            const struct pack_file *file,
                                            struct pack_findings *findings);
/*
 * Compiles forms/<name>.json: fields that are asked for and not kept as a record, so it has
 * neither slots nor a title line; references are not linked (ref_index -1).
 */
struct register_type *register_type_compile_form(struct arena *arena, const struct pack *pack,
                                                 const struct pack_file *file,
                                                 struct pack_findings *findings);
/* For sentences: "persons". */
const char *register_type_plural(enum register_type_meaning meaning);
/* NULL when there is none. */
const struct register_field *register_type_field(const struct register_type *type, struct str name);
/* The checker of registers/ for pack check: also that lists and referenced registers exist. */
void register_type_check_file(const struct pack_set *set, const struct pack *pack,
                              const struct pack_file *file, struct pack_findings *findings);
/* The same for forms/. */
void register_type_check_form(const struct pack_set *set, const struct pack *pack,
                              const struct pack_file *file, struct pack_findings *findings);
