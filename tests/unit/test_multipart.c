#include "check.h"

#include <fcntl.h>
#include <unistd.h>

#include "net/multipart.h"
#include "net/spool.h"

static const struct str TYPE = {"multipart/form-data; boundary=XX", 32};

#define FORM(name) "Content-Disposition: form-data; name=\"" name "\""

static bool parse(struct str body, struct multipart *form)
{
    struct err err = {0};
    bool ok = multipart_parse(check_arena(), TYPE, body, -1, form, &err);

    CHECK(ok || err.text[0] != '\0');
    return ok;
}

static bool is_refused(struct str body)
{
    struct multipart form = {0};

    if (!parse(body, &form))
        return true;
    multipart_done(&form);
    return false;
}

static struct str read_all(int fd)
{
    struct buf buf = {.arena = check_arena()};
    ssize_t count;

    while ((count = read(fd, buf_room(&buf, 1000), 1000)) > 0)
        buf.len += (size_t)count;
    return buf_str(&buf);
}

static void fields_and_files_are_found(void)
{
    CLEANUP(multipart_done) struct multipart form = {0};

    CHECK(parse(
        STR("--XX\r\n" FORM(
            "a") "\r\n\r\nпривет\r\n"
                 "--XX\r\n" FORM("f") "; filename=\"C:\\dir\\дом %22.txt\"\r\n"
                                      "Content-Type: text/plain\r\n\r\none\r\ntwo\r\n--X\r\n\r\n"
                                      "--XX\r\n" FORM("none") "; filename=\"\"\r\n\r\n\r\n"
                                                              "--XX\r\ncontent-disposition:form-"
                                                              "data;name=b\r\n\r\n\r\n--XX--\r\n"),
        &form));
    CHECK_INT((int64_t)form.count, 4);
    CHECK_STR(multipart_find(&form, STR("a"))->text, STR("привет"));
    CHECK_STR(multipart_find(&form, STR("b"))->text, STR(""));
    CHECK(multipart_find(&form, STR("c")) == NULL);
    CHECK_INT(multipart_find(&form, STR("none"))->fd, -1);

    const struct multipart_part *file = multipart_find(&form, STR("f"));
    CHECK_STR(file->file_name, STR("дом \".txt"));
    CHECK_STR(file->type, STR("text/plain"));
    CHECK_STR(read_all(file->fd), STR("one\r\ntwo\r\n--X\r\n"));
    CHECK_INT((int64_t)file->size, 15);
}

static void file_names_lose_their_folders(void)
{
    CLEANUP(multipart_done) struct multipart form = {0};

    CHECK(parse(STR("--XX\r\n" FORM(
                    "a") "; filename=\"../../etc/passwd\"\r\n\r\n1\r\n"
                         "--XX\r\n" FORM("b") "; filename=\"..\"\r\n\r\n1\r\n"
                                              "--XX\r\n" FORM(
                                                  "c") "; filename=\"a\\\"b\"\r\n\r\n1\r\n--XX--"),
                &form));
    CHECK_STR(form.parts[0].file_name, STR("passwd"));
    CHECK_STR(form.parts[1].file_name, STR("file"));
    CHECK_STR(form.parts[2].file_name, STR("a\"b"));
}

