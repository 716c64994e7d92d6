#include "check.h"

#include "core/csv.h"

static char separator_of(const char *head)
{
    return csv_recognise(str_from_z(head)).separator;
}

static void separator_is_the_steady_one(void)
{
    CHECK(separator_of("a,b,c\n1,2,3\n") == ',');
    CHECK(separator_of("a;b;c\n1;2;3\n") == ';');
    CHECK(separator_of("a\tb\n1\t2\n") == '\t');
    CHECK(separator_of("a|b\n1|2\n") == '|');
    CHECK(separator_of("дом;площадь\nЛенина, 5;12,5\nМира, 7, к. 2;8\n") == ';');
    CHECK(separator_of("1,5;2,5\n3,5;4,5\n") == ';');
    CHECK(separator_of("name,note\na,x;y\nb,z\n") == ',');
    CHECK(separator_of("\"a;b;c\",\"d\"\n\"e\",\"f;g\"\n") == ',');
    CHECK(separator_of("\"a\n;\n;b\",d\ne,f\n") == ',');
    CHECK(separator_of("\"x \"\";\"\" y\",d\ne,f\n") == ',');
    CHECK(separator_of("\r\n\r\na;b\r\n\r\n1;2\r\n") == ';');
    CHECK(separator_of("\xef\xbb\xbf"
                       "a;b\n1;2") == ';');
}

static void row_cut_off_at_the_end_does_not_count(void)
{
    CHECK(separator_of("a;b;c\n1;2;3\n4,") == ';');
    CHECK(separator_of("a,b\n1,2\n\"open; and; cut") == ',');
}

static void one_column_is_not_split(void)
{
    char separator = separator_of("адрес\nЛенина, 5\nМира, 7\n");

    CHECK(separator != ',' && separator != '\0');
    CHECK(separator_of("") != '\0');
    CHECK(separator_of("a\nb\n") != '\0');
}

static bool is_cp1251(struct str head)
{
    return csv_recognise(head).is_cp1251;
}

static void letters_tell_the_encoding(void)
{
    CHECK(!is_cp1251(STR("")));
    CHECK(!is_cp1251(STR("a;b")));
    CHECK(!is_cp1251(STR("имя;дом\n")));
    CHECK(is_cp1251(STR("\xe8\xec\xff;\xe4\xee\xec\n")));
    CHECK(is_cp1251(STR("a;b\n1;\xc4")));
}

static void head_cut_in_a_letter_is_still_utf8(void)
{
    struct str head = STR("имя;😀№");

    for (size_t cut = 0; cut <= head.len; cut++)
        CHECK(is_cp1251(str_slice(head, 0, cut)) == (cut == 1));
    CHECK(!csv_recognise(STR("\xef\xbb\xbf"
                             "a;\xd0"))
               .is_cp1251);
    CHECK(is_cp1251(STR("имя \xd0 дом")));
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(separator_is_the_steady_one),
        CHECK_TEST(row_cut_off_at_the_end_does_not_count),
        CHECK_TEST(one_column_is_not_split),
        CHECK_TEST(letters_tell_the_encoding),
        CHECK_TEST(head_cut_in_a_letter_is_still_utf8),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
