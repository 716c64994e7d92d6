#include "registry/import.h"

#include "core/file.h"
#include "core/utf8.h"
#include "town.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

static const struct str PACKS[] = {STR_INIT("base"), STR_INIT("housing")};

struct desk {
    struct town town;
    struct worker_kind kinds[2];
    struct worker_pool *pool;
    struct import import;
    const struct register_type *type;
};

static void desk_open(struct desk *desk)
{
    town_open(&desk->town, PACKS, ARRAY_LEN(PACKS));
    for (size_t i = 0; i < ARRAY_LEN(import_kinds); i++) {
        desk->kinds[i] = import_kinds[i];
        desk->kinds[i].context = desk->town.library;
    }
    desk->pool = worker_start(desk->town.arena, desk->town.store, desk->kinds, 2, 1);
}

static void desk_close(struct desk *desk)
{
    worker_stop(desk->pool);
    town_close(&desk->town);
}

static bool put(struct tx *tx, void *data, struct err *err)
{
    return import_put(tx, data, err);
}

/* Uploads a text as a file for a register. */
static void upload(struct desk *desk, struct str no, struct str text)
{
    struct str path = file_join(check_arena(), check_folder(), STR("upload"));
    struct err err;
    int fd;

    CHECK_OK(file_write(path, text, &err), &err);
    fd = open(str_to_z(check_arena(), path), O_RDONLY);
    CHECK_OK(import_keep(desk->town.tenant, check_arena(), fd, STR("f.csv"), &desk->import, &err),
             &err);
    close(fd);
    desk->type = model_type(desk->town.catalog->model, no);
    desk->import.no = catalog_no(desk->town.catalog, desk->type);
    desk->import.created_at = time_now();
    desk->import.actor = 5;
    desk->import.options.classes =
        POLICY_PUBLIC | POLICY_INTERNAL | POLICY_PERSONAL | POLICY_SECRET;
    CHECK_OK(tenant_write_wait(desk->town.tenant, put, &desk->import, &err), &err);
}

static void look(struct desk *desk, struct import_preview *preview)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct err err;

    CHECK_OK(tx_read(&tx, desk->town.tenant, &err), &err);
    CHECK_OK(import_look(&tx, check_arena(), desk->town.catalog, &desk->import, preview, &err),
             &err);
}

static bool set(struct tx *tx, void *data, struct err *err)
{
    struct desk *desk = data;

    return import_set(tx, check_arena(), desk->town.catalog, &desk->import, err);
}

/* As guessed. */
static void map_columns(struct desk *desk)
{
    struct import_preview preview;
    unsigned classes = desk->import.options.classes;
    struct err err;

    look(desk, &preview);
    desk->import.options = preview.options;
    desk->import.options.classes = classes;
    CHECK_OK(tenant_write_wait(desk->town.tenant, set, desk, &err), &err);
}

enum what {
    WHAT_CHECK,
    WHAT_RUN,
    WHAT_UNDO,
};

struct starting {
    int64_t id;
    enum what what;
    int64_t job;
};

static bool start(struct tx *tx, void *data, struct err *err)
{
    struct starting *starting = data;

    if (starting->what == WHAT_UNDO)
        return import_undo_start(tx, check_arena(), starting->id, 5, time_now(), &starting->job,
                                 err);
    return import_start(tx, check_arena(), starting->id, starting->what == WHAT_CHECK, 5,
                        time_now(), &starting->job, err);
}

static void read_import(struct desk *desk)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct err err;

    CHECK_OK(tx_read(&tx, desk->town.tenant, &err), &err);
    CHECK_OK(import_get(&tx, check_arena(), desk->import.id, &desk->import, &err), &err);
}

static void act(struct desk *desk, enum what what)
{
    struct starting starting = {desk->import.id, what, 0};
    struct err err;

    CHECK_OK(tenant_write_wait(desk->town.tenant, start, &starting, &err), &err);
    worker_wake(desk->pool, STR("town"));
    for (int i = 0; i < 3000; i++) {
        read_import(desk);
        if (desk->import.status != IMPORT_CHECKING && desk->import.status != IMPORT_RUNNING &&
            desk->import.status != IMPORT_UNDOING)
            return;
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    CHECK(!"the job ends");
}

static void bring(struct desk *desk, struct str no, struct str text)
{
    upload(desk, no, text);
    map_columns(desk);
    act(desk, WHAT_RUN);
    CHECK_INT(desk->import.status, IMPORT_DONE);
}

static struct import_error *errors_of(struct desk *desk, size_t *count)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct import_error *errors;
    struct err err;

    CHECK_OK(tx_read(&tx, desk->town.tenant, &err), &err);
    CHECK_OK(import_errors(&tx, check_arena(), desk->import.id, 0, 1000, &errors, count, &err),
             &err);
    return errors;
}

