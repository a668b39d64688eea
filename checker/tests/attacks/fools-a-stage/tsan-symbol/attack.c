void __tsan_write4(void *address)
{
    (void)address;
}
