#include "registry/gar.h"

#include "desk.h"
#include "registry/gar_zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    struct str name;
    struct str text;
};

static struct str make_zip(const struct entry *entries, size_t count)
{
    size_t cap = 64 * 1024 * 1024;
    char *bytes = arena_alloc(check_arena(), cap);
    struct archive *zip = archive_write_new();
    size_t used = 0;

    archive_write_set_format_zip(zip);
    archive_write_open_memory(zip, bytes, cap, &used);
    for (size_t i = 0; i < count; i++) {
        struct archive_entry *entry = archive_entry_new();

        archive_entry_set_pathname(entry, str_to_z(check_arena(), entries[i].name));
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_size(entry, (int64_t)entries[i].text.len);
        CHECK(archive_write_header(zip, entry) == ARCHIVE_OK);
        CHECK(archive_write_data(zip, entries[i].text.ptr, entries[i].text.len) >= 0);
        archive_entry_free(entry);
    }
    archive_write_close(zip);
    archive_write_free(zip);
    return (struct str){bytes, used};
}

#define ACTUAL " STARTDATE=\"2014-01-01\" ENDDATE=\"2079-06-06\" ISACTUAL=\"1\" ISACTIVE=\"1\"/>"
#define PLACE  " STARTDATE=\"2014-01-01\" ENDDATE=\"2079-06-06\" ISACTIVE=\"1\"/>"
#define GUID   " OBJECTGUID=\"e1bf75f1-275e-482c-aa7b-486f39eb9e9e\""

static const struct entry TOWN[] = {
    {STR_INIT("00/AS_ADDR_OBJ_20260105_a.XML"),
     STR_INIT("<ADDRESSOBJECTS>"
              "<OBJECT OBJECTID=\"1\" NAME=\"Заречная\" TYPENAME=\"обл\" LEVEL=\"1\"" GUID ACTUAL
              "<OBJECT OBJECTID=\"2\" NAME=\"Зареченск\" TYPENAME=\"г.\" LEVEL=\"5\"" GUID ACTUAL
              "<OBJECT OBJECTID=\"3\" NAME=\"Иной\" TYPENAME=\"с\" LEVEL=\"6\"" GUID ACTUAL
              "<OBJECT OBJECTID=\"4\" NAME=\"Мира\" TYPENAME=\"проезд\" LEVEL=\"8\"" GUID ACTUAL
              "<OBJECT OBJECTID=\"5\" NAME=\"Чужая\" TYPENAME=\"ул\" LEVEL=\"8\"" GUID ACTUAL
              "</ADDRESSOBJECTS>")},
    {STR_INIT("00/AS_ADM_HIERARCHY_20260105_a.XML"),
     STR_INIT("<ITEMS><ITEM OBJECTID=\"1\" PATH=\"1\"" PLACE
              "<ITEM OBJECTID=\"2\" PATH=\"1.2\"" PLACE "<ITEM OBJECTID=\"4\" PATH=\"1.2.4\"" PLACE
              "<ITEM OBJECTID=\"10\" PATH=\"1.2.4.10\"" PLACE "</ITEMS>")},
    {STR_INIT("00/AS_APARTMENTS_20260105_a.XML"),
     STR_INIT("<APARTMENTS><APARTMENT OBJECTID=\"11\" NUMBER=\"7\" APARTTYPE=\"2\"" GUID ACTUAL
              "</APARTMENTS>")},
    {STR_INIT("00/AS_HOUSES_20260105_a.XML"),
     STR_INIT(
         "<HOUSES><HOUSE OBJECTID=\"10\" HOUSENUM=\"11\" HOUSETYPE=\"2\" STARTDATE=\"2011-01-"
         "01\" ENDDATE=\"2014-01-01\" ISACTUAL=\"0\" ISACTIVE=\"0\"" GUID "/>"
         "<HOUSE OBJECTID=\"10\" HOUSENUM=\"12\" HOUSETYPE=\"2\" ADDNUM1=\"3\" ADDTYPE1=\"1\"" GUID
             ACTUAL "<HOUSE OBJECTID=\"20\" HOUSENUM=\"1\" HOUSETYPE=\"2\"" GUID ACTUAL
         "</HOUSES>")},
    {STR_INIT("00/AS_HOUSES_PARAMS_20260105_a.XML"),
     STR_INIT(
         "<PARAMS><PARAM OBJECTID=\"10\" TYPEID=\"5\" VALUE=\"000111\" STARTDATE=\"2001-01-"
         "01\" ENDDATE=\"2014-01-01\"/><PARAM OBJECTID=\"10\" TYPEID=\"5\" VALUE=\"000700\"" PLACE
         "<PARAM OBJECTID=\"10\" TYPEID=\"8\" VALUE=\"00:50:0400042:100\"" PLACE "</PARAMS>")},
    {STR_INIT("00/AS_MUN_HIERARCHY_20260105_a.XML"),
     STR_INIT("<ITEMS><ITEM OBJECTID=\"1\" OKTMO=\"00000000\" PATH=\"1\"" PLACE
              "<ITEM OBJECTID=\"2\" OKTMO=\"00701000001\" PATH=\"1.2\"" PLACE
              "<ITEM OBJECTID=\"3\" OKTMO=\"00702000001\" PATH=\"1.3\"" PLACE
              "<ITEM OBJECTID=\"4\" OKTMO=\"00701000001\" PATH=\"1.2.4\"" PLACE
              "<ITEM OBJECTID=\"5\" OKTMO=\"00702000001\" PATH=\"1.3.5\"" PLACE
              "<ITEM OBJECTID=\"10\" OKTMO=\"00701000001\" PATH=\"1.2.4.10\"" PLACE
              "<ITEM OBJECTID=\"11\" OKTMO=\"00701000001\" PATH=\"1.2.4.10.11\"" PLACE
              "<ITEM OBJECTID=\"20\" OKTMO=\"00702000001\" PATH=\"1.3.5.20\"" PLACE "</ITEMS>")},
    {STR_INIT("AS_OBJECT_LEVELS_20260105_a.XML"), STR_INIT("<OBJECTLEVELS/>")},
};

