/*
 * Service tasks that make a letter: a template of the flow's own pack, filled with the inputs of
 * the task, becomes a file of a record.  The bytes are kept here, outside the writer; the row that
 * names them is written with the step.  What a refused write leaves is collected after a day, and
 * making it once more keeps the same bytes.
 */
#include "core/id.h"
#include "core/utf8.h"
#include "document/letter_odt.h"
#include "registry/quota.h"
#include "workflow/conduct_part.h"

#define ENDING ".odt"

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
static bool find_place(struct conduct *conduct, const struct flow_wait *wait,
                       struct attachment *file, struct err *err)
{
    struct str name = conduct->after->model->nodes[wait->node].work->subject;
    struct str text = json_find_text(wait->data, STR("id"));
    const struct register_type *type;

    file->no = conduct->head.no;
    file->record = conduct->head.record;
    if (name.len == 0)
        return file->record != 0 ||
               err_set(
                   err, ERR_INPUT,
                   "the flow was not begun about a record, so nothing is there to attach it to");
    type = model_type(conduct->catalog->model, name);
    if (type == NULL)
        return err_set(err, ERR_INPUT, "there is no register \"%.*s\"",
                       STR_ARG(utf8_head(name, 100)));
    file->no = catalog_no(conduct->catalog, type);
    return id_parse(text, &file->record) ||
           err_set(err, ERR_INPUT, "its input id is no number of a record: \"%.*s\"",
                   STR_ARG(utf8_head(text, 40)));
}

static bool fill(struct conduct *conduct, const struct flow_wait *wait, struct str *bytes,
                 struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct str name = conduct->after->model->nodes[wait->node].work->letter;
    struct str path = str_printf(scratch, "letters/%.*s" ENDING, STR_ARG(name));
    const struct pack_file *file = pack_file_find(conduct->process->pack, path);
    struct letter_odt letter;

    if (file == NULL)
        return err_set(err, ERR_INPUT, "its pack has no %.*s", STR_ARG(utf8_head(path, 100)));
    return letter_odt_read(scratch, file->bytes, &letter, err) &&
           letter_odt_fill(conduct->arena, &letter, wait->data, bytes, err);
}

/* The input "name", else the letter's; always with the ending programs know it by. */
static struct str name_of(struct conduct *conduct, const struct flow_wait *wait)
{
    struct str name = str_trim(json_find_text(wait->data, STR("name")));

    if (name.len == 0)
        name = conduct->after->model->nodes[wait->node].work->letter;
    return str_ends(name, STR(ENDING)) ? name
                                       : str_printf(conduct->arena, "%.*s" ENDING, STR_ARG(name));
}

static bool keep(struct tx *read, struct conduct *conduct, const struct flow_wait *wait,
                 struct attachment *file, struct err *err)
{
    struct attachment place = *file;
    struct attachment_source source = {.fd = -1, .name = name_of(conduct, wait)};

    if (!fill(conduct, wait, &source.bytes, err))
        return err_while(err, "the letter cannot be made");
    source.size = (int64_t)source.bytes.len;
    if (!quota_need_file(read->owner, source.size, conduct->now, err) ||
        !attachment_keep(read->owner, conduct->arena, &source, file, err))
        return false;
    file->no = place.no;
    file->record = place.record;
    file->id = id_next(conduct->now);
    file->at = conduct->now;
    file->actor = conduct->actor;
    file->cause = conduct->flow;
    return true;
}

bool conduct_document(struct tx *read, struct conduct *conduct, const struct flow_wait *wait,
                      struct flow_step *answer, struct err *err)
{
    struct conduct_file *one = ARENA_NEW(conduct->arena, struct conduct_file);
    struct json *result = json_new(conduct->arena, JSON_OBJECT);
    struct err found = {0};

    one->wait = wait->part.id;
    if (conduct_record_is_pending(conduct, json_find(wait->data, STR("id")))) {
        answer->wait = 0;
        return true;
    }
    if (!find_place(conduct, wait, &one->attachment, &found) ||
        !keep(read, conduct, wait, &one->attachment, &found))
        return break_or_fail(conduct, answer, &found, err);
    VEC_PUSH(conduct->arena, &conduct->work->files, one);
    json_set_text(conduct->arena, result, STR("file"), id_text(conduct->arena, one->attachment.id));
    json_set_text(conduct->arena, result, STR("name"), one->attachment.name);
    answer->data = result;
    return true;
}
