/*
 * JSON Schema 2020-12, compiled once, then checked against values.
 *
 * Understood: type, enum, const, properties, patternProperties, additionalProperties,
 * unevaluatedProperties (false), required, dependentRequired, minProperties,
 * maxProperties, items, prefixItems, minItems, maxItems, uniqueItems, contains, minimum,
 * maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, minLength, maxLength, pattern
 * (a linear-time subset, see README), format (asserted), allOf, anyOf, oneOf, not, if/
 * then/else, $ref and $defs within the document, title, description, default, examples,
 * x-*.  A keyword it does not know is refused, so nothing is silently unchecked.
 */
#pragma once

#include "core/err.h"
#include "core/json.h"

struct schema;

/* One thing that is wrong with a value. */
struct flaw {
    struct str path;  /* JSON Pointer into the value: "/area" */
    const char *id;   /* "required", "format", …: the keyword; also "type" */
    struct str detail; /* the limit or the format's name: "11 digits", "inn", "100" */
    struct flaw *next;
};

struct flaws {
    struct flaw *first;
    struct flaw *last;
    size_t count; /* never more than 100 are kept */
};

void flaws_add(struct flaws *flaws, struct arena *arena, struct str path, const char *id,
               struct str detail);

/* document must live as long as the schema. err names the place by JSON Pointer. */
MUST_CHECK bool schema_compile(struct arena *arena, const struct json *document,
                               struct schema **schema, struct err *err);
/* True when value fits; else flaws are added. */
bool schema_check(const struct schema *schema, const struct json *value, struct arena *arena,
                  struct flaws *flaws);
