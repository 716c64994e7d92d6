#include "web/route.h"

#include <string.h>

#include "web/api_beside.h"
#include "web/api_case.h"
#include "web/api_charge.h"
#include "web/api_colleague.h"
#include "web/api_document.h"
#include "web/api_draft.h"
#include "web/api_edition.h"
#include "web/api_figure.h"
#include "web/api_file.h"
#include "web/api_flow.h"
#include "web/api_import.h"
#include "web/api_job.h"
#include "web/api_list.h"
#include "web/api_mail.h"
#include "web/api_meeting.h"
#include "web/api_offer.h"
#include "web/api_pack.h"
#include "web/api_proposal.h"
#include "web/api_publication.h"
#include "web/api_record.h"
#include "web/api_register.h"
#include "web/api_report.h"
#include "web/api_subscription.h"
#include "web/health.h"
#include "web/metrics.h"
#include "web/openapi.h"
#include "web/page_about.h"
#include "web/page_account.h"
#include "web/page_admin.h"
#include "web/page_bulk.h"
#include "web/page_card.h"
#include "web/page_case_filter.h"
#include "web/page_document.h"
#include "web/page_figure.h"
#include "web/page_files.h"
#include "web/page_form.h"
#include "web/page_import.h"
#include "web/page_leave.h"
#include "web/page_link.h"
#include "web/page_list.h"
#include "web/page_meeting.h"
#include "web/page_my_offer.h"
#include "web/page_offer.h"
#include "web/page_operator.h"
#include "web/page_operator_backup.h"
#include "web/page_proposal.h"
#include "web/page_publication.h"
#include "web/page_quality.h"
#include "web/page_registers.h"
#include "web/page_service.h"
#include "web/page_sign_in.h"
#include "web/page_subscription.h"
#include "web/page_work.h"
#include "web/page_work_filter.h"
#include "web/page_workshop.h"

/* The first two of a row: the length is known before the program starts. */
#define GET(pattern)    HTTP_GET, STR_INIT(pattern)
#define POST(pattern)   HTTP_POST, STR_INIT(pattern)
#define PUT(pattern)    HTTP_PUT, STR_INIT(pattern)
#define PATCH(pattern)  HTTP_PATCH, STR_INIT(pattern)
#define DELETE(pattern) HTTP_DELETE, STR_INIT(pattern)

#define RECORDS "/api/v1/registers/*/records"

enum {
    OPERATOR = ROUTE_OPERATOR | ROUTE_SIGNED,
};

/*
 * Each by pattern, * last, then by method.  Looked at from the top, so what is named in full
 * goes before what * would take.
 */
