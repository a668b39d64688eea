/* For controls: calls a submission a few times, as an honest program would. */
#include "lru_cache.h"

#include <stdio.h>

int main(void)
{
    struct lru_cache *cache = lru_cache_new(2);
    int value = 0;

    if (cache) {
        for (int i = 0; i < 4; i++)
            lru_cache_put(cache, i, i * 10);
        lru_cache_get(cache, 3, &value);
        lru_cache_free(cache);
    }
    printf("%d\n", value);
    return 0;
}
