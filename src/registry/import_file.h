/* Uploaded files: what they are, and where they are kept (import.h: import_keep). */
#pragma once

#include "registry/import.h"

/* By the first bytes. ERR_INPUT says what to do about a file we do not read. */
MUST_CHECK bool import_file_recognise(struct str head, struct import *import, struct err *err);
