/* Letters that flows make: written with the step, once, and readable as text documents. */
#include "workflow/conduct.h"

#include <pthread.h>

#include "core/file.h"
#include "document/document.h"
#include "document/letter_odt.h"
#include "hamlet.h"
#include "registry/attachment.h"
#include "registry/quota.h"
#include "store/limit.h"
#include "workflow/conduct_job.h"

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
#define BPMN                                                                                       \
    "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\""                           \
    " xmlns:uprava=\"urn:uprava:bpmn:1\" id=\"d\" targetNamespace=\"t\">"
#define PROCESS(id) "<process id=\"" id "\" isExecutable=\"true\"><startEvent id=\"start\"/>"
#define FLOW(id, from, to)                                                                         \
    "<sequenceFlow id=\"" id "\" sourceRef=\"" from "\" targetRef=\"" to "\"/>"
#define DONE               "<endEvent id=\"end\"/></process></definitions>"
#define INPUT(name, value) "<uprava:input name=\"" name "\" value=\"" value "\"/>"

/* clang-format off */
/* Of the record the flow is about. */
static const char REPLY[] =
    BPMN
    PROCESS("reply")
    FLOW("a", "start", "make")
    "<serviceTask id=\"make\" uprava:operation=\"document.make\" uprava:letter=\"reply\""
    " uprava:result=\"letter\">"
    "<extensionElements>"
    INPUT("answer", "answer")
    INPUT("name", "title")
    "</extensionElements>"
    "</serviceTask>"
    FLOW("b", "make", "end")
    DONE;

/* Of one the flow has just made. */
static const char PASSPORT[] =
    BPMN
    PROCESS("passport")
    FLOW("a", "start", "make")
    "<serviceTask id=\"make\" uprava:operation=\"record.create\" uprava:register=\"hamlet.street\""
    " uprava:result=\"street\">"
    "<extensionElements>"
    INPUT("name", "&quot;Мира&quot;")
    "</extensionElements>"
    "</serviceTask>"
    FLOW("b", "make", "print")
    "<serviceTask id=\"print\" uprava:operation=\"document.make\" uprava:letter=\"reply\""
    " uprava:register=\"hamlet.street\">"
    "<extensionElements>"
    INPUT("id", "street.id")
    INPUT("answer", "&quot;есть&quot;")
    "</extensionElements>"
    "</serviceTask>"
    FLOW("c", "print", "end")
    DONE;

/* Registered: with a number and a day in its text. */
static const char NOTICE[] =
    BPMN
    PROCESS("notice")
    FLOW("a", "start", "make")
    "<serviceTask id=\"make\" uprava:operation=\"document.make\" uprava:letter=\"notice\""
    " uprava:result=\"letter\">"
    "<extensionElements>"
    INPUT("answer", "answer")
    "</extensionElements>"
    "</serviceTask>"
    FLOW("b", "make", "end")
    DONE;

/* Two of them, one behind the other. */
static const char TWICE[] =
    BPMN
    PROCESS("twice")
    FLOW("a", "start", "one")
    "<serviceTask id=\"one\" uprava:operation=\"document.make\" uprava:letter=\"notice\"/>"
    FLOW("b", "one", "two")
    "<serviceTask id=\"two\" uprava:operation=\"document.make\" uprava:letter=\"notice\"/>"
    FLOW("c", "two", "end")
    DONE;
/* clang-format on */

#define RULES "{\"title\":\"Уведомление\",\"series\":\"outgoing\",\"number\":\"01-12/{n}\"}"

struct desk {
    struct hamlet hamlet;
    struct arena *arena;
    struct process_library *processes;
    int64_t street;
    struct err err;
};

static void add(struct desk *desk, const char *path, struct str bytes)
{
    hamlet_write(&desk->hamlet, str_printf(check_arena(), "packs/hamlet-1.1.0/%s", path), bytes);
}

static struct str make_letter(void)
{
    struct odt_zip_entry entries[] = {
        {STR("mimetype"), STR("application/vnd.oasis.opendocument.text")},
        {STR("content.xml"),
         STR(HEAD
             "<a><text:p xmlns:text=\"t\">Ответ: {<text:span>{answer</text:span>}}</text:p></a>")}};
    struct buf out = {.arena = check_arena()};

    odt_zip_write(&(struct odt_zip){entries, ARRAY_LEN(entries)}, &out);
    return buf_str(&out);
}

