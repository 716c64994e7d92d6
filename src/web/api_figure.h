/* Figures of services over the API: open data for everybody, and those of staff. */
#pragma once

#include "web/figures.h"

bool api_figure_public(struct request *request, struct err *err);
/* The same as CSV. */
bool api_figure_csv(struct request *request, struct err *err);
bool api_figure_work(struct request *request, struct err *err);
