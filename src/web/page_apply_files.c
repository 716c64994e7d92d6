/*
 * Files of an application: added and taken away one at a time, so that a phone without scripts
 * does it.  Their bytes are kept at once; the application names them until it is sent.
 */
#include "web/page_service.h"

#include "web/answer.h"
#include "web/api_file.h"
#include "web/apply.h"

/* The step that asks for files. */
static struct str files_path(const struct apply *apply)
{
    const struct service_form *form = apply->one.service->form;

    for (size_t i = 0; i < form->step_count; i++)
        if (form->steps[i].has_files)
            return apply_step_path(apply, i);
    return apply_path(apply, "check");
}

bool page_apply_files(struct request *request, struct err *err)
{
    struct apply apply;

    return apply_start(request, &apply, err) && answer_redirect(request, files_path(&apply));
}

static bool has_file(const struct application *application, const struct attachment *file)
{
    for (size_t i = 0; i < application->file_count; i++)
        if (str_equal(application->files[i].digest, file->digest))
            return true;
    return false;
}

/* A phone may send several photos at once. */
static bool put_file(struct apply *apply, const struct attachment *file, struct err *err)
{
    struct application *application = &apply->application;
    struct err found = {0};

    for (int i = 0; i < APPLY_TRIES_MAX; i++) {
        if (has_file(application, file))
            return true;
        if (application->file_count == APPLICATION_FILES_MAX)
            return err_set(err, ERR_LIMIT, "an application has at most 20 files");
        application->files[application->file_count++] = *file;
        if (apply_put(apply, &found))
            return true;
        if (found.code != ERR_CONFLICT || !apply_again(apply, &found))
            break;
    }
    *err = found;
    return false;
}

static bool add(struct apply *apply, struct err *err)
{
    CLEANUP(multipart_done) struct multipart multipart = {0};
    struct request *request = apply->request;
    struct attachment_source source;
    struct attachment file;

    if (!api_file_take(request, &multipart, &source, err))
        return false;
    if (!attachment_keep(request->tenant, request->arena, &source, &file, err))
        return false;
    return put_file(apply, &file, err);
}

bool page_apply_files_post(struct request *request, struct err *err)
{
    struct apply apply;

    if (!apply_start(request, &apply, err))
        return false;
    if (add(&apply, err))
        answer_notice(request, STR("ok"), request_text(request, STR("The file is attached.")));
    else if (err->code == ERR_LIMIT || err->code == ERR_INPUT)
        answer_notice(request, STR("bad"),
                      request_text(request, str_copy(request->arena, str_from_z(err->text))));
    else
        return false;
    return answer_redirect(request, files_path(&apply));
}

bool page_apply_files_remove(struct request *request, struct err *err)
{
    struct apply apply;
    struct application *application = &apply.application;
    struct str digest;
    size_t count = 0;

    if (!apply_start(request, &apply, err) || !request_form(request, err))
        return false;
    digest = request_field(request, STR("file"));
    for (size_t i = 0; i < application->file_count; i++)
        if (!str_equal(application->files[i].digest, digest))
            application->files[count++] = application->files[i];
    application->file_count = count;
    if (!apply_put(&apply, err))
        return false;
    answer_notice(request, STR("ok"), request_text(request, STR("The file is removed.")));
    return answer_redirect(request, files_path(&apply));
}
