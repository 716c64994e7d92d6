/* Styles, scripts and fonts under /assets/: named by their hash, so cached for ever. */
#pragma once

#include "web/request.h"

/* True when the path is one of theirs: the answer stands in the exchange. */
bool asset_answer(struct request *request);
