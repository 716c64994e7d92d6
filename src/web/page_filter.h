/* The filters of a list page: the form at its side, and those that are on. */
#pragma once

#include "registry/record_list.h"
#include "web/display.h"

/* Fills view.filters, filters_kept, applied, q, reset_href. */
MUST_CHECK bool page_filter_fill(struct display *display, struct json *view,
                                 const struct record_ask *ask, struct err *err);
/* This page's address with a query parameter set (or taken away when value is empty). */
struct str page_filter_href(struct request *request, struct str name, struct str value);
