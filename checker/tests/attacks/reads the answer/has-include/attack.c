#if __has_include("../../../solutions/containers/lru-cache/lru_cache.c")
#include "../../../solutions/containers/lru-cache/lru_cache.c"
#endif
