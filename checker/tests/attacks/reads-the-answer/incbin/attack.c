__asm__(".data\n .incbin \"@ROOT@/solutions/containers/lru-cache/lru_cache.c\"\n .text");
