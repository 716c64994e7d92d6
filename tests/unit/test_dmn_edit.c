#include "workflow/dmn_edit.h"

#include "check.h"
#include "core/file.h"

static struct str model(void)
{
    struct str text;
    struct err err;

    CHECK_OK(file_read(check_arena(), STR("packs/housing/decisions/inspection.dmn"), 1 << 20, &text,
                       &err),
             &err);
    return text;
}

static struct dmn_edit_table read(struct str text)
{
    struct dmn_edit_table *tables;
    struct err err;
    size_t count;

    CHECK_OK(dmn_edit_read(check_arena(), text, &tables, &count, &err), &err);
    CHECK_INT((int64_t)count, 1);
    return tables[0];
}

static struct str write(struct str text, const struct dmn_edit_change *change)
{
    struct str changed;
    struct err err;

    CHECK_OK(dmn_edit_write(check_arena(), text, change, &changed, &err), &err);
    return changed;
}

static void a_table_is_read(void)
{
    struct dmn_edit_table table = read(model());

    CHECK_STR(table.id, STR("verdict"));
    CHECK_STR(table.policy, STR("FIRST"));
    CHECK_INT((int64_t)table.column_count, 3);
    CHECK_INT((int64_t)table.rule_count, 4);
    CHECK_STR(table.columns[0].title, STR("damage"));
    CHECK(!table.columns[1].is_output && table.columns[2].is_output);
    CHECK_STR(table.columns[2].title, STR("verdict"));
    CHECK_STR(table.cells[0], STR(">= 60"));
    CHECK_STR(table.cells[11], STR("\"sound\""));
}

static void only_changed_cells_are_written(void)
{
    struct dmn_edit_table table = read(model());
    struct dmn_edit_change change = {.id = table.id, .cells = table.cells, .remove = -1};
    struct str changed;

    CHECK_STR(write(model(), &change), model());
    table.cells[0] = STR("> 70 & 1");
    changed = write(model(), &change);
    CHECK(str_find(changed, STR("<text>&gt; 70 &amp; 1</text>")) < changed.len);
    CHECK_INT((int64_t)changed.len, (int64_t)model().len + 3 + 4);
    CHECK_STR(read(changed).cells[0], STR("> 70 & 1"));
}

static void rules_come_and_go(void)
{
    struct dmn_edit_table table = read(model());
    struct dmn_edit_change change = {
        .id = table.id, .cells = table.cells, .remove = 1, .adds = true};
    struct str changed = write(model(), &change);

    table = read(changed);
    CHECK_INT((int64_t)table.rule_count, 4);
    CHECK_STR(table.cells[3], STR("[20..60)"));
    CHECK_STR(table.cells[9], STR("-"));
    CHECK_STR(table.cells[11], STR(""));
    CHECK(str_find(changed, STR("risky")) == changed.len);
    change =
        (struct dmn_edit_change){.id = table.id, .cells = table.cells, .remove = -1, .adds = true};
    CHECK_INT((int64_t)read(write(changed, &change)).rule_count, 5);
    change.id = STR("damage_input");
    CHECK(!dmn_edit_write(check_arena(), changed, &change, &changed, &(struct err){0}));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(a_table_is_read),
    CHECK_TEST(only_changed_cells_are_written),
    CHECK_TEST(rules_come_and_go),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