static struct str make_notice(void)
{
    struct odt_zip_entry entries[] = {
        {STR("mimetype"), STR("application/vnd.oasis.opendocument.text")},
        {STR("content.xml"), STR(HEAD "<a xmlns:text=\"t\"><text:p>№ {{number}} от {{date}}: "
                                      "{{answer}}{{qr}}</text:p></a>")}};
    struct buf out = {.arena = check_arena()};

    odt_zip_write(&(struct odt_zip){entries, ARRAY_LEN(entries)}, &out);
    return buf_str(&out);
}

static void open_desk(struct desk *desk)
{
    *desk = (struct desk){.arena = arena_open(0)};
    hamlet_open(&desk->hamlet);
    hamlet_write_pack(&desk->hamlet, "1.1.0", NULL);
    add(desk, "processes/reply.bpmn", str_from_z(REPLY));
    add(desk, "processes/passport.bpmn", str_from_z(PASSPORT));
    add(desk, "processes/notice.bpmn", str_from_z(NOTICE));
    add(desk, "processes/twice.bpmn", str_from_z(TWICE));
    add(desk, "letters/reply.odt", make_letter());
    add(desk, "letters/notice.odt", make_notice());
    add(desk, "letters/notice.json", STR(RULES));
    hamlet_install(&desk->hamlet);
    desk->processes = process_library_new(desk->arena, desk->hamlet.library);
    desk->street = hamlet_make(&desk->hamlet, "street", STR("{\"name\":\"Садовая\"}"));
}

static void close_desk(struct desk *desk)
{
    process_library_close(&desk->processes);
    hamlet_close(&desk->hamlet);
    arena_close(&desk->arena);
}

static struct conduct conduct_of(struct desk *desk, int64_t flow, struct flow_step step)
{
    return (struct conduct){.processes = desk->processes,
                            .catalog = desk->hamlet.catalog,
                            .arena = check_arena(),
                            .now = HAMLET_NOW,
                            .actor = HAMLET_ACTOR,
                            .flow = flow,
                            .step = step};
}

/* Of a flow about the street. */
static struct conduct begin_of(struct desk *desk, const char *name, const char *data)
{
    struct conduct conduct = conduct_of(desk, 0, (struct flow_step){.node = -1});

    conduct.begins = true;
    conduct.head.no = hamlet_no(&desk->hamlet, "street");
    conduct.head.record = desk->street;
    conduct.step.data = hamlet_json(str_from_z(data));
    CHECK_OK(process_find(desk->processes, desk->hamlet.catalog->model, str_from_z(name),
                          &conduct.process, &desk->err),
             &desk->err);
    return conduct;
}

static int64_t begin(struct desk *desk, const char *name, const char *data)
{
    struct conduct conduct = begin_of(desk, name, data);

    CHECK_OK(conduct_step(desk->hamlet.town.tenant, &conduct, &desk->err), &desk->err);
    return conduct.flow;
}

static void step(struct desk *desk, int64_t flow, struct flow_step what)
{
    struct conduct conduct = conduct_of(desk, flow, what);

    CHECK_OK(conduct_step(desk->hamlet.town.tenant, &conduct, &desk->err), &desk->err);
}

static void go(struct desk *desk)
{
    struct conduct_place place = {desk->hamlet.town.tenant, desk->processes, HAMLET_NOW};
    int64_t next_at;

    CHECK_OK(conduct_job_go(&place, &next_at, &desk->err), &desk->err);
}

static int64_t count(struct desk *desk, const char *sql)
{
    return town_count(&desk->hamlet.town, sql);
}

static int64_t count_files(struct desk *desk)
{
    return count(desk, "SELECT count(*) FROM attachment WHERE tenant = $1");
}

/* The one file of a record. */
static struct attachment file_of(struct desk *desk, int64_t record)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct attachment_page page;

    CHECK_OK(tx_read(&tx, desk->hamlet.town.tenant, &desk->err), &desk->err);
    CHECK_OK(attachment_list(&tx, check_arena(), hamlet_no(&desk->hamlet, "street"), record, &page,
                             &desk->err),
             &desk->err);
    CHECK_INT((int64_t)page.count, 1);
    return page.items[0];
}

