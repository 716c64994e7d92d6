#include "registry/words.h"

#include "check.h"

#include <string.h>

static const struct map *synonyms(void)
{
    static struct map map;

    map = (struct map){.arena = check_arena()};
    words_read_synonyms(&map, STR("# addresses\r\n"
                                  "-: г город д дом кв\r\n"
                                  "улица:  ул\n"
                                  "проспект: пр просп\n"
                                  "корпус: к корп\n"
                                  "no colon here\n"
                                  "\n"
                                  "строение: стр"));
    return &map;
}

static struct str words_of(struct str text)
{
    struct buf buf = {.arena = check_arena()};

    words_add(words_mine(), synonyms(), &buf, text);
    return str_trim(buf_str(&buf));
}

/* The question's words; a star behind the last one that may go on. */
static struct str asked(struct str text)
{
    struct str list[WORDS_ASK_MAX];
    struct buf buf = {.arena = check_arena()};
    bool is_prefix;
    size_t count = words_ask(words_mine(), synonyms(), check_arena(), text, list, &is_prefix);

    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_char(&buf, ' ');
        buf_add(&buf, list[i]);
    }
    if (is_prefix)
        buf_char(&buf, '*');
    return buf_str(&buf);
}

/* Whether the question finds the text: every word whole, the last perhaps the beginning. */
static bool finds(struct str question, struct str text)
{
    struct str list[WORDS_ASK_MAX];
    struct buf line = {.arena = check_arena()};
    bool is_prefix;
    size_t count = words_ask(words_mine(), synonyms(), check_arena(), question, list, &is_prefix);

    buf_char(&line, ' ');
    words_add(words_mine(), synonyms(), &line, text);
    for (size_t i = 0; i < count; i++) {
        bool is_open = is_prefix && i + 1 == count;
        struct str word = str_printf(check_arena(), is_open ? " %.*s" : " %.*s ", STR_ARG(list[i]));

        if (str_find(buf_str(&line), word) == line.len)
            return false;
    }
    return count > 0;
}

static void forms_of_a_russian_word_are_one_word(void)
{
    CHECK_STR(words_of(STR("Садовая садовой САДОВУЮ садовые")), STR("садов садов садов садов"));
    CHECK_STR(words_of(STR("зелёный зеленого")), STR("зелен зелен"));
    CHECK(finds(STR("улицу садовую"), STR("Улица Садовая")));
    CHECK(finds(STR("крышами"), STR("ремонт крыши")));
    CHECK(!finds(STR("крыша"), STR("ремонт подвала")));
}

static void english_words_have_their_own_rules(void)
{
    CHECK_STR(words_of(STR("Gardens garden")), STR("garden garden"));
}

static void kyrgyz_words_stay_as_they_are(void)
{
    CHECK_STR(words_of(STR("Көчөсү үйлөр жаңы")), STR("көчөсү үйлөр жаңы"));
    CHECK(finds(STR("КӨЧӨСҮ"), STR("Абай көчөсү")));
}

static void house_letters_are_found_however_they_are_written(void)
{
    static const struct str TEXTS[] = {STR_INIT("ул. Мира, 12а"), STR_INIT("ул. Мира, 12 А"),
                                       STR_INIT("ул. Мира, 12-а"), STR_INIT("ул. Мира, д. 12А")};
    static const struct str ASKED[] = {STR_INIT("мира 12а"), STR_INIT("мира 12 а"),
                                       STR_INIT("мира д.12А"), STR_INIT("мира 12")};

    for (size_t text = 0; text < ARRAY_LEN(TEXTS); text++) {
        for (size_t i = 0; i < ARRAY_LEN(ASKED); i++)
            CHECK(finds(ASKED[i], TEXTS[text]));
        CHECK(!finds(STR("мира 12б"), TEXTS[text]));
        CHECK(!finds(STR("мира 1"), TEXTS[text]));
    }
}

