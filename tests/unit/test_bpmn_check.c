/* What is refused stands in tests/golden/bpmn/refused.json: a process, and what is said of it. */
#include "workflow/bpmn_check.h"

#include "check.h"
#include "core/file.h"
#include "core/json.h"
#include "core/utf8.h"
#include "workflow/bpmn_read.h"
#include "workflow/flow_play.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static struct str check_text(struct str text, int process, size_t *faults)
{
    struct bpmn_findings findings = {.arena = check_arena()};
    struct buf lines = {.arena = check_arena()};
    const struct bpmn *model;
    struct err err;

    CHECK_OK(bpmn_read(check_arena(), text, &model, &err), &err);
    bpmn_check(model, process, &findings);
    for (const struct bpmn_finding *one = findings.first; one != NULL; one = one->next) {
        bpmn_check_print(&lines, one);
        buf_char(&lines, '\n');
    }
    *faults = findings.faults;
    return buf_str(&lines);
}

static struct str wrap(struct str process)
{
    return str_printf(check_arena(),
                      "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\""
                      " xmlns:uprava=\"" BPMN_SPACE_UPRAVA "\">"
                      "<process id=\"p\">%.*s</process></definitions>",
                      STR_ARG(process));
}

static struct json *golden(void)
{
    struct str text;
    struct json *json = NULL;
    struct err err;

    CHECK_OK(file_read(check_arena(), STR("tests/golden/bpmn/refused.json"), 1 << 20, &text, &err),
             &err);
    CHECK_OK(json_parse(check_arena(), text, NULL, &json, &err), &err);
    return json;
}

static void check_said(const struct json *one, bool is_refused)
{
    size_t faults;
    struct str said = check_text(wrap(json_find_text(one, STR("process"))), -1, &faults);
    struct str says = json_find_text(one, STR("says"));

    if (str_find(said, says) == said.len || (faults > 0) != is_refused) {
        printf("# %.*s\n", STR_ARG(json_find_text(one, STR("what"))));
        CHECK_STR(said, says);
        CHECK_INT(faults > 0, is_refused);
    }
}

static void what_cannot_be_executed_is_refused_with_its_element(void)
{
    for (const struct json *one = json_find(golden(), STR("refused"))->first; one != NULL;
         one = one->next)
        check_said(one, true);
}

static void what_may_be_meant_otherwise_is_warned_of(void)
{
    for (const struct json *one = json_find(golden(), STR("warned"))->first; one != NULL;
         one = one->next)
        check_said(one, false);
}

static void findings_are_in_the_order_of_the_lines(void)
{
    size_t faults;
    struct str said = check_text(wrap(STR("\n<startEvent id=\"s\"/>\n<sequenceFlow id=\"f\" "
                                          "sourceRef=\"s\" targetRef=\"g\"/>\n"
                                          "<complexGateway id=\"g\"/>\n<adHocSubProcess "
                                          "id=\"a\"/>\n<sequenceFlow id=\"x\" sourceRef=\"g\" "
                                          "targetRef=\"none\"/>")),
                                 -1, &faults);
    int last = 0;

    for (struct str rest = said; rest.len > 0;) {
        struct str line = str_cut(&rest, '\n');
        int number = atoi(line.ptr + 5);

        CHECK(number >= last);
        last = number;
    }
    CHECK_INT(last, 6);
}

static void only_the_wanted_process_is_looked_at(void)
{
    struct str text = STR("<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\">"
                          "<process id=\"p\"><task id=\"t\"/></process>"
                          "<process id=\"q\"><adHocSubProcess id=\"a\"/></process>"
                          "<process id=\"r\" isExecutable=\"false\"><complexGateway id=\"c\"/>"
                          "</process></definitions>");
    size_t faults;

    (void)check_text(text, 0, &faults);
    CHECK_INT((int64_t)faults, 0);
    (void)check_text(text, -1, &faults); /* those marked executable, or not marked */
    CHECK_INT((int64_t)faults, 1);
}

