#include "document/office.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "core/file.h"
#include "core/num.h"
#include "core/time.h"
#include "document/odt_zip.h"

/* Programs in the place of an office suite: what they do is what goes wrong. */

static struct str folder;
static struct err err;

static struct office stub(const char *script)
{
    struct str program;

    folder = check_folder();
    err = (struct err){0};
    program = file_join(check_arena(), folder, STR("soffice"));
    CHECK_OK(file_write(program, str_printf(check_arena(), "#!/bin/sh\n%s\n", script), &err), &err);
    CHECK_INT(chmod(str_to_z(check_arena(), program), 0700), 0);
    return (struct office){.program = program,
                           .folder = file_join(check_arena(), folder, STR("office")),
                           .seconds = 2};
}

static enum office_outcome convert(const struct office *office, struct str *pdf)
{
    enum office_outcome outcome;

    CHECK_OK(office_convert(office, check_arena(), STR("letter"), &outcome, pdf, &err), &err);
    return outcome;
}

static struct str read_mark(const char *name)
{
    struct str bytes = {0};

    CHECK_OK(file_read(check_arena(), file_join(check_arena(), folder, str_from_z(name)), 1000,
                       &bytes, &err),
             &err);
    return str_trim(bytes);
}

static void pdf_is_what_the_program_writes(void)
{
    struct office office =
        stub("test \"$(cat letter.odt)\" = letter && test \"$HOME\" = \"$PWD\" &&"
             " test -z \"$UPRAVA_SECRET\" && printf '%%PDF-1.6 %%%%EOF' >"
             " out/letter.pdf");
    struct str pdf;

    CHECK_INT(setenv("UPRAVA_SECRET", "x", 1), 0);
    CHECK_INT(convert(&office, &pdf), OFFICE_DONE);
    CHECK_STR(pdf, STR("%PDF-1.6 %%EOF"));
    CHECK_INT((int64_t)office_says(OFFICE_DONE).len, 0);
    /* What it worked with is gone, its profile may stay. */
    CHECK(!file_exists(file_join(check_arena(), office.folder, STR("work"))));
}