/* г and д are left out where they stand alone, but they are houses' letters too. */
static void house_letters_that_are_also_abbreviations_stay(void)
{
    CHECK(finds(STR("мира 12г"), STR("ул. Мира, 12г")));
    CHECK(!finds(STR("мира 12г"), STR("ул. Мира, 12д")));
    CHECK(!finds(STR("мира 12г"), STR("ул. Мира, 12")));
    CHECK(finds(STR("12 г заречный"), STR("г. Заречный, Мира, 12")));
}

static void addresses_are_found_as_people_type_them(void)
{
    static const struct str HOUSE = STR_INIT("г. Заречный, ул. Ленина, д. 5, корп. 2");

    CHECK(finds(STR("ленина 5"), HOUSE));
    CHECK(finds(STR("ул Ленина д5 корп 2"), HOUSE));
    CHECK(finds(STR("Ленина, 5к2"), HOUSE));
    CHECK(finds(STR("ул. Ленина д5к2"), HOUSE));
    CHECK(finds(STR("улица ленина дом 5 корпус 2"), HOUSE));
    CHECK(!finds(STR("ленина 5 стр 2"), HOUSE));
    CHECK(!finds(STR("ленина 52"), HOUSE));
    CHECK(finds(STR("ленина 5 корп 2"), STR("Ленина ул., 5к2")));
    CHECK(finds(STR("ПРОСПЕКТ МИРА 12"), STR("пр. Мира, 12")));
    CHECK(finds(STR("пр-т мира"), STR("пр-т Мира, 12")));
    CHECK(!finds(STR("ПРОСПЕКТ МИРА 12"), STR("ул. Мира, 12")));
}

static void synonyms_and_left_out_words_hold_on_both_sides(void)
{
    CHECK_STR(words_of(STR("Город Заречный, ул. Мира, д. 5, кв. 7")), STR("заречн улиц мир 5 7"));
    CHECK_STR(asked(STR("ул")), STR("улиц*"));
    CHECK_STR(asked(STR("дом")), STR(""));
    CHECK_STR(asked(STR("  ,;! ")), STR(""));
}

static void last_word_of_a_question_may_go_on(void)
{
    CHECK_STR(asked(STR("садо")), STR("сад*"));
    CHECK_STR(asked(STR("садо ")), STR("сад"));
    CHECK_STR(asked(STR("мира 12")), STR("мир 12"));
    CHECK_STR(asked(STR("мира 12а")), STR("мир 12а"));
    CHECK(finds(STR("набережн"), STR("Набережная улица")));
    CHECK(finds(STR("наб"), STR("Набережная улица")));
}

static void long_questions_and_words_are_bounded(void)
{
    char text[4000];
    struct str list[WORDS_ASK_MAX];
    bool is_prefix;

    for (size_t i = 0; i < sizeof text; i++)
        text[i] = i % 8 == 7 ? ' ' : (char)('a' + i % 7);
    CHECK_INT((int64_t)words_ask(words_mine(), NULL, check_arena(), (struct str){text, sizeof text},
                                 list, &is_prefix),
              WORDS_ASK_MAX);
    CHECK(!is_prefix);
    memset(text, 'x', sizeof text);
    CHECK_STR(words_of((struct str){text, sizeof text}), STR(""));
    CHECK_STR(words_of(STR("0c5b2444-70a0")), STR("0c5b2444 70 a 0"));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(forms_of_a_russian_word_are_one_word),
    CHECK_TEST(english_words_have_their_own_rules),
    CHECK_TEST(kyrgyz_words_stay_as_they_are),
    CHECK_TEST(house_letters_are_found_however_they_are_written),
    CHECK_TEST(house_letters_that_are_also_abbreviations_stay),
    CHECK_TEST(addresses_are_found_as_people_type_them),
    CHECK_TEST(synonyms_and_left_out_words_hold_on_both_sides),
    CHECK_TEST(last_word_of_a_question_may_go_on),
    CHECK_TEST(long_questions_and_words_are_bounded),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