/* What is written in it, opened as a letter. */
static struct str content_of(struct desk *desk, const struct attachment *file)
{
    struct str path =
        file_join(check_arena(), tenant_folder(desk->hamlet.town.tenant), file->digest);
    struct letter_odt letter;
    struct str bytes;

    CHECK_OK(file_read(check_arena(), path, ODT_ZIP_BYTES_MAX, &bytes, &desk->err), &desk->err);
    CHECK_OK(letter_odt_read(check_arena(), bytes, &letter, &desk->err), &desk->err);
    return letter.content.xml;
}

static struct str values_of(struct desk *desk, int64_t id, struct flow_store *head)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct buf out = {.arena = check_arena()};
    const struct process *process;
    struct flow *flow;

    CHECK_OK(tx_read(&tx, desk->hamlet.town.tenant, &desk->err), &desk->err);
    CHECK_OK(flow_store_get(&tx, check_arena(), id, head, &desk->err), &desk->err);
    CHECK_OK(
        process_get(desk->processes,
                    &(struct process_key){head->pack, head->version, head->file, head->process},
                    &process, &desk->err),
        &desk->err);
    flow = flow_new(check_arena(), process->model);
    CHECK_OK(flow_store_load(&tx, head, flow, &desk->err), &desk->err);
    json_canonical(&out, flow_scope_at(flow, 0)->values);
    return buf_str(&out);
}

static bool is_stuck(struct desk *desk, int64_t flow)
{
    struct flow_store head;

    (void)values_of(desk, flow, &head);
    return head.is_stuck;
}

static void letter_is_a_file_of_the_record_the_flow_is_about(void)
{
    struct desk desk;
    struct flow_store head;

    open_desk(&desk);
    int64_t flow = begin(&desk, "hamlet.reply", "{\"answer\":\"<да> & нет\"}");
    struct attachment file = file_of(&desk, desk.street);
    CHECK_STR(file.name, STR("reply.odt"));
    CHECK_STR(file.type, STR("application/vnd.oasis.opendocument.text"));
    CHECK_STR(content_of(&desk, &file),
              STR(HEAD
                  "<a><text:p xmlns:text=\"t\">Ответ: &lt;да&gt; &amp; нет<text:span></text:span>"
                  "</text:p></a>"));
    CHECK_STR(values_of(&desk, flow, &head),
              str_printf(check_arena(),
                         "{\"answer\":\"<да> & нет\",\"letter\":{\"file\":\"%s\",\"name\":"
                         "\"reply.odt\"}}",
                         str_to_z(check_arena(), id_text(check_arena(), file.id))));
    CHECK_INT((int64_t)head.state, FLOW_ENDED);
    CHECK_INT(count(&desk, "SELECT count(*) FROM journal WHERE tenant = $1 AND action = 'attach'"
                           " AND cause = (SELECT max(id) FROM flow WHERE tenant = $1)"),
              1);
    begin(&desk, "hamlet.reply", "{\"answer\":\"x\",\"title\":\"Ответ Иванову\"}");
    CHECK_INT(count(&desk, "SELECT count(*) FROM attachment WHERE tenant = $1 AND name ="
                           " 'Ответ Иванову.odt'"),
              1);
    close_desk(&desk);
}

static void letter_waits_for_the_record_the_flow_makes(void)
{
    struct desk desk;
    struct flow_store head;

    open_desk(&desk);
    int64_t flow = begin(&desk, "hamlet.passport", "{}");
    CHECK_INT(count_files(&desk), 0);
    go(&desk);
    struct str values = values_of(&desk, flow, &head);
    int64_t street;
    CHECK_INT((int64_t)head.state, FLOW_ENDED);
    CHECK(id_parse(json_text(json_at(hamlet_json(values), STR("street.id"))), &street));
    struct attachment file = file_of(&desk, street);
    CHECK_STR(
        content_of(&desk, &file),
        STR(HEAD "<a><text:p xmlns:text=\"t\">Ответ: есть<text:span></text:span></text:p></a>"));
    close_desk(&desk);
}

static bool prepare(struct desk *desk, struct conduct *conduct)
{
    CLEANUP(tx_done) struct tx tx = {0};

    CHECK_OK(tx_read(&tx, desk->hamlet.town.tenant, &desk->err), &desk->err);
    return conduct_prepare(&tx, conduct, &desk->err);
}

