/*
 * Makes a zip in the form of the ГАР with fictional data, for tests and benchmarks:
 *
 *     gar_generate OUT.zip MEGABYTES [SEED]
 *
 * MEGABYTES is the size of the XML inside.  The proportions are those of a real region: an
 * object has one or two past versions, some nine parameters of which several are outdated,
 * lines in both hierarchies, and change history that an address register has no use for.
 */
#include <archive.h>
#include <archive_entry.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BYTES_AN_OBJECT = 3620,
    HOUSES_A_STREET = 40,
    STREETS_A_TOWN = 60,
    LINE_MAX = 1024,
    BUFFER = 1 << 20,
};

struct region {
    struct archive *zip;
    struct archive_entry *entry;
    char *buffer;
    size_t used;
    uint64_t bytes;
    uint64_t seed;
    int64_t houses, streets, towns;
};

static const char *const STREETS[] = {"Берёзовая", "Кузнечная",  "Родниковая", "Заречная",
                                      "Полевая",   "Ярмарочная", "Мельничная", "Сосновая",
                                      "Ткацкая",   "Гончарная",  "Луговая",    "Звёздная"};
static const char *const TOWNS[] = {"Зареченск", "Высокий Яр", "Тихие Ключи", "Медвежий Лог",
                                    "Соловьёво", "Каменка",    "Белый Плёс",  "Старица"};