/* A model somebody else drew runs to its end, or what is said of it names an element. */
static void run_reference(struct str text, int process, int *ran)
{
    const struct bpmn *model;
    struct err err;
    size_t faults;
    struct str said = check_text(text, process, &faults);

    CHECK_OK(bpmn_read(check_arena(), text, &model, &err), &err);
    struct flow_play play = {.flow = flow_new(check_arena(), model),
                             .arena = check_arena(),
                             .process = process,
                             .start = -1};
    if (faults > 0) {
        CHECK(str_starts(said, STR("line ")));
        CHECK(str_find(said, STR(", _")) < said.len || str_find(said, STR(", s")) < said.len);
        return;
    }
    CHECK_OK(flow_play(&play, &err), &err);
    CHECK_INT(play.flow->state, FLOW_ENDED);
    ++*ran;
}

static void reference_models_run_or_are_refused_with_a_reason(void)
{
    const char *data = getenv("UPRAVA_REAL_DATA");
    const char *place =
        str_to_z(check_arena(), str_printf(check_arena(), "%s/standards/bpmn/reference",
                                           data != NULL && data[0] != 0 ? data : "../shared"));
    DIR *folder = opendir(place);
    int ran = 0;

    if (folder == NULL)
        CHECK_SKIP("there is no folder standards/bpmn/reference");
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        struct str path = str_printf(check_arena(), "%s/%s", place, entry->d_name);
        const struct bpmn *model;
        struct str text;
        struct err err;

        if (!str_ends(path, STR(".bpmn")))
            continue;
        CHECK_OK(file_read(check_arena(), path, 1 << 24, &text, &err), &err);
        CHECK_OK(bpmn_read(check_arena(), text, &model, &err), &err);
        for (int i = 0; i < model->node_count; i++)
            if (model->nodes[i].kind == BPMN_PROCESS && model->nodes[i].first_child >= 0)
                run_reference(text, i, &ran);
    }
    closedir(folder);
    CHECK(ran >= 8);
}

static struct str check_file(struct str path, struct str text)
{
    struct pack_file files[] = {
        {STR("commissions/board.json"), STR("{}")},
        {STR("decisions/fee.dmn"),
         STR("<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m'>"
             "<decision id='fee' name='Felling fee'><literalExpression><text>1</text>"
             "</literalExpression></decision></definitions>")},
        {STR("forms/visit.json"), STR("{}")},
        {STR("pack.json"), STR("{\"id\": \"a\", \"version\": \"1.0.0\"}")},
    };
    const struct pack *packs[1];
    struct pack *pack;
    struct err err = {0};
    struct pack_file file = {path, text};
    struct pack_findings findings = {.arena = check_arena()};
    struct buf lines = {.arena = check_arena()};

    CHECK_OK(pack_make(check_arena(), files, ARRAY_LEN(files), &pack, &err), &err);
    packs[0] = pack;
    bpmn_check_file(&(struct pack_set){packs, 1}, pack, &file, &findings);
    for (const struct pack_finding *one = findings.first; one != NULL; one = one->next)
        buf_printf(&lines, "%.*s:%d: %.*s\n", STR_ARG(one->file), one->line, STR_ARG(one->text));
    return buf_str(&lines);
}

