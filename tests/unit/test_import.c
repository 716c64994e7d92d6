#include "desk.h"

#include <stdatomic.h>

static const struct str HOUSES =
    STR_INIT("Номер паспорта;Адрес;Год постройки;Общая площадь;Аварийный;lat;lon\n"
             "7;ул. Мира, д. 5;1961;1 234,5;нет;57,35;94,55\n"
             "8;ул. Мира, д. 6;19б1;100;да;;\n"
             "9;ул. Мира, д. 7;Не заполнено;200;да;;\n"
             ";без номера;1980;1;нет;;\n");

static void a_check_counts_and_writes_nothing(void)
{
    struct import_error *errors;
    struct desk desk;
    size_t count;

    desk_open(&desk);
    desk_upload(&desk, STR("housing.house"), HOUSES);
    CHECK_INT(desk.import.options.separator, ';');
    desk_map_columns(&desk);
    desk_act(&desk, DESK_CHECK);
    CHECK_INT(desk.import.status, IMPORT_CHECKED);
    CHECK_INT(desk.import.counts.rows, 4);
    CHECK_INT(desk.import.counts.created, 2);
    CHECK_INT(desk.import.counts.wrong, 2);
    CHECK_INT(town_count(&desk.town, "SELECT COUNT(*) FROM record WHERE tenant = $1"), 0);
    errors = desk_errors_of(&desk, &count);
    CHECK_INT((int64_t)count, 2);
    CHECK_INT(errors[0].line, 3);
    CHECK_STR(errors[0].field, STR("year_built"));
    CHECK_STR(errors[0].value, STR("19б1"));
    CHECK_STR(errors[0].id, STR("type"));
    CHECK_INT(errors[1].line, 5);
    CHECK_STR(errors[1].id, STR("required"));
    desk_close(&desk);
}

static void good_rows_go_in_beside_bad_ones(void)
{
    struct record record;
    struct desk desk;

    desk_open(&desk);
    desk_upload(&desk, STR("housing.house"), HOUSES);
    desk_map_columns(&desk);
    desk_act(&desk, DESK_CHECK);
    desk_act(&desk, DESK_RUN);
    CHECK_INT(desk.import.status, IMPORT_DONE);
    CHECK_INT(desk.import.counts.created, 2);
    CHECK_INT(desk.import.counts.wrong, 2);
    record = desk_read_record(&desk, STR("housing.house"), STR("7"));
    CHECK_INT(record.import, desk.import.id);
    CHECK_STR(record.body,
              STR("{\"address_text\":\"ул. Мира, д. 5\",\"area_total\":1234.5,\"code\":\"7\","
                  "\"geometry\":{\"coordinates\":[94.55,57.35],\"type\":\"Point\"},"
                  "\"is_emergency\":false,\"year_built\":1961}"));
    desk_close(&desk);
}

static void the_same_file_again_changes_nothing_and_columns_are_remembered(void)
{
    struct import_preview preview;
    struct desk desk;

    desk_open(&desk);
    desk_bring(&desk, STR("housing.house"), HOUSES);
    desk_upload(&desk, STR("housing.house"), HOUSES);
    desk_look(&desk, &preview);
    CHECK(preview.is_remembered);
    CHECK_INT((int64_t)preview.row_count, 4);
    CHECK_STR(preview.cells[0], STR("7"));
    desk_map_columns(&desk);
    desk_act(&desk, DESK_RUN);
    CHECK_INT(desk.import.counts.same, 2);
    CHECK_INT(desk.import.counts.created, 0);
    CHECK_INT(desk.import.counts.changed, 0);
    desk_close(&desk);
}

static void fields_without_a_column_stay(void)
{
    struct desk desk;

    desk_open(&desk);
    desk_bring(&desk, STR("housing.house"), HOUSES);
    desk_bring(&desk, STR("housing.house"), STR("code,year_built\n7,1970\n"));
    CHECK_INT(desk.import.counts.changed, 1);
    CHECK(str_find(desk_read_record(&desk, STR("housing.house"), STR("7")).body,
                   STR("\"area_total\":1234.5")) < 200);
    desk_close(&desk);
}