static void bring_zip(struct desk *desk, struct str zip, const struct str *places, size_t count)
{
    desk_upload(desk, STR("base.address"), zip);
    CHECK_INT(desk->import.format, IMPORT_GAR);
    desk->import.options.places = (struct str *)places;
    desk->import.options.place_count = count;
    struct err err;
    CHECK_OK(tenant_write_wait(desk->town.tenant, desk_set, desk, &err), &err);
    desk_act(desk, DESK_RUN);
}

static void a_town_is_read_whole(void)
{
    struct record house, flat, street;
    struct desk desk;

    desk_open(&desk);
    bring_zip(&desk, make_zip(TOWN, ARRAY_LEN(TOWN)), NULL, 0);
    CHECK_INT(desk.import.status, IMPORT_DONE);
    CHECK_INT(desk.import.counts.created, 8);
    CHECK_INT(desk.import.counts.wrong, 0);
    house = desk_read_record(&desk, STR("base.address"), STR("10"));
    CHECK_STR(house.title, STR("г. Зареченск, проезд Мира, д. 12, к. 3"));
    CHECK(str_find(house.body, STR("\"postcode\":\"000700\"")) < house.body.len);
    CHECK(str_find(house.body, STR("\"cadastral_number\":\"00:50:0400042:100\"")) < house.body.len);
    CHECK(str_find(house.body, STR("\"mun_path\":\"1.2.4.10\"")) < house.body.len);
    CHECK(str_find(house.body, STR("\"adm_path\":\"1.2.4.10\"")) < house.body.len);
    CHECK(str_find(house.body, STR("\"oktmo\":\"00701000001\"")) < house.body.len);
    flat = desk_read_record(&desk, STR("base.address"), STR("11"));
    CHECK_STR(flat.title, STR("г. Зареченск, проезд Мира, д. 12, к. 3, кв. 7"));
    CHECK(str_find(flat.body, STR("\"parent\"")) < flat.body.len);
    street = desk_read_record(&desk, STR("base.street"), STR("4"));
    CHECK(str_find(street.body, STR("\"type\":\"пр-д\"")) < street.body.len);
    CHECK(str_find(street.body, STR("\"territory\"")) < street.body.len);
    desk_close(&desk);
}