/* A crash comes before the write or behind it; then the same is done again. */
static void letter_is_neither_lost_nor_doubled(void)
{
    struct desk desk;

    open_desk(&desk);
    struct tenant *town = desk.hamlet.town.tenant;
    struct conduct lost = begin_of(&desk, "hamlet.reply", "{\"answer\":\"1\"}");
    CHECK_OK(prepare(&desk, &lost), &desk.err);
    CHECK_INT(count_files(&desk), 0);
    struct conduct again = begin_of(&desk, "hamlet.reply", "{\"answer\":\"1\"}");
    again.flow = lost.flow;
    CHECK_OK(prepare(&desk, &again), &desk.err);
    CHECK_OK(tenant_write_wait(town, conduct_run, &again, &desk.err), &desk.err);
    CHECK(!tenant_write_wait(town, conduct_run, &lost, &desk.err));
    CHECK_INT(count_files(&desk), 1);
    CHECK_INT(count(&desk, "SELECT count(*) FROM journal WHERE tenant = $1 AND action = 'attach'"),
              1);
    close_desk(&desk);
}

static void letter_without_a_record_makes_the_flow_stuck(void)
{
    struct desk desk;

    open_desk(&desk);
    struct conduct conduct = begin_of(&desk, "hamlet.reply", "{\"answer\":\"1\"}");
    conduct.head.no = conduct.head.record = 0;
    CHECK_OK(conduct_step(desk.hamlet.town.tenant, &conduct, &desk.err), &desk.err);
    CHECK(is_stuck(&desk, conduct.flow));
    CHECK_INT(count_files(&desk), 0);
    close_desk(&desk);
}

static void letter_of_a_record_that_is_gone_makes_the_flow_stuck(void)
{
    struct desk desk;

    open_desk(&desk);
    desk.street++;
    CHECK(is_stuck(&desk, begin(&desk, "hamlet.reply", "{\"answer\":\"1\"}")));
    CHECK_INT(count_files(&desk), 0);
    close_desk(&desk);
}

static void limit_disk(struct desk *desk, int64_t value)
{
    struct limit_set own = tenant_info(desk->hamlet.town.tenant)->limits;

    own.values[LIMIT_DISK] = value;
    CHECK_OK(limit_change(desk->hamlet.town.store, STR("town"), &own, &desk->err), &desk->err);
}

static void letter_waits_until_there_is_room(void)
{
    struct desk desk;

    open_desk(&desk);
    limit_disk(&desk, 1);
    int64_t flow = begin(&desk, "hamlet.reply", "{\"answer\":\"1\"}");
    CHECK(is_stuck(&desk, flow));
    CHECK_INT(count_files(&desk), 0);
    limit_disk(&desk, LIMIT_USUAL);
    step(&desk, flow, (struct flow_step){.kind = FLOW_STEP_RETRY});
    CHECK(!is_stuck(&desk, flow));
    CHECK_INT(count_files(&desk), 1);
    close_desk(&desk);
}

static struct document document_of(struct desk *desk)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct document *documents;
    size_t count;

    CHECK_OK(tx_read(&tx, desk->hamlet.town.tenant, &desk->err), &desk->err);
    CHECK_OK(document_list(&tx, check_arena(), &(struct document_ask){.limit = 10}, &documents,
                           &count, &desk->err),
             &desk->err);
    CHECK_INT((int64_t)count, 1);
    return documents[0];
}

static void letter_with_a_number_has_it_in_its_text(void)
{
    struct desk desk;
    struct flow_store head;

    open_desk(&desk);
    int64_t flow = begin(&desk, "hamlet.notice", "{\"answer\":\"да\"}");
    struct document document = document_of(&desk);
    struct attachment file = file_of(&desk, desk.street);
    CHECK_STR(document.number, STR("01-12/1"));
    CHECK_STR(document.title, STR("Уведомление"));
    CHECK_INT(document.registered_on, HAMLET_DAY);
    CHECK_INT(document.attachment, file.id);
    CHECK_STR(document.digest, file.digest);
    CHECK_INT(file.actor, HAMLET_ACTOR);
    CHECK(!document.is_revoked && document.secret > 0);
    CHECK_STR(content_of(&desk, &file),
              STR(HEAD "<a xmlns:text=\"t\"><text:p>№ 01-12/1 от 2 марта 2026 г.: да"
                       "</text:p></a>"));
    struct json *letter = json_find(hamlet_json(values_of(&desk, flow, &head)), STR("letter"));
    CHECK_STR(json_find_text(letter, STR("number")), STR("01-12/1"));
    CHECK_STR(json_find_text(letter, STR("date")), STR("2026-03-02"));
    CHECK_STR(json_find_text(letter, STR("document")), id_text(check_arena(), document.id));
    CHECK_INT((int64_t)head.state, FLOW_ENDED);
    CHECK_INT(count(&desk, "SELECT count(*) FROM flow_post WHERE tenant = $1"), 0);
    close_desk(&desk);
}

