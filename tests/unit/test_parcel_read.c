#include "backup/parcel.h"

#include "auth/journal.h"
#include "core/file.h"
#include "hamlet.h"
#include "store/due.h"

/* A hamlet here, and a second store on files that it goes to. */
static struct hamlet hamlet;
static struct store *there;
static struct arena *there_arena;
static struct err err;

static struct str path_of(const char *name)
{
    return file_join(check_arena(), check_folder(), str_from_z(name));
}

static void open_there(void)
{
    struct store_options options = {.folder = path_of("there")};

    there_arena = arena_open(0);
    CHECK_OK(store_open(there_arena, &options, &there, &err), &err);
    CHECK_OK(due_list(there, check_arena(), &(struct due *){NULL}, &(size_t){0}, &err), &err);
}

static void close_there(void)
{
    store_close(&there);
    arena_close(&there_arena);
}

static void begin(void)
{
    hamlet_open(&hamlet);
    open_there();
}

static void end(void)
{
    close_there();
    hamlet_close(&hamlet);
}

static bool write_parcel(const char *name, const struct parcel_label *to,
                         struct parcel_label *label)
{
    CLEANUP(file_draft_drop) struct file_draft draft = {0};
    struct parcel_write write = {
        .tenant = hamlet.town.tenant, .draft = &draft, .to = to, .now = time_now()};
    struct parcel_count count;

    CHECK_OK(file_draft_open(&draft, check_arena(), check_folder(), &err), &err);
    return parcel_write(&write, check_arena(), label, &count, &err) &&
           file_draft_keep(&draft, check_arena(), str_from_z(name), &err);
}

static int64_t turns_left;

static bool tire(void *data, int64_t rows, int64_t files)
{
    (void)data;
    (void)rows;
    (void)files;
    return turns_left-- > 0;
}

static bool read_parcel(const char *name, int64_t turns)
{
    CLEANUP(file_close) int fd = -1;
    CLEANUP(crate_close) struct crate_reader reader = {0};
    struct parcel_read read = {.store = there, .now = time_now(), .progress = tire};
    struct parcel_label label;
    struct parcel_count count;

    turns_left = turns;
    CHECK_OK(file_open(path_of(name), &fd, &err), &err);
    read.fd = fd;
    return parcel_open(&read, check_arena(), &reader, &label, &err) &&
           parcel_read(&read, check_arena(), &reader, &label, &count, &err);
}

static struct str sums(struct tenant *tenant)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct buf text = {.arena = check_arena()};

    CHECK_OK(tx_read(&tx, tenant, &err), &err);
    for (size_t i = 0; i < carry_table_count; i++) {
        struct carry_sum sum;

        CHECK_OK(carry_measure(&tx, &carry_tables[i], &sum, &err), &err);
        buf_printf(&text, "%s %lld %lld\n", carry_tables[i].name, (long long)sum.rows,
                   (long long)sum.letters);
    }
    return buf_str(&text);
}

/* Jobs may have come along: the next server looks. */
static void check_index_knows(struct tenant *tenant)
{
    struct str name = tenant_info(tenant)->name;
    bool is_known = store_is_shared(tenant_store(tenant));
    struct due *items;
    size_t count;

    CHECK_OK(due_list(tenant_store(tenant), check_arena(), &items, &count, &err), &err);
    for (size_t i = 0; i < count; i++)
        is_known |= str_equal(items[i].name, name) && items[i].due_at == 0;
    CHECK(is_known);
}

static struct str sums_there(void)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    bool is_arrived;

    CHECK_OK(store_hold(there, tenant_info(hamlet.town.tenant)->name, &tenant, &err), &err);
    CHECK(tenant_info(tenant)->is_suspended);
    CHECK_INT(tenant_info(tenant)->id, tenant_info(hamlet.town.tenant)->id);
    check_index_knows(tenant);
    CHECK_OK(parcel_is_arrived(tenant, check_arena(), &is_arrived, &err), &err);
    CHECK(is_arrived);
    CHECK_OK(parcel_settle(tenant, &err), &err);
    CHECK_OK(parcel_is_arrived(tenant, check_arena(), &is_arrived, &err), &err);
    CHECK(!is_arrived);
    return sums(tenant);
}

static void keep_file(struct str bytes)
{
    CLEANUP(file_draft_drop) struct file_draft draft = {0};
    struct digest digest = digest_of(bytes);
    struct buf name = {.arena = check_arena()};
    struct str folder = tenant_folder(hamlet.town.tenant);

    digest_print_hex(&name, &digest);
    CHECK_OK(file_make_folder(folder, &err), &err);
    CHECK_OK(file_write(file_join(check_arena(), folder, buf_str(&name)), bytes, &err), &err);
}

static void make_people(int count)
{
    for (int i = 0; i < count; i++)
        hamlet_make(&hamlet, "person",
                    str_printf(check_arena(), "{\"name\":\"Житель \\\"%d\\\"\\n\"}", i));
}

static void all_of_it_arrives(void)
{
    struct str big = {arena_alloc(check_arena(), 200000), 200000};
    struct parcel_label label;
    struct str *files;
    size_t count;

    begin();
    make_people(20);
    memset((char *)big.ptr, 7, big.len);
    keep_file(big);
    keep_file(STR("a"));
    CHECK_OK(write_parcel("all", NULL, &label), &err);
    CHECK_OK(read_parcel("all", INT64_MAX), &err);
    CHECK_OK(read_parcel("all", INT64_MAX), &err); /* once more does no harm */
    CHECK_STR(sums_there(), sums(hamlet.town.tenant));
    CHECK_OK(file_list(check_arena(), path_of("there/tenants/town/files"), &files, &count, &err),
             &err);
    CHECK_INT((int64_t)count, 2);
    CHECK(!read_parcel("all", INT64_MAX));
    CHECK_INT(err.code, ERR_CONFLICT); /* it is there already */
    end();
}

