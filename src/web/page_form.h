/* Creating and changing a record with a form made from its register's schema. */
#pragma once

#include "web/display.h"
#include "web/route.h"

bool page_form_new(struct request *request, struct err *err);
bool page_form_new_post(struct request *request, struct err *err);
bool page_form_edit(struct request *request, struct err *err);
bool page_form_edit_post(struct request *request, struct err *err);
/* Options of a reference for the form's script: ?q=words. */
bool page_form_find(struct request *request, struct err *err);
/* What a reference of a published record may lead to: parts[0] its register, parts[1] the field. */
bool page_form_find_published(struct request *request, struct err *err);