static void again_changes_nothing_and_undo_takes_it_back(void)
{
    struct desk desk;

    desk_open(&desk);
    bring_zip(&desk, make_zip(TOWN, ARRAY_LEN(TOWN)), NULL, 0);
    struct import first = desk.import;
    bring_zip(&desk, make_zip(TOWN, ARRAY_LEN(TOWN)), NULL, 0);
    CHECK_INT(desk.import.counts.same, 8);
    CHECK_INT(desk.import.counts.rows, 8);
    desk.import = first;
    desk_act(&desk, DESK_UNDO);
    CHECK_INT(desk.import.counts.undone, 8);
    CHECK_INT(town_count(&desk.town, "SELECT COUNT(*) FROM record WHERE tenant = $1"), 0);
    desk_close(&desk);
}

/* One entry of TOWN with other text in it. */
static struct str make_town(const char *name, const char *was, const char *is)
{
    struct entry entries[ARRAY_LEN(TOWN)];

    for (size_t i = 0; i < ARRAY_LEN(TOWN); i++) {
        struct str text = TOWN[i].text;
        size_t at = str_find(text, str_from_z(was));

        entries[i] = TOWN[i];
        if (str_find(TOWN[i].name, str_from_z(name)) == TOWN[i].name.len)
            continue;
        CHECK(at < text.len);
        entries[i].text =
            str_printf(check_arena(), "%.*s%s%.*s", (int)at, text.ptr, is,
                       (int)(text.len - at - strlen(was)), text.ptr + at + strlen(was));
    }
    return make_zip(entries, ARRAY_LEN(entries));
}

static void a_wrong_value_does_not_cost_the_object(void)
{
    struct import_error *errors;
    struct record house;
    struct desk desk;
    size_t count;

    desk_open(&desk);
    bring_zip(&desk, make_town("HOUSES_PARAMS", "VALUE=\"000700\"", "VALUE=\"7OO\""), NULL, 0);
    CHECK_INT(desk.import.counts.created, 8);
    CHECK_INT(desk.import.counts.wrong, 0);
    CHECK_INT(desk.import.counts.errors, 1);
    house = desk_read_record(&desk, STR("base.address"), STR("10"));
    CHECK_INT((int64_t)str_find(house.body, STR("postcode")), (int64_t)house.body.len);
    CHECK(str_find(house.body, STR("cadastral_number")) < house.body.len);
    errors = desk_errors_of(&desk, &count);
    CHECK_INT((int64_t)count, 1);
    CHECK_INT(errors[0].line, 10);
    CHECK_STR(errors[0].field, STR("postcode"));
    CHECK_STR(errors[0].value, STR("7OO"));
    desk_close(&desk);
}

static void a_wrong_name_costs_the_object(void)
{
    struct desk desk;

    desk_open(&desk);
    bring_zip(&desk, make_town("ADDR_OBJ", "NAME=\"Мира\"", "NAME=\"\""), NULL, 0);
    CHECK_INT(desk.import.counts.wrong, 1);
    CHECK_INT(desk_read_record(&desk, STR("base.street"), STR("4")).id, 0);
    desk_close(&desk);
}

static int64_t end_of_flat(struct desk *desk)
{
    return town_count(&desk->town, "SELECT MIN(valid_to) FROM record WHERE tenant = $1"
                                   " AND title LIKE '%, кв. 7'");
}

