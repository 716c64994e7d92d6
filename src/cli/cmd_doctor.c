#include "cli/commands.h"
#include "cli/doctor.h"
#include "core/time.h"

bool cmd_doctor(struct command_run *run, struct err *err)
{
    struct doctor doctor = {.run = run, .now = time_now()};

    doctor_look_at_machine(&doctor);
    if (run->node != NULL)
        doctor_look_at_data(&doctor);
    else
        doctor_say(&doctor, DOCTOR_BROKEN, "data", "%s", run->closed->text);
    if (run->is_json)
        command_print(run, "]\n");
    else
        command_print(run, "\n%d fine, %d to think about, %d broken\n", doctor.counts[DOCTOR_FINE],
                      doctor.counts[DOCTOR_ADVICE], doctor.counts[DOCTOR_BROKEN]);
    return doctor.counts[DOCTOR_BROKEN] == 0 ||
           err_set(err, ERR_BROKEN, "something is broken: the lines above say what to do");
}
