#include "document/pdf.h"

#include <sys/stat.h>

#include "hamlet.h"

/* A program in the place of the office suite; the job is run as a worker does. */

static struct hamlet hamlet;
static struct err err;
static struct pdf_context context;

static int64_t clock_of_hamlet(void)
{
    return HAMLET_NOW;
}

static bool run_register(struct tx *tx, void *data, struct err *why)
{
    struct document *document = data;
    struct attachment_source source = {
        .fd = -1, .bytes = STR("letter"), .size = 6, .name = STR("Ответ.odt")};
    struct attachment file = {0};

    if (!document_register(tx, check_arena(), document, why) ||
        !attachment_keep(tx->owner, check_arena(), &source, &file, why))
        return false;
    file.no = document->no;
    file.record = document->record;
    file.at = HAMLET_NOW;
    if (!attachment_put(tx, check_arena(), &file, why))
        return false;
    document->attachment = file.id;
    document->digest = file.digest;
    return document_attach(tx, document, true, why) && pdf_need(tx, time_now(), why);
}

static int64_t open_town(const char *script)
{
    struct document document = {.series = STR("a"),
                                .pattern = STR("{n}"),
                                .title = STR("Ответ"),
                                .registered_at = HAMLET_NOW,
                                .registered_on = HAMLET_DAY};
    struct str folder, program = {0};

    hamlet_open(&hamlet);
    err = (struct err){0};
    document.no = hamlet_no(&hamlet, "street");
    document.record = hamlet_make(&hamlet, "street", STR("{\"name\":\"Садовая\"}"));
    CHECK_OK(tenant_write_wait(hamlet.town.tenant, run_register, &document, &err), &err);
    folder = check_folder();
    if (script != NULL) {
        program = file_join(check_arena(), folder, STR("soffice"));
        CHECK_OK(file_write(program, str_printf(check_arena(), "#!/bin/sh\n%s\n", script), &err),
                 &err);
        CHECK_INT(chmod(str_to_z(check_arena(), program), 0700), 0);
    }
    context = (struct pdf_context){{.program = program,
                                    .folder = file_join(check_arena(), folder, STR("office")),
                                    .seconds = 2},
                                   clock_of_hamlet};
    return document.id;
}

/* The pool runs the job that was put. */
static struct document done(int64_t id)
{
    struct worker_kind kind = pdf_kind;
    struct document document = {0};
    struct worker_pool *pool;

    kind.context = &context;
    pool = worker_start(hamlet.town.arena, hamlet.town.store, &kind, 1, 1);
    worker_wake_all(pool);
    for (int i = 0; i < 3000; i++) {
        CLEANUP(tx_done) struct tx tx = {0};

        CHECK_OK(tx_read(&tx, hamlet.town.tenant, &err), &err);
        CHECK_OK(document_get(&tx, check_arena(), id, &document, &err), &err);
        if (!str_equal(document.pdf, STR("wanted")))
            break;
        usleep(10000);
    }
    worker_stop(pool);
    return document;
}

static void pdf_becomes_a_second_file(void)
{
    int64_t id = open_town("test \"$(cat letter.odt)\" = letter && printf '%%PDF-1.6 %%%%EOF' >"
                           " out/letter.pdf");
    struct document document = done(id);

    CHECK_STR(document.pdf, STR("done"));
    CHECK(document.pdf_attachment != 0 && document.pdf_attachment != document.attachment);
    CHECK_INT((int64_t)document.pdf_digest.len, 64);
    CHECK_INT(town_count(&hamlet.town,
                         "SELECT count(*) FROM attachment WHERE tenant = $1 AND name ="
                         " 'Ответ.pdf' AND type = 'application/pdf'"),
              1);
    hamlet_close(&hamlet);
}

static void says(const char *script, enum office_outcome outcome)
{
    struct document document = done(open_town(script));

    CHECK_STR(document.pdf, office_says(outcome));
    CHECK_INT(document.pdf_attachment, 0);
    CHECK_INT(town_count(&hamlet.town, "SELECT count(*) FROM attachment WHERE tenant = $1"), 1);
    hamlet_close(&hamlet);
}

static void no_pdf_is_said_of_the_document(void)
{
    says("exit 0", OFFICE_GARBAGE);
}

static void office_suite_that_hangs_is_said_of_the_document(void)
{
    says("sleep 600", OFFICE_LATE);
}

static void without_an_office_suite_the_document_says_so(void)
{
    says(NULL, OFFICE_ABSENT);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(pdf_becomes_a_second_file),
    CHECK_TEST(no_pdf_is_said_of_the_document),
    CHECK_TEST(office_suite_that_hangs_is_said_of_the_document),
    CHECK_TEST(without_an_office_suite_the_document_says_so),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