static void processes_of_packs_say_what_services_do(void)
{
    struct str path = STR("processes/a.bpmn");

    CHECK_STR(check_file(path, wrap(STR("<task id=\"t\"/>"))), STR(""));
    CHECK_STR(check_file(path, wrap(STR("\n<serviceTask id=\"t\"/>\n<businessRuleTask "
                                        "id=\"u\"/>"))),
              STR("processes/a.bpmn:2: t: what does it do? Give uprava:operation\n"
                  "processes/a.bpmn:3: u: which decision? Give uprava:decision\n"));
    CHECK_STR(check_file(path, wrap(STR("<businessRuleTask id=\"u\" uprava:decision=\"fee\"/>"))),
              STR(""));
    CHECK_STR(check_file(path, wrap(STR("<businessRuleTask id=\"u\" uprava:decision=\"Felling "
                                        "fee\"/>"))),
              STR(""));
    CHECK_STR(check_file(path, wrap(STR("<businessRuleTask id=\"u\" uprava:decision=\"rent\"/>"))),
              STR("processes/a.bpmn:1: u: no decision in decisions/ is called \"rent\": mend the "
                  "name, or add it\n"));
    CHECK_STR(check_file(STR("processes/a.txt"), STR("")),
              STR("processes/a.txt:0: processes are files .bpmn\n"));
    CHECK(str_find(check_file(path, STR("<a/>")), STR("no BPMN 2.0 model")) < 100);
}

static struct str service(const char *attributes)
{
    return check_file(STR("processes/a.bpmn"),
                      wrap(str_printf(check_arena(), "<serviceTask id=\"t\" %s/>", attributes)));
}

/* The pack has one form and no register, role or other process. */
static void services_and_tasks_name_what_is_there(void)
{
    CHECK_STR(service("uprava:operation=\"exchange.ask\""), STR(""));
    CHECK(str_starts(service("uprava:operation=\"dance\""),
                     STR("processes/a.bpmn:1: t: nobody does \"dance\": there are record.create")));
    CHECK_STR(service("uprava:operation=\"record.create\" uprava:register=\"a.house\""),
              STR("processes/a.bpmn:1: t: there is no register \"a.house\", here or in a pack this "
                  "one requires\n"));
    CHECK_STR(service("uprava:operation=\"record.read\""),
              STR("processes/a.bpmn:1: t: which register? Give uprava:register\n"
                  "processes/a.bpmn:1: t: which record? Give an input \"id\"\n"));
    CHECK_STR(service("uprava:operation=\"document.make\""),
              STR("processes/a.bpmn:1: t: which letter? Give uprava:letter, the name of a file of "
                  "letters/ without .odt\n"));
    CHECK_STR(
        service("uprava:operation=\"document.make\" uprava:letter=\"refusal\""
                " uprava:register=\"a.house\""),
        STR("processes/a.bpmn:1: t: there is no letters/refusal.odt in its pack\n"
            "processes/a.bpmn:1: t: there is no register \"a.house\", here or in a pack this "
            "one requires\n"
            "processes/a.bpmn:1: t: which record gets the file? Give an input \"id\", or leave "
            "out uprava:register: then it is the one the flow is about\n"));
    CHECK_STR(service("uprava:operation=\"process.begin\" uprava:process=\"gone\""),
              STR("processes/a.bpmn:1: t: there is no process \"gone\", here or in a pack this one "
                  "requires\n"));
    CHECK_STR(check_file(STR("processes/a.bpmn"), wrap(STR("<userTask id=\"t\"/>"))),
              STR("processes/a.bpmn:1: t: who does it? Give uprava:role, or put it in a lane named "
                  "as a role\n"));
    CHECK_STR(check_file(STR("processes/a.bpmn"),
                         wrap(STR("<userTask id=\"t\" uprava:role=\"x\" uprava:form=\"f\"/>"))),
              STR("processes/a.bpmn:1: t: there is no role \"x\" in roles.json\n"
                  "processes/a.bpmn:1: t: there is no forms/f.json in its pack\n"));
    /* Only forms of its own pack are found, so they have no pack before their name. */
    CHECK_STR(
        check_file(STR("processes/a.bpmn"),
                   wrap(STR("<userTask id=\"t\" uprava:role=\"x\" uprava:form=\"a.visit\"/>"))),
        STR("processes/a.bpmn:1: t: there is no role \"x\" in roles.json\n"
            "processes/a.bpmn:1: t: there is no forms/a.visit.json in its pack\n"));
    CHECK_STR(
        check_file(STR("processes/a.bpmn"), wrap(STR("<startEvent id=\"s\" uprava:form=\"f\"/>"))),
        STR("processes/a.bpmn:1: s: there is no forms/f.json in its pack\n"));
    CHECK_STR(check_file(STR("processes/a.bpmn"),
                         wrap(STR("<startEvent id=\"s\" uprava:form=\"visit\"/>"))),
              STR(""));
}

