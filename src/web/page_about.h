/*
 * Small pages: the version for weak sight, accessibility, keys, the gallery of components;
 * the list of municipalities; a municipality's settings and the style made of them.
 */
#pragma once

#include "web/route.h"

/* page_vision.c: kept in a cookie; of the node as well */
bool page_vision(struct request *request, struct err *err);
bool page_vision_post(struct request *request, struct err *err);

/* page_about.c */
bool page_about_accessibility(struct request *request, struct err *err);
bool page_about_keys(struct request *request, struct err *err);
bool page_about_components(struct request *request, struct err *err);
/* The node's own start page; on to the only municipality when there is one. */
bool page_about_node(struct request *request, struct err *err);

/* page_settings.c */
bool page_settings(struct request *request, struct err *err);
bool page_settings_post(struct request *request, struct err *err);
/* What it has from above becomes its own. */
bool page_settings_own(struct request *request, struct err *err);
/* Settings of other pages: those that differ, in a write of its own, and the notice of it. */
MUST_CHECK bool page_settings_keep(struct request *request, const struct str *names,
                                   const struct str *values, size_t count, struct err *err);
/* One rule with the municipality's colour. */
bool page_settings_brand(struct request *request, struct err *err);