/* Killed at any step, the same call goes on; nothing comes twice. */
static void an_interrupted_try_goes_on(void)
{
    struct parcel_label label;
    int64_t tries = 0;

    begin();
    make_people(20);
    CHECK_OK(write_parcel("all", NULL, &label), &err);
    while (!read_parcel("all", 1)) {
        CHECK_INT(err.code, ERR_UNAVAILABLE);
        close_there();
        open_there();
        tries++;
        CHECK(tries < 100);
    }
    CHECK(tries > 5);
    CHECK_STR(sums_there(), sums(hamlet.town.tenant));
    end();
}

static void what_changed_since_arrives(void)
{
    struct parcel_label first, second, third;

    begin();
    make_people(20);
    int64_t gone = hamlet_make(&hamlet, "person", STR("{\"name\":\"Уехал\"}"));
    int64_t other = hamlet_make(&hamlet, "person", STR("{\"name\":\"Был\"}"));
    CHECK_OK(write_parcel("all", NULL, &first), &err);
    CHECK_OK(read_parcel("all", INT64_MAX), &err);
    CHECK_INT(hamlet_delete(&hamlet, "person", hamlet_get(&hamlet, "person", gone)), ERR_NONE);
    CHECK_INT(hamlet_change(&hamlet, "person", hamlet_get(&hamlet, "person", other),
                            STR("{\"name\":\"Стал\"}")),
              ERR_NONE);
    make_people(3);
    CHECK_OK(write_parcel("more", &first, &second), &err);
    CHECK(second.from.seq == first.head.seq && second.head.seq > second.from.seq);
    CHECK_OK(read_parcel("more", INT64_MAX), &err);
    CHECK_STR(sums_there(), sums(hamlet.town.tenant));
    CHECK(!read_parcel("more", INT64_MAX)); /* it goes on from an earlier number */
    CHECK_INT(err.code, ERR_CONFLICT);
    CHECK_OK(write_parcel("nothing", &second, &third), &err);
    CHECK_OK(read_parcel("nothing", INT64_MAX), &err);
    CHECK_STR(sums_there(), sums(hamlet.town.tenant));
    end();
}

static void changes_alone_are_refused(void)
{
    struct parcel_label first, second;

    begin();
    CHECK_OK(write_parcel("all", NULL, &first), &err);
    make_people(1);
    CHECK_OK(write_parcel("more", &first, &second), &err);
    CHECK(!read_parcel("more", INT64_MAX));
    CHECK_INT(err.code, ERR_ABSENT);
    end();
}

/* What was changed behind the journal's back is noticed. */
static bool change_silently(struct tx *tx, void *data, struct err *e)
{
    (void)data;
    return store_exec(tx, "DELETE FROM list_code WHERE tenant = $1", ARGS(INT(tx->tenant)), e) &&
           store_exec(tx, "DELETE FROM record WHERE tenant = $1", ARGS(INT(tx->tenant)), e);
}

static void a_row_that_is_missing_is_noticed(void)
{
    struct parcel_label first, second;

    begin();
    make_people(2);
    CHECK_OK(write_parcel("all", NULL, &first), &err);
    CHECK_OK(read_parcel("all", INT64_MAX), &err);
    CHECK_OK(tenant_write_wait(hamlet.town.tenant, change_silently, NULL, &err), &err);
    CHECK_OK(write_parcel("more", &first, &second), &err);
    CHECK(!read_parcel("more", INT64_MAX));
    CHECK_INT(err.code, ERR_BROKEN);
    end();
}

/* Nothing is made of a file with another bit in it, wherever that is. */
static void a_damaged_file_is_refused(void)
{
    struct parcel_label label;
    struct store_tenant *tenants;
    struct str bytes;
    size_t count;

    begin();
    make_people(5);
    CHECK_OK(write_parcel("all", NULL, &label), &err);
    CHECK_OK(file_read(check_arena(), path_of("all"), 1 << 24, &bytes, &err), &err);
    for (size_t at = 0; at < bytes.len; at += bytes.len / 50 + 1) {
        ((char *)bytes.ptr)[at] ^= 4;
        CHECK_OK(file_write(path_of("bad"), bytes, &err), &err);
        CHECK(!read_parcel("bad", INT64_MAX));
        ((char *)bytes.ptr)[at] ^= 4;
    }
    CHECK_OK(file_write(path_of("bad"), str_slice(bytes, 0, bytes.len / 2), &err), &err);
    CHECK(!read_parcel("bad", INT64_MAX));
    CHECK_OK(store_list_tenants(there, check_arena(), &tenants, &count, &err), &err);
    CHECK_INT((int64_t)count, 0);
    end();
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(all_of_it_arrives),
        CHECK_TEST(an_interrupted_try_goes_on),
        CHECK_TEST(what_changed_since_arrives),
        CHECK_TEST(changes_alone_are_refused),
        CHECK_TEST(a_row_that_is_missing_is_noticed),
        CHECK_TEST(a_damaged_file_is_refused),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
