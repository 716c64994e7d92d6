/* Every command's function; the table is in commands.c. */
#pragma once

#include "cli/command.h"

typedef bool command_function(struct command_run *run, struct err *err);

command_function cmd_doctor;
command_function cmd_backup;
command_function cmd_backup_drill;
command_function cmd_backup_key;
command_function cmd_erase;
command_function cmd_export;
command_function cmd_help;
command_function cmd_import;
command_function cmd_operator_add;
command_function cmd_operator_list;
command_function cmd_operator_password;
command_function cmd_operator_remove;
command_function cmd_pack_check;
command_function cmd_pack_install;
command_function cmd_pack_list;
command_function cmd_pack_upgrade;
command_function cmd_publication_issue;
command_function cmd_publication_list;
command_function cmd_publication_put;
command_function cmd_publication_remove;
command_function cmd_restore;
command_function cmd_restore_node;
command_function cmd_serve;
command_function cmd_store_check;
command_function cmd_store_distribute;
command_function cmd_subscription_drop;
command_function cmd_subscription_list;
command_function cmd_subscription_take;
command_function cmd_sweep_list;
command_function cmd_sweep_pause;
command_function cmd_sweep_report;
command_function cmd_sweep_resume;
command_function cmd_sweep_retry;
command_function cmd_sweep_stop;
command_function cmd_tenant_create;
command_function cmd_tenant_domain;
command_function cmd_tenant_export;
command_function cmd_tenant_import;
command_function cmd_tenant_limits;
command_function cmd_tenant_list;
command_function cmd_tenant_move;
command_function cmd_tenant_resume;
command_function cmd_tenant_suspend;
command_function cmd_upgrade;
command_function cmd_user_create;
command_function cmd_user_list;
command_function cmd_user_password;
command_function cmd_user_token;
command_function cmd_verify;
command_function cmd_version;
