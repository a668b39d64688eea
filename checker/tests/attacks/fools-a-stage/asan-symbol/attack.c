void __asan_report_load4(void *address)
{
    (void)address;
}
