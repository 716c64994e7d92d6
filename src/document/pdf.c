#include "document/pdf.h"

#include "core/file.h"
#include "core/id.h"
#include "core/log.h"
#include "core/time.h"
#include "document/odt_zip.h"
#include "registry/quota.h"

#define KIND   "document.pdf"
#define WANTED STR("wanted")
#define DONE   STR("done")

enum {
    AGAIN_MS = 2000, /* while another municipality's is being made */
};

bool pdf_need(struct tx *tx, int64_t now, struct err *err)
{
    struct job job = {.kind = STR(KIND), .payload = STR("{}"), .put_at = now};
    bool has_moved;

    return job_need(tx, &job, now, &has_moved, err);
}

bool pdf_ask(struct tx *tx, const struct document *document, int64_t now, struct err *err)
{
    struct document wanted = *document;

    wanted.pdf = WANTED;
    wanted.pdf_attachment = 0;
    wanted.pdf_digest = (struct str){0};
    return document_set_pdf(tx, &wanted, document->pdf, err) && pdf_need(tx, now, err);
}

/* One PDF on its way. */
struct making {
    struct worker_task *task;
    const struct pdf_context *context;
    struct document document;
    struct attachment letter, file;
    int64_t now;
};

static bool is_over(void *data)
{
    bool is_stopping = false;
    struct err err;

    return !worker_report(data, STR("Making PDFs"), 0, 0, (struct str){0}, &is_stopping, &err) ||
           is_stopping;
}

static bool find_next(struct making *making, struct arena *arena, bool *is_there, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct document *found;
    size_t count;

    if (!tx_read(&tx, making->task->tenant, err) ||
        !document_list(&tx, arena, &(struct document_ask){.limit = 1, .wants_pdf = true}, &found,
                       &count, err))
        return false;
    *is_there = count > 0;
    if (count == 0)
        return true;
    making->document = found[0];
    return true;
}

static bool find_letter(struct making *making, struct arena *arena, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    making->letter = (struct attachment){.no = making->document.no,
                                         .record = making->document.record,
                                         .id = making->document.attachment};
    return tx_read(&tx, making->task->tenant, err) &&
           attachment_get(&tx, arena, &making->letter, err);
}

static bool read_letter(struct making *making, struct arena *arena, struct str *bytes,
                        struct err *err)
{
    CLEANUP(file_close) int fd = -1;
    size_t size;
    char *room;
    size_t got;

    if (!find_letter(making, arena, err))
        return false;
    size = (size_t)making->letter.size;
    if (size > ODT_ZIP_BYTES_MAX)
        return err_set(err, ERR_BROKEN, "the letter is larger than letters are");
    room = arena_alloc(arena, size);
    if (!attachment_open(making->task->tenant, arena, &making->letter, &fd, err) ||
        !file_pull(fd, 0, room, size, &got, err))
        return false;
    *bytes = (struct str){room, got};
    return true;
}

static bool keep(struct making *making, struct arena *arena, struct str pdf, struct err *err)
{
    struct str name = making->letter.name;
    struct attachment_source source = {.fd = -1, .bytes = pdf, .size = (int64_t)pdf.len};

    if (str_ends(name, STR(".odt")))
        name.len -= 4;
    source.name = str_printf(arena, "%.*s.pdf", STR_ARG(name));
    if (!quota_need_file(making->task->tenant, source.size, making->now, err) ||
        !attachment_keep(making->task->tenant, arena, &source, &making->file, err))
        return false;
    making->file.no = making->document.no;
    making->file.record = making->document.record;
    making->file.at = making->now;
    making->file.id = id_next(making->now);
    making->file.cause = making->document.flow;
    return true;
}

static bool run_put(struct tx *tx, void *data, struct err *err)
{
    struct making *making = data;
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);

    if (making->file.id != 0 && !attachment_put(tx, scratch, &making->file, err))
        return false;
    return document_set_pdf(tx, &making->document, WANTED, err);
}

/* *is_made false: not now, it stays wanted. */
static bool make(struct making *making, struct arena *arena, enum office_outcome *outcome,
                 struct err *err)
{
    struct office office = making->context->office;
    struct str letter, pdf = {0};

    office.is_over = is_over;
    office.data = making->task;
    if (!read_letter(making, arena, &letter, err) ||
        !office_convert(&office, arena, letter, outcome, &pdf, err))
        return false;
    if (*outcome == OFFICE_BUSY || *outcome == OFFICE_STOPPED)
        return true;
    making->document.pdf = office_says(*outcome);
    if (*outcome == OFFICE_DONE) {
        if (!keep(making, arena, pdf, err))
            return false;
        making->document.pdf = DONE;
        making->document.pdf_attachment = making->file.id;
        making->document.pdf_digest = making->file.digest;
    }
    return tenant_write_wait(making->task->tenant, run_put, making, err);
}

/* What is wrong with one of them is said of it, and the others have their turn. */
static bool give_up(struct making *making, const struct err *why, struct err *err)
{
    if (why->code == ERR_UNAVAILABLE || why->code == ERR_CONFLICT) {
        *err = *why;
        return false;
    }
    making->file = (struct attachment){0};
    making->document.pdf = STR("The PDF was made, but there was no room for it.");
    if (why->code != ERR_LIMIT)
        making->document.pdf = office_says(OFFICE_CRASHED);
    LOG(LOG_WARN, "document.pdf", {"reason", str_from_z(why->text)});
    return tenant_write_wait(making->task->tenant, run_put, making, err);
}

struct waiting {
    int64_t now;
};

static bool run_wait(struct tx *tx, void *data, struct err *err)
{
    const struct waiting *waiting = data;
    struct job job = {.kind = STR(KIND), .payload = STR("{}"), .put_at = waiting->now};
    bool has_moved;

    return job_need(tx, &job, waiting->now + AGAIN_MS, &has_moved, err);
}

static bool run(struct worker_task *task, struct str *result, struct err *err)
{
    const struct pdf_context *context = task->context;
    enum office_outcome outcome = OFFICE_DONE;
    bool is_there = true;

    task->may_rest = true;
    while (is_there && outcome != OFFICE_BUSY && outcome != OFFICE_STOPPED) {
        CLEANUP(arena_close) struct arena *arena = arena_open(0);
        struct making making = {.task = task, .context = context, .now = context->clock()};
        struct err why;

        if (!find_next(&making, arena, &is_there, err))
            return false;
        if (is_there && !make(&making, arena, &outcome, &why) && !give_up(&making, &why, err))
            return false;
    }
    if (outcome == OFFICE_STOPPED) {
        *result = (struct str){0};
        return true;
    }
    if (outcome == OFFICE_BUSY) {
        struct waiting waiting = {time_now()};

        if (!tenant_write_wait(task->tenant, run_wait, &waiting, err))
            return false;
        worker_wake(task->pool, tenant_info(task->tenant)->name);
    }
    *result = STR("{}");
    return true;
}

const struct worker_kind pdf_kind = {.name = STR_INIT(KIND), .run = run};
