/*
 * Service tasks that make a letter: a template of the flow's own pack, filled with the inputs of
 * the task, becomes a file of a record.  The bytes are kept here, outside the writer; the row that
 * names them is written with the step.  What a refused write leaves is collected after a day, and
 * making it once more keeps the same bytes.
 *
 * A letter that is registered comes in two writes: the first gives it its number, which the second
 * has in its text.  That it can be made is found out before it has a number.
 */
#include "core/id.h"
#include "core/json_put.h"
#include "core/time.h"
#include "core/utf8.h"
#include "document/letter_odt.h"
#include "document/letter_rules.h"
#include "document/qr.h"
#include "registry/quota.h"
#include "workflow/conduct_part.h"

#define ENDING ".odt"

enum {
    DOT_PIXELS = 8, /* of the QR code: sharp on paper */
};

/* A letter on its way. */
struct making {
    struct tx *read;
    struct conduct *conduct;
    const struct flow_wait *wait;
    const struct bpmn_work *work;
    struct letter_rules rules;
    struct document document; /* where it belongs; its number, when it has one */
    struct str bytes;
};

/* Whose fault it is that it cannot be made: a machine's is tried again, else the token is stuck. */
static bool break_or_fail(struct conduct *conduct, struct flow_step *answer,
                          const struct err *found, struct err *err)
{
    if (found->code == ERR_BROKEN || found->code == ERR_UNAVAILABLE) {
        *err = *found;
        return false;
    }
    conduct_break(conduct, answer, "%s", found->text);
    return true;
}

/* Of which record it becomes a file. */
static bool find_place(struct making *making, struct err *err)
{
    const struct conduct *conduct = making->conduct;
    struct document *document = &making->document;
    struct str name = making->work->subject;
    struct str text = json_find_text(making->wait->data, STR("id"));
    const struct register_type *type;

    document->no = conduct->head.no;
    document->record = conduct->head.record;
    if (name.len == 0)
        return document->record != 0 ||
               err_set(
                   err, ERR_INPUT,
                   "the flow was not begun about a record, so nothing is there to attach it to");
    type = model_type(conduct->catalog->model, name);
    if (type == NULL)
        return err_set(err, ERR_INPUT, "there is no register \"%.*s\"",
                       STR_ARG(utf8_head(name, 100)));
    document->no = catalog_no(conduct->catalog, type);
    return id_parse(text, &document->record) ||
           err_set(err, ERR_INPUT, "its input id is no number of a record: \"%.*s\"",
                   STR_ARG(utf8_head(text, 40)));
}

static bool is_registered(const struct making *making)
{
    return making->rules.series.len > 0;
}

/* Made by this very step, so that it is no more to be made. */
static bool is_made(const struct conduct_work *work, int64_t id)
{
    for (size_t i = 0; i < work->files.count; i++)
        if (work->files.items[i]->document.id == id)
            return true;
    return false;
}

/* The one that has its number and waits to be made; else one to come. */
static bool find_document(struct making *making, struct err *err)
{
    struct conduct *conduct = making->conduct;
    struct document *document = &making->document;
    struct document found;

    document->flow = conduct->flow;
    document->token = making->wait->token;
    document->series = making->rules.series;
    document->pattern = making->rules.number;
    document->title = making->rules.title;
    document->registered_at = conduct->now;
    document->registered_on = catalog_day(conduct->catalog, conduct->now);
    document->actor = conduct->actor;
    if (!is_registered(making))
        return true;
    if (!document_find(making->read, conduct->arena, document, &found, err))
        return false;
    if (found.id != 0 && !is_made(conduct->work, found.id))
        *document = found;
    return true;
}

/* The inputs of the task, and what a document knows of itself. */
static const struct json *values_of(const struct making *making, struct str address)
{
    struct arena *arena = making->conduct->arena;
    struct json *values;
    struct buf day = {.arena = arena};

    if (!is_registered(making))
        return making->wait->data;
    values = making->wait->data != NULL ? json_copy(arena, making->wait->data)
                                        : json_new(arena, JSON_OBJECT);
    letter_rules_print_day(&day, making->document.registered_on, making->rules.language);
    json_set_text(arena, values, STR("number"), making->document.number);
    json_set_text(arena, values, STR("date"), buf_str(&day));
    json_set_text(arena, values, STR("qr"), address);
    return values;
}

/* Without an address nothing is drawn: a code that leads nowhere is worse than none. */
static bool draw(const struct making *making, struct str address, struct str *png, struct err *err)
{
    struct buf buf = {.arena = making->conduct->arena};
    struct qr qr = {0};

    if (address.len > 0 && !qr_make(buf.arena, address, &qr, err))
        return false;
    qr_print_png(&buf, &qr, DOT_PIXELS);
    *png = buf_str(&buf);
    return true;
}