static int64_t end_of_others(struct desk *desk)
{
    return town_count(&desk->town, "SELECT MIN(valid_to) FROM record WHERE tenant = $1"
                                   " AND title NOT LIKE '%, кв. 7'");
}

static void an_object_that_is_not_actual_any_more_ends_and_may_return(void)
{
    static const char ACTIVE[] =
        "<APARTMENT OBJECTID=\"11\" NUMBER=\"7\" APARTTYPE=\"2\"" GUID ACTUAL;
    static const char ENDED[] =
        "<APARTMENT OBJECTID=\"11\" NUMBER=\"7\" APARTTYPE=\"2\"" GUID
        " STARTDATE=\"2014-01-01\" ENDDATE=\"2025-03-01\" ISACTUAL=\"0\" ISACTIVE=\"0\"/>";
    struct import_error *errors;
    struct desk desk;
    size_t count;
    int64_t day;

    desk_open(&desk);
    CHECK(time_parse_day(STR("2025-03-01"), &day));
    bring_zip(&desk, make_zip(TOWN, ARRAY_LEN(TOWN)), NULL, 0);
    bring_zip(&desk, make_town("APARTMENTS", ACTIVE, ENDED), NULL, 0);
    CHECK_INT(desk.import.counts.same, 7);
    CHECK_INT(desk.import.counts.changed, 1);
    CHECK_INT(end_of_flat(&desk), day);
    CHECK_INT(end_of_others(&desk), RECORD_FOREVER);
    errors = desk_errors_of(&desk, &count);
    CHECK_INT((int64_t)count, 1);
    CHECK_STR(errors[0].id, STR("ended"));
    CHECK_STR(errors[0].detail, STR("2025-03-01"));
    bring_zip(&desk, make_zip(TOWN, ARRAY_LEN(TOWN)), NULL, 0);
    CHECK_INT(desk.import.counts.same, 7);
    CHECK_INT(town_count(&desk.town, "SELECT COUNT(*) FROM record WHERE tenant = $1"), 9);
    desk_act(&desk, DESK_UNDO);
    CHECK_INT(end_of_flat(&desk), day);
    CHECK_INT(town_count(&desk.town, "SELECT COUNT(*) FROM record WHERE tenant = $1"), 8);
    desk_close(&desk);
}

/* The files of a later day, without flat 11; then without nearly all. */
static struct str later_town(bool is_part)
{
    struct entry entries[ARRAY_LEN(TOWN)];

    for (size_t i = 0; i < ARRAY_LEN(TOWN); i++) {
        struct str name = TOWN[i].name;
        size_t at = str_find(name, STR("20260105"));

        entries[i].name = str_printf(check_arena(), "%.*s20991231%.*s", (int)at, name.ptr,
                                     (int)(name.len - at - 8), name.ptr + at + 8);
        entries[i].text = TOWN[i].text;
        if (str_find(name, STR("APARTMENTS")) < name.len)
            entries[i].text = STR("<APARTMENTS/>");
        if (is_part && str_find(name, STR("AS_HOUSES_2026")) < name.len)
            entries[i].text = STR("<HOUSES/>");
    }
    return make_zip(entries, ARRAY_LEN(entries));
}

static void an_object_that_a_newer_file_does_not_have_ends(void)
{
    static const struct str PLACE_1[] = {STR_INIT("00701000")};
    static const struct str PLACE_2[] = {STR_INIT("00702000")};
    struct desk desk;

    desk_open(&desk);
    bring_zip(&desk, make_zip(TOWN, ARRAY_LEN(TOWN)), NULL, 0);
    bring_zip(&desk, later_town(false), NULL,
              0); /* nothing was chosen: what is missing is unknown */
    CHECK_INT(desk.import.counts.changed, 0);
    bring_zip(&desk, later_town(false), PLACE_2, 1); /* flat 11 lies elsewhere */
    CHECK_INT(desk.import.counts.changed, 0);
    bring_zip(&desk, later_town(true), PLACE_1, 1); /* a part of the file */
    CHECK_INT(desk.import.counts.changed, 0);
    bring_zip(&desk, later_town(false), PLACE_1, 1);
    CHECK_INT(desk.import.counts.changed, 1);
    CHECK_INT(end_of_flat(&desk), catalog_day(desk.town.catalog, desk.import.created_at));
    CHECK_INT(end_of_others(&desk), RECORD_FOREVER);
    CHECK_INT(town_count(&desk.town, "SELECT COUNT(*) FROM record WHERE tenant = $1"), 8);
    desk_act(&desk, DESK_UNDO);
    CHECK_INT(end_of_flat(&desk), RECORD_FOREVER);
    desk_close(&desk);
}

