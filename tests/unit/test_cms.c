#include "sign/cms.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "core/file.h"
#include "core/time.h"

/* Keys and signatures are made here, by the program openssl, as a signing program makes them. */

static struct str folder;
static struct err err;

static struct str at(const char *name)
{
    return file_join(check_arena(), folder, str_from_z(name));
}

static bool shell(const char *command)
{
    const char *whole =
        str_to_z(check_arena(), str_printf(check_arena(), "cd %.*s && (%s) >/dev/null 2>&1",
                                           STR_ARG(folder), command));

    return system(whole) == 0;
}

static struct str read_file(const char *name)
{
    struct str bytes;

    CHECK_OK(file_read(check_arena(), at(name), 1 << 20, &bytes, &err), &err);
    return bytes;
}

#define SUBJECT                                                                                                                                   \
    "'/CN=Администрация/O=Администрация Заречья/SN=Сидоров/GN=Иван Петрович/title=Глава" \
    "/1.2.643.100.3=11223344595/1.2.643.3.131.1.1=540712345678'"

/* An authority, and one who signs with a key made so. */
static void make_keys(const char *key)
{
    folder = check_folder();
    err = (struct err){0};
    CHECK(shell("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -utf8"
                " -keyout ca.key -out ca.pem -days 30 -subj '/CN=Удостоверяющий центр'"));
    CHECK(shell(str_to_z(
        check_arena(),
        str_printf(check_arena(),
                   "openssl req -new %s -nodes -utf8 -keyout a.key -out a.csr -subj " SUBJECT
                   " && openssl x509 -req -in a.csr -CA ca.pem -CAkey ca.key"
                   " -set_serial 0x1234 -days 10 -out a.pem",
                   key))));
    CHECK_OK(file_write(at("letter"), STR("Решение № 5"), &err), &err);
}

#define SIGN "openssl cms -sign -binary -in letter -signer a.pem -inkey a.key -md sha256 "

static enum err_code check(struct str signature, const char *content, const char *trusted,
                           struct cms *cms)
{
    struct cms_trusted by = {trusted[0] != '\0' ? at(trusted) : (struct str){0}, time_now()};

    err = (struct err){0};
    if (cms_check(check_arena(), signature, str_from_z(content), &by, cms, &err))
        return ERR_NONE;
    return err.code;
}

static void signer_is_named_and_trusted(const char *key)
{
    struct cms cms;

    make_keys(key);
    CHECK(shell(SIGN "-outform DER -out a.sig"));
    CHECK_INT(check(read_file("a.sig"), "Решение № 5", "ca.pem", &cms), ERR_NONE);
    CHECK_INT((int64_t)cms.count, 1);
    CHECK_STR(cms.signers[0].name, STR("Сидоров Иван Петрович"));
    CHECK_STR(cms.signers[0].organization, STR("Администрация Заречья"));
    CHECK_STR(cms.signers[0].position, STR("Глава"));
    CHECK_STR(cms.signers[0].issuer, STR("Удостоверяющий центр"));
    CHECK_STR(cms.signers[0].serial, STR("1234"));
    CHECK_STR(cms.signers[0].private_names, STR("ИНН 540712345678, СНИЛС 11223344595"));
    CHECK_INT(cms.signers[0].trust, CMS_TRUSTED);
    CHECK(llabs(cms.signers[0].signed_at - time_now()) < 60000);
    CHECK(cms.signers[0].valid_until - cms.signers[0].valid_from == 10 * (int64_t)TIME_DAY_MS);
}

static void rsa_is_checked(void)
{
    signer_is_named_and_trusted("-newkey rsa:2048");
}

static void ecdsa_is_checked(void)
{
    signer_is_named_and_trusted("-newkey ec -pkeyopt ec_paramgen_curve:P-256");
}

