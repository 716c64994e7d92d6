#include "web/openapi_operation.h"

#include "web/openapi.h"
#include "web/openapi_register.h"

#define PROBLEMS "400 401 403 404 409 412 413 415 422 428 429 503"

static void print_parameters(struct buf *out, const char *names)
{
    struct str rest = str_from_z(names);

    openapi_put(out, ",'parameters':[");
    for (bool is_first = true; rest.len > 0; is_first = false) {
        openapi_put(out, is_first ? "{'$ref':'#/components/parameters/"
                                  : ",{'$ref':'#/components/parameters/");
        buf_add(out, str_cut(&rest, ' '));
        openapi_put(out, "'}");
    }
    buf_char(out, ']');
}

static void print_operation(struct buf *out, const struct openapi_operation *one, bool is_first)
{
    openapi_put(out, is_first ? "'" : ",'");
    openapi_put(out, one->method);
    openapi_put(out, "':{'operationId':'");
    openapi_put(out, one->id);
    openapi_put(out, "','summary':'");
    openapi_put(out, one->summary);
    buf_char(out, '"');
    if (one->parameters[0] != '\0')
        print_parameters(out, one->parameters);
    if (one->body != NULL) {
        openapi_put(out, ",'requestBody':{'required':true,'content':{'application/json':{"
                         "'schema':");
        openapi_put(out, one->body);
        openapi_put(out, "}}}");
    }
    buf_char(out, ',');
    if (one->schema != NULL) {
        openapi_answer(out, one->status, one->schema, PROBLEMS);
        return;
    }
    openapi_put(out, "'responses':{'204':{'description':'Done'}");
    openapi_register_problems(out, STR(PROBLEMS));
    openapi_put(out, "}}");
}

void openapi_operation_print(struct buf *out, const struct openapi_operation *operations,
                             size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool is_first = i == 0 || !str_equal(str_from_z(operations[i - 1].path),
                                             str_from_z(operations[i].path));

        if (is_first && i > 0)
            buf_char(out, '}');
        if (is_first) {
            openapi_put(out, ",'");
            openapi_put(out, operations[i].path);
            openapi_put(out, "':{");
        }
        print_operation(out, &operations[i], is_first);
    }
    buf_char(out, '}');
}
