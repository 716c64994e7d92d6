/*
 * decisions MODEL DECISION INPUTS SECONDS
 * Evaluates a decision with each line of INPUTS (JSON objects) in turn and prints how many a
 * second, and the sum of the results, which is the same whoever computes it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/arena.h"
#include "core/file.h"
#include "core/json.h"
#include "core/num.h"
#include "core/time.h"
#include "core/vec.h"
#include "workflow/dmn.h"

struct inputs {
    VEC(const struct feel_value *) all;
};

static bool read_inputs(struct arena *arena, struct str path, struct inputs *inputs,
                        struct err *err)
{
    struct str rest;
    struct json *json;

    if (!file_read(arena, path, 1 << 20, &rest, err))
        return false;
    while (rest.len > 0) {
        if (!json_parse(arena, str_cut(&rest, '\n'), NULL, &json, err))
            return false;
        VEC_PUSH(arena, &inputs->all, feel_from_json(arena, json));
    }
    return true;
}

static int64_t result_of(struct arena *scratch, const struct dmn_library *library,
                         const struct dmn_element *element, const struct feel_value *inputs)
{
    struct feel_run *run = feel_run_new(scratch, 0);
    const struct feel_value *value = dmn_eval(run, library, element, inputs);
    int64_t number = 0;

    if (value->kind == FEEL_NUMBER)
        (void)feel_number_truncated(value->number, &number);
    return number;
}

int main(int argc, char **argv)
{
    struct arena *arena = arena_open(0), *scratch = arena_open(64 * 1024);
    struct inputs inputs = {0};
    struct dmn_library *library;
    const struct dmn_element *element;
    struct err err = {0};
    int64_t seconds, begin, count = 0, sum = 0;

    if (argc != 5 || !num_parse_int(str_from_z(argv[4]), &seconds)) {
        (void)fprintf(stderr, "usage: decisions MODEL DECISION INPUTS SECONDS\n");
        return 2;
    }
    if (!dmn_open(arena, str_from_z(argv[1]), &library, &err) ||
        !read_inputs(arena, str_from_z(argv[3]), &inputs, &err)) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    element = dmn_find(library, DMN_DECISION, str_from_z(argv[2]));
    if (element == NULL || library->fault_count > 0 || inputs.all.count == 0)
        return 1;
    for (size_t i = 0; i < inputs.all.count; i++) {
        sum += result_of(scratch, library, element, inputs.all.items[i]);
        arena_reset(scratch);
    }
    begin = time_monotonic_us();
    while (time_monotonic_us() - begin < seconds * 1000000) {
        for (size_t i = 0; i < inputs.all.count; i++) {
            (void)result_of(scratch, library, element, inputs.all.items[i]);
            arena_reset(scratch);
        }
        count += (int64_t)inputs.all.count;
    }
    printf("%.0f %lld\n", (double)count * 1e6 / (double)(time_monotonic_us() - begin),
           (long long)sum);
    arena_close(&scratch);
    arena_close(&arena);
    return 0;
}
