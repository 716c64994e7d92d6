/* Figures of services: those everybody may see, and those of staff. */
#pragma once

#include "web/figures.h"

/* page_figure.c: how services went in a year; of one of them month by month. */
bool page_figure(struct request *request, struct err *err);
/* On the card of a service: how it went lately; empty while there is nothing to tell. */
MUST_CHECK bool page_figure_line(struct request *request, struct str service, struct str *line,
                                 struct err *err);

/* page_figure_work.c: what is open, where it waits, who has how much, how it ended. */
bool page_figure_work(struct request *request, struct err *err);
/* page_figure_list.c: the cases and the tasks behind the numbers. */
bool page_figure_cases(struct request *request, struct err *err);
bool page_figure_tasks(struct request *request, struct err *err);