/* The check says what the run will do, whether the rows stand side by side or far apart. */
static void the_first_of_two_rows_with_a_key_counts(void)
{
    struct buf file = {.arena = check_arena()};
    struct import_counts checked;
    struct import_error *errors;
    struct desk desk;
    size_t count;

    desk_open(&desk);
    desk_bring(&desk, STR("housing.house"), STR("code,address_text\n1,a\n"));
    buf_add(&file, STR("code,address_text,year_built\n1,a,\n2,b,\n1,c,\n3,x,19b1\n3,y,1981\n"));
    for (int i = 0; i < 2500; i++)
        buf_printf(&file, "h%d,d,\n", i);
    buf_add(&file, STR("2,e,\n"));
    desk_upload(&desk, STR("housing.house"), buf_str(&file));
    desk_map_columns(&desk);
    desk_act(&desk, DESK_CHECK);
    checked = desk.import.counts;
    CHECK_INT(checked.created, 2502);
    CHECK_INT(checked.same, 1);
    CHECK_INT(checked.wrong, 3);
    errors = desk_errors_of(&desk, &count);
    CHECK_INT((int64_t)count, 3);
    CHECK_INT(errors[0].line, 4);
    CHECK_STR(errors[0].id, STR("repeat"));
    CHECK_STR(errors[0].detail, STR("2"));
    CHECK_INT(errors[1].line, 5); /* it is left out, so the next line may speak of 3 */
    CHECK_INT(errors[2].line, 2507);
    CHECK_STR(errors[2].detail, STR("3"));
    desk_act(&desk, DESK_RUN);
    CHECK_INT(desk.import.counts.created, checked.created);
    CHECK_INT(desk.import.counts.changed, checked.changed);
    CHECK_INT(desk.import.counts.same, checked.same);
    CHECK_INT(desk.import.counts.wrong, checked.wrong);
    CHECK(str_find(desk_read_record(&desk, STR("housing.house"), STR("2")).body, STR("\"b\"")) <
          60);
    desk_close(&desk);
}

static void undo_puts_back_what_stood_before(void)
{
    struct record before, after;
    struct desk desk;
    int64_t seq;

    desk_open(&desk);
    desk_bring(&desk, STR("housing.house"), HOUSES);
    before = desk_read_record(&desk, STR("housing.house"), STR("7"));
    desk_bring(&desk, STR("housing.house"),
               STR("code,address_text,year_built\n7,иначе,1990\n70,новый,2000\n"));
    CHECK_INT(desk.import.counts.created, 1);
    CHECK_INT(desk.import.counts.changed, 1);
    seq = town_count(&desk.town, "SELECT COUNT(*) FROM history WHERE tenant = $1");
    desk_act(&desk, DESK_UNDO);
    CHECK_INT(desk.import.status, IMPORT_UNDONE);
    CHECK_INT(desk.import.counts.undone, 2);
    CHECK_INT(desk.import.counts.undo_kept, 0);
    after = desk_read_record(&desk, STR("housing.house"), STR("7"));
    CHECK_STR(after.body, before.body);
    CHECK(after.version > before.version);
    CHECK_INT(desk_read_record(&desk, STR("housing.house"), STR("70")).id, 0);
    CHECK_INT(town_count(&desk.town, "SELECT COUNT(*) FROM history WHERE tenant = $1"), seq + 2);
    desk_close(&desk);
}