static void certificate_that_nobody_trusts_leaves_the_signature_intact(void)
{
    struct cms cms;

    make_keys("-newkey ec -pkeyopt ec_paramgen_curve:P-256");
    CHECK(shell(SIGN "-outform DER -out a.sig && mkdir other none && openssl req -x509 -newkey ec"
                     " -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout b.key -out other/b.pem"
                     " -subj /CN=b"));
    CHECK_INT(check(read_file("a.sig"), "Решение № 5", "", &cms), ERR_NONE);
    CHECK_INT(cms.signers[0].trust, CMS_UNKNOWN);
    CHECK_INT(check(read_file("a.sig"), "Решение № 5", "other", &cms), ERR_NONE);
    CHECK_INT(cms.signers[0].trust, CMS_UNKNOWN);
    CHECK_INT(check(read_file("a.sig"), "Решение № 5", "none", &cms), ERR_NONE);
    CHECK(shell("cp ca.pem other/"));
    CHECK_INT(check(read_file("a.sig"), "Решение № 5", "other", &cms), ERR_NONE);
    CHECK_INT(cms.signers[0].trust, CMS_TRUSTED);
    CHECK_INT(check(read_file("a.sig"), "Решение № 5", "absent", &cms), ERR_ABSENT);
}

static void certificate_that_is_over_is_said_to_be(void)
{
    struct cms cms;
    struct cms_trusted later;

    make_keys("-newkey ec -pkeyopt ec_paramgen_curve:P-256");
    CHECK(shell(SIGN "-outform DER -out a.sig"));
    later = (struct cms_trusted){at("ca.pem"), time_now() + 20 * (int64_t)TIME_DAY_MS};
    CHECK_OK(cms_check(check_arena(), read_file("a.sig"), STR("Решение № 5"), &later, &cms, &err),
             &err);
    CHECK_INT(cms.signers[0].trust, CMS_OUTDATED);
}

static void signature_is_read_as_der_pem_and_base64(void)
{
    struct cms der, pem, plain;

    make_keys("-newkey ec -pkeyopt ec_paramgen_curve:P-256");
    CHECK(shell(SIGN "-outform DER -out a.sig && openssl cms -cmsout -inform DER -in a.sig -outform"
                     " PEM -out a.pem.sig && base64 a.sig > a.b64 && sed -i 's/$/\\r/' a.b64"));
    CHECK_INT(check(read_file("a.sig"), "Решение № 5", "", &der), ERR_NONE);
    CHECK_INT(check(read_file("a.pem.sig"), "Решение № 5", "", &pem), ERR_NONE);
    CHECK_INT(check(read_file("a.b64"), "Решение № 5", "", &plain), ERR_NONE);
    CHECK(digest_equal(&der.digest, &pem.digest) && digest_equal(&der.digest, &plain.digest));
}

static void cades_bes_is_a_signature_like_any(void)
{
    struct cms cms;

    make_keys("-newkey rsa:2048");
    CHECK(shell(SIGN "-cades -outform DER -out a.sig"));
    CHECK_INT(check(read_file("a.sig"), "Решение № 5", "ca.pem", &cms), ERR_NONE);
    CHECK_INT(cms.signers[0].trust, CMS_TRUSTED);
}

static void every_signer_is_told(void)
{
    struct cms cms;

    make_keys("-newkey ec -pkeyopt ec_paramgen_curve:P-256");
    CHECK(shell(SIGN "-signer ca.pem -inkey ca.key -outform DER -out two.sig"));
    CHECK_INT(check(read_file("two.sig"), "Решение № 5", "ca.pem", &cms), ERR_NONE);
    CHECK_INT((int64_t)cms.count, 2);
}

static void says(struct str signature, const char *content, const char *word)
{
    struct cms cms;

    CHECK_INT(check(signature, content, "", &cms), ERR_INPUT);
    if (strstr(err.text, word) == NULL)
        CHECK_STR(str_from_z(err.text), str_from_z(word));
}

