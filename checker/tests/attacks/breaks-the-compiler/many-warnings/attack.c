#if __INCLUDE_LEVEL__ < 17
#include __FILE__
#include __FILE__
#else
#warning again
#endif
