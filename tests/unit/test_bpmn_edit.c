#include "workflow/bpmn_edit.h"

#include "check.h"
#include "core/file.h"

static struct str model(void)
{
    struct str text;
    struct err err;

    CHECK_OK(file_read(check_arena(), STR("packs/housing/processes/inspection.bpmn"), 1 << 20,
                       &text, &err),
             &err);
    return text;
}

static struct bpmn_edit read(struct str text, const char *id)
{
    struct bpmn_edit edit;
    struct err err;

    CHECK_OK(bpmn_edit_read(check_arena(), text, str_from_z(id), &edit, &err), &err);
    return edit;
}

static struct str write(struct str text, const char *id, const struct bpmn_edit *edit)
{
    struct str changed;
    struct err err;

    CHECK_OK(bpmn_edit_write(check_arena(), text, str_from_z(id), edit, &changed, &err), &err);
    return changed;
}

/* The text with one piece replaced by another. */
static struct str replaced(struct str text, const char *was, const char *is)
{
    size_t at = str_find(text, str_from_z(was));

    CHECK(at < text.len);
    return str_printf(check_arena(), "%.*s%s%.*s", (int)at, text.ptr, is,
                      STR_ARG(str_slice(text, at + str_from_z(was).len, text.len)));
}

static void what_an_element_has_is_read(void)
{
    struct bpmn_edit visit = read(model(), "visit");
    struct bpmn_edit timer = read(model(), "visit_term");
    struct bpmn_edit way = read(model(), "unsafe");

    CHECK_STR(visit.values[BPMN_EDIT_NAME], STR("Осмотреть дом"));
    CHECK_STR(visit.values[BPMN_EDIT_ROLE], STR("clerk"));
    CHECK_STR(visit.values[BPMN_EDIT_TERM], STR("P5D"));
    CHECK_STR(visit.values[BPMN_EDIT_FORM], STR("inspection_visit"));
    CHECK(!visit.has[BPMN_EDIT_CONDITION] && !visit.has[BPMN_EDIT_TIMER]);
    CHECK(timer.has[BPMN_EDIT_TIMER] && timer.has[BPMN_EDIT_DAYS] && !timer.has[BPMN_EDIT_ROLE]);
    CHECK_STR(timer.values[BPMN_EDIT_TIMER], STR("P10D"));
    CHECK_INT(timer.timer, BPMN_TIMER_DURATION);
    CHECK_STR(way.values[BPMN_EDIT_CONDITION], STR("verdict = \"emergency\""));
    CHECK_STR(read(model(), "judge").values[BPMN_EDIT_DECISION], STR("verdict"));
}

static void only_what_is_changed_is_written(void)
{
    static const char *const IDS[] = {"inspection", "start", "visit", "visit_term", "judge",
                                      "unsafe",     "safe",  "end",   "is_unsafe",  "letter"};
    struct bpmn_edit edit;

    for (size_t i = 0; i < ARRAY_LEN(IDS); i++) {
        edit = read(model(), IDS[i]);
        CHECK_STR(write(model(), IDS[i], &edit), model());
    }
    edit = read(model(), "visit");
    edit.values[BPMN_EDIT_TERM] = STR("P7D");
    CHECK_STR(write(model(), "visit", &edit),
              replaced(model(), "uprava:term=\"P5D\"", "uprava:term=\"P7D\""));
    edit = read(model(), "visit_term");
    edit.values[BPMN_EDIT_TIMER] = STR("P12D");
    edit.values[BPMN_EDIT_DAYS] = STR("working");
    CHECK_STR(write(model(), "visit_term", &edit),
              replaced(replaced(model(), ">P10D<", ">P12D<"), "id=\"visit_timer\"",
                       "id=\"visit_timer\" uprava:days=\"working\""));
}

static void values_come_and_go(void)
{
    struct str text = model();
    struct bpmn_edit edit = read(text, "safe");

    edit.values[BPMN_EDIT_CONDITION] = STR("damage < 20");
    text = write(text, "safe", &edit);
    CHECK_STR(read(text, "safe").values[BPMN_EDIT_CONDITION], STR("damage < 20"));
    edit.values[BPMN_EDIT_CONDITION] = STR("");
    text = write(text, "safe", &edit);
    CHECK_STR(read(text, "safe").values[BPMN_EDIT_CONDITION], STR(""));
    edit = read(text, "end");
    edit.values[BPMN_EDIT_HELP] = STR("Всё.\nКонец");
    text = write(text, "end", &edit);
    CHECK_STR(read(text, "end").values[BPMN_EDIT_HELP], STR("Всё.\nКонец"));
    edit = read(text, "visit");
    edit.values[BPMN_EDIT_ROLE] = STR("");
    text = write(text, "visit", &edit);
    CHECK_STR(read(text, "visit").values[BPMN_EDIT_ROLE], STR(""));
    CHECK_STR(read(text, "visit").values[BPMN_EDIT_TERM], STR("P5D"));
}

static void what_it_cannot_have_is_passed_over(void)
{
    struct bpmn_edit edit = read(model(), "end"), other;
    struct str changed;
    struct err err;

    other = read(model(), "visit");
    other.values[BPMN_EDIT_NAME] = edit.values[BPMN_EDIT_NAME];
    other.values[BPMN_EDIT_HELP] = edit.values[BPMN_EDIT_HELP];
    CHECK_STR(write(model(), "end", &other), model());
    CHECK(!bpmn_edit_write(check_arena(), model(), STR("nosuch"), &edit, &changed, &err));
    CHECK_INT(err.code, ERR_ABSENT);
    CHECK(!bpmn_edit_read(check_arena(), model(), STR("visit_di"), &edit, &err));
    CHECK_INT(err.code, ERR_ABSENT);
    CHECK(!bpmn_edit_read(check_arena(), STR("<a"), STR("visit"), &edit, &err));
    CHECK_INT(err.code, ERR_INPUT);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(what_an_element_has_is_read),
    CHECK_TEST(only_what_is_changed_is_written),
    CHECK_TEST(values_come_and_go),
    CHECK_TEST(what_it_cannot_have_is_passed_over),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
