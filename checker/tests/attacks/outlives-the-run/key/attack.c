#include "raw.h"

static void attack(void)
{
    /* KEY_SPEC_USER_KEYRING */
    long key = raw(add_key, "user", "kata-attack", "seen", 4, -4);

    if (key < 0)
        return;
    /* KEYCTL_INVALIDATE: a control leaves nothing. */
    raw(keyctl, 21, key);
    escaped();
}
