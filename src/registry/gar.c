#include "registry/gar.h"

bool gar_run(struct gar_job *job, bool *is_stopping, struct err *err)
{
    (void)job, (void)is_stopping;
    return err_set(err, ERR_INPUT, "the zip of the ГАР is not read yet");
}