static struct str charge(const char *inputs)
{
    return check_file(STR("processes/a.bpmn"),
                      wrap(str_printf(check_arena(),
                                      "<serviceTask id=\"t\" uprava:operation=\"charge.make\">"
                                      "<extensionElements>%s</extensionElements></serviceTask>",
                                      inputs)));
}

#define CHARGE_INPUT(name, value) "<uprava:input name=\"" name "\" value='" value "'/>"
#define CHARGE_WHOLE              CHARGE_INPUT("amount", "5") CHARGE_INPUT("purpose", "\"P\"")

static void charges_say_how_much_and_what_for(void)
{
    CHECK_STR(charge(CHARGE_WHOLE CHARGE_INPUT("cbc", "\"00011705040040000180\"")), STR(""));
    CHECK_STR(charge(CHARGE_WHOLE CHARGE_INPUT("cbc", "code")), STR(""));
    CHECK_STR(
        charge(""),
        STR("processes/a.bpmn:1: t: how much is to be paid? Give an input amount, in roubles\n"
            "processes/a.bpmn:1: t: what is to be paid for? Give an input purpose\n"));
    CHECK_STR(charge(CHARGE_WHOLE CHARGE_INPUT("sum", "5")),
              STR("processes/a.bpmn:1: t: a charge has no \"sum\": its inputs are amount, purpose, "
                  "cbc and oktmo\n"));
    CHECK_STR(charge(CHARGE_WHOLE CHARGE_INPUT("cbc", "\"117\"")),
              STR("processes/a.bpmn:1: t: its cbc \"117\" is no КБК: it has 20 digits\n"));
    CHECK_STR(charge(CHARGE_WHOLE CHARGE_INPUT("oktmo", "\"1\"")),
              STR("processes/a.bpmn:1: t: its oktmo \"1\" is no ОКТМО: it has 8 or 11 digits\n"));
    CHECK(str_starts(service("uprava:operation=\"charge.double\""),
                     STR("processes/a.bpmn:1: t: nobody does \"charge.double\"")));
}

static struct str waiting_for(const char *message, const char *event)
{
    struct str text = wrap(str_from_z(event));
    struct str head = STR("<process ");
    size_t at = str_find(text, head);

    return check_file(STR("processes/a.bpmn"),
                      str_printf(check_arena(), "%.*s<message id=\"m\" name=\"%s\"/>%.*s", (int)at,
                                 text.ptr, message, (int)(text.len - at), text.ptr + at));
}

static struct str waiting(const char *event)
{
    return waiting_for("charge.paid", event);
}

static void who_waits_for_a_payment_says_for_which(void)
{
    CHECK_STR(waiting("<receiveTask id=\"t\" messageRef=\"m\" uprava:correlation=\"c.number\"/>"),
              STR(""));
    CHECK_STR(waiting("<receiveTask id=\"t\" messageRef=\"m\"/>"),
              STR("processes/a.bpmn:1: t: which charge is waited for? Give uprava:correlation, the "
                  "number that charge.make gave\n"));
    CHECK_STR(waiting("<intermediateThrowEvent id=\"t\"><messageEventDefinition "
                      "messageRef=\"m\"/></intermediateThrowEvent>"),
              STR("processes/a.bpmn:1: t: only who pays sends \"charge.paid\": give the message "
                  "another name\n"));
}

#define PUT(inputs)                                                                                \
    "<serviceTask id=\"t\" uprava:operation=\"commission.put\"><extensionElements>" inputs         \
    "</extensionElements></serviceTask>"
