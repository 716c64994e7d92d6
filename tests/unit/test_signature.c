#include "document/signature.h"

#include <stdlib.h>

#include "hamlet.h"

static struct hamlet hamlet;
static struct err err;
static int64_t street;
static struct str folder;

static bool shell(const char *command)
{
    return system(
               str_to_z(check_arena(), str_printf(check_arena(), "cd %.*s && (%s) >/dev/null 2>&1",
                                                  STR_ARG(folder), command))) == 0;
}

static bool run_register(struct tx *tx, void *data, struct err *why)
{
    return document_register(tx, check_arena(), data, why);
}

static bool run_attach(struct tx *tx, void *data, struct err *why)
{
    struct document *document = data;
    struct attachment_source source = {
        .fd = -1, .bytes = STR("letter"), .size = 6, .name = STR("letter.txt")};
    struct attachment file = {0};

    if (!attachment_keep(tx->owner, check_arena(), &source, &file, why))
        return false;
    file.no = document->no;
    file.record = document->record;
    file.at = HAMLET_NOW;
    if (!attachment_put(tx, check_arena(), &file, why))
        return false;
    document->attachment = file.id;
    document->digest = file.digest;
    return document_attach(tx, document, false, why);
}

static struct document open_town(bool is_made)
{
    struct document document = {.series = STR("a"),
                                .pattern = STR("{n}"),
                                .title = STR("Ответ"),
                                .registered_at = HAMLET_NOW,
                                .registered_on = HAMLET_DAY};

    hamlet_open(&hamlet);
    folder = check_folder();
    err = (struct err){0};
    street = hamlet_make(&hamlet, "street", STR("{\"name\":\"Садовая\"}"));
    document.no = hamlet_no(&hamlet, "street");
    document.record = street;
    CHECK_OK(tenant_write_wait(hamlet.town.tenant, run_register, &document, &err), &err);
    if (is_made)
        CHECK_OK(tenant_write_wait(hamlet.town.tenant, run_attach, &document, &err), &err);
    CHECK(shell("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -utf8 -keyout"
                " a.key -out a.pem -days 3 -subj '/CN=Глава' && printf letter > letter && openssl"
                " cms -sign -binary -in letter -signer a.pem -inkey a.key -md sha256 -outform DER"
                " -out a.sig && printf other > letter && openssl cms -sign -binary -in letter"
                " -signer a.pem -inkey a.key -md sha256 -outform DER -out other.sig"));
    return document;
}

static struct document get(int64_t id)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct document document = {0};

    CHECK_OK(tx_read(&tx, hamlet.town.tenant, &err), &err);
    CHECK_OK(document_get(&tx, check_arena(), id, &document, &err), &err);
    return document;
}

static struct signature_adding adding_of(int64_t id, const char *name)
{
    struct signature_adding adding = {
        .document = get(id),
        .trusted = {file_join(check_arena(), folder, STR("a.pem")), time_now()},
        .name = str_from_z(name),
        .actor = HAMLET_ACTOR,
        .now = HAMLET_NOW};

    CHECK_OK(file_read(check_arena(), file_join(check_arena(), folder, adding.name), 1 << 20,
                       &adding.bytes, &err),
             &err);
    return adding;
}

static bool prepare(struct signature_adding *adding)
{
    CLEANUP(tx_done) struct tx tx = {0};

    CHECK_OK(tx_read(&tx, hamlet.town.tenant, &err), &err);
    err = (struct err){0};
    return signature_prepare(&tx, check_arena(), adding, &err);
}

static void good_signature_is_kept_with_what_was_found(void)
{
    struct document document = open_town(true);
    struct signature_adding adding = adding_of(document.id, "a.sig");
    struct signature *signatures;
    struct document signed_one;
    size_t count;

    CHECK_OK(prepare(&adding), &err);
    CHECK_OK(tenant_write_wait(hamlet.town.tenant, signature_run, &adding, &err), &err);
    signed_one = get(document.id);
    CHECK_OK(signature_list(check_arena(), &signed_one, &signatures, &count, &err), &err);
    CHECK_INT((int64_t)count, 1);
    CHECK_STR(signatures[0].signers[0].name, STR("Глава"));
    CHECK_INT(signatures[0].signers[0].trust, CMS_TRUSTED);
    CHECK(!signatures[0].is_of_pdf && signatures[0].actor == HAMLET_ACTOR);
    CHECK_INT(town_count(&hamlet.town,
                         "SELECT count(*) FROM attachment WHERE tenant = $1 AND name ="
                         " 'a.sig'"),
              1);
    CHECK_INT(town_count(&hamlet.town, "SELECT count(*) FROM journal WHERE tenant = $1 AND action ="
                                       " 'document.sign'"),
              1);
    /* The same once more, and one that was prepared before it was there. */
    struct signature_adding again = adding_of(document.id, "a.sig");
    CHECK(!prepare(&again) && err.code == ERR_CONFLICT);
    err = (struct err){0};
    CHECK(!tenant_write_wait(hamlet.town.tenant, signature_run, &adding, &err));
    CHECK_INT(town_count(&hamlet.town, "SELECT count(*) FROM attachment WHERE tenant = $1"), 2);
    hamlet_close(&hamlet);
}

static void signature_of_another_file_is_refused(void)
{
    struct document document = open_town(true);
    struct signature_adding adding = adding_of(document.id, "other.sig");

    CHECK(!prepare(&adding));
    CHECK_INT(err.code, ERR_INPUT);
    CHECK_INT(town_count(&hamlet.town, "SELECT count(*) FROM attachment WHERE tenant = $1"), 1);
    hamlet_close(&hamlet);
}

static void document_that_is_not_made_cannot_be_signed(void)
{
    struct document document = open_town(false);
    struct signature_adding adding = adding_of(document.id, "a.sig");

    CHECK(!prepare(&adding) && err.code == ERR_CONFLICT);
    hamlet_close(&hamlet);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(good_signature_is_kept_with_what_was_found),
    CHECK_TEST(signature_of_another_file_is_refused),
    CHECK_TEST(document_that_is_not_made_cannot_be_signed),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