static struct record read_record(struct desk *desk, struct str no, struct str key)
{
    CLEANUP(tx_done) struct tx tx = {0};
    const struct register_type *type = model_type(desk->town.catalog->model, no);
    int64_t number = catalog_no(desk->town.catalog, type);
    struct record record = {0};
    struct buf folded = {.arena = check_arena()};
    struct err err;
    int64_t id;

    utf8_key(&folded, key);
    CHECK_OK(tx_read(&tx, desk->town.tenant, &err), &err);
    CHECK_OK(record_find_key(&tx, check_arena(), number, buf_str(&folded), &id, &err), &err);
    if (id != 0)
        CHECK_OK(
            record_get(&tx, check_arena(), number, id, time_now() / TIME_DAY_MS, &record, &err),
            &err);
    return record;
}

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
    upload(&desk, STR("housing.house"), HOUSES);
    CHECK_INT(desk.import.options.separator, ';');
    map_columns(&desk);
    act(&desk, WHAT_CHECK);
    CHECK_INT(desk.import.status, IMPORT_CHECKED);
    CHECK_INT(desk.import.counts.rows, 4);
    CHECK_INT(desk.import.counts.created, 2);
    CHECK_INT(desk.import.counts.wrong, 2);
    CHECK_INT(town_count(&desk.town, "SELECT COUNT(*) FROM record WHERE tenant = $1"), 0);
    errors = errors_of(&desk, &count);
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
    upload(&desk, STR("housing.house"), HOUSES);
    map_columns(&desk);
    act(&desk, WHAT_CHECK);
    act(&desk, WHAT_RUN);
    CHECK_INT(desk.import.status, IMPORT_DONE);
    CHECK_INT(desk.import.counts.created, 2);
    CHECK_INT(desk.import.counts.wrong, 2);
    record = read_record(&desk, STR("housing.house"), STR("7"));
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
    bring(&desk, STR("housing.house"), HOUSES);
    upload(&desk, STR("housing.house"), HOUSES);
    look(&desk, &preview);
    CHECK(preview.is_remembered);
    CHECK_INT((int64_t)preview.row_count, 4);
    CHECK_STR(preview.cells[0], STR("7"));
    map_columns(&desk);
    act(&desk, WHAT_RUN);
    CHECK_INT(desk.import.counts.same, 2);
    CHECK_INT(desk.import.counts.created, 0);
    CHECK_INT(desk.import.counts.changed, 0);
    desk_close(&desk);
}

static void fields_without_a_column_stay(void)
{
    struct desk desk;

    desk_open(&desk);
    bring(&desk, STR("housing.house"), HOUSES);
    bring(&desk, STR("housing.house"), STR("code,year_built\n7,1970\n"));
    CHECK_INT(desk.import.counts.changed, 1);
    CHECK(str_find(read_record(&desk, STR("housing.house"), STR("7")).body,
                   STR("\"area_total\":1234.5")) < 200);
    desk_close(&desk);
}

static void a_key_twice_in_a_file_is_one_record(void)
{
    struct desk desk;

    desk_open(&desk);
    bring(&desk, STR("housing.house"), STR("code,address_text\n1,a\n2,b\n1,c\n"));
    CHECK_INT(desk.import.counts.created, 2);
    CHECK_INT(desk.import.counts.changed, 1);
    CHECK_INT(town_count(&desk.town, "SELECT COUNT(*) FROM record WHERE tenant = $1"), 2);
    desk_close(&desk);
}

