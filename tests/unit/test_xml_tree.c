#include "xml/xml_tree.h"

#include "check.h"
#include "core/buf.h"

static struct xml_tree *parse(struct str text)
{
    struct xml_tree *root = NULL;
    struct err err;

    CHECK_OK(xml_tree_parse(check_arena(), text, NULL, &root, &err), &err);
    return root;
}

static void elements_keep_namespaces_lines_and_order(void)
{
    struct xml_tree *root = parse(STR("<a:x xmlns:a='urn:a' xmlns='urn:b'>\n<y k='1' a:k='2'/>\n"
                                      "<a:z/></a:x>"));
    const struct xml_tree *y = root->first;

    CHECK(xml_tree_is(root, STR("urn:a"), "x"));
    CHECK(xml_tree_is(y, STR("urn:b"), "y"));
    CHECK_INT(y->line, 2);
    CHECK_STR(xml_tree_value(y, "k"), STR("1"));
    CHECK_STR(xml_tree_value_in(y, STR("urn:a"), "k"), STR("2"));
    CHECK(xml_tree_value(y, "absent").ptr == NULL);
    CHECK(xml_tree_find(root, "z") == y->next);
    CHECK(xml_tree_find(root, "y") == NULL);
    CHECK(y->parent == root);
}

static void text_is_joined_around_elements(void)
{
    struct xml_tree *root = parse(STR("<x>a &lt; <y>b</y><![CDATA[<c>]]>&#1044;</x>"));

    CHECK_STR(root->text, STR("a < <c>Д"));
    CHECK_STR(root->first->text, STR("b"));
}

static void other_encodings_become_utf8(void)
{
    struct xml_tree *root =
        parse(STR("<?xml version='1.0' encoding='ISO-8859-1'?><x k='\xe9'>\xfc</x>"));

    CHECK_STR(xml_tree_value(root, "k"), STR("é"));
    CHECK_STR(root->text, STR("ü"));
}

static void check_refused(struct str text, const struct xml_tree_limits *limits, enum err_code code,
                          const char *why)
{
    struct xml_tree *root = NULL;
    struct err err = {0};

    CHECK(!xml_tree_parse(check_arena(), text, limits, &root, &err));
    CHECK_INT(err.code, code);
    CHECK(strstr(err.text, why) != NULL);
}

static void broken_documents_are_refused_with_their_line(void)
{
    check_refused(STR(""), NULL, ERR_INPUT, "");
    check_refused(STR("<a>\n<b>\n</a>"), NULL, ERR_INPUT, "line 3");
    check_refused(STR("<a"), NULL, ERR_INPUT, "line 1");
    check_refused(STR("<a/><b/>"), NULL, ERR_INPUT, "line 1");
}

static void bombs_are_refused(void)
{
    struct buf deep = {.arena = check_arena()};
    struct xml_tree_limits few = {.elements = 3};
    struct xml_tree_limits small = {.bytes = 3};

    for (int i = 0; i < 100; i++)
        buf_add(&deep, STR("<a>"));
    check_refused(buf_str(&deep), NULL, ERR_LIMIT, "deeper");
    check_refused(STR("<a>\n<b/><b/><b/></a>"), &few, ERR_LIMIT, "line 2: more than 3 elements");
    check_refused(STR("<a/>"), &small, ERR_LIMIT, "bytes");
    check_refused(STR("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"), NULL, ERR_INPUT, "DOCTYPE");
}

static const struct check_test TESTS[] = {
    CHECK_TEST(elements_keep_namespaces_lines_and_order),
    CHECK_TEST(text_is_joined_around_elements),
    CHECK_TEST(other_encodings_become_utf8),
    CHECK_TEST(broken_documents_are_refused_with_their_line),
    CHECK_TEST(bombs_are_refused),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
