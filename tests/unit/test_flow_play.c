/*
 * The cases stand in tests/golden/bpmn: NAME.in tells model, values and what happens, NAME.out
 * what comes of it.  UPRAVA_TEST_ACCEPT=1 writes NAME.out anew.
 */
#include "workflow/flow_play.h"

#include "check.h"
#include "core/file.h"
#include "core/time.h"
#include "workflow/bpmn_check.h"
#include "workflow/bpmn_read.h"
#include "workflow/flow_trace.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define FOLDER "tests/golden/bpmn"

struct golden {
    const char *name;
    struct str model, process, start;
    struct json *data;
    struct str script;
};

static struct str read_text(const char *name, const char *ending)
{
    struct str path = str_printf(check_arena(), "%s/%s%s", FOLDER, name, ending);
    struct str text = {0};
    struct err err;

    CHECK_OK(file_read(check_arena(), path, 1 << 20, &text, &err), &err);
    return text;
}

static void read_line(struct golden *golden, struct str line)
{
    struct str rest = line;
    struct str word = str_cut(&rest, ' ');
    struct err err;

    if (str_equal(word, STR("model")))
        golden->model = rest;
    else if (str_equal(word, STR("process")))
        golden->process = rest;
    else if (str_equal(word, STR("start")))
        golden->start = rest;
    else if (str_equal(word, STR("data")))
        CHECK_OK(json_parse(check_arena(), rest, NULL, &golden->data, &err), &err);
    else
        CHECK(str_equal(word, STR("#")));
}

static struct golden read_golden(const char *name)
{
    struct golden golden = {.name = name};
    struct str rest = read_text(name, ".in");

    while (rest.len > 0 && rest.ptr[0] != '{')
        read_line(&golden, str_cut(&rest, '\n'));
    golden.script = rest;
    return golden;
}

static const struct bpmn *read_model(struct str name)
{
    const struct bpmn *model = NULL;
    struct err err;

    CHECK_OK(
        bpmn_read(check_arena(), read_text(str_to_z(check_arena(), name), ".bpmn"), &model, &err),
        &err);
    return model;
}

/* What check says of the model comes first: golden models have nothing to mend. */
static void print_findings(struct buf *out, const struct bpmn *model, int process)
{
    struct bpmn_findings findings = {.arena = check_arena()};

    bpmn_check(model, process, &findings);
    for (const struct bpmn_finding *one = findings.first; one != NULL; one = one->next) {
        bpmn_check_print(out, one);
        buf_char(out, '\n');
    }
    CHECK_INT((int64_t)findings.faults, 0);
}

static void play(const struct golden *golden, struct buf *out)
{
    static const char *const STATES[] = {"running", "ended", "failed", "cancelled"};
    const struct bpmn *model = read_model(golden->model);
    struct flow_play play = {.flow = flow_new(check_arena(), model),
                             .arena = check_arena(),
                             .start = -1,
                             .data = golden->data,
                             .script = golden->script,
                             .trace = out};
    struct err err;

    if (golden->process.len > 0)
        play.process = bpmn_find(model, golden->process)->index;
    if (golden->start.len > 0)
        play.start = bpmn_find(model, golden->start)->index;
    CHECK(time_parse_moment(STR("2026-03-02T06:00:00Z"), &play.now));
    print_findings(out, model, play.process);
    if (!flow_play(&play, &err)) {
        buf_printf(out, "refused: %s\n", err.text);
        return;
    }
    buf_printf(out, "--- %s%s%.*s\n", STATES[play.flow->state], play.flow->error.len > 0 ? " " : "",
               STR_ARG(play.flow->error));
    json_canonical(out, flow_scope_at(play.flow, 0)->values);
    buf_char(out, '\n');
    if (play.flow->state == FLOW_RUNNING)
        flow_trace_print_open(out, play.flow);
}

static void compare(const char *name, struct str got)
{
    struct str path = str_printf(check_arena(), "%s/%s.out", FOLDER, name);

    if (getenv("UPRAVA_TEST_ACCEPT") != NULL) {
        FILE *file = fopen(str_to_z(check_arena(), path), "w");

        fwrite(got.ptr, 1, got.len, file);
        fclose(file);
    }
    struct str want = read_text(name, ".out");
    if (!str_equal(got, want))
        printf("# %s\n", name);
    CHECK_STR(got, want);
}

static void models_do_what_the_golden_files_say(void)
{
    DIR *folder = opendir(FOLDER);
    int count = 0;

    CHECK(folder != NULL);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        struct str name = str_from_z(entry->d_name);
        struct buf out = {.arena = check_arena()};

        if (!str_ends(name, STR(".in")))
            continue;
        name = str_slice(name, 0, name.len - 3);
        struct golden golden = read_golden(str_to_z(check_arena(), name));
        play(&golden, &out);
        compare(golden.name, buf_str(&out));
        count++;
    }
    closedir(folder);
    CHECK(count > 50);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(models_do_what_the_golden_files_say),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