static void what_is_no_good_signature_is_refused_with_a_sentence(void)
{
    make_keys("-newkey ec -pkeyopt ec_paramgen_curve:P-256");
    CHECK(shell(SIGN "-outform DER -out a.sig && " SIGN "-nodetach -outform DER -out whole.sig && "
                     "openssl cms -sign -binary -in letter -signer a.pem -inkey a.key -md sha1"
                     " -outform DER -out sha1.sig && " SIGN "-nocerts -outform DER -out bare.sig"));
    says(read_file("a.sig"), "Решение № 6", "of this file");
    says(read_file("whole.sig"), "Решение № 5", "has a file in it");
    says(read_file("sha1.sig"), "Решение № 5", "SHA-256");
    says(read_file("bare.sig"), "Решение № 5", "certificate");
    says(STR(""), "Решение № 5", "no signature");
    says(STR("это не подпись"), "Решение № 5", "no signature");
    says(read_file("a.pem"), "Решение № 5", "no signature");
    says(str_slice(read_file("a.sig"), 0, 200), "Решение № 5", "no signature");
}

/* No byte of it can be changed so that it is still a good one of somebody else. */
static void changed_signature_is_not_good(void)
{
    struct str good;
    int good_ones = 0;

    make_keys("-newkey ec -pkeyopt ec_paramgen_curve:P-256");
    CHECK(shell(SIGN "-outform DER -out a.sig"));
    good = read_file("a.sig");
    for (size_t i = 0; i < good.len; i += 7) {
        char *copy = arena_alloc(check_arena(), good.len);
        struct cms cms;

        memcpy(copy, good.ptr, good.len);
        copy[i] = (char)(copy[i] ^ 1);
        if (check((struct str){copy, good.len}, "Решение № 5", "ca.pem", &cms) == ERR_NONE)
            good_ones += cms.signers[0].trust == CMS_TRUSTED &&
                         !(str_equal(cms.signers[0].serial, STR("1234")) &&
                           str_equal(cms.signers[0].name, STR("Сидоров Иван Петрович")));
    }
    CHECK_INT(good_ones, 0);
}

static void too_large_a_signature_is_refused(void)
{
    char *bytes = arena_alloc(check_arena(), CMS_BYTES_MAX + 1);
    struct cms cms;

    folder = check_folder();
    bytes[0] = 0x30;
    CHECK_INT(check((struct str){bytes, CMS_BYTES_MAX + 1}, "a", "", &cms), ERR_LIMIT);
}

static void gost_is_checked_where_the_engine_is(void)
{
    struct cms cms;

    CHECK(cms_knows_gost()); /* script/setup --test installs it */
    folder = check_folder();
    CHECK_OK(file_write(at("letter"), STR("Решение № 5"), &err), &err);
    CHECK(shell("openssl req -x509 -engine gost -newkey gost2012_256 -pkeyopt paramset:A -nodes"
                " -utf8 -keyout a.key -out a.pem -days 30 -subj " SUBJECT));
    CHECK(shell("openssl cms -engine gost -sign -binary -in letter -signer a.pem -inkey a.key"
                " -md md_gost12_256 -outform DER -out a.sig"));
    CHECK_INT(check(read_file("a.sig"), "Решение № 5", "a.pem", &cms), ERR_NONE);
    CHECK_STR(cms.signers[0].name, STR("Сидоров Иван Петрович"));
    CHECK_INT(cms.signers[0].trust, CMS_TRUSTED);
    says(read_file("a.sig"), "Решение № 6", "of this file");
}

static const struct check_test TESTS[] = {
    CHECK_TEST(rsa_is_checked),
    CHECK_TEST(ecdsa_is_checked),
    CHECK_TEST(certificate_that_nobody_trusts_leaves_the_signature_intact),
    CHECK_TEST(certificate_that_is_over_is_said_to_be),
    CHECK_TEST(signature_is_read_as_der_pem_and_base64),
    CHECK_TEST(cades_bes_is_a_signature_like_any),
    CHECK_TEST(every_signer_is_told),
    CHECK_TEST(what_is_no_good_signature_is_refused_with_a_sentence),
    CHECK_TEST(changed_signature_is_not_good),
    CHECK_TEST(too_large_a_signature_is_refused),
    CHECK_TEST(gost_is_checked_where_the_engine_is),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
