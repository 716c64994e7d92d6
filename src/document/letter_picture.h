/*
 * The place of the QR code in a letter: a picture whose name or alternative text is {{qr}}, put
 * there in the office suite.  Its bytes give way to ours, its place and size stay.
 */
#pragma once

#include "document/odt_zip.h"

#define LETTER_PICTURE_MARK "{{qr}}"

/*
 * The picture's name in the zip ("Pictures/1.png"); empty when there is none.  ERR_INPUT, for
 * whoever wrote the letter: it is no PNG, there are several, or the same file is shown elsewhere,
 * too.
 */
MUST_CHECK bool letter_picture_find(const struct odt_zip *zip, struct str *name, struct err *err);