static uint64_t roll(const struct region *region, int64_t id, uint64_t what)
{
    uint64_t x = region->seed + (uint64_t)id * UINT64_C(0x9e3779b97f4a7c15) + what * 0x2545f491;

    x ^= x >> 30;
    x *= UINT64_C(0xbf58476d1ce4e5b9);
    x ^= x >> 27;
    x *= UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static void fail(const char *what)
{
    fprintf(stderr, "gar_generate: %s\n", what);
    exit(1);
}

static void flush(struct region *region)
{
    if (archive_write_data(region->zip, region->buffer, region->used) < 0)
        fail(archive_error_string(region->zip));
    region->bytes += region->used;
    region->used = 0;
}

static void put(struct region *region, const char *line, int len)
{
    if (region->used + (size_t)len > BUFFER)
        flush(region);
    memcpy(region->buffer + region->used, line, (size_t)len);
    region->used += (size_t)len;
}

static void begin(struct region *region, const char *table, const char *root)
{
    char name[LINE_MAX];

    snprintf(name, sizeof name, "00/AS_%s_20260105_%08x-0000-4000-8000-000000000000.XML", table,
             (unsigned)roll(region, (int64_t)strlen(table), 1));
    region->entry = archive_entry_new();
    archive_entry_set_pathname(region->entry, name);
    archive_entry_set_filetype(region->entry, AE_IFREG);
    archive_entry_set_perm(region->entry, 0644);
    if (archive_write_header(region->zip, region->entry) != ARCHIVE_OK)
        fail(archive_error_string(region->zip));
    put(region, name,
        snprintf(name, sizeof name, "<?xml version=\"1.0\" encoding=\"utf-8\"?><%s>", root));
}

static void end(struct region *region, const char *root)
{
    char text[LINE_MAX];

    put(region, text, snprintf(text, sizeof text, "</%s>", root));
    flush(region);
    archive_entry_free(region->entry);
}

/* Numbers of objects: 1 the region, then towns, streets, houses. */
static int64_t town_id(int64_t town)
{
    return 900000100 + town;
}

static int64_t street_id(int64_t street)
{
    return 910000000 + street;
}

static int64_t house_id(int64_t house)
{
    return 920000000 + house;
}

static const char COMMON[] =
    "OPERTYPEID=\"10\" PREVID=\"0\" NEXTID=\"0\" UPDATEDATE=\"2019-07-10\" "
    "STARTDATE=\"%s\" ENDDATE=\"%s\" ISACTUAL=\"%d\" ISACTIVE=\"%d\" />";

static void put_common(struct region *region, char line[LINE_MAX], int len, int is_now)
{
    len +=
        snprintf(line + len, (size_t)(LINE_MAX - len), COMMON, is_now ? "2014-01-04" : "2011-02-03",
                 is_now ? "2079-06-06" : "2014-01-04", is_now, is_now);
    put(region, line, len);
}

static int print_head(const struct region *region, char line[LINE_MAX], const char *element,
                      int64_t id)
{
    uint64_t guid = roll(region, id, 2);

    return snprintf(
        line, LINE_MAX,
        "<%s ID=\"%" PRId64 "\" OBJECTID=\"%" PRId64
        "\" OBJECTGUID=\"%08x-%04x-4%03x-8%03x-%012" PRIx64 "\" CHANGEID=\"%" PRId64 "\" ",
        element, id / 3, id, (unsigned)guid, (unsigned)(guid >> 32) & 0xffff,
        (unsigned)(guid >> 48) & 0xfff, (unsigned)guid & 0xfff, roll(region, id, 3) >> 16, id / 2);
}

static void put_object(struct region *region, int64_t id, const char *name, const char *type,
                       int level)
{
    char line[LINE_MAX];
    int len = print_head(region, line, "OBJECT", id);

    len += snprintf(line + len, (size_t)(LINE_MAX - len),
                    "NAME=\"%s\" TYPENAME=\"%s\" LEVEL=\"%d\" ", name, type, level);
    put_common(region, line, len, 1);
}

static void put_objects(struct region *region)
{
    char name[LINE_MAX];

    begin(region, "ADDR_OBJ", "ADDRESSOBJECTS");
    put_object(region, 900000001, "Заречная", "обл", 1);
    for (int64_t i = 0; i < region->towns; i++) {
        snprintf(name, sizeof name, "%s-%" PRId64, TOWNS[i % 8], i + 1);
        put_object(region, town_id(i), name, i == 0 ? "г" : "с", i == 0 ? 5 : 6);
    }
    for (int64_t i = 0; i < region->streets; i++) {
        snprintf(name, sizeof name, "%s %" PRId64 "-я", STREETS[i % 12], i % STREETS_A_TOWN + 1);
        put_object(region, street_id(i), name,
                   i % 7 == 0    ? "пер"
                   : i % 11 == 0 ? "пр-кт"
                                 : "ул",
                   8);
    }
    end(region, "ADDRESSOBJECTS");
}

static int versions_of(const struct region *region, int64_t house)
{
    return 1 + (int)(roll(region, house, 4) % 3 == 0) + (int)(roll(region, house, 5) % 4 == 0);
}

static void put_houses(struct region *region)
{
    char line[LINE_MAX];

    begin(region, "HOUSES", "HOUSES");
    for (int64_t i = 0; i < region->houses; i++)
        for (int version = versions_of(region, i); version > 0; version--) {
            int len = print_head(region, line, "HOUSE", house_id(i));

            len += snprintf(line + len, (size_t)(LINE_MAX - len),
                            "HOUSENUM=\"%" PRId64 "%s\" HOUSETYPE=\"2\" ", i % HOUSES_A_STREET + 1,
                            roll(region, i, 6) % 9 == 0 ? "А" : "");
            if (roll(region, i, 7) % 20 == 0)
                len +=
                    snprintf(line + len, (size_t)(LINE_MAX - len), "ADDNUM1=\"2\" ADDTYPE1=\"1\" ");
            put_common(region, line, len, version == 1);
        }
    end(region, "HOUSES");
}

static void put_param(struct region *region, int64_t object, int kind, int64_t value, int width,
                      int is_now)
{
    char line[LINE_MAX];

    put(region, line,
        snprintf(line, sizeof line,
                 "<PARAM ID=\"%" PRId64 "\" OBJECTID=\"%" PRId64 "\" CHANGEID=\"%" PRId64
                 "\" CHANGEIDEND=\"0\" TYPEID=\"%d\" VALUE=\"%0*" PRId64 "\" "
                 "UPDATEDATE=\"2022-10-22\" STARTDATE=\"%s\" ENDDATE=\"%s\" />",
                 object * 7 + kind, object, object / 2, kind, width, value,
                 is_now ? "2019-10-22" : "2011-10-22", is_now ? "2079-06-06" : "2019-10-22"));
}

static void put_params(struct region *region)
{
    begin(region, "HOUSES_PARAMS", "PARAMS");
    for (int64_t i = 0; i < region->houses; i++) {
        int64_t town = i / HOUSES_A_STREET / STREETS_A_TOWN;

        put_param(region, house_id(i), 1, 7200, 4, 1);
        put_param(region, house_id(i), 2, 7200, 4, 1);
        put_param(region, house_id(i), 5, 700 + town % 90, 6, 0);
        put_param(region, house_id(i), 5, 700 + town % 99, 6, 1);
        put_param(region, house_id(i), 6, 401000000 + town, 11, 1);
        put_param(region, house_id(i), 7, 701000000 + town, 11, 0);
        put_param(region, house_id(i), 7, 701000001 + town, 11, 1);
        put_param(region, house_id(i), 11, i, 19, 1);
        put_param(region, house_id(i), 13, i, 19, 1);
        put_param(region, house_id(i), 15, i % HOUSES_A_STREET, 1, 1);
    }
    end(region, "PARAMS");
}

struct place {
    int64_t id, parent;
    char path[LINE_MAX / 4];
};

static struct place place_of(const struct region *region, int64_t number)
{
    struct place place = {0};
    int64_t street = number - 1 - region->towns;
    int64_t house = street - region->streets;

    if (number == 0) {
        place.id = 900000001;
        snprintf(place.path, sizeof place.path, "900000001");
        return place;
    }
    if (street < 0) {
        place.id = town_id(number - 1);
        place.parent = 900000001;
        snprintf(place.path, sizeof place.path, "900000001.%" PRId64, place.id);
        return place;
    }
    if (house >= 0)
        street = house / HOUSES_A_STREET;
    place.id = house >= 0 ? house_id(house) : street_id(street);
    place.parent = house >= 0 ? street_id(street) : town_id(street / STREETS_A_TOWN);
    snprintf(place.path, sizeof place.path, "900000001.%" PRId64 ".%" PRId64,
             town_id(street / STREETS_A_TOWN), street_id(street));
    if (house >= 0)
        snprintf(place.path + strlen(place.path), sizeof place.path - strlen(place.path),
                 ".%" PRId64, place.id);
    return place;
}

static void put_place(struct region *region, const struct place *place, int is_mun, int is_now)
{
    char line[LINE_MAX];
    int len = snprintf(line, sizeof line,
                       "<ITEM ID=\"%" PRId64 "\" OBJECTID=\"%" PRId64 "\" PARENTOBJID=\"%" PRId64
                       "\" CHANGEID=\"%" PRId64 "\" ",
                       place->id / 4, place->id, place->parent, place->id / 2);

    len += is_mun ? snprintf(line + len, sizeof line - (size_t)len, "OKTMO=\"00701000001\" ")
                  : snprintf(line + len, sizeof line - (size_t)len,
                             "REGIONCODE=\"00\" AREACODE=\"0\" CITYCODE=\"1\" PLACECODE=\"0\" "
                             "PLANCODE=\"0\" STREETCODE=\"119\" ");
    len += snprintf(line + len, sizeof line - (size_t)len,
                    "PREVID=\"0\" NEXTID=\"0\" UPDATEDATE=\"2020-07-28\" STARTDATE=\"%s\" "
                    "ENDDATE=\"%s\" ISACTIVE=\"%d\" PATH=\"%s\" />",
                    is_now ? "2014-07-28" : "2009-01-01", is_now ? "2079-06-06" : "2014-07-28",
                    is_now, place->path);
    put(region, line, len);
}

static void put_hierarchy(struct region *region, int is_mun)
{
    begin(region, is_mun ? "MUN_HIERARCHY" : "ADM_HIERARCHY", "ITEMS");
    for (int64_t i = 0; i < 1 + region->towns + region->streets + region->houses; i++) {
        struct place place = place_of(region, i);

        if (roll(region, i, 8) % 3 == 0)
            put_place(region, &place, is_mun, 0);
        put_place(region, &place, is_mun, 1);
    }
    end(region, "ITEMS");
}

static void put_past(struct region *region)
{
    char line[LINE_MAX];

    begin(region, "CHANGE_HISTORY", "ITEMS");
    for (int64_t i = 0; i < region->houses * 3; i++)
        put(region, line,
            snprintf(line, sizeof line,
                     "<ITEM CHANGEID=\"%" PRId64 "\" OBJECTID=\"%" PRId64
                     "\" ADROBJECTID=\"e2bcf6e6-b14f-4ba6-b169-%012" PRIx64
                     "\" OPERTYPEID=\"20\" CHANGEDATE=\"2016-07-14\" />",
                     i, house_id(i / 3), roll(region, i, 9) >> 16));
    end(region, "ITEMS");
    begin(region, "REESTR_OBJECTS", "REESTR_OBJECTS");
    for (int64_t i = 0; i < region->houses; i++)
        put(region, line,
            snprintf(line, sizeof line,
                     "<OBJECT OBJECTID=\"%" PRId64
                     "\" OBJECTGUID=\"d2106edd-0a71-4608-8cf7-%012" PRIx64 "\" CHANGEID=\"%" PRId64
                     "\" ISACTIVE=\"1\" LEVELID=\"10\" "
                     "CREATEDATE=\"2021-08-18\" UPDATEDATE=\"2023-09-10\" />",
                     house_id(i), roll(region, i, 3) >> 16, i));
    end(region, "REESTR_OBJECTS");
}

int main(int argc, char **argv)
{
    struct region region = {0};
    uint64_t want;

    if (argc < 3)
        fail("OUT.zip MEGABYTES [SEED]");
    want = strtoull(argv[2], NULL, 10) * 1000000;
    region.seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    region.houses = (int64_t)(want / BYTES_AN_OBJECT);
    region.streets = region.houses / HOUSES_A_STREET + 1;
    region.towns = region.streets / STREETS_A_TOWN + 1;
    region.buffer = malloc(BUFFER);
    region.zip = archive_write_new();
    if (region.buffer == NULL || region.zip == NULL || archive_write_set_format_zip(region.zip) ||
        archive_write_open_filename(region.zip, argv[1]) != ARCHIVE_OK)
        fail(region.zip != NULL ? archive_error_string(region.zip) : "no memory");
    put_objects(&region);
    put_hierarchy(&region, 0);
    put_past(&region);
    put_houses(&region);
    put_params(&region);
    put_hierarchy(&region, 1);
    if (archive_write_close(region.zip) != ARCHIVE_OK)
        fail(archive_error_string(region.zip));
    archive_write_free(region.zip);
    free(region.buffer);
    printf("{\"bytes\":%" PRIu64 ",\"objects\":%" PRId64 "}\n", region.bytes,
           1 + region.towns + region.streets + region.houses);
    return 0;
}