static void undo_keeps_what_was_changed_since(void)
{
    struct import_error *errors;
    struct desk desk;
    struct import first;
    size_t count;

    desk_open(&desk);
    desk_bring(&desk, STR("housing.house"), STR("code,address_text\n1,a\n2,b\n3,c\n"));
    first = desk.import;
    desk_bring(&desk, STR("housing.house"), STR("code,address_text\n2,B\n"));
    desk_bring(&desk, STR("housing.flat"), STR("house,number\n3,15\n"));
    CHECK_INT(desk.import.counts.created, 1);
    desk.import = first;
    desk_act(&desk, DESK_UNDO);
    CHECK_INT(desk.import.counts.undone, 1);
    CHECK_INT(desk.import.counts.undo_kept, 2);
    CHECK_STR(desk_read_record(&desk, STR("housing.house"), STR("2")).title, STR("B"));
    CHECK_INT(desk_read_record(&desk, STR("housing.house"), STR("1")).id, 0);
    errors = desk_errors_of(&desk, &count);
    CHECK_INT((int64_t)count, 2);
    CHECK_STR(errors[0].value, STR("c"));
    CHECK_STR(errors[0].id, STR("referenced"));
    CHECK_STR(errors[1].id, STR("changed"));
    desk_close(&desk);
}

static void rows_may_refer_to_rows_below(void)
{
    struct desk desk;

    desk_open(&desk);
    desk_bring(&desk, STR("base.territory"),
               STR("code,name,type,parent\n3,В,г,2\n2,Б,р-н,1\n1,А,обл,\n4,Г,г,99\n"));
    CHECK_INT(desk.import.counts.created, 3);
    CHECK_INT(desk.import.counts.wrong, 1);
    CHECK_INT(desk.import.counts.rows, 4);
    desk_close(&desk);
}

static void a_new_first_day_ends_the_slice_before(void)
{
    struct desk desk;

    desk_open(&desk);
    desk_bring(&desk, STR("base.street"), STR("code,name,type\n1,Ленина,ул\n"));
    desk_bring(&desk, STR("base.street"), STR("code,name,valid_from\n1,Мира,2020-01-01\n"));
    CHECK_INT(desk.import.counts.changed, 1);
    CHECK_INT(town_count(&desk.town, "SELECT COUNT(*) FROM record WHERE tenant = $1"), 2);
    CHECK_STR(desk_read_record(&desk, STR("base.street"), STR("1")).title, STR("Улица Мира"));
    desk_act(&desk, DESK_UNDO);
    CHECK_INT(desk.import.counts.undone, 1);
    CHECK_INT(town_count(&desk.town, "SELECT COUNT(*) FROM record WHERE tenant = $1"), 1);
    CHECK_STR(desk_read_record(&desk, STR("base.street"), STR("1")).title, STR("Улица Ленина"));
    desk_close(&desk);
}

static void json_lines_and_geojson_are_read(void)
{
    struct desk desk;

    desk_open(&desk);
    desk_bring(&desk, STR("housing.house"),
               STR("{\"code\":\"1\",\"address_text\":\"a\",\"year_built\":1961}\n"
                   "no json\n"
                   "{\"data\":{\"code\":\"2\",\"address_text\":\"b\",\"is_emergency\":true}}\n"));
    CHECK_INT(desk.import.counts.created, 2);
    CHECK_INT(desk.import.counts.wrong, 1);
    desk_bring(
        &desk, STR("housing.house"),
        STR("{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":"
            "{\"code\":\"1\",\"year_built\":\"1962\"},\"geometry\":{\"type\":\"Point\","
            "\"coordinates\":[94.5,57.3]}},\n{\"type\":\"Feature\",\"properties\":{\"code\":\"3\","
            "\"address_text\":\"}\\\"]\"},\"geometry\":null}]}"));
    CHECK_INT(desk.import.counts.created, 1);
    CHECK_INT(desk.import.counts.changed, 1);
    CHECK_INT(town_count(&desk.town, "SELECT COUNT(*) FROM map_cell WHERE tenant = $1") > 0, 1);
    desk_close(&desk);
}

static void a_file_without_columns_is_told(void)
{
    struct import_preview preview;
    struct registry registry;
    struct desk desk;
    struct err err;

    desk_open(&desk);
    desk_upload(&desk, STR("housing.house"), STR("{}\n{}\n"));
    CLEANUP(tx_done) struct tx tx = {0};
    CHECK_OK(tx_read(&tx, desk.town.tenant, &err), &err);
    registry = *town_registry(&desk.town, &tx);
    CHECK(!import_look(&registry, &desk.import, &preview, &err));
    CHECK_INT(err.code, ERR_INPUT);
    tx_done(&tx);
    desk_close(&desk);
}