static void broken_forms_are_refused(void)
{
    CHECK(is_refused(STR("")));
    CHECK(is_refused(STR("--XX")));
    CHECK(is_refused(STR("--XX\r\n")));
    CHECK(is_refused(STR("--XX\r\n" FORM("a") "\r\n\r\nx")));
    CHECK(is_refused(STR("--XX\r\n" FORM("a") "\r\n\r\nx\r\n--XX")));
    CHECK(is_refused(STR("--XX\r\n" FORM("a") "\r\n\r\nx\r\n--XXY\r\n")));
    CHECK(is_refused(STR("--XX\r\n" FORM("a") "\r\n\r\nx\r\n--XX--more")));
    CHECK(is_refused(STR("preamble\r\n--XX\r\n" FORM("a") "\r\n\r\nx\r\n--XX--")));
    CHECK(is_refused(STR("--XX\n" FORM("a") "\n\nx\n--XX--")));
    CHECK(is_refused(STR("--XX\r\nContent-Type: text/plain\r\n\r\nx\r\n--XX--")));
    CHECK(is_refused(STR("--XX\r\n" FORM("") "\r\n\r\nx\r\n--XX--")));
    CHECK(is_refused(STR("--XX\r\n" FORM("a") "\r\n" FORM("b") "\r\n\r\nx\r\n--XX--")));
    CHECK(is_refused(STR("--XX\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--XX--")));
    CHECK(is_refused(STR("--XX\r\nContent-Disposition: inline; name=\"a\"\r\n\r\nx\r\n--XX--")));
    CHECK(is_refused(STR("--XX\r\n" FORM("a\x01") "\r\n\r\nx\r\n--XX--")));
    CHECK(is_refused(STR("--XX\r\n" FORM("a\xff") "\r\n\r\nx\r\n--XX--")));
    CHECK(is_refused(STR("--XX\r\n" FORM("a") "\r\n\r\n\xff\r\n--XX--")));
    CHECK(!is_refused(STR("--XX\r\n" FORM("a") "\r\n\r\nx\r\n--XX--")));
}

static void boundary_is_needed(void)
{
    static const struct str BAD[] = {
        {"", 0},
        {"text/plain; boundary=XX", 23},
        {"multipart/form-data", 19},
        {"multipart/form-data; boundary=", 30},
        {"multipart/form-data; boundary=\"XX", 33},
    };
    struct multipart form = {0};
    struct str body = STR("--XX\r\n" FORM("a") "\r\n\r\nx\r\n--XX--");
    struct err err;

    for (size_t i = 0; i < ARRAY_LEN(BAD); i++)
        CHECK(!multipart_parse(check_arena(), BAD[i], body, -1, &form, &err));
    CHECK_OK(multipart_parse(check_arena(), STR("Multipart/Form-Data; charset=x; Boundary=\"XX\""),
                             body, -1, &form, &err),
             &err);
}

static void too_many_parts_are_refused(void)
{
    struct buf buf = {.arena = check_arena()};

    for (int i = 0; i < MULTIPART_PARTS_MAX; i++)
        buf_add(&buf, STR("--XX\r\n" FORM("a") "\r\n\r\nx\r\n"));
    size_t len = buf.len;
    buf_add(&buf, STR("--XX--"));
    CHECK(!is_refused(buf_str(&buf)));
    buf.len = len;
    buf_add(&buf, STR("--XX\r\n" FORM("a") "\r\n\r\nx\r\n--XX--"));
    CHECK(is_refused(buf_str(&buf)));
}

static void form_is_read_from_a_file(void)
{
    CLEANUP(multipart_done) struct multipart form = {0};
    struct buf buf = {.arena = check_arena()};
    struct err err;
    int fd = spool_open(check_folder());

    buf_add(&buf, STR("--XX\r\n" FORM("a") "\r\n\r\ntext\r\n--XX\r\n" FORM(
                      "f") "; filename=big\r\n\r\n"));
    for (int i = 0; i < 300000; i++)
        buf_char(&buf, (char)i);
    buf_add(&buf, STR("\r\n--XX--\r\n"));
    CHECK(spool_write(fd, buf_str(&buf)) && spool_rewind(fd));
    CHECK_OK(multipart_parse(check_arena(), TYPE, (struct str){0}, fd, &form, &err), &err);
    close(fd);
    CHECK_STR(form.parts[0].text, STR("text"));
    CHECK_INT((int64_t)form.parts[1].size, 300000);
    CHECK_INT((int64_t)read_all(form.parts[1].fd).len, 300000);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(fields_and_files_are_found), CHECK_TEST(file_names_lose_their_folders),
    CHECK_TEST(broken_forms_are_refused),   CHECK_TEST(boundary_is_needed),
    CHECK_TEST(too_many_parts_are_refused), CHECK_TEST(form_is_read_from_a_file),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