static const struct route PAGES[] = {
    {GET("/"), page_home, ROUTE_PAGE, ROUTE_LOOP},
    {GET("/_components"), page_about_components, ROUTE_PAGE, ROUTE_LOOP},
    {GET("/accessibility"), page_about_accessibility, ROUTE_PAGE, ROUTE_LOOP},
    {GET("/account"), page_account, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/account/contacts"), page_contact, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/account/contacts/wishes"), page_contact_wishes, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/account/contacts/*"), page_contact_save, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/account/contacts/*/code"), page_contact_code, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/account/password"), page_account_password, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/account/sessions/*/end"), page_account_end, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/account/tokens"), page_account_token, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/admin/"), page_users_first, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/admin/links"), page_link, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/admin/links/above"), page_link_above, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/admin/links/above"), page_link_above_enter, ROUTE_PAGE, ROUTE_SIGNED | ROUTE_FILE},
    {POST("/admin/links/above/check"), page_link_above_check, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/admin/links/above/follow"), page_link_above_follow, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/admin/links/above/leave"), page_link_above_leave, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/admin/links/editions"), page_link_upload, ROUTE_PAGE, ROUTE_SIGNED | ROUTE_FILE},
    {GET("/admin/links/mail"), page_link_mail, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/admin/links/mail"), page_link_mail_take, ROUTE_PAGE, ROUTE_SIGNED | ROUTE_FILE},
    {POST("/admin/links/pace"), page_link_pace, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/admin/links/readers/new"), page_link_reader_new, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/admin/links/readers/new"), page_link_reader_create, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/admin/links/readers/*"), page_link_reader, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/admin/links/readers/*"), page_link_reader_change, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/admin/links/readers/*/remove"), page_link_reader_remove, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/admin/links/readers/*/reply"), page_link_mail_reply, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/admin/links/readers/*/token"), page_link_reader_token, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/admin/links/report"), page_link_report, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/admin/links/reports/*/*"), page_link_sent, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/admin/links/*"), page_link_download, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/admin/notices"), page_outbox, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/admin/notices"), page_outbox_post, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/admin/notices/trial"), page_outbox_trial, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/admin/notices/*"), page_outbox_do, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/admin/offers"), page_offer, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/admin/offers"), page_offer_put, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/admin/offers/*/remove"), page_offer_remove, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/admin/packs"), page_packs, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/admin/packs/*"), page_packs_one, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/admin/packs/*/install"), page_packs_install, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/admin/payments"), page_payment, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/admin/payments"), page_payment_post, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/admin/publications"), page_publication, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/admin/publications"), page_publication_put, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/admin/publications/*"), page_publication_form, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/admin/publications/*/issue"), page_publication_issue, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/admin/publications/*/remove"), page_publication_remove, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/admin/roles"), page_roles, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/admin/settings"), page_settings, ROUTE_PAGE, ROUTE_LOOP | ROUTE_SIGNED},
    {POST("/admin/settings"), page_settings_post, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/admin/settings/own"), page_settings_own, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/admin/users"), page_users, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/admin/users/new"), page_user_new, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/admin/users/new"), page_user_create, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/admin/users/*"), page_user, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/admin/users/*"), page_user_change, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/admin/users/*/block"), page_user_block, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/admin/users/*/password"), page_user_password, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/applications/*"), page_receipt_state, ROUTE_PAGE, 0},
    {GET("/brand.css"), page_settings_brand, ROUTE_PAGE, ROUTE_LOOP},
    {GET("/cases/"), page_case_list, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/cases/filter"), page_case_filter_post, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/cases/*"), page_case, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/cases/*/charges/*"), page_charge_pay, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/cases/*/charges/*/correction"), page_charge_correct, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/cases/*/files/*"), page_case_file, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/cases/*/messages"), page_case_answer, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/cases/*/receipt"), page_receipt, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/documents/*"), page_document_ask, ROUTE_PAGE, 0},
    {POST("/documents/*"), page_document_ask_post, ROUTE_PAGE, ROUTE_LETTER},
    {GET("/imports/"), page_imports, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/imports/*"), page_import, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/imports/*/columns"), page_import_columns, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/imports/*/columns"), page_import_columns_post, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/imports/*/problems.csv"), page_imports_problems, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/imports/*/start"), page_import_start, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/imports/*/undo"), page_import_undo, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/imports/*/undo"), page_import_undo_post, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/jobs/"), page_jobs, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/jobs/*"), page_jobs_one, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/jobs/*/events"), page_jobs_events, ROUTE_PAGE, ROUTE_LOOP | ROUTE_SIGNED},
    {POST("/jobs/*/stop"), page_jobs_stop, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/journal/"), page_journal, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/journal/verify"), page_journal_verify, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/keys"), page_about_keys, ROUTE_PAGE, ROUTE_LOOP},
    {GET("/my/"), page_my, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/my/cases/*"), page_case_own, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/my/cases/*/files/*"), page_case_own_file, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/my/cases/*/leave"), page_case_leave, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/my/cases/*/messages"), page_case_write, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/my/cases/*/rating"), page_case_rate, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/my/cases/*/receipt"), page_receipt_own, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/my/cases/*/tasks/*"), page_case_own_task, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/my/cases/*/tasks/*"), page_case_own_task_post, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/my/cases/*/withdraw"), page_case_withdraw, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/my/consents/*/withdraw"), page_consent_withdraw, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/my/notices"), page_notice, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/my/notices/read"), page_notice_read, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/my/offers/*/*"), page_my_offer_answer, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/proposals/"), page_proposal_list, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/proposals/*"), page_proposal, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/proposals/*/accept"), page_proposal_accept, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/proposals/*/decline"), page_proposal_decline, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/registers/"), page_registers, ROUTE_PAGE, ROUTE_LOOP},
    {GET("/registers/*"), page_list, ROUTE_PAGE, ROUTE_LOOP},
    {GET("/registers/*/export"), page_export, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/registers/*/export/file"), page_export_file, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/registers/*/find"), page_form_find, ROUTE_PAGE, ROUTE_LOOP | ROUTE_SIGNED},
    {GET("/registers/*/import"), page_import_upload, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/registers/*/import"), page_import_upload_post, ROUTE_PAGE, ROUTE_SIGNED | ROUTE_FILE},
    {GET("/registers/*/import/sample.csv"), page_import_sample, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/registers/*/map"), page_map, ROUTE_PAGE, ROUTE_LOOP},
    {GET("/registers/*/new"), page_form_new, ROUTE_PAGE, ROUTE_LOOP | ROUTE_SIGNED},
    {POST("/registers/*/new"), page_form_new_post, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/registers/*/places"), page_places, ROUTE_PAGE, ROUTE_LOOP},
    {GET("/registers/*/quality"), page_quality, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/registers/*/*"), page_card, ROUTE_PAGE, ROUTE_LOOP},
    {GET("/registers/*/*/account"), page_desk, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/registers/*/*/account"), page_desk_tie, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/registers/*/*/account/*/untie"), page_desk_untie, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/registers/*/*/delete"), page_delete, ROUTE_PAGE, ROUTE_LOOP | ROUTE_SIGNED},
    {POST("/registers/*/*/delete"), page_delete_post, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/registers/*/*/edit"), page_form_edit, ROUTE_PAGE, ROUTE_LOOP | ROUTE_SIGNED},
    {POST("/registers/*/*/edit"), page_form_edit_post, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/registers/*/*/files"), page_files_post, ROUTE_PAGE, ROUTE_SIGNED | ROUTE_FILE},
    {GET("/registers/*/*/files/*/remove"), page_files_remove, ROUTE_PAGE,
     ROUTE_LOOP | ROUTE_SIGNED},
    {POST("/registers/*/*/files/*/remove"), page_files_remove_post, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/registers/*/*/history"), page_history, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/registers/*/*/place"), page_place, ROUTE_PAGE, ROUTE_LOOP},
    {GET("/search"), page_search, ROUTE_PAGE, 0},
    {GET("/services/"), page_service_list, ROUTE_PAGE, 0},
    {GET("/services/figures"), page_figure, ROUTE_PAGE, 0},
    {GET("/services/*"), page_service_card, ROUTE_PAGE, 0},
    {GET("/services/*/apply"), page_apply, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/services/*/apply/applicant"), page_apply_applicant, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/services/*/apply/applicant"), page_apply_applicant_post, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/services/*/apply/check"), page_apply_check, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/services/*/apply/drop"), page_apply_drop, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/services/*/apply/files"), page_apply_files, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/services/*/apply/files"), page_apply_files_post, ROUTE_PAGE, ROUTE_SIGNED | ROUTE_FILE},
    {POST("/services/*/apply/files/remove"), page_apply_files_remove, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/services/*/apply/send"), page_apply_send, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/services/*/apply/*"), page_apply_step, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/services/*/apply/*"), page_apply_post, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/sign-in"), page_sign_in, ROUTE_PAGE, ROUTE_LOOP},
    {POST("/sign-in"), page_sign_in_post, ROUTE_PAGE, 0},
    {POST("/sign-out"), page_sign_out_post, ROUTE_PAGE, 0},
    {GET("/sign-up"), page_sign_up, ROUTE_PAGE, ROUTE_LOOP},
    {POST("/sign-up"), page_sign_up_post, ROUTE_PAGE, 0},
    {GET("/subscriptions/"), page_subscription_offers, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/subscriptions/proposals"), page_proposal_own, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/subscriptions/*"), page_subscription_list, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/subscriptions/*/drop"), page_subscription_drop, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/subscriptions/*/take"), page_subscription_take, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/subscriptions/*/own"), page_beside_list, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/subscriptions/*/find/*"), page_form_find_published, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/subscriptions/*/*"), page_subscription_card, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/subscriptions/*/*/own"), page_beside_form, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/subscriptions/*/*/own"), page_beside_post, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/subscriptions/*/*/propose"), page_proposal_form, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/subscriptions/*/*/propose"), page_proposal_post, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/vision"), page_vision, ROUTE_PAGE, ROUTE_LOOP},
    {POST("/vision"), page_vision_post, ROUTE_PAGE, ROUTE_LOOP},
    {GET("/work/"), page_work, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/work/bulk"), page_bulk, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/work/charges"), page_charge_list, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/work/charges.csv"), page_charge_csv, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/work/commissions/"), page_commission_list, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/work/commissions/*"), page_commission, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/work/commissions/*/new"), page_commission_new, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/work/commissions/*/new"), page_commission_new_post, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/work/documents/"), page_document_list, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/work/documents/*"), page_document, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/work/documents/*/pdf"), page_document_pdf, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/work/documents/*/revoke"), page_document_revoke, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/work/documents/*/signatures"), page_document_sign, ROUTE_PAGE,
     ROUTE_SIGNED | ROUTE_LETTER},
    {POST("/work/filter"), page_work_filter_post, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/work/figures"), page_figure_work, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/work/figures/cases"), page_figure_cases, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/work/figures/tasks"), page_figure_tasks, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/work/flows/"), page_work_flows, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/work/flows/*"), page_flow, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/work/flows/*/cancel"), page_flow_cancel, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/work/flows/*/cancel"), page_flow_cancel_post, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/work/flows/*/retry"), page_flow_retry, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/work/flows/*/values"), page_flow_values, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/work/flows/*/values"), page_flow_values_post, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/work/leave"), page_leave, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/work/leave"), page_leave_post, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/work/meetings/*"), page_meeting, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/work/meetings/*/attendance"), page_meeting_attend, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/work/meetings/*/call-off"), page_meeting_call_off, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/work/meetings/*/close"), page_meeting_close, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/work/meetings/*/protocol"), page_meeting_protocol, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/work/meetings/*/questions/*"), page_question, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/work/meetings/*/questions/*"), page_question_record, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/work/meetings/*/questions/*/vote"), page_question_vote, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/work/messages/"), page_message_list, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/work/messages/*"), page_message, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/work/messages/*/deliver"), page_message_deliver, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/work/new"), page_work_new, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/work/new"), page_work_new_post, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/work/tasks/*/*"), page_task, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/work/tasks/*/*"), page_task_post, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/work/tasks/*/*/claim"), page_task_claim, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/work/tasks/*/*/hand"), page_bulk_hand, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/workshop/"), page_workshop, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/workshop/*"), page_workshop_one, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/workshop/*/back"), page_workshop_back, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/workshop/*/live"), page_workshop_live, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/workshop/*/try"), page_workshop_try, ROUTE_PAGE, ROUTE_SIGNED},
    {GET("/workshop/*/*/*"), page_workshop_file, ROUTE_PAGE, ROUTE_SIGNED},
    {POST("/workshop/*/*/*"), page_workshop_post, ROUTE_PAGE, ROUTE_SIGNED | ROUTE_FILE},
    {POST("/workshop/*/*/*/drop"), page_workshop_drop, ROUTE_PAGE, ROUTE_SIGNED},
};

