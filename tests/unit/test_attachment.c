#include "registry/attachment.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file_draft.h"
#include "hamlet.h"
#include "registry/attachment_collect.h"

static enum err_code keep(struct hamlet *h, struct str name, struct str bytes,
                          struct attachment *file)
{
    struct attachment_source source = {
        .fd = -1, .bytes = bytes, .size = (int64_t)bytes.len, .name = name};

    h->err = (struct err){0};
    return attachment_keep(h->town.tenant, check_arena(), &source, file, &h->err) ? ERR_NONE
                                                                                  : h->err.code;
}

static bool run_put(struct tx *tx, void *data, struct err *err)
{
    return attachment_put(tx, check_arena(), data, err);
}

static bool run_remove(struct tx *tx, void *data, struct err *err)
{
    return attachment_remove(tx, check_arena(), data, HAMLET_ACTOR, HAMLET_NOW + 5000, err);
}

static struct attachment attach(struct hamlet *h, int64_t record, const char *name,
                                struct str bytes)
{
    struct attachment file;

    CHECK_INT(keep(h, str_from_z(name), bytes, &file), ERR_NONE);
    file.no = hamlet_no(h, "house");
    file.record = record;
    file.at = HAMLET_NOW;
    file.actor = HAMLET_ACTOR;
    CHECK_OK(tenant_write_wait(h->town.tenant, run_put, &file, &h->err), &h->err);
    return file;
}

static struct str path_of(struct hamlet *h, struct str name)
{
    return file_join(check_arena(), tenant_folder(h->town.tenant), name);
}

static int64_t count_files(struct hamlet *h)
{
    struct str *names;
    size_t count;

    CHECK_OK(file_list(check_arena(), tenant_folder(h->town.tenant), &names, &count, &h->err),
             &h->err);
    return (int64_t)count;
}

static struct str big_text(size_t size)
{
    struct buf buf = {.arena = check_arena()};

    while (buf.len < size)
        buf_add(&buf, STR("Дом осмотрен. "));
    return str_slice(buf_str(&buf), 0, size - size % 25);
}

static void bytes_come_back_as_they_were_in_pieces_too(void)
{
    struct str bytes = big_text(3 * ATTACHMENT_PIECE + 1234);
    struct hamlet h;
    struct str back;
    int fd;

    hamlet_open(&h);
    struct attachment file =
        attach(&h, hamlet_make(&h, "house", STR("{\"number\":\"5\"}")), "C:\\scan\\акт.txt", bytes);
    CHECK_STR(file.name, STR("акт.txt"));
    CHECK_STR(file.type, STR("text/plain; charset=utf-8"));
    CHECK_INT(file.size, (int64_t)bytes.len);
    CHECK_INT(count_files(&h), 1);
    CHECK_OK(attachment_open(h.town.tenant, check_arena(), &file, &fd, &h.err), &h.err);
    char *room = arena_alloc(check_arena(), bytes.len + 1);
    back = (struct str){room, (size_t)read(fd, room, bytes.len + 1)};
    CHECK(str_equal(back, bytes));
    file_close(&fd);
    hamlet_close(&h);
}

static void bytes_that_are_there_are_not_written_again(void)
{
    static const struct timespec LONG_AGO[] = {{1000, 0}, {1000, 0}};
    struct attachment first, again;
    struct stat before, after;
    struct hamlet h;

    hamlet_open(&h);
    CHECK_INT(keep(&h, STR("a.txt"), STR("text"), &first), ERR_NONE);
    const char *path = str_to_z(check_arena(), path_of(&h, first.digest));
    CHECK(stat(path, &before) == 0 && utimensat(AT_FDCWD, path, LONG_AGO, 0) == 0);
    CHECK_INT(keep(&h, STR("b.txt"), STR("text"), &again), ERR_NONE);
    CHECK_STR(again.digest, first.digest);
    CHECK_STR(again.name, STR("b.txt"));
    CHECK_STR(again.type, first.type);
    CHECK(stat(path, &after) == 0);
    CHECK_INT((int64_t)after.st_ino, (int64_t)before.st_ino);
    CHECK(after.st_mtime >= before.st_mtime); /* so that it is not collected */
    CHECK_INT(count_files(&h), 1);
    hamlet_close(&h);
}

static void a_source_may_be_an_open_file(void)
{
    struct str bytes = big_text(2 * ATTACHMENT_PIECE);
    struct attachment_source source = {.size = (int64_t)bytes.len, .name = STR("a.txt")};
    struct attachment file;
    struct hamlet h;
    struct str kept;

    hamlet_open(&h);
    hamlet_write(&h, STR("upload"), bytes);
    CHECK_OK(file_open(file_join(check_arena(), h.folder, STR("upload")), &source.fd, &h.err),
             &h.err);
    CHECK_OK(attachment_keep(h.town.tenant, check_arena(), &source, &file, &h.err), &h.err);
    CHECK_OK(file_read(check_arena(), path_of(&h, file.digest), bytes.len, &kept, &h.err), &h.err);
    CHECK(str_equal(kept, bytes));
    source.size += 10; /* it says more than there is */
    CHECK(!attachment_keep(h.town.tenant, check_arena(), &source, &file, &h.err));
    CHECK_INT(h.err.code, ERR_BROKEN);
    file_close(&source.fd);
    hamlet_close(&h);
}