/* Columns are those of the first lines, and what the import names. */
static void a_member_that_no_first_line_has_is_not_lost_in_silence(void)
{
    struct buf file = {.arena = check_arena()};
    struct import_error *errors;
    struct desk desk;
    struct err err;
    size_t count;

    desk_open(&desk);
    for (int i = 0; i < 1500; i++)
        buf_printf(&file, "{\"code\":\"h%d\",\"address_text\":\"a\"}\n", i);
    buf_add(&file, STR("{\"code\":\"1\",\"address_text\":\"b\",\"year_built\":1961}\n"));
    desk_bring(&desk, STR("housing.house"), buf_str(&file));
    CHECK_INT(desk.import.counts.created, 1500);
    CHECK_INT(desk.import.counts.wrong, 1);
    errors = desk_errors_of(&desk, &count);
    CHECK_INT(errors[0].line, 1501);
    CHECK_STR(errors[0].id, STR("row"));
    CHECK_INT(desk_read_record(&desk, STR("housing.house"), STR("1")).id, 0);

    desk_upload(&desk, STR("housing.house"), buf_str(&file));
    desk.import.options.columns =
        (struct import_column[]){{STR("code"), STR("code")},
                                 {STR("year_built"), STR("year_built")},
                                 {STR("address_text"), STR("address_text")}};
    desk.import.options.column_count = 3;
    CHECK_OK(tenant_write_wait(desk.town.tenant, desk_set, &desk, &err), &err);
    desk_act(&desk, DESK_RUN);
    CHECK_INT(desk.import.counts.created, 1);
    CHECK_INT(desk.import.counts.same, 1500);
    CHECK_INT(desk.import.counts.wrong, 0);
    desk_close(&desk);
}

static void a_field_outside_the_classes_is_refused(void)
{
    struct desk desk;
    struct err err;

    desk_open(&desk);
    desk_upload(&desk, STR("base.person"), STR("surname,snils\nИванов,\n"));
    desk.import.options.classes = POLICY_PUBLIC;
    desk.import.options.columns = ARENA_ARRAY(check_arena(), struct import_column, 1);
    desk.import.options.columns[0] = (struct import_column){STR("surname"), STR("surname")};
    desk.import.options.column_count = 1;
    CHECK(!tenant_write_wait(desk.town.tenant, desk_set, &desk, &err));
    CHECK_INT(err.code, ERR_DENIED);
    desk_close(&desk);
}

static bool start_and_stop(struct tx *tx, void *data, struct err *err)
{
    struct desk_start *starting = data;

    return desk_start(tx, starting, err) && job_stop(tx, starting->job, time_now(), err) &&
           import_stopped(tx, starting->job, err);
}

static void one_stopped_before_it_began_is_free_again(void)
{
    struct desk desk;
    struct desk_start starting = {.town = &desk.town, .what = DESK_CHECK};
    struct err err;

    desk_open(&desk);
    desk_upload(&desk, STR("housing.house"), HOUSES);
    desk_map_columns(&desk);
    starting.id = desk.import.id;
    CHECK_OK(tenant_write_wait(desk.town.tenant, start_and_stop, &starting, &err), &err);
    desk_read_import(&desk);
    CHECK_INT(desk.import.status, IMPORT_NEW);
    desk_act(&desk, DESK_RUN);
    CHECK_INT(desk.import.status, IMPORT_DONE);
    starting.what = DESK_UNDO;
    CHECK_OK(tenant_write_wait(desk.town.tenant, start_and_stop, &starting, &err), &err);
    desk_read_import(&desk);
    CHECK_INT(desk.import.status, IMPORT_DONE);
    desk_close(&desk);
}

enum {
    MANY = 6000,
};

static struct str many_houses(void)
{
    struct buf file = {.arena = check_arena()};

    buf_add(&file, STR("code,address_text\n"));
    for (int i = 0; i < MANY; i++)
        buf_printf(&file, "%d,a\n", i);
    buf_add(&file, STR("0,again\n")); /* the resumed run must know the key of the first row */
    return buf_str(&file);
}

