/* password.h - passwords: made up, judged, and kept as what scrypt makes of
 * them (RFC 7914). Pure; any thread.
 */
#ifndef STATION_PASSWORD_H
#define STATION_PASSWORD_H

#include "base/bytes.h"
#include "base/complaint.h"

enum {
    PASSWORD_MIN = 10,  /* characters of one that a person chooses */
    PASSWORD_MAX = 256, /* octets */
    PASSWORD_HASH_MAX = 160,
    PASSWORD_MADE_MAX = 32
};

/* What is kept of a password: "scrypt:15:8:1:SALT:HASH", the first being the
 * logarithm of N; SALT and HASH are hexadecimal. Takes 32 MB and a tenth of a
 * second: not for the loop. 0, or -EIO. */
int password_hash(const char *password, char out[PASSWORD_HASH_MAX])
    __attribute__((warn_unused_result));

/* Is it the password of which hash was kept? Takes as long for any password; a
 * hash that is "" or no hash takes as long and fits none. */
bool password_fits(const char *password, const char *hash);

/* A new one that is easily typed: "kodu-fepa-rimo-tesu-bagi", 63 bits. */
void password_make(char out[PASSWORD_MADE_MAX]);

/* May name choose it? 0, or -EINVAL and *why. */
int password_judge(const char *name, const char *password,
                   struct complaint *why) __attribute__((warn_unused_result));

#endif