static void each_letter_of_a_flow_has_its_own_number(void)
{
    struct desk desk;

    open_desk(&desk);
    begin(&desk, "hamlet.twice", "{}");
    begin(&desk, "hamlet.twice", "{}");
    CHECK_INT(count(&desk, "SELECT count(*) FROM document WHERE tenant = $1 AND attachment <> 0"),
              4);
    CHECK_INT(count(&desk, "SELECT count(DISTINCT n) FROM document WHERE tenant = $1"), 4);
    CHECK_INT(count(&desk, "SELECT last FROM document_series WHERE tenant = $1"), 4);
    close_desk(&desk);
}

/* The machine stops between the number and the letter: the job makes it, with that number. */
static void letter_is_made_after_a_crash(void)
{
    struct desk desk;

    open_desk(&desk);
    struct tenant *town = desk.hamlet.town.tenant;
    struct conduct conduct = begin_of(&desk, "hamlet.notice", "{\"answer\":\"1\"}");
    CHECK_OK(prepare(&desk, &conduct), &desk.err);
    CHECK_OK(tenant_write_wait(town, conduct_run, &conduct, &desk.err), &desk.err);
    CHECK(conduct_has_letters(&conduct));
    CHECK_INT(document_of(&desk).attachment, 0);
    CHECK_INT(count_files(&desk), 0);
    go(&desk);
    CHECK_STR(document_of(&desk).number, STR("01-12/1"));
    CHECK_INT(document_of(&desk).attachment, file_of(&desk, desk.street).id);
    conduct_follow(town, &conduct); /* who comes too late does nothing */
    CHECK_INT(count_files(&desk), 1);
    CHECK_INT(count(&desk, "SELECT last FROM document_series WHERE tenant = $1"), 1);
    close_desk(&desk);
}

/* Prepared twice, written once: the one that was refused has taken no number. */
static void refused_write_takes_no_number(void)
{
    struct desk desk;

    open_desk(&desk);
    struct tenant *town = desk.hamlet.town.tenant;
    struct conduct lost = begin_of(&desk, "hamlet.notice", "{\"answer\":\"1\"}");
    CHECK_OK(prepare(&desk, &lost), &desk.err);
    struct conduct again = begin_of(&desk, "hamlet.notice", "{\"answer\":\"1\"}");
    again.flow = lost.flow;
    CHECK_OK(conduct_step(town, &again, &desk.err), &desk.err);
    CHECK(!tenant_write_wait(town, conduct_run, &lost, &desk.err));
    begin(&desk, "hamlet.notice", "{\"answer\":\"2\"}");
    CHECK_INT(count(&desk, "SELECT count(*) FROM document WHERE tenant = $1"), 2);
    CHECK_INT(count(&desk, "SELECT max(n) FROM document WHERE tenant = $1"), 2);
    close_desk(&desk);
}

static void letter_that_cannot_be_made_takes_no_number(void)
{
    struct desk desk;

    open_desk(&desk);
    limit_disk(&desk, 1);
    int64_t flow = begin(&desk, "hamlet.notice", "{\"answer\":\"1\"}");
    CHECK(is_stuck(&desk, flow));
    CHECK_INT(count(&desk, "SELECT count(*) FROM document WHERE tenant = $1"), 0);
    limit_disk(&desk, LIMIT_USUAL);
    step(&desk, flow, (struct flow_step){.kind = FLOW_STEP_RETRY});
    CHECK_STR(document_of(&desk).number, STR("01-12/1"));
    desk.street++;
    CHECK(is_stuck(&desk, begin(&desk, "hamlet.notice", "{\"answer\":\"1\"}")));
    CHECK_INT(count(&desk, "SELECT last FROM document_series WHERE tenant = $1"), 1);
    close_desk(&desk);
}

