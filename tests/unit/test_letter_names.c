/* What pack check says of letters, and of processes that make them. */
#include "document/letter_names.h"

#include "check.h"
#include "document/letter_odt.h"
#include "workflow/bpmn_check.h"

#define P(text) "<text:p xmlns:text=\"t\">" text "</text:p>"

static struct str make(const char *content)
{
    struct odt_zip_entry entries[] = {
        {STR("mimetype"), STR("application/vnd.oasis.opendocument.text")},
        {STR("content.xml"), str_from_z(content)},
        {STR("styles.xml"), STR("<a>" P("{{town.name}}{{town.code}}") "</a>")}};
    struct buf out = {.arena = check_arena()};

    odt_zip_write(&(struct odt_zip){entries, ARRAY_LEN(entries)}, &out);
    return buf_str(&out);
}

/* inputs: of a process that makes the letter; NULL: the letter itself is checked. */
static struct str check_pack(struct str path, struct str letter, const char *inputs)
{
    struct str process = str_printf(
        check_arena(),
        "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\""
        " xmlns:uprava=\"urn:uprava:bpmn:1\"><process id=\"p\" isExecutable=\"true\">"
        "<startEvent id=\"s\"/><sequenceFlow id=\"a\" sourceRef=\"s\" targetRef=\"t\"/>"
        "<serviceTask id=\"t\" uprava:operation=\"document.make\" uprava:letter=\"reply\">"
        "<extensionElements>%s</extensionElements></serviceTask></process></definitions>",
        inputs != NULL ? inputs : "");
    struct pack_file files[] = {
        {path, letter},
        {STR("pack.json"),
         STR("{\"id\":\"a\",\"version\":\"1.0.0\",\"title\":\"t\",\"description\":\"d\","
             "\"licence\":\"x\"}")},
        {STR("processes/b.bpmn"), process}};
    struct pack_findings findings = {.arena = check_arena()};
    struct buf out = {.arena = check_arena()};
    struct pack *pack;
    struct err err;

    CHECK_OK(pack_make(check_arena(), files, ARRAY_LEN(files), &pack, &err), &err);
    const struct pack *packs[] = {pack};
    struct pack_set set = {packs, 1};

    if (inputs == NULL)
        letter_names_check_file(&set, pack, pack_file_find(pack, path), &findings);
    else
        bpmn_check_file(&set, pack, pack_file_find(pack, STR("processes/b.bpmn")), &findings);
    for (const struct pack_finding *one = findings.first; one != NULL; one = one->next)
        buf_printf(&out, "%.*s: %.*s\n", STR_ARG(one->file), STR_ARG(one->text));
    return buf_str(&out);
}

static void letter_tells_which_values_it_wants(void)
{
    struct letter_names names;
    struct str letter = make("<a>" P("{{house.street}} {{house.year}}") P("{{#works}}")
                                 P("{{year}}") P("{{/works}}") "</a>");

    CHECK(letter_names_read(check_arena(), letter, &names));
    CHECK_INT((int64_t)names.count, 3);
    CHECK_STR(names.items[0], STR("house"));
    CHECK_STR(names.items[1], STR("works"));
    CHECK_STR(names.items[2], STR("town"));
    CHECK(!letter_names_read(check_arena(), STR("no letter"), &names));
}

static void letter_that_is_none_is_told_with_its_file(void)
{
    struct str path = STR("letters/reply.odt");

    CHECK_STR(check_pack(path, make("<a>" P("{{answer}}") "</a>"), NULL), STR(""));
    CHECK_STR(check_pack(path, STR("text"), NULL),
              STR("letters/reply.odt: it is no zip that can be read: it is damaged\n"));
    CHECK_STR(
        check_pack(path, make("<a>" P("{{answer") "</a>"), NULL),
        STR("letters/reply.odt: content.xml: \"{{answer\" is not closed: write }} in the same "
            "paragraph\n"));
    CHECK_STR(check_pack(STR("letters/reply.doc"), STR("text"), NULL),
              STR("letters/reply.doc: letters are text documents, files .odt, and what is said of "
                  "them, files .json\n"));
}

static void process_gives_its_letter_what_it_wants(void)
{
    struct str path = STR("letters/reply.odt");
    struct str letter = make("<a>" P("{{answer}}") "</a>");

    CHECK_STR(check_pack(path, letter,
                         "<uprava:input name=\"answer\" value=\"a\"/>"
                         "<uprava:input name=\"name\" value=\"b\"/>"
                         "<uprava:input name=\"town\" value=\"c\"/>"),
              STR(""));
    CHECK_STR(check_pack(path, letter,
                         "<uprava:input name=\"anwser\" value=\"a\"/>"
                         "<uprava:input name=\"id\" value=\"b\"/>"
                         "<uprava:input name=\"town\" value=\"c\"/>"),
              STR("processes/b.bpmn: t: the letter has a field {{answer}}: give an input of that "
                  "name\n"
                  "processes/b.bpmn: t: the letter has no field {{anwser}} for its input\n"
                  "processes/b.bpmn: t: of which register is its \"id\"? Give uprava:register\n"));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(letter_tells_which_values_it_wants),
    CHECK_TEST(letter_that_is_none_is_told_with_its_file),
    CHECK_TEST(process_gives_its_letter_what_it_wants),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