static void what_is_not_kept_leaves_nothing(void)
{
    static const struct {
        struct str name, bytes;
    } WRONG[] = {
        {STR_INIT("a.txt"), STR_INIT("")},
        {STR_INIT(".."), STR_INIT("text")},
        {STR_INIT("scan/"), STR_INIT("text")},
        {STR_INIT(""), STR_INIT("text")},
        {STR_INIT("page.txt"), STR_INIT("<html>")},
        {STR_INIT("run.pdf"), STR_INIT("MZ\x90\x01 program")},
    };
    struct attachment file;
    struct hamlet h;

    hamlet_open(&h);
    for (size_t i = 0; i < ARRAY_LEN(WRONG); i++)
        CHECK_INT(keep(&h, WRONG[i].name, WRONG[i].bytes, &file), ERR_INPUT);
    CHECK_INT(keep(&h, big_text(1000), STR("text"), &file), ERR_INPUT);
    struct attachment_source large = {.fd = -1, .size = ATTACHMENT_SIZE_MAX + 1, .name = STR("a")};
    CHECK(!attachment_keep(h.town.tenant, check_arena(), &large, &file, &h.err));
    CHECK_INT(h.err.code, ERR_LIMIT);
    CHECK(!file_is_folder(tenant_folder(h.town.tenant)) || count_files(&h) == 0);
    hamlet_close(&h);
}

static void changed_bytes_are_not_given_out(void)
{
    struct hamlet h;
    int fd;

    hamlet_open(&h);
    struct attachment file =
        attach(&h, hamlet_make(&h, "house", STR("{\"number\":\"5\"}")), "a.txt", STR("true"));
    CHECK_OK(file_write(path_of(&h, file.digest), STR("fals"), &h.err), &h.err);
    CHECK(!attachment_open(h.town.tenant, check_arena(), &file, &fd, &h.err));
    CHECK_INT(h.err.code, ERR_BROKEN);
    CHECK_OK(file_remove(path_of(&h, file.digest), &h.err), &h.err);
    CHECK(!attachment_open(h.town.tenant, check_arena(), &file, &fd, &h.err));
    CHECK_INT(h.err.code, ERR_BROKEN);
    hamlet_close(&h);
}

static void events_tell_what_was_put_and_removed(void)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct hamlet h;

    hamlet_open(&h);
    struct attachment file =
        attach(&h, hamlet_make(&h, "house", STR("{\"number\":\"5\"}")), "a.txt", STR("text"));
    struct attachment_past past = {.no = file.no, .record = file.record, .until_at = INT64_MAX};
    CHECK_OK(tenant_write_wait(h.town.tenant, run_remove, &file, &h.err), &h.err);
    CHECK_OK(tx_read(&tx, h.town.tenant, &h.err), &h.err);
    CHECK_OK(attachment_events(&tx, check_arena(), &past, &h.err), &h.err);
    CHECK_INT((int64_t)past.count, 2);
    CHECK(past.items[0].is_removal && !past.items[1].is_removal);
    CHECK_INT(past.items[0].at, HAMLET_NOW + 5000);
    CHECK_STR(past.items[0].name, STR("a.txt"));
    past.after_at = HAMLET_NOW;
    CHECK_OK(attachment_events(&tx, check_arena(), &past, &h.err), &h.err);
    CHECK(past.count == 1 && past.items[0].is_removal);
    past.after_at = 0;
    past.until_at = HAMLET_NOW;
    CHECK_OK(attachment_events(&tx, check_arena(), &past, &h.err), &h.err);
    CHECK(past.count == 1 && !past.items[0].is_removal);
    tx_done(&tx);
    hamlet_close(&h);
}

static int64_t collect(struct hamlet *h, int64_t in_ms)
{
    int64_t count = -1;

    CHECK_OK(attachment_collect(h->town.tenant, time_now() + in_ms, &count, &h->err), &h->err);
    return count;
}

