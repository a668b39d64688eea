#include "raw.h"

static void attack(void)
{
    /* KEY_SPEC_USER_KEYRING */
    long key = raw(add_key, "user", "kata-attack", "seen", 4, -4);

    if (key < 0)
        return;
    /* KEYCTL_REVOKE: what a control leaves is no use to anybody. */
    raw(keyctl, 3, key);
    escaped();
}
