#include "check.h"

#include "registry/attachment_type.h"

static struct str type_in_pieces(struct str bytes, const char *name, size_t piece)
{
    struct attachment_type seen = {0};
    struct str type = STR("refused");
    struct err err;

    for (size_t at = 0; at < bytes.len; at += piece)
        attachment_type_add(&seen, str_slice(bytes, at, piece));
    if (!attachment_type_find(&seen, str_from_z(name), &type, &err))
        CHECK_INT(err.code, ERR_INPUT);
    return type;
}

/* However the bytes come, the answer is one. */
static struct str type_of(struct str bytes, const char *name)
{
    struct str type = type_in_pieces(bytes, name, bytes.len);

    for (size_t piece = 1; piece < bytes.len; piece++)
        CHECK_STR(type_in_pieces(bytes, name, piece), type);
    return type;
}

static void bytes_tell_the_type(void)
{
    CHECK_STR(type_of(STR("%PDF-1.7"), "page.html"), STR("application/pdf"));
    CHECK_STR(type_of(STR("\xFF\xD8\xFF\xE0 JFIF"), "a"), STR("image/jpeg"));
    CHECK_STR(type_of(STR("\x89PNG\r\n\x1A\n..."), "a"), STR("image/png"));
    CHECK_STR(type_of(STR("RIFF....WEBPVP8 "), "a"), STR("image/webp"));
    CHECK_STR(type_of(STR("II*\0...."), "a"), STR("image/tiff"));
    CHECK_STR(type_of(STR("....ftypheic"), "a"), STR("image/heic"));
}

static void names_tell_archives_apart(void)
{
    CHECK_STR(type_of(STR("PK\x03\x04"), "a.zip"), STR("application/zip"));
    CHECK_STR(type_of(STR("PK\x03\x04"), "a.html"), STR("application/zip"));
    CHECK_STR(type_of(STR("PK\x03\x04"), "Письмо.ODT"),
              STR("application/vnd.oasis.opendocument.text"));
}

static void a_signature_needs_both_its_bytes_and_its_name(void)
{
    struct str bytes = STR("\x30\x82\x05\x10\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02\xA0");

    CHECK_STR(type_of(bytes, "akt.pdf.sig"), STR("application/pkcs7-signature"));
    CHECK_STR(type_of(bytes, "akt.bin"), STR("refused"));
    CHECK_STR(type_of(STR("\x30\x82\x05\x10 something"), "akt.sig"), STR("refused"));
}

static void text_is_kept_unless_a_browser_or_shell_would_run_it(void)
{
    CHECK_STR(type_of(STR("Дом осмотрен"), "a.txt"), STR("text/plain; charset=utf-8"));
    CHECK_STR(type_of(STR("\xEF\xBB\xBF\n <html>"), "a.txt"), STR("refused"));
    CHECK_STR(type_of(STR("<svg onload=alert(1)>"), "a.svg"), STR("refused"));
    CHECK_STR(type_of(STR("#!/bin/sh"), "a.txt"), STR("refused"));
    CHECK_STR(type_of(STR("\x7F"
                          "ELF\x02\x01"),
                      "a.txt"),
              STR("refused"));
    CHECK_STR(type_of(STR("MZ\x90\0"), "a.txt"), STR("refused"));
    CHECK_STR(type_of(STR("\xC4\xEE\xEC"), "cp1251.txt"), STR("refused"));
    CHECK_STR(type_of(STR("a letter cut off \xD0"), "a.txt"), STR("refused"));
    CHECK_STR(type_of(STR("\xF0\x9F\x8F\xA0 дом"), "a.txt"), STR("text/plain; charset=utf-8"));
    CHECK_STR(type_of(STR("\r\n \t<!DOCTYPE html>"), "a.txt"), STR("refused"));
    CHECK_STR(type_of(STR("# not a script"), "a.txt"), STR("text/plain; charset=utf-8"));
}

static void a_few_bytes_are_not_read_beyond(void)
{
    CHECK_STR(type_of(STR("R"), "a"), STR("text/plain; charset=utf-8"));
    CHECK_STR(type_of(STR("0"), "a.sig"), STR("text/plain; charset=utf-8"));
    CHECK_STR(type_of(STR("\xFF"), "a"), STR("refused"));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(bytes_tell_the_type),
    CHECK_TEST(names_tell_archives_apart),
    CHECK_TEST(a_signature_needs_both_its_bytes_and_its_name),
    CHECK_TEST(text_is_kept_unless_a_browser_or_shell_would_run_it),
    CHECK_TEST(a_few_bytes_are_not_read_beyond),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