static void municipalities_can_be_chosen(void)
{
    static const struct str BY_OKTMO[] = {STR_INIT("00701000")};
    static const struct str BY_ID[] = {STR_INIT("3")};
    struct desk desk;

    desk_open(&desk);
    bring_zip(&desk, make_zip(TOWN, ARRAY_LEN(TOWN)), BY_OKTMO, 1);
    CHECK_INT(desk.import.counts.created, 5);
    CHECK_INT(desk_read_record(&desk, STR("base.street"), STR("5")).id, 0);
    CHECK(desk_read_record(&desk, STR("base.territory"), STR("1")).id != 0);
    bring_zip(&desk, make_zip(TOWN, ARRAY_LEN(TOWN)), BY_ID, 1);
    CHECK_INT(desk.import.counts.created, 3);
    CHECK_INT(desk.import.counts.same, 1);
    desk_close(&desk);
}

static void records_of_the_town_are_matched_by_their_number(void)
{
    struct desk desk;

    desk_open(&desk);
    desk_bring(&desk, STR("base.street"),
               STR("code,name,type,gar_id,former_name\nS-1,Мирная,пр-д,4,Ленина\n"));
    bring_zip(&desk, make_zip(TOWN, ARRAY_LEN(TOWN)), NULL, 0);
    CHECK_INT(desk.import.counts.changed, 1);
    CHECK_INT(desk.import.counts.created, 7);
    struct record street = desk_read_record(&desk, STR("base.street"), STR("S-1"));
    CHECK(str_find(street.body, STR("\"former_name\":\"Ленина\"")) < street.body.len);
    CHECK(str_find(street.body, STR("\"name\":\"Мира\"")) < street.body.len);
    desk_close(&desk);
}

static void check_fails(struct str zip, const char *sentence)
{
    struct job_view view;
    struct desk desk;
    struct err err;

    desk_open(&desk);
    bring_zip(&desk, zip, NULL, 0);
    CHECK_INT(desk.import.status, IMPORT_FAILED);
    {
        CLEANUP(tx_done) struct tx tx = {0};

        for (int i = 0; i < 100; i++) {
            CHECK_OK(tx_read(&tx, desk.town.tenant, &err), &err);
            CHECK_OK(job_get(&tx, check_arena(), desk.import.job, &view, &err), &err);
            tx_done(&tx);
            if (str_equal(view.status, STR("failed")))
                break;
            nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        }
    }
    if (str_find(view.reason, str_from_z(sentence)) == view.reason.len)
        CHECK_STR(view.reason, str_from_z(sentence));
    desk_close(&desk);
}

static void entities_are_refused(void)
{
    static const struct entry ENTITY[] = {
        {STR_INIT("AS_HOUSES_20260105_a.XML"),
         STR_INIT("<!DOCTYPE a [<!ENTITY b \"bbb\">]><HOUSES><HOUSE HOUSENUM=\"&b;\"/></HOUSES>")}};

    check_fails(make_zip(ENTITY, 1), "DOCTYPE");
}

static void a_zip_of_something_else_is_told(void)
{
    static const struct entry OTHER[] = {{STR_INIT("readme.txt"), STR_INIT("hello")}};

    check_fails(make_zip(OTHER, 1), "none of the files");
}