static void bytes_nobody_names_go_after_a_day_and_no_others(void)
{
    struct attachment orphan;
    struct hamlet h;

    hamlet_open(&h);
    CHECK_INT(collect(&h, 0), 0);
    int64_t house = hamlet_make(&h, "house", STR("{\"number\":\"5\"}"));
    struct attachment kept = attach(&h, house, "a.txt", STR("kept"));
    struct attachment removed = attach(&h, house, "b.txt", STR("removed"));
    CHECK_OK(tenant_write_wait(h.town.tenant, run_remove, &removed, &h.err), &h.err);
    CHECK_INT(keep(&h, STR("c.txt"), STR("orphan"), &orphan), ERR_NONE);
    CHECK_OK(file_write(path_of(&h, STR(FILE_DRAFT_MARK "abcdef")), STR("half"), &h.err), &h.err);
    CHECK_OK(file_write(path_of(&h, STR("notes.txt")), STR("not ours"), &h.err), &h.err);

    CHECK_INT(collect(&h, ATTACHMENT_ORPHAN_MS - 60 * 1000), 0);
    CHECK_INT(collect(&h, ATTACHMENT_ORPHAN_MS + 60 * 1000), 2);
    CHECK(file_exists(path_of(&h, kept.digest)));
    CHECK(file_exists(path_of(&h, removed.digest)));
    CHECK(file_exists(path_of(&h, STR("notes.txt"))));
    CHECK(!file_exists(path_of(&h, orphan.digest)));

    /* Whoever comes with it now is told, and sends it once more. */
    orphan.no = hamlet_no(&h, "house");
    orphan.record = house;
    orphan.at = HAMLET_NOW;
    CHECK(!tenant_write_wait(h.town.tenant, run_put, &orphan, &h.err));
    CHECK_INT(h.err.code, ERR_UNAVAILABLE);
    CHECK_INT(keep(&h, STR("c.txt"), STR("orphan"), &orphan), ERR_NONE);
    CHECK_INT(collect(&h, 0), 0);
    hamlet_close(&h);
}

static bool run_import(struct tx *tx, void *data, struct err *err)
{
    return store_exec(tx,
                      "INSERT INTO import (tenant, id, register, format, name, status, created_at,"
                      " actor, options, counts) VALUES ($1, 1, 1, 'csv', 'a', 'new', 1, 1, $2, '')",
                      ARGS(INT(tx->tenant), TEXT(*(struct str *)data)), err);
}

static void the_file_of_an_import_stays(void)
{
    struct attachment file;
    struct hamlet h;

    hamlet_open(&h);
    CHECK_INT(keep(&h, STR("a.csv"), STR("a;b"), &file), ERR_NONE);
    struct str options = str_printf(check_arena(), "{\"digest\":\"%.*s\"}", STR_ARG(file.digest));
    CHECK_OK(tenant_write_wait(h.town.tenant, run_import, &options, &h.err), &h.err);
    CHECK_INT(collect(&h, ATTACHMENT_ORPHAN_MS + 60 * 1000), 0);
    CHECK(file_exists(path_of(&h, file.digest)));
    hamlet_close(&h);
}

struct erasure {
    int64_t no, record;
};

static bool run_erase(struct tx *tx, void *data, struct err *err)
{
    const struct erasure *erasure = data;

    return attachment_erase(tx, erasure->no, erasure->record, err);
}

/* Of an erased record nothing tells that it had files; what another record has stays. */
static void an_erased_record_had_no_files(void)
{
    struct hamlet h;

    hamlet_open(&h);
    int64_t gone = hamlet_make(&h, "house", STR("{\"number\":\"5\"}"));
    int64_t other = hamlet_make(&h, "house", STR("{\"number\":\"6\"}"));
    struct attachment own = attach(&h, gone, "a.txt", STR("passport"));
    struct attachment removed = attach(&h, gone, "b.txt", STR("an old one"));
    struct attachment shared = attach(&h, gone, "c.txt", STR("both have it"));
    struct attachment kept = attach(&h, other, "d.txt", STR("both have it"));
    struct erasure erasure = {own.no, gone};

    CHECK_OK(tenant_write_wait(h.town.tenant, run_remove, &removed, &h.err), &h.err);
    CHECK_OK(tenant_write_wait(h.town.tenant, run_erase, &erasure, &h.err), &h.err);
    CHECK_INT(town_count(&h.town, "SELECT count(*) FROM attachment WHERE tenant = $1"), 1);
    CHECK_INT(collect(&h, ATTACHMENT_ORPHAN_MS + 60 * 1000), 2);
    CHECK(!file_exists(path_of(&h, own.digest)));
    CHECK(!file_exists(path_of(&h, removed.digest)));
    CHECK_STR(shared.digest, kept.digest);
    CHECK(file_exists(path_of(&h, kept.digest)));
    hamlet_close(&h);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(bytes_come_back_as_they_were_in_pieces_too),
    CHECK_TEST(bytes_that_are_there_are_not_written_again),
    CHECK_TEST(a_source_may_be_an_open_file),
    CHECK_TEST(what_is_not_kept_leaves_nothing),
    CHECK_TEST(changed_bytes_are_not_given_out),
    CHECK_TEST(events_tell_what_was_put_and_removed),
    CHECK_TEST(bytes_nobody_names_go_after_a_day_and_no_others),
    CHECK_TEST(the_file_of_an_import_stays),
    CHECK_TEST(an_erased_record_had_no_files),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