static void undo_puts_back_what_stood_before(void)
{
    struct record before, after;
    struct desk desk;
    int64_t seq;

    desk_open(&desk);
    bring(&desk, STR("housing.house"), HOUSES);
    before = read_record(&desk, STR("housing.house"), STR("7"));
    bring(&desk, STR("housing.house"),
          STR("code,address_text,year_built\n7,иначе,1990\n70,новый,2000\n"));
    CHECK_INT(desk.import.counts.created, 1);
    CHECK_INT(desk.import.counts.changed, 1);
    seq = town_count(&desk.town, "SELECT COUNT(*) FROM history WHERE tenant = $1");
    act(&desk, WHAT_UNDO);
    CHECK_INT(desk.import.status, IMPORT_UNDONE);
    CHECK_INT(desk.import.counts.undone, 2);
    CHECK_INT(desk.import.counts.undo_kept, 0);
    after = read_record(&desk, STR("housing.house"), STR("7"));
    CHECK_STR(after.body, before.body);
    CHECK(after.version > before.version);
    CHECK_INT(read_record(&desk, STR("housing.house"), STR("70")).id, 0);
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
    bring(&desk, STR("housing.house"), STR("code,address_text\n1,a\n2,b\n3,c\n"));
    first = desk.import;
    bring(&desk, STR("housing.house"), STR("code,address_text\n2,B\n"));
    bring(&desk, STR("housing.flat"), STR("house,number\n3,15\n"));
    CHECK_INT(desk.import.counts.created, 1);
    desk.import = first;
    act(&desk, WHAT_UNDO);
    CHECK_INT(desk.import.counts.undone, 1);
    CHECK_INT(desk.import.counts.undo_kept, 2);
    CHECK_STR(read_record(&desk, STR("housing.house"), STR("2")).title, STR("B"));
    CHECK_INT(read_record(&desk, STR("housing.house"), STR("1")).id, 0);
    errors = errors_of(&desk, &count);
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
    bring(&desk, STR("base.territory"),
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
    bring(&desk, STR("base.street"), STR("code,name,type\n1,Ленина,ул\n"));
    bring(&desk, STR("base.street"), STR("code,name,valid_from\n1,Мира,2020-01-01\n"));
    CHECK_INT(desk.import.counts.changed, 1);
    CHECK_INT(town_count(&desk.town, "SELECT COUNT(*) FROM record WHERE tenant = $1"), 2);
    CHECK_STR(read_record(&desk, STR("base.street"), STR("1")).title, STR("Улица Мира"));
    act(&desk, WHAT_UNDO);
    CHECK_INT(desk.import.counts.undone, 1);
    CHECK_INT(town_count(&desk.town, "SELECT COUNT(*) FROM record WHERE tenant = $1"), 1);
    CHECK_STR(read_record(&desk, STR("base.street"), STR("1")).title, STR("Улица Ленина"));
    desk_close(&desk);
}

static void json_lines_and_geojson_are_read(void)
{
    struct desk desk;

    desk_open(&desk);
    bring(&desk, STR("housing.house"),
          STR("{\"code\":\"1\",\"address_text\":\"a\",\"year_built\":1961}\n"
              "no json\n"
              "{\"data\":{\"code\":\"2\",\"address_text\":\"b\",\"is_emergency\":true}}\n"));
    CHECK_INT(desk.import.counts.created, 2);
    CHECK_INT(desk.import.counts.wrong, 1);
    bring(
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

static void a_field_outside_the_classes_is_refused(void)
{
    struct desk desk;
    struct err err;

    desk_open(&desk);
    upload(&desk, STR("base.person"), STR("surname,snils\nИванов,\n"));
    desk.import.options.classes = POLICY_PUBLIC;
    desk.import.options.columns = ARENA_ARRAY(check_arena(), struct import_column, 1);
    desk.import.options.columns[0] = (struct import_column){STR("surname"), STR("surname")};
    desk.import.options.column_count = 1;
    CHECK(!tenant_write_wait(desk.town.tenant, set, &desk, &err));
    CHECK_INT(err.code, ERR_DENIED);
    desk_close(&desk);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(a_check_counts_and_writes_nothing),
    CHECK_TEST(good_rows_go_in_beside_bad_ones),
    CHECK_TEST(the_same_file_again_changes_nothing_and_columns_are_remembered),
    CHECK_TEST(fields_without_a_column_stay),
    CHECK_TEST(a_key_twice_in_a_file_is_one_record),
    CHECK_TEST(undo_puts_back_what_stood_before),
    CHECK_TEST(undo_keeps_what_was_changed_since),
    CHECK_TEST(rows_may_refer_to_rows_below),
    CHECK_TEST(a_new_first_day_ends_the_slice_before),
    CHECK_TEST(json_lines_and_geojson_are_read),
    CHECK_TEST(a_field_outside_the_classes_is_refused),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
