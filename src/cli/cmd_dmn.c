#include "cli/commands.h"
#include "cli/data_option.h"
#include "core/arena.h"
#include "core/time.h"
#include "workflow/dmn.h"
#include "workflow/tck.h"

static bool write_line(void *data, struct str line)
{
    struct command_run *run = data;

    return run->write(run->data, line);
}

bool cmd_dmn_run(struct command_run *run, struct err *err)
{
    struct tck_tally tally = {.data = run, .write = write_line};
    struct str folder = command_option(run, "--tck");

    if (folder.len == 0)
        return err_set(err, ERR_INPUT, "say where the kit is: --tck FOLDER");
    if (!tck_run(command_path(run, folder), time_now(), &tally, err))
        return false;
    command_print(run, "%zu passed, %zu failed\n", tally.passed, tally.failed);
    if (tally.passed + tally.failed == 0)
        return err_set(err, ERR_ABSENT, "there are no test files (*-test-*.xml) in it");
    return tally.failed == 0 || err_set(err, ERR_BROKEN, "%zu of %zu cases failed", tally.failed,
                                        tally.passed + tally.failed);
}

bool cmd_dmn_eval(struct command_run *run, struct err *err)
{
    struct feel_run *evaluation = feel_run_new(run->arena, time_now());
    struct str name = command_option(run, "--decision");
    struct dmn_library *library;
    const struct dmn_element *element;
    const struct feel_value *inputs;

    if (name.len == 0)
        return err_set(err, ERR_INPUT, "say what is decided: --decision NAME");
    if (!dmn_open(run->arena, command_path(run, run->args[0]), &library, err) ||
        !data_option_read(run, &inputs, err))
        return false;
    for (size_t i = 0; i < MIN(library->fault_count, DMN_FAULTS_MAX); i++) {
        struct buf buf = {.arena = run->arena};
        dmn_print_fault(&buf, &library->faults[i]);
        command_print(run, "# %.*s\n", STR_ARG(buf_str(&buf)));
    }
    element = dmn_find_callable(library, name);
    if (element == NULL)
        return err_set(err, ERR_ABSENT, "the model has no decision \"%.*s\"", STR_ARG(name));
    inputs = dmn_read_inputs(evaluation, library, inputs);
    data_option_print(run, dmn_eval(evaluation, library, element, inputs), evaluation);
    return true;
}