/* It has its number, and then there is no room: when there is, it is made with that number. */
static void letter_that_got_stuck_keeps_its_number(void)
{
    struct desk desk;

    open_desk(&desk);
    struct tenant *town = desk.hamlet.town.tenant;
    struct conduct conduct = begin_of(&desk, "hamlet.notice", "{\"answer\":\"1\"}");
    CHECK_OK(prepare(&desk, &conduct), &desk.err);
    CHECK_OK(tenant_write_wait(town, conduct_run, &conduct, &desk.err), &desk.err);
    limit_disk(&desk, 1);
    go(&desk);
    CHECK(is_stuck(&desk, conduct.flow));
    CHECK_INT(document_of(&desk).attachment, 0);
    limit_disk(&desk, LIMIT_USUAL);
    step(&desk, conduct.flow, (struct flow_step){.kind = FLOW_STEP_RETRY});
    CHECK(document_of(&desk).attachment != 0);
    CHECK_INT(count(&desk, "SELECT last FROM document_series WHERE tenant = $1"), 1);
    close_desk(&desk);
}

enum {
    CLERKS = 6,
    CASES = 8, /* of each */
};

struct clerk {
    struct desk *desk;
    struct arena *arena;
    int done;
};

static void *work(void *data)
{
    struct clerk *clerk = data;
    struct desk *desk = clerk->desk;
    struct err err = {0};

    for (int i = 0; i < CASES; i++) {
        struct conduct conduct = {
            .processes = desk->processes,
            .catalog = desk->hamlet.catalog,
            .arena = clerk->arena,
            .now = HAMLET_NOW,
            .begins = true,
            .step = {.node = -1, .data = json_new(clerk->arena, JSON_OBJECT)}};

        conduct.head.no = catalog_no(desk->hamlet.catalog,
                                     model_type(desk->hamlet.catalog->model, STR("hamlet.street")));
        conduct.head.record = desk->street;
        clerk->done += process_find(desk->processes, desk->hamlet.catalog->model,
                                    STR("hamlet.notice"), &conduct.process, &err) &&
                       conduct_step(desk->hamlet.town.tenant, &conduct, &err);
    }
    return NULL;
}

static void numbers_are_neither_skipped_nor_doubled_when_many_work_at_once(void)
{
    struct desk desk;
    struct clerk clerks[CLERKS];
    pthread_t threads[CLERKS];

    open_desk(&desk);
    for (int i = 0; i < CLERKS; i++) {
        clerks[i] = (struct clerk){&desk, arena_open(0), 0};
        CHECK_INT(pthread_create(&threads[i], NULL, work, &clerks[i]), 0);
    }
    for (int i = 0; i < CLERKS; i++) {
        CHECK_INT(pthread_join(threads[i], NULL), 0);
        CHECK_INT(clerks[i].done, CASES);
        arena_close(&clerks[i].arena);
    }
    go(&desk);
    CHECK_INT(count(&desk, "SELECT count(DISTINCT n) FROM document WHERE tenant = $1"
                           " AND attachment <> 0"),
              CLERKS * CASES);
    CHECK_INT(count(&desk, "SELECT max(n) FROM document WHERE tenant = $1"), CLERKS * CASES);
    CHECK_INT(count(&desk, "SELECT count(*) FROM attachment WHERE tenant = $1"), CLERKS * CASES);
    close_desk(&desk);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(letter_is_a_file_of_the_record_the_flow_is_about),
    CHECK_TEST(letter_waits_for_the_record_the_flow_makes),
    CHECK_TEST(letter_is_neither_lost_nor_doubled),
    CHECK_TEST(letter_without_a_record_makes_the_flow_stuck),
    CHECK_TEST(letter_of_a_record_that_is_gone_makes_the_flow_stuck),
    CHECK_TEST(letter_waits_until_there_is_room),
    CHECK_TEST(letter_with_a_number_has_it_in_its_text),
    CHECK_TEST(each_letter_of_a_flow_has_its_own_number),
    CHECK_TEST(letter_is_made_after_a_crash),
    CHECK_TEST(refused_write_takes_no_number),
    CHECK_TEST(letter_that_cannot_be_made_takes_no_number),
    CHECK_TEST(letter_that_got_stuck_keeps_its_number),
    CHECK_TEST(numbers_are_neither_skipped_nor_doubled_when_many_work_at_once),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
