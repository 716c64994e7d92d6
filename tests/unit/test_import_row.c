/* Real house passports, as packs/housing/README.md maps them. */
#include "registry/import_row.h"

#include "desk.h"
#include "registry/record_list.h"

#include <stdlib.h>

static const char *const COLUMNS[][2] = {
    {"LAT", "lat"},
    {"LON", "lon"},
    {"HOUSE_ID", "code"},
    {"ADDRESS", "address_text"},
    {"FIAS", "address_in_gar"},
    {"YEAR", "year_built"},
    {"LASTUPDATE", "updated_on"},
    {"SERVICEDATE_START", "managed_since"},
    {"SERIE", "series"},
    {"HOUSE_TYPE", "type"},
    {"CAPFOND", "overhaul_account"},
    {"MGMT_COMPANY", "management_text"},
    {"MGMT_COMPANY_LINK", "management_url"},
    {"AVAR", "is_emergency"},
    {"LEVELS_MAX", "floors_max"},
    {"LEVELS_MIN", "floors_min"},
    {"DOORS", "entrances"},
    {"ROOM_COUNT", "premises_count"},
    {"ROOM_COUNT_LIVE", "flats_count"},
    {"ROOM_COUNT_NONLIVE", "nonresidential_count"},
    {"AREA", "area_total"},
    {"AREA_LIVE", "area_living"},
    {"AREA_NONLIVE", "area_nonliving"},
    {"AREA_GEN", "area_common"},
    {"AREA_LAND", "area_land"},
    {"AREA_PARK", "area_parking"},
    {"CADNO", "cadastral_number"},
    {"ENERGY_CLASS", "energy_class"},
    {"BLAG_PLAYGROUND", "has_playground"},
    {"BLAG_SPORT", "has_sports_ground"},
    {"BLAG_OTHER", "yard_other"},
    {"OTHER", "note"},
    {"COLD_WATER", "cold_water_meter"},
    {"HOT_WATER", "hot_water_meter"},
};

static void map_passports(struct desk *desk)
{
    struct import_preview preview;
    unsigned classes = desk->import.options.classes;
    struct err err;

    desk_look(desk, &preview);
    CHECK_INT((int64_t)preview.column_count, (int64_t)ARRAY_LEN(COLUMNS));
    desk->import.options = preview.options;
    desk->import.options.classes = classes;
    for (size_t i = 0; i < ARRAY_LEN(COLUMNS); i++) {
        CHECK_STR(preview.columns[i].title, str_from_z(COLUMNS[i][0]));
        preview.columns[i].target = str_from_z(COLUMNS[i][1]);
    }
    CHECK_OK(tenant_write_wait(desk->town.tenant, desk_set, desk, &err), &err);
}

static bool finds(struct desk *desk, struct str words, struct str part)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct record_ask ask = {.type = desk->type, .words = words, .limit = 20};
    struct record_page page;
    struct err err;

    CHECK_OK(tx_read(&tx, desk->town.tenant, &err), &err);
    CHECK_OK(record_list(town_registry(&desk->town, &tx), &ask, &page, &err), &err);
    for (size_t i = 0; i < page.count; i++)
        if (str_find(page.records[i].title, part) < page.records[i].title.len)
            return true;
    return false;
}

static void real_passports_come_in_whole_and_are_found(void)
{
    const char *real = getenv("UPRAVA_REAL_DATA");
    struct import_error *errors;
    struct desk desk;
    struct str bytes;
    struct err err;
    size_t count;

    if (real == NULL || real[0] == '\0')
        CHECK_SKIP("UPRAVA_REAL_DATA is not set");
    struct str path = file_join(check_arena(), str_from_z(real),
                                STR("data/house-passports/housedata_vladivostok_20161224.csv"));
    CHECK_OK(file_read(check_arena(), path, 16 << 20, &bytes, &err), &err);
    desk_open(&desk);
    desk_upload(&desk, STR("housing.house"), bytes);
    map_passports(&desk);
    desk_act(&desk, DESK_CHECK);
    CHECK_INT(desk.import.counts.created, 4051);
    desk_act(&desk, DESK_RUN);
    errors = desk_errors_of(&desk, &count);
    if (count > 0)
        CHECK_STR(str_printf(check_arena(), "line %lld %.*s: %.*s %.*s \"%.*s\"",
                             (long long)errors[0].line, STR_ARG(errors[0].field),
                             STR_ARG(errors[0].id), STR_ARG(errors[0].detail),
                             STR_ARG(errors[0].value)),
                  STR(""));
    CHECK_INT(desk.import.counts.created, 4051);
    CHECK_INT(desk.import.counts.wrong, 0);
    CHECK(finds(&desk, STR("100-летия владивостока 14"),
                STR("пр-кт. 100-летия Владивостока, д. 14")));
    desk_close(&desk);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(real_passports_come_in_whole_and_are_found),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