/* As a server has it: then nobody says how the program ended, and the file has to. */
static void pdf_is_had_where_children_are_ignored(void)
{
    struct office good = stub("sh -c 'exit 0' || exit 1; (exit 7); test $? = 7 || exit 1;"
                              " printf '%%PDF-1.6 %%%%EOF' > out/letter.pdf");
    struct str pdf;

    CHECK(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
    CHECK_INT(convert(&good, &pdf), OFFICE_DONE);
    struct office bad = stub("exit 1");
    CHECK_INT(convert(&bad, &pdf), OFFICE_GARBAGE);
    struct office slow = stub("sleep 600");
    CHECK_INT(convert(&slow, &pdf), OFFICE_LATE);
    CHECK(signal(SIGCHLD, SIG_DFL) != SIG_ERR);
}

static void program_that_hangs_is_killed_with_all_it_started(void)
{
    struct office office = stub("(sleep 600 & echo $! > ../../child; wait) & sleep 600");
    int64_t began_us = time_monotonic_us();
    struct str pdf;
    int64_t child = 0;

    CHECK_INT(convert(&office, &pdf), OFFICE_LATE);
    CHECK(time_monotonic_us() - began_us < 20 * INT64_C(1000000));
    CHECK(num_parse_int(read_mark("child"), &child) && child > 1);
    for (int i = 0; i < 200 && kill((pid_t)child, 0) == 0; i++) {
        char path[64];
        struct str stat;

        /* Nobody waits for an orphan in a container: dead is enough. */
        (void)snprintf(path, sizeof path, "/proc/%lld/stat", (long long)child);
        if (file_read(check_arena(), str_from_z(path), 4096, &stat, &err) &&
            str_find(stat, STR(") Z")) < stat.len)
            return;
        usleep(20000);
    }
    CHECK(kill((pid_t)child, 0) != 0);
}

static void crash_garbage_and_nothing_are_told_apart(void)
{
    struct office crash = stub("kill -SEGV $$");
    struct str pdf;

    CHECK_INT(convert(&crash, &pdf), OFFICE_CRASHED);
    struct office failure = stub("exit 3");
    CHECK_INT(convert(&failure, &pdf), OFFICE_CRASHED);
    struct office nothing = stub("exit 0");
    CHECK_INT(convert(&nothing, &pdf), OFFICE_GARBAGE);
    struct office garbage = stub("echo '<html>' > out/letter.pdf");
    CHECK_INT(convert(&garbage, &pdf), OFFICE_GARBAGE);
    struct office half = stub("printf '%%PDF-1.6 and then' > out/letter.pdf");
    CHECK_INT(convert(&half, &pdf), OFFICE_GARBAGE);
    struct office huge = stub("printf '%%PDF-1.6' > out/letter.pdf; head -c 30000000 /dev/zero >>"
                              " out/letter.pdf; printf '%%%%EOF' >> out/letter.pdf");
    CHECK_INT(convert(&huge, &pdf), OFFICE_GARBAGE);
}

static void disk_and_memory_have_limits(void)
{
    struct office disk = stub("head -c 100000000 /dev/zero > big; ls -l big > ../../size; exit 1");
    struct str pdf;

    CHECK_INT(convert(&disk, &pdf), OFFICE_CRASHED);
    CHECK(str_find(read_mark("size"), STR(" 67108864 ")) < read_mark("size").len);
    struct office memory = stub("ulimit -v > ../../limit; exit 1");
    CHECK_INT(convert(&memory, &pdf), OFFICE_CRASHED);
    CHECK_STR(read_mark("limit"), STR("2097152"));
}

static void there_is_no_way_to_the_network(void)
{
    struct office office = stub("python3 - > ../../net 2>&1 <<'X'\nimport socket\n"
                                "for f in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):\n"
                                "  try: socket.socket(f); print('open')\n"
                                "  except OSError as e: print(e.errno)\nX\nexit 1");
    struct str pdf;

    CHECK_INT(convert(&office, &pdf), OFFICE_CRASHED);
    CHECK_STR(read_mark("net"), STR("13\n13\nopen"));
}

static bool at_once(void *data)
{
    ++*(int *)data;
    return true;
}

static void server_that_ends_does_not_wait(void)
{
    struct office office = stub("sleep 600");
    int asked = 0;
    struct str pdf;

    office.seconds = 60;
    office.is_over = at_once;
    office.data = &asked;
    CHECK_INT(convert(&office, &pdf), OFFICE_STOPPED);
    CHECK_INT(asked, 1);
}

struct inner {
    struct office office;
    enum office_outcome outcome;
};

static bool meanwhile(void *data)
{
    struct inner *inner = data;
    struct str pdf;
    struct err why = {0};

    inner->office.is_over = NULL;
    (void)!office_convert(&inner->office, check_arena(), STR("letter"), &inner->outcome, &pdf,
                          &why);
    return true;
}

static void one_is_made_at_a_time(void)
{
    struct inner inner = {stub("sleep 600"), OFFICE_DONE};
    struct office office = inner.office;
    struct str pdf;

    office.seconds = 60;
    office.is_over = meanwhile;
    office.data = &inner;
    CHECK_INT(convert(&office, &pdf), OFFICE_STOPPED);
    CHECK_INT(inner.outcome, OFFICE_BUSY);
}

static void without_an_office_suite_there_is_a_sentence(void)
{
    struct office none = {.folder = STR("/nowhere")};
    struct str pdf;

    err = (struct err){0};
    CHECK_INT(convert(&none, &pdf), OFFICE_ABSENT);
    CHECK(office_says(OFFICE_ABSENT).len > 0);
    CHECK_INT((int64_t)office_find(check_arena(), STR("/no/such/program")).len, 0);
    CHECK_INT((int64_t)office_find(check_arena(), STR("/usr/bin")).len, 0);
}

/* The smallest letter an office suite opens. */
static struct str make_letter(void)
{
    struct odt_zip_entry entries[] = {
        {STR("mimetype"), STR("application/vnd.oasis.opendocument.text")},
        {STR("content.xml"),
         STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content"
             " xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\""
             " xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\""
             " office:version=\"1.2\"><office:body><office:text><text:p>Решение № 5</text:p>"
             "</office:text></office:body></office:document-content>")},
        {STR("META-INF/manifest.xml"),
         STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?><manifest:manifest"
             " xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\">"
             "<manifest:file-entry manifest:full-path=\"/\""
             " manifest:media-type=\"application/vnd.oasis.opendocument.text\"/>"
             "<manifest:file-entry manifest:full-path=\"content.xml\""
             " manifest:media-type=\"text/xml\"/></manifest:manifest>")}};
    struct buf out = {.arena = check_arena()};

    odt_zip_write(&(struct odt_zip){entries, ARRAY_LEN(entries)}, &out);
    return buf_str(&out);
}

static void installed_office_suite_makes_a_pdf(void)
{
    struct office office = {.program = office_find(check_arena(), (struct str){0}),
                            .folder = file_join(check_arena(), check_folder(), STR("office"))};
    enum office_outcome outcome;
    struct str pdf = {0};

    if (office.program.len == 0)
        CHECK_SKIP("LibreOffice is not installed");
    err = (struct err){0};
    CHECK_OK(office_convert(&office, check_arena(), make_letter(), &outcome, &pdf, &err), &err);
    CHECK_INT(outcome, OFFICE_DONE);
    CHECK(str_starts(pdf, STR("%PDF-")) && pdf.len > 3000);
    /* What is no letter at all: it says so, or makes a page of it; it does not hang. */
    CHECK_OK(
        office_convert(&office, check_arena(), STR("PK\x03\x04 garbage"), &outcome, &pdf, &err),
        &err);
    CHECK(outcome == OFFICE_GARBAGE || outcome == OFFICE_DONE || outcome == OFFICE_CRASHED);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(pdf_is_what_the_program_writes),
    CHECK_TEST(pdf_is_had_where_children_are_ignored),
    CHECK_TEST(program_that_hangs_is_killed_with_all_it_started),
    CHECK_TEST(crash_garbage_and_nothing_are_told_apart),
    CHECK_TEST(disk_and_memory_have_limits),
    CHECK_TEST(there_is_no_way_to_the_network),
    CHECK_TEST(server_that_ends_does_not_wait),
    CHECK_TEST(one_is_made_at_a_time),
    CHECK_TEST(without_an_office_suite_there_is_a_sentence),
    CHECK_TEST(installed_office_suite_makes_a_pdf),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
