#include "cli/checkers.h"

#include "document/letter_names.h"
#include "notice/message.h"
#include "registry/calendar_file.h"
#include "registry/record_reach.h"
#include "service/service_form.h"
#include "workflow/bpmn_check.h"
#include "workflow/dmn_check.h"
#include "workflow/process_check.h"

const struct pack_checker *checkers_list(size_t *count)
{
    static const struct pack_checker CHECKERS[] = {
        {STR_INIT("calendars"), calendar_file_check},
        {STR_INIT("commissions"), process_check_commission},
        {STR_INIT("decisions"), dmn_check_file},
        {STR_INIT("forms"), service_form_check_file},
        {STR_INIT("letters"), letter_names_check_file},
        {STR_INIT("messages"), message_check_file},
        {STR_INIT("processes"), bpmn_check_file},
        {STR_INIT("registers"), register_type_check_file},
        {STR_INIT("roles.json"), record_reach_check_file},
        {STR_INIT("services"), process_check_service},
    };

    *count = ARRAY_LEN(CHECKERS);
    return CHECKERS;
}