#define QUESTION CHARGE_INPUT("question", "\"Q\"")
#define DECIDED  "<receiveTask id=\"r\" messageRef=\"m\" uprava:correlation=\"c\"/>"

static struct str put(const char *elements)
{
    return waiting_for("commission.decided", elements);
}

static void who_puts_a_question_names_a_commission_and_waits(void)
{
    CHECK_STR(put(PUT(CHARGE_INPUT("commission", "\"board\"") QUESTION) DECIDED), STR(""));
    CHECK_STR(put(PUT(CHARGE_INPUT("commission", "\"a.board\"") QUESTION) DECIDED), STR(""));
    CHECK_STR(put(PUT(CHARGE_INPUT("commission", "\"council\"") QUESTION) DECIDED),
              STR("processes/a.bpmn:1: t: there is no commission \"council\", here or in a pack "
                  "this one requires\n"));
    CHECK_STR(put(PUT(CHARGE_INPUT("commission", "which") QUESTION) DECIDED),
              STR("processes/a.bpmn:1: t: its commission is written out: the name in quotation "
                  "marks\n"));
    CHECK_STR(put(PUT(CHARGE_INPUT("quorum", "5")) DECIDED),
              STR("processes/a.bpmn:1: t: which commission decides? Give an input commission, the "
                  "name of a file of commissions/ without .json\n"
                  "processes/a.bpmn:1: t: what does it decide about? Give an input question\n"
                  "processes/a.bpmn:1: t: commission.put has no \"quorum\": its inputs are "
                  "commission and question\n"));
    CHECK_STR(put(PUT(CHARGE_INPUT("commission", "\"board\"") QUESTION)),
              STR("processes/a.bpmn:1: t: nobody waits for what the commission decides: add a "
                  "receive task for the message \"commission.decided\"\n"));
    CHECK_STR(put("<receiveTask id=\"t\" messageRef=\"m\"/>"),
              STR("processes/a.bpmn:1: t: which question is waited for? Give uprava:correlation, "
                  "the question that commission.put gave\n"));
    CHECK_STR(put("<intermediateThrowEvent id=\"t\"><messageEventDefinition "
                  "messageRef=\"m\"/></intermediateThrowEvent>"),
              STR("processes/a.bpmn:1: t: only a meeting sends \"commission.decided\": give the "
                  "message another name\n"));
}

/* What is found goes into answers, as JSON. */
static void finding_quotes_whole_letters(void)
{
    struct buf script = {.arena = check_arena()};
    size_t faults;

    for (int i = 0; i < 150; i++)
        buf_add(&script, i == 0 ? STR("1 + ") : STR("ы"));
    buf_add(&script, STR(" +"));
    for (int i = 0; i < 2; i++) {
        struct str said =
            check_text(wrap(str_printf(check_arena(),
                                       "<scriptTask id=\"t\"><script>%s%.*s</script></scriptTask>",
                                       i == 0 ? "" : "x", STR_ARG(buf_str(&script)))),
                       -1, &faults);

        CHECK_INT((int64_t)faults, 1);
        CHECK(utf8_is_valid(said));
    }
}

static const struct check_test TESTS[] = {
    CHECK_TEST(what_cannot_be_executed_is_refused_with_its_element),
    CHECK_TEST(what_may_be_meant_otherwise_is_warned_of),
    CHECK_TEST(findings_are_in_the_order_of_the_lines),
    CHECK_TEST(only_the_wanted_process_is_looked_at),
    CHECK_TEST(processes_of_packs_say_what_services_do),
    CHECK_TEST(services_and_tasks_name_what_is_there),
    CHECK_TEST(charges_say_how_much_and_what_for),
    CHECK_TEST(who_waits_for_a_payment_says_for_which),
    CHECK_TEST(who_puts_a_question_names_a_commission_and_waits),
    CHECK_TEST(finding_quotes_whole_letters),
    CHECK_TEST(reference_models_run_or_are_refused_with_a_reason),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
