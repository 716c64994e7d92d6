#include "cli/owner.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * A user without an entry has the folder's group and no other.  Home goes with the user: libpq
 * looks there for certificates, and takes what it may not read in root's for a fault.
 */
static bool take_groups(const struct stat *folder)
{
    const struct passwd *user = getpwuid(folder->st_uid);

    if (setenv("HOME", user != NULL ? user->pw_dir : "/", 1) != 0)
        return false;
    if (user == NULL)
        return setgroups(0, NULL) == 0 && setgid(folder->st_gid) == 0;
    return initgroups(user->pw_name, user->pw_gid) == 0 && setgid(user->pw_gid) == 0;
}

bool owner_become(struct str data, struct err *err)
{
    struct stat folder;

    if (geteuid() != 0 || stat(data.ptr, &folder) != 0 || folder.st_uid == 0)
        return true;
    if (!take_groups(&folder) || setuid(folder.st_uid) != 0)
        return err_set(err, ERR_BROKEN, "%.*s belongs to user %ld, and root cannot become it: %s",
                       STR_ARG(data), (long)folder.st_uid, strerror(errno));
    umask(077);
    return true;
}
