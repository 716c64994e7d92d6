/*
 * Detached signatures of files: CMS SignedData (RFC 5652), also as CAdES-BES, in DER, PEM or plain
 * base64: what people get from a signing program as .sig or .p7s.  RSA, ECDSA, Ed25519; ГОСТ
 * Р 34.10 where OpenSSL's engine "gost" is installed.
 *
 * Whether a signature is intact and whether its certificate is one of those we trust are two
 * answers. Revocation lists are not asked for, nor time stamps: when it was signed is what the
 * signer says.
 */
#pragma once

#include "core/buf.h"
#include "core/err.h"
#include "sign/digest.h"

enum {
    CMS_BYTES_MAX = 1024 * 1024,
    CMS_SIGNERS_MAX = 10,
    CMS_CERTIFICATES_MAX = 30,       /* in one signature */
    CMS_TRUSTED_MAX = 1000,          /* in the folder, and files of it */
    CMS_TRUSTED_BYTES_MAX = 1 << 20, /* of a file of those */
};

enum cms_trust {
    CMS_UNKNOWN, /* its chain does not lead to a certificate that is trusted */
    CMS_TRUSTED,
    CMS_OUTDATED, /* it would, but a certificate of it is not valid any more, or not yet */
};

struct cms_signer {
    struct str name;          /* of the certificate: whom it was given to */
    struct str organization;  /* empty: none is named */
    struct str position;      /* likewise */
    struct str issuer;        /* who gave it */
    struct str serial;        /* hex */
    struct str private_names; /* "ИНН 7707083893, СНИЛС …": not for everybody */
    int64_t valid_from, valid_until;
    int64_t signed_at;         /* as the signer says; 0: it does not */
    struct digest certificate; /* SHA-256 */
    enum cms_trust trust;
};

struct cms {
    struct cms_signer *signers;
    size_t count;
    struct digest digest; /* of the signature's bytes as DER */
};

/* Whose certificates are trusted: a PEM file, or a folder of such; empty: nobody's. */
struct cms_trusted {
    struct str path;
    int64_t now;
};

/*
 * Reads and checks it: every signature in it has to be good for that content.  ERR_INPUT,
 * ERR_LIMIT: a sentence for whoever brought it.  ERR_BROKEN: the trusted ones cannot be read.
 */
MUST_CHECK bool cms_check(struct arena *arena, struct str signature, struct str content,
                          const struct cms_trusted *trusted, struct cms *cms, struct err *err);
/* OpenSSL's engine of ГОСТ is there. */
bool cms_knows_gost(void);
