#include "document/letter_rules.h"

#include "core/arena.h"
#include "core/num.h"
#include "core/time.h"
#include "core/utf8.h"

enum {
    PATTERN_MAX = 32, /* bytes, so that what is printed has its bound */
    SERIES_MAX = 40,
    TITLE_MAX = 200, /* letters */
    DIGITS_MAX = 9,  /* of {n:9} */
};

/* What stands between { and }; digits: of {n:4}. */
enum mark {
    MARK_NONE,
    MARK_N,
    MARK_YEAR,
};

static enum mark mark_of(struct str text, int *digits)
{
    int64_t width = 0;

    *digits = 0;
    if (str_equal(text, STR("year")))
        return MARK_YEAR;
    if (str_equal(text, STR("n")))
        return MARK_N;
    if (!str_starts(text, STR("n:")) || !num_parse_int(str_slice(text, 2, text.len), &width) ||
        width < 1 || width > DIGITS_MAX)
        return MARK_NONE;
    *digits = (int)width;
    return MARK_N;
}

static bool pattern_is_valid(struct str pattern)
{
    int numbers = 0;
    int digits;

    if (pattern.len == 0 || pattern.len > PATTERN_MAX)
        return false;
    while (pattern.len > 0) {
        struct str plain = str_cut(&pattern, '{');
        struct str mark;

        if (str_find_char(plain, '}') < plain.len)
            return false;
        if (pattern.len == 0)
            break;
        if (str_find_char(pattern, '}') == pattern.len)
            return false;
        mark = str_cut(&pattern, '}');
        if (mark_of(mark, &digits) == MARK_NONE)
            return false;
        numbers += mark_of(mark, &digits) == MARK_N;
    }
    return numbers == 1;
}

static bool series_is_valid(struct str series)
{
    for (size_t i = 0; i < series.len; i++) {
        char c = series.ptr[i];

        if ((c < 'a' || c > 'z') && (i == 0 || (c != '_' && (c < '0' || c > '9'))))
            return false;
    }
    return series.len > 0 && series.len <= SERIES_MAX;
}

static bool language_is_known(struct str language)
{
    return language.len == 0 || str_equal(language, STR("ru")) || str_equal(language, STR("ky")) ||
           str_equal(language, STR("en"));
}

static bool check_words(const struct json *json, struct err *err)
{
    static const char *const WORDS[] = {"title", "series", "number", "language", "pdf"};

    for (const struct json *one = json->first; one != NULL; one = one->next) {
        size_t i = 0;

        while (i < ARRAY_LEN(WORDS) && !str_equal(one->name, str_from_z(WORDS[i])))
            i++;
        if (i == ARRAY_LEN(WORDS))
            return err_set(err, ERR_INPUT,
                           "\"%.*s\" is not known: there are title, series, number, language, pdf",
                           STR_ARG(utf8_head(one->name, 40)));
    }
    return true;
}

static bool parse(struct arena *arena, struct str bytes, struct letter_rules *rules,
                  struct err *err)
{
    const struct json *pdf;
    struct json *json;

    if (!json_parse(arena, bytes, NULL, &json, err))
        return false;
    if (json->kind != JSON_OBJECT)
        return err_set(err, ERR_INPUT, "it has to be an object: {\"title\": …}");
    *rules = (struct letter_rules){.title = json_find_text(json, STR("title")),
                                   .series = json_find_text(json, STR("series")),
                                   .number = json_find_text(json, STR("number")),
                                   .language = json_find_text(json, STR("language"))};
    pdf = json_find(json, STR("pdf"));
    rules->has_pdf = pdf != NULL && pdf->kind == JSON_TRUE;
    if (!check_words(json, err))
        return false;
    if (rules->title.len == 0 || utf8_length(rules->title) > TITLE_MAX)
        return err_set(err, ERR_INPUT, "title: what kind of document it is, up to %d letters",
                       TITLE_MAX);
    if (!series_is_valid(rules->series))
        return err_set(err, ERR_INPUT,
                       "series: the name of the counter, small Latin letters, digits and _");
    if (!pattern_is_valid(rules->number))
        return err_set(err, ERR_INPUT,
                       "number: up to %d bytes with one {n} or {n:4} in them, and {year}: "
                       "\"01-12/{n}\"",
                       PATTERN_MAX);
    return language_is_known(rules->language) || err_set(err, ERR_INPUT, "language: ru, ky or en");
}

bool letter_rules_read(struct arena *arena, const struct pack *pack, struct str letter,
                       struct letter_rules *rules, struct err *err)
{
    struct str path = str_printf(arena, "letters/%.*s.json", STR_ARG(letter));
    const struct pack_file *file = pack_file_find(pack, path);

    *rules = (struct letter_rules){0};
    return file == NULL || parse(arena, file->bytes, rules, err) ||
           err_while(err, "%.*s", STR_ARG(utf8_head(path, 100)));
}

static void print_digits(struct buf *buf, int64_t n, int digits)
{
    int64_t limit = 1;

    for (int i = 1; i < digits; i++)
        limit *= 10;
    for (; limit > n && limit > 1; limit /= 10)
        buf_char(buf, '0');
    buf_int(buf, n);
}

void letter_rules_print_number(struct buf *buf, struct str pattern, int64_t n, int year)
{
    while (pattern.len > 0) {
        bool has_mark = str_find_char(pattern, '{') < pattern.len;
        int digits;

        buf_add(buf, str_cut(&pattern, '{'));
        if (!has_mark)
            break;
        if (mark_of(str_cut(&pattern, '}'), &digits) == MARK_YEAR)
            buf_int(buf, year);
        else
            print_digits(buf, n, digits);
    }
}

void letter_rules_print_day(struct buf *buf, int64_t day, struct str language)
{
    static const char *const RU[] = {"января",   "февраля", "марта",  "апреля",
                                     "мая",      "июня",    "июля",   "августа",
                                     "сентября", "октября", "ноября", "декабря"};
    static const char *const KY[] = {"январь",   "февраль", "март",   "апрель",
                                     "май",      "июнь",    "июль",   "август",
                                     "сентябрь", "октябрь", "ноябрь", "декабрь"};
    static const char *const EN[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};
    struct time_date date = time_date_from_day(day);

    if (str_equal(language, STR("ky")))
        buf_printf(buf, "%d-жылдын %d-%s", date.year, date.day, KY[date.month - 1]);
    else if (str_equal(language, STR("en")))
        buf_printf(buf, "%d %s %d", date.day, EN[date.month - 1], date.year);
    else
        buf_printf(buf, "%d %s %d г.", date.day, RU[date.month - 1], date.year);
}

void letter_rules_check_file(const struct pack *pack, const struct pack_file *file,
                             struct pack_findings *findings)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct str letter =
        str_printf(scratch, "%.*s.odt", (int)(file->path.len - sizeof ".json" + 1), file->path.ptr);
    struct letter_rules rules;
    struct err err;

    if (!parse(scratch, file->bytes, &rules, &err))
        pack_find(findings, file->path, 0, "%s", err.text);
    else if (pack_file_find(pack, letter) == NULL)
        pack_find(findings, file->path, 0, "there is no letter %.*s beside it",
                  STR_ARG(utf8_head(letter, 100)));
}
