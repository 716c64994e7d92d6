#include "house.h"

static const char *const STREETS[] = {
    "Мира",     "Набережная", "Садовая",    "Советская",   "Школьная", "Лесная",        "Заречная",
    "Полевая",  "Новая",      "Молодёжная", "Центральная", "Луговая",  "Кооперативная", "Зелёная",
    "Парковая", "Речная",     "Озёрная",    "Восточная",   "Горная",   "Рабочая",
};
static const char *const WALLS[] = {"brick", "panel", "block", "wood", "cinder"};
static const char *const STATES[] = {"verified", "differs", "unverified"};
static const char *const CLASSES[] = {"A", "B", "C", "D", "E"};

/* Splitmix64: well mixed, and the same on every machine. */
static uint64_t mix(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static int64_t draw(int64_t number, int what, int64_t below)
{
    return (int64_t)(mix((uint64_t)number * 32 + (uint64_t)what) % (uint64_t)below);
}

static void print_areas(struct buf *buf, int64_t number, int64_t flats)
{
    int64_t total = flats * 5400 + draw(number, 1, 90000);
    int64_t living = total * 88 / 100;

    buf_printf(buf,
               ",\"area_total\":%lld.%02lld,\"area_living\":%lld.%02lld"
               ",\"area_common\":%lld.%02lld,\"area_land\":%lld",
               (long long)total / 100, (long long)total % 100, (long long)living / 100,
               (long long)living % 100, (long long)(total - living) / 100,
               (long long)(total - living) % 100, (long long)draw(number, 2, 4000) + 300);
}

void house_print(struct buf *buf, int64_t number)
{
    int64_t floors = draw(number, 3, 16) + 1;
    int64_t entrances = draw(number, 4, 6) + 1;
    int64_t flats = floors * entrances * 4;
    const char *street = STREETS[draw(number, 5, ARRAY_LEN(STREETS))];

    buf_printf(buf,
               "{\"code\":\"8%08lld\",\"address_text\":\"г. Зареченск, ул. %s %lld-я, д. %lld\""
               ",\"address_in_gar\":%s,\"cadastral_number\":\"00:50:%07lld:%lld\""
               ",\"type\":\"apartment\",\"wall_material\":\"%s\",\"year_built\":%lld",
               (long long)number, street, (long long)draw(number, 6, 500) + 1,
               (long long)draw(number, 7, 100) + 1, draw(number, 8, 2) ? "true" : "false",
               (long long)number % 10000000, (long long)draw(number, 9, 900) + 100,
               WALLS[draw(number, 10, ARRAY_LEN(WALLS))], (long long)draw(number, 11, 100) + 1920);
    buf_printf(buf,
               ",\"floors_max\":%lld,\"floors_min\":%lld,\"entrances\":%lld"
               ",\"premises_count\":%lld,\"flats_count\":%lld,\"nonresidential_count\":0"
               ",\"residents_count\":%lld",
               (long long)floors, (long long)floors, (long long)entrances, (long long)flats,
               (long long)flats, (long long)(flats * 2 + draw(number, 12, 20)));
    print_areas(buf, number, flats);
    buf_printf(buf,
               ",\"management_text\":\"ООО «Управляющая компания %lld»\""
               ",\"managed_since\":\"20%02lld-0%lld-15\",\"overhaul_account\":\"regional\""
               ",\"is_emergency\":%s,\"condition\":\"%s\",\"energy_class\":\"%s\""
               ",\"cold_water\":\"central\",\"cold_water_meter\":\"Установлен\""
               ",\"hot_water\":\"central_open\",\"hot_water_meter\":\"Установлен\""
               ",\"has_playground\":%s,\"source\":\"паспорт дома\""
               ",\"updated_on\":\"2025-%02lld-%02lld\"}",
               (long long)draw(number, 13, 300) + 1, (long long)draw(number, 14, 16) + 10,
               (long long)draw(number, 15, 9) + 1, draw(number, 16, 50) == 0 ? "true" : "false",
               STATES[draw(number, 17, ARRAY_LEN(STATES))],
               CLASSES[draw(number, 18, ARRAY_LEN(CLASSES))],
               draw(number, 19, 2) ? "true" : "false", (long long)draw(number, 20, 12) + 1,
               (long long)draw(number, 21, 28) + 1);
}