static bool fill(struct making *making, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct conduct *conduct = making->conduct;
    struct str path = str_printf(scratch, "letters/%.*s" ENDING, STR_ARG(making->work->letter));
    const struct pack_file *file = pack_file_find(conduct->process->pack, path);
    struct letter_odt letter;
    struct str address = {0};
    struct str png = {0};

    if (file == NULL)
        return err_set(err, ERR_INPUT, "its pack has no %.*s", STR_ARG(utf8_head(path, 100)));
    if (!letter_odt_read(scratch, file->bytes, &letter, err))
        return false;
    if (is_registered(making))
        address = document_address(conduct->arena, conduct->catalog, making->read->owner,
                                   &making->document);
    if (letter.picture.len > 0 && is_registered(making) && !draw(making, address, &png, err))
        return false;
    return letter_odt_fill(conduct->arena, &letter, values_of(making, address), png, &making->bytes,
                           err);
}

static bool prepare(struct making *making, struct err *err)
{
    const struct conduct *conduct = making->conduct;

    if (!find_place(making, err) ||
        !letter_rules_read(conduct->arena, conduct->process->pack, making->work->letter,
                           &making->rules, err) ||
        !find_document(making, err))
        return false;
    return (fill(making, err) || err_while(err, "the letter cannot be made")) &&
           quota_need_file(making->read->owner, (int64_t)making->bytes.len, conduct->now, err);
}

/* The input "name", else the letter's; always with the ending programs know it by. */
static struct str name_of(const struct making *making)
{
    struct arena *arena = making->conduct->arena;
    struct str name = str_trim(json_find_text(making->wait->data, STR("name")));

    if (name.len == 0)
        name = making->work->letter;
    return str_ends(name, STR(ENDING)) ? name : str_printf(arena, "%.*s" ENDING, STR_ARG(name));
}

static bool keep(const struct making *making, struct attachment *file, struct err *err)
{
    struct conduct *conduct = making->conduct;
    struct attachment_source source = {.fd = -1,
                                       .bytes = making->bytes,
                                       .size = (int64_t)making->bytes.len,
                                       .name = name_of(making)};

    if (!attachment_keep(making->read->owner, conduct->arena, &source, file, err))
        return false;
    file->no = making->document.no;
    file->record = making->document.record;
    file->id = id_next(conduct->now);
    file->at = conduct->now;
    file->actor = making->document.actor; /* whose step gave it its number */
    file->cause = conduct->flow;
    return true;
}

/* It gets its number with this write, if there is something to be written to. */
static bool register_it(const struct making *making, struct flow_step *answer, struct err *err)
{
    struct conduct *conduct = making->conduct;
    struct conduct_paper *paper = ARENA_NEW(conduct->arena, struct conduct_paper);

    if (!attachment_need_record(making->read, conduct->arena, making->document.no,
                                making->document.record, err))
        return false;
    paper->wait = making->wait->part.id;
    paper->document = making->document;
    VEC_PUSH(conduct->arena, &conduct->work->papers, paper);
    answer->wait = 0;
    return true;
}

static struct json *result_of(const struct making *making, const struct attachment *file)
{
    struct arena *arena = making->conduct->arena;
    struct json *result = json_new(arena, JSON_OBJECT);
    struct buf day = {.arena = arena};

    json_set_text(arena, result, STR("file"), id_text(arena, file->id));
    json_set_text(arena, result, STR("name"), file->name);
    if (making->document.id == 0)
        return result;
    time_print_day(&day, making->document.registered_on);
    json_set_text(arena, result, STR("document"), id_text(arena, making->document.id));
    json_set_text(arena, result, STR("number"), making->document.number);
    json_set_text(arena, result, STR("date"), buf_str(&day));
    return result;
}

static bool attach(const struct making *making, struct flow_step *answer, struct err *err)
{
    struct conduct *conduct = making->conduct;
    struct conduct_file *one = ARENA_NEW(conduct->arena, struct conduct_file);

    if (!keep(making, &one->attachment, err))
        return false;
    one->wait = making->wait->part.id;
    one->document = making->document;
    one->has_pdf = making->rules.has_pdf;
    VEC_PUSH(conduct->arena, &conduct->work->files, one);
    answer->data = result_of(making, &one->attachment);
    return true;
}

bool conduct_document(struct tx *read, struct conduct *conduct, const struct flow_wait *wait,
                      struct flow_step *answer, struct err *err)
{
    struct making making = {.read = read,
                            .conduct = conduct,
                            .wait = wait,
                            .work = conduct->after->model->nodes[wait->node].work};
    struct err found = {0};
    bool ok;

    if (conduct_record_is_pending(conduct, json_find(wait->data, STR("id")))) {
        answer->wait = 0;
        return true;
    }
    ok = prepare(&making, &found);
    if (ok && is_registered(&making) && making.document.id == 0)
        ok = register_it(&making, answer, &found);
    else if (ok)
        ok = attach(&making, answer, &found);
    return ok || break_or_fail(conduct, answer, &found, err);
}