static const struct route API[] = {
    {GET("/api/v1/cases"), api_case_list, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/cases/*"), api_case_get, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/charges"), api_charge_list, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/charges/*"), api_charge_get, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/charges/*/correction"), api_charge_correct, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/charges/*/payment"), api_charge_pay, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/commissions"), api_meeting_commissions, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/commissions/*/meetings"), api_meeting_list, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/commissions/*/meetings"), api_meeting_call, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/commissions/*/questions"), api_meeting_questions, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/documents"), api_document_list, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/documents/*"), api_document_get, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/documents/*/revoke"), api_document_revoke, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/editions"), api_edition_list, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/editions/*"), api_edition_get, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/figures"), api_figure_work, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/flows"), api_flow_list, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/flows"), api_flow_begin, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/flows/*"), api_flow_get, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/flows/*/cancel"), api_flow_cancel, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/flows/*/retry"), api_flow_retry, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/flows/*/steps"), api_flow_steps, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/flows/*/tasks/*"), api_flow_task_get, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/flows/*/tasks/*/answer"), api_flow_task_answer, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/flows/*/tasks/*/claim"), api_flow_task_claim, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/flows/*/tasks/*/hand-over"), api_colleague_hand, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/flows/*/tasks/*/people"), api_colleague_people, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/flows/*/tasks/*/release"), api_flow_task_release, ROUTE_API, ROUTE_SIGNED},
    {PATCH("/api/v1/flows/*/values"), api_flow_values, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/imports/*"), api_import_get, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/imports/*/check"), api_import_check, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/imports/*/errors"), api_import_errors, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/imports/*/start"), api_import_start, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/imports/*/undo"), api_import_undo, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/jobs"), api_job_list, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/jobs/*"), api_job_get, ROUTE_API, ROUTE_LOOP | ROUTE_SIGNED},
    {GET("/api/v1/jobs/*/events"), api_job_events, ROUTE_API, ROUTE_LOOP | ROUTE_SIGNED},
    {POST("/api/v1/jobs/*/stop"), api_job_stop, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/lists/*"), api_register_codes, ROUTE_API, ROUTE_LOOP},
    {GET("/api/v1/mail"), api_mail_get, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/mail"), api_mail_post, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/meetings/*"), api_meeting_get, ROUTE_API, ROUTE_SIGNED},
    {PUT("/api/v1/meetings/*/attendance"), api_meeting_attend, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/meetings/*/call-off"), api_meeting_call_off, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/meetings/*/close"), api_meeting_close, ROUTE_API, ROUTE_SIGNED},
    {PUT("/api/v1/meetings/*/questions/*"), api_meeting_record, ROUTE_API, ROUTE_SIGNED},
    {PUT("/api/v1/meetings/*/questions/*/vote"), api_meeting_vote, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/messages"), api_flow_message_list, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/messages"), api_flow_message_send, ROUTE_API, ROUTE_SIGNED},
    {DELETE("/api/v1/messages/*"), api_flow_message_drop, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/messages/*/deliver"), api_flow_message_deliver, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/offers"), api_offer_list, ROUTE_API, ROUTE_SIGNED},
    {DELETE("/api/v1/offers/*"), api_offer_delete, ROUTE_API, ROUTE_SIGNED},
    {PUT("/api/v1/offers/*"), api_offer_put, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/openapi.json"), openapi_get, ROUTE_API, 0},
    {GET("/api/v1/packs"), api_pack_list, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/packs/*"), api_pack_get, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/packs/*"), api_pack_install, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/packs/*/draft"), api_draft_list, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/packs/*/draft/check"), api_draft_check, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/packs/*/draft/live"), api_draft_live, ROUTE_API, ROUTE_SIGNED},
    {DELETE("/api/v1/packs/*/draft/*/*"), api_draft_delete, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/packs/*/draft/*/*"), api_draft_get, ROUTE_API, ROUTE_SIGNED},
    {PUT("/api/v1/packs/*/draft/*/*"), api_draft_put, ROUTE_API, ROUTE_SIGNED | ROUTE_FILE},
    {GET("/api/v1/packs/*/versions"), api_draft_versions, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/packs/*/versions"), api_draft_back, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/processes"), api_flow_processes, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/proposals"), api_proposal_list, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/proposals/*"), api_proposal_get, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/proposals/*/accept"), api_proposal_accept, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/proposals/*/decline"), api_proposal_decline, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/publications"), api_publication_list, ROUTE_API, ROUTE_SIGNED},
    {DELETE("/api/v1/publications/*"), api_publication_delete, ROUTE_API, ROUTE_SIGNED},
    {PUT("/api/v1/publications/*"), api_publication_put, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/publications/*/editions"), api_publication_editions, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/publications/*/editions"), api_publication_issue, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/registers"), api_register_list, ROUTE_API, ROUTE_LOOP},
    {GET("/api/v1/registers/*"), api_register_get, ROUTE_API, ROUTE_LOOP},
    {GET("/api/v1/registers/*/clusters"), api_register_clusters, ROUTE_API, ROUTE_LOOP},
    {GET("/api/v1/registers/*/export"), page_export_file, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/registers/*/imports"), api_import_create, ROUTE_API, ROUTE_SIGNED | ROUTE_FILE},
    {GET(RECORDS), api_list_get, ROUTE_API, ROUTE_LOOP},
    {POST(RECORDS), api_record_create, ROUTE_API, ROUTE_LOOP | ROUTE_NDJSON},
    {DELETE(RECORDS "/*"), api_record_delete, ROUTE_API, ROUTE_LOOP},
    {GET(RECORDS "/*"), api_record_get, ROUTE_API, ROUTE_LOOP},
    {PATCH(RECORDS "/*"), api_record_patch, ROUTE_API, ROUTE_LOOP},
    {PUT(RECORDS "/*"), api_record_put, ROUTE_API, ROUTE_LOOP},
    {GET(RECORDS "/*/files"), api_file_list, ROUTE_API, ROUTE_LOOP},
    {POST(RECORDS "/*/files"), api_file_create, ROUTE_API, ROUTE_FILE},
    {DELETE(RECORDS "/*/files/*"), api_file_delete, ROUTE_API, 0},
    {GET(RECORDS "/*/files/*"), api_file_get, ROUTE_API, 0},
    {GET(RECORDS "/*/history"), api_register_history, ROUTE_API, ROUTE_LOOP},
    {GET(RECORDS "/*/slices"), api_record_slices, ROUTE_API, ROUTE_LOOP},
    {POST("/api/v1/reports"), api_report_receive, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/services"), api_case_services, ROUTE_API, 0},
    {GET("/api/v1/services/figures"), api_figure_public, ROUTE_API, 0},
    {GET("/api/v1/services/figures.csv"), api_figure_csv, ROUTE_API, 0},
    {GET("/api/v1/services/*"), api_case_service, ROUTE_API, 0},
    {POST("/api/v1/services/*/applications"), api_case_apply, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/subscriptions"), api_subscription_list, ROUTE_API, ROUTE_SIGNED},
    {DELETE("/api/v1/subscriptions/*"), api_subscription_delete, ROUTE_API, ROUTE_SIGNED},
    {PUT("/api/v1/subscriptions/*"), api_subscription_put, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/subscriptions/*/codes"), api_subscription_codes, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/subscriptions/*/own"), api_beside_list, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/subscriptions/*/records"), api_subscription_records, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/subscriptions/*/records/*"), api_subscription_record, ROUTE_API, ROUTE_SIGNED},
    {DELETE("/api/v1/subscriptions/*/records/*/own"), api_beside_delete, ROUTE_API, ROUTE_SIGNED},
    {PUT("/api/v1/subscriptions/*/records/*/own"), api_beside_put, ROUTE_API, ROUTE_SIGNED},
    {POST("/api/v1/subscriptions/*/records/*/proposals"), api_proposal_create, ROUTE_API,
     ROUTE_SIGNED},
    {GET("/api/v1/substitutes"), api_colleague_list, ROUTE_API, ROUTE_SIGNED},
    {PUT("/api/v1/substitutes/*"), api_colleague_set, ROUTE_API, ROUTE_SIGNED},
    {DELETE("/api/v1/substitutes/*"), api_colleague_end, ROUTE_API, ROUTE_SIGNED},
    {GET("/api/v1/tasks"), api_flow_task_list, ROUTE_API, ROUTE_SIGNED},
};

static const struct route NODE[] = {
    {GET("/"), page_about_node, ROUTE_PAGE, ROUTE_NODE},
    {GET("/accessibility"), page_about_accessibility, ROUTE_PAGE, ROUTE_LOOP | ROUTE_NODE},
    {GET("/vision"), page_vision, ROUTE_PAGE, ROUTE_LOOP | ROUTE_NODE},
    {POST("/vision"), page_vision_post, ROUTE_PAGE, ROUTE_LOOP | ROUTE_NODE},
    {GET("/healthz"), health_live, ROUTE_API, ROUTE_LOOP | ROUTE_NODE},
    {GET("/metrics"), metrics_get, ROUTE_API, ROUTE_NODE},
    {GET("/readyz"), health_ready, ROUTE_API, ROUTE_NODE},
};

static const struct route OPERATORS[] = {
    {GET("/"), page_operator, ROUTE_PAGE, OPERATOR},
    {GET("/accessibility"), page_about_accessibility, ROUTE_PAGE, ROUTE_OPERATOR},
    {GET("/account"), page_account, ROUTE_PAGE, OPERATOR},
    {POST("/account/password"), page_account_password, ROUTE_PAGE, OPERATOR},
    {POST("/account/sessions/*/end"), page_account_end, ROUTE_PAGE, OPERATOR},
    {GET("/journal/"), page_operator_journal, ROUTE_PAGE, OPERATOR},
    {GET("/packs/"), page_operator_packs, ROUTE_PAGE, OPERATOR},
    {POST("/packs/upgrade"), page_operator_packs_upgrade, ROUTE_PAGE, OPERATOR},
    {GET("/packs/*"), page_operator_pack, ROUTE_PAGE, OPERATOR},
    {GET("/sign-in"), page_sign_in, ROUTE_PAGE, ROUTE_OPERATOR},
    {POST("/sign-in"), page_sign_in_post, ROUTE_PAGE, ROUTE_OPERATOR},
    {POST("/sign-out"), page_sign_out_post, ROUTE_PAGE, ROUTE_OPERATOR},
    {GET("/sweeps/"), page_operator_sweeps, ROUTE_PAGE, OPERATOR},
    {GET("/sweeps/*"), page_operator_sweep, ROUTE_PAGE, OPERATOR},
    {POST("/sweeps/*/pause"), page_operator_sweep_pause, ROUTE_PAGE, OPERATOR},
    {GET("/sweeps/*/report.csv"), page_operator_sweep_report, ROUTE_PAGE, OPERATOR},
    {POST("/sweeps/*/resume"), page_operator_sweep_resume, ROUTE_PAGE, OPERATOR},
    {POST("/sweeps/*/retry"), page_operator_sweep_retry, ROUTE_PAGE, OPERATOR},
    {POST("/sweeps/*/stop"), page_operator_sweep_stop, ROUTE_PAGE, OPERATOR},
    {GET("/tenants/new"), page_operator_new, ROUTE_PAGE, OPERATOR},
    {POST("/tenants/new"), page_operator_new_post, ROUTE_PAGE, OPERATOR},
    {GET("/tenants/*"), page_operator_tenant, ROUTE_PAGE, OPERATOR},
    {GET("/tenants/*/backup"), page_operator_backup, ROUTE_PAGE, OPERATOR},
    {POST("/tenants/*/backup"), page_operator_backup_take, ROUTE_PAGE, OPERATOR},
    {POST("/tenants/*/backup/drop"), page_operator_backup_drop, ROUTE_PAGE, OPERATOR},
    {GET("/tenants/*/backup/events"), page_operator_backup_events, ROUTE_PAGE, OPERATOR},
    {POST("/tenants/*/backup/fetch"), page_operator_backup_fetch, ROUTE_PAGE, OPERATOR},
    {POST("/tenants/*/backup/move"), page_operator_backup_move, ROUTE_PAGE, OPERATOR},
    {POST("/tenants/*/backup/stop"), page_operator_backup_stop, ROUTE_PAGE, OPERATOR},
    {POST("/tenants/*/backup/swap"), page_operator_backup_swap, ROUTE_PAGE, OPERATOR},
    {POST("/tenants/*/domain"), page_operator_domain, ROUTE_PAGE, OPERATOR},
    {GET("/tenants/*/limits"), page_operator_limits, ROUTE_PAGE, OPERATOR},
    {POST("/tenants/*/limits"), page_operator_limits_post, ROUTE_PAGE, OPERATOR},
    {POST("/tenants/*/resume"), page_operator_resume, ROUTE_PAGE, OPERATOR},
    {POST("/tenants/*/suspend"), page_operator_suspend, ROUTE_PAGE, OPERATOR},
    {GET("/vision"), page_vision, ROUTE_PAGE, ROUTE_OPERATOR},
    {POST("/vision"), page_vision_post, ROUTE_PAGE, ROUTE_OPERATOR},
};

struct table {
    unsigned scope;
    struct str head; /* of all its patterns, and of none in the tables below */
    const struct route *rows;
    size_t count;
};

static const struct table TABLES[] = {
    {0, STR_INIT("/api/v1/"), API, ARRAY_LEN(API)},
    {0, STR_INIT("/"), PAGES, ARRAY_LEN(PAGES)},
    {ROUTE_NODE, STR_INIT("/"), NODE, ARRAY_LEN(NODE)},
    {ROUTE_OPERATOR, STR_INIT("/"), OPERATORS, ARRAY_LEN(OPERATORS)},
};

static const struct table *table_of(struct str path, unsigned scope)
{
    const struct table *table = TABLES;

    while (table->scope != scope || !str_starts(path, table->head))
        if (++table == TABLES + ARRAY_LEN(TABLES))
            return NULL;
    return table;
}

/* Nearly all routes are ruled out by their first letter or their last. */
static bool may_match(struct str pattern, struct str path, size_t head)
{
    if (path.len == head || pattern.len == head)
        return path.len == pattern.len;

    char first = pattern.ptr[head], last = pattern.ptr[pattern.len - 1];
    return first == path.ptr[head] && (last == path.ptr[path.len - 1] || last == '*');
}

/* * takes one part. */
static bool matches(struct str pattern, struct str path, size_t head,
                    struct str parts[REQUEST_PARTS_MAX])
{
    size_t count = 0;
    size_t at = head;

    for (size_t i = head; i < pattern.len; i++) {
        if (pattern.ptr[i] != '*') {
            if (at == path.len || path.ptr[at++] != pattern.ptr[i])
                return false;
            continue;
        }
        size_t start = at;
        while (at < path.len && path.ptr[at] != '/')
            at++;
        if (at == start || count == REQUEST_PARTS_MAX)
            return false;
        parts[count++] = str_slice(path, start, at - start);
    }
    return at == path.len;
}

static const struct route *find(enum http_method method, bool is_other, struct str path,
                                unsigned scope, struct str parts[REQUEST_PARTS_MAX])
{
    const struct table *table = table_of(path, scope);

    for (size_t i = 0; table != NULL && i < table->count; i++) {
        const struct route *route = &table->rows[i];
        size_t head = table->head.len;

        if ((route->method != method) == is_other && may_match(route->pattern, path, head) &&
            matches(route->pattern, path, head, parts))
            return route;
    }
    return NULL;
}

const struct route *route_find(enum http_method method, struct str path, unsigned scope,
                               struct str parts[REQUEST_PARTS_MAX], bool *is_other_method)
{
    const struct route *route = find(method, false, path, scope, parts);

    *is_other_method = route == NULL && find(method, true, path, scope, parts) != NULL;
    return route;
}

static const struct {
    enum http_method method;
    struct str name;
    struct str allow;
} METHODS[] = {
    {HTTP_GET, STR_INIT("GET"), STR_INIT("GET, HEAD")},
    {HTTP_POST, STR_INIT("POST"), STR_INIT("POST")},
    {HTTP_PUT, STR_INIT("PUT"), STR_INIT("PUT")},
    {HTTP_PATCH, STR_INIT("PATCH"), STR_INIT("PATCH")},
    {HTTP_DELETE, STR_INIT("DELETE"), STR_INIT("DELETE")},
};

void route_methods(struct buf *buf, struct str path, unsigned scope)
{
    struct str parts[REQUEST_PARTS_MAX];
    bool is_other;

    for (size_t i = 0; i < ARRAY_LEN(METHODS); i++) {
        if (route_find(METHODS[i].method, path, scope, parts, &is_other) == NULL)
            continue;
        if (buf->len > 0)
            buf_add(buf, STR(", "));
        buf_add(buf, METHODS[i].allow);
    }
}

static void print_route(struct buf *json, const struct route *route)
{
    const char *scope = (route->flags & ROUTE_NODE) != 0       ? "node"
                        : (route->flags & ROUTE_OPERATOR) != 0 ? "operator"
                                                               : "tenant";

    buf_add(json, json->len == 0 ? STR("[{\"method\":\"") : STR(",\n{\"method\":\""));
    for (size_t i = 0; i < ARRAY_LEN(METHODS); i++)
        if (METHODS[i].method == route->method)
            buf_add(json, METHODS[i].name);
    buf_printf(json, "\",\"pattern\":\"%.*s\",\"scope\":\"%s\",\"is_file\":%s}",
               STR_ARG(route->pattern), scope, (route->flags & ROUTE_FILE) != 0 ? "true" : "false");
}

void route_list(struct buf *json)
{
    for (size_t i = 0; i < ARRAY_LEN(TABLES); i++)
        for (size_t row = 0; row < TABLES[i].count; row++)
            print_route(json, &TABLES[i].rows[row]);
    buf_add(json, STR("]\n"));
}