static void start(struct desk *desk, enum desk_what what)
{
    struct desk_start starting = {&desk->town, desk->import.id, what, 0};
    struct err err;

    CHECK_OK(tenant_write_wait(desk->town.tenant, desk_start, &starting, &err), &err);
    worker_wake(desk->pool, STR("town"));
}

static int64_t done_of(const struct desk *desk)
{
    return desk->import.status == IMPORT_UNDOING ? desk->import.counts.undone
                                                 : desk->import.counts.rows;
}

static bool is_busy(const struct desk *desk)
{
    return desk->import.status == IMPORT_CHECKING || desk->import.status == IMPORT_RUNNING ||
           desk->import.status == IMPORT_UNDOING;
}

static void wait_for_end(struct desk *desk)
{
    desk_read_import(desk);
    for (int i = 0; i < 9000 && is_busy(desk); i++) {
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        desk_read_import(desk);
    }
    CHECK(!is_busy(desk));
}

/* A kind that begins when the server is about to end, however fast it would be. */
struct late {
    struct worker_kind kind;
    atomic_bool has_begun;
};

static bool run_late(struct worker_task *task, struct str *result, struct err *err)
{
    struct late *late = task->context;
    bool is_stopping = false;

    atomic_store(&late->has_begun, true);
    while (!is_stopping) {
        if (!worker_report(task, STR("Waiting"), 0, 1, (struct str){0}, &is_stopping, err))
            return false;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    task->context = late->kind.context;
    return late->kind.run(task, result, err);
}

enum {
    INTERRUPTIONS = 3,
};

/* The server ends in the middle of the job, each time at its first report, and starts again. */
static void start_and_interrupt(struct desk *desk, enum desk_what what)
{
    struct late late = {.kind = desk->kinds[what == DESK_UNDO]};
    struct worker_kind kind = {late.kind.name, run_late, &late};
    int64_t before = 0;

    worker_stop(desk->pool);
    for (int i = 0; i < INTERRUPTIONS; i++) {
        atomic_store(&late.has_begun, false);
        desk->pool = worker_start(desk->town.arena, desk->town.store, &kind, 1, 1);
        if (i == 0)
            start(desk, what);
        for (int wait = 0; wait < 30000 && !atomic_load(&late.has_begun); wait++)
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        CHECK(atomic_load(&late.has_begun));
        worker_stop(desk->pool);
        desk_read_import(desk);
        CHECK(is_busy(desk));
        CHECK(done_of(desk) > before || what == DESK_CHECK);
        before = done_of(desk);
    }
    desk->pool = worker_start(desk->town.arena, desk->town.store, desk->kinds, 2, 1);
    wait_for_end(desk);
}

static void an_interrupted_run_goes_on_where_it_was(void)
{
    struct desk desk;

    desk_open(&desk);
    desk_upload(&desk, STR("housing.house"), many_houses());
    desk_map_columns(&desk);
    start_and_interrupt(&desk, DESK_RUN);
    CHECK_INT(desk.import.status, IMPORT_DONE);
    CHECK_INT(desk.import.counts.created, MANY);
    CHECK_INT(desk.import.counts.wrong, 1);
    CHECK_INT(desk.import.counts.rows, MANY + 1);
    CHECK_INT(town_count(&desk.town, "SELECT COUNT(*) FROM record WHERE tenant = $1"), MANY);
    CHECK_INT(town_count(&desk.town, "SELECT COUNT(*) FROM history WHERE tenant = $1"), 0);
    desk_close(&desk);
}

static void an_interrupted_check_says_what_a_whole_one_says(void)
{
    struct desk desk;

    desk_open(&desk);
    desk_upload(&desk, STR("housing.house"), many_houses());
    desk_map_columns(&desk);
    start_and_interrupt(&desk, DESK_CHECK);
    CHECK_INT(desk.import.status, IMPORT_CHECKED);
    CHECK_INT(desk.import.counts.created, MANY);
    CHECK_INT(desk.import.counts.wrong, 1);
    CHECK_INT(town_count(&desk.town, "SELECT COUNT(*) FROM record WHERE tenant = $1"), 0);
    desk_close(&desk);
}

static void an_interrupted_undo_goes_on_and_lists_what_it_kept_once(void)
{
    struct import first;
    struct desk desk;
    size_t count;

    desk_open(&desk);
    desk_bring(&desk, STR("housing.house"), many_houses());
    first = desk.import;
    desk_bring(&desk, STR("housing.house"), STR("code,address_text\n5999,B\n3000,B\n"));
    desk.import = first;
    start_and_interrupt(&desk, DESK_UNDO);
    CHECK_INT(desk.import.status, IMPORT_UNDONE);
    CHECK_INT(desk.import.counts.undone, MANY - 2);
    CHECK_INT(desk.import.counts.undo_kept, 2);
    desk_errors_of(&desk, &count);
    CHECK_INT((int64_t)count, 2);
    CHECK_INT(town_count(&desk.town, "SELECT COUNT(*) FROM record WHERE tenant = $1"), 2);
    desk_close(&desk);
}

/* Somebody asks it to stop at the moment it is taken: it learns so at its first report. */
static bool start_to_be_stopped(struct tx *tx, void *data, struct err *err)
{
    return desk_start(tx, data, err) &&
           store_exec(tx, "UPDATE job SET is_stopping = 1 WHERE tenant = $1 AND status = 'waiting'",
                      ARGS(INT(tx->tenant)), err);
}

/* A person stops it, and lets it go on later. */
static void a_stopped_run_goes_on_when_it_is_started_again(void)
{
    struct desk_start starting = {.what = DESK_RUN};
    struct desk desk;
    struct err err;

    desk_open(&desk);
    desk_upload(&desk, STR("housing.house"), many_houses());
    desk_map_columns(&desk);
    starting.town = &desk.town;
    starting.id = desk.import.id;
    CHECK_OK(tenant_write_wait(desk.town.tenant, start_to_be_stopped, &starting, &err), &err);
    worker_wake(desk.pool, STR("town"));
    wait_for_end(&desk);
    CHECK_INT(desk.import.status, IMPORT_STOPPED);
    CHECK(desk.import.counts.rows > 0 && desk.import.counts.rows < MANY);
    desk_act(&desk, DESK_RUN);
    CHECK_INT(desk.import.status, IMPORT_DONE);
    CHECK_INT(desk.import.counts.created, MANY);
    CHECK_INT(desk.import.counts.wrong, 1);
    CHECK_INT(town_count(&desk.town, "SELECT COUNT(*) FROM history WHERE tenant = $1"), 0);
    desk_close(&desk);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(a_check_counts_and_writes_nothing),
    CHECK_TEST(good_rows_go_in_beside_bad_ones),
    CHECK_TEST(the_same_file_again_changes_nothing_and_columns_are_remembered),
    CHECK_TEST(fields_without_a_column_stay),
    CHECK_TEST(the_first_of_two_rows_with_a_key_counts),
    CHECK_TEST(undo_puts_back_what_stood_before),
    CHECK_TEST(undo_keeps_what_was_changed_since),
    CHECK_TEST(rows_may_refer_to_rows_below),
    CHECK_TEST(a_new_first_day_ends_the_slice_before),
    CHECK_TEST(json_lines_and_geojson_are_read),
    CHECK_TEST(a_file_without_columns_is_told),
    CHECK_TEST(a_member_that_no_first_line_has_is_not_lost_in_silence),
    CHECK_TEST(a_field_outside_the_classes_is_refused),
    CHECK_TEST(one_stopped_before_it_began_is_free_again),
    CHECK_TEST(an_interrupted_run_goes_on_where_it_was),
    CHECK_TEST(an_interrupted_check_says_what_a_whole_one_says),
    CHECK_TEST(an_interrupted_undo_goes_on_and_lists_what_it_kept_once),
    CHECK_TEST(a_stopped_run_goes_on_when_it_is_started_again),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