static void xml_that_ends_too_early_is_told(void)
{
    static const struct entry CUT[] = {
        {STR_INIT("AS_HOUSES_20260105_a.XML"), STR_INIT("<HOUSES>")}};

    check_fails(make_zip(CUT, 1), "line 1");
}

static void a_zip_cut_short_is_told(void)
{
    check_fails(str_slice(make_zip(TOWN, ARRAY_LEN(TOWN)), 0, 900), "the zip cannot be read");
}

static void a_zip_bomb_is_refused(void)
{
    size_t size = 96 * 1024 * 1024;
    char *blanks = arena_alloc(check_arena(), size);
    struct entry entry = {STR("AS_HOUSES_20260105_a.XML"), {blanks, size}};
    struct str zip;

    for (size_t i = 0; i < size; i++)
        blanks[i] = ' ';
    zip = make_zip(&entry, 1);
    CHECK(zip.len < 200 * 1024);
    check_fails(zip, "times its size");
}

static struct str sample_folder(void)
{
    const char *real = getenv("UPRAVA_REAL_DATA");

    if (real == NULL || real[0] == '\0')
        CHECK_SKIP("UPRAVA_REAL_DATA is not set");
    return file_join(check_arena(), str_from_z(real), STR("standards/gar/samples"));
}

static size_t read_samples(struct str folder, struct str prefix, struct entry *entries)
{
    struct str *names;
    size_t count = 0;
    size_t total;
    struct err err;

    CHECK_OK(file_list(check_arena(), folder, &names, &total, &err), &err);
    for (size_t i = 0; i < total; i++) {
        struct str path = file_join(check_arena(), folder, names[i]);

        if (!str_ends(names[i], STR(".XML")))
            continue;
        entries[count].name =
            str_printf(check_arena(), "%.*s%.*s", STR_ARG(prefix), STR_ARG(names[i]));
        CHECK_OK(file_read(check_arena(), path, 1 << 20, &entries[count++].text, &err), &err);
    }
    return count;
}

static void the_samples_give_what_they_hold(void)
{
    struct str folder = sample_folder();
    struct entry entries[40];
    struct desk desk;
    size_t count;

    count = read_samples(folder, STR(""), entries);
    count += read_samples(file_join(check_arena(), folder, STR("72")), STR("72/"), entries + count);
    CHECK_INT((int64_t)count, 27);
    desk_open(&desk);
    bring_zip(&desk, make_zip(entries, count), NULL, 0);
    CHECK_INT(desk.import.status, IMPORT_DONE);
    CHECK_INT(desk.import.counts.wrong, 0);
    /* Seven streets; a flat, a room and a plot are valid, the house and the car place are not. */
    CHECK_INT(desk.import.counts.created, 10);
    CHECK_STR(desk_read_record(&desk, STR("base.street"), STR("103453155")).title,
              STR("Улица Белая"));
    CHECK_STR(desk_read_record(&desk, STR("base.address"), STR("104616649")).title, STR("уч. 5/1"));
    desk_close(&desk);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(a_town_is_read_whole),
    CHECK_TEST(again_changes_nothing_and_undo_takes_it_back),
    CHECK_TEST(a_wrong_value_does_not_cost_the_object),
    CHECK_TEST(a_wrong_name_costs_the_object),
    CHECK_TEST(an_object_that_is_not_actual_any_more_ends_and_may_return),
    CHECK_TEST(an_object_that_a_newer_file_does_not_have_ends),
    CHECK_TEST(municipalities_can_be_chosen),
    CHECK_TEST(records_of_the_town_are_matched_by_their_number),
    CHECK_TEST(entities_are_refused),
    CHECK_TEST(a_zip_of_something_else_is_told),
    CHECK_TEST(xml_that_ends_too_early_is_told),
    CHECK_TEST(a_zip_cut_short_is_told),
    CHECK_TEST(a_zip_bomb_is_refused),
    CHECK_TEST(the_samples_give_what_they_hold),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
