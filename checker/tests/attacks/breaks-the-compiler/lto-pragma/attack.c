__attribute__((optimize("lto"))) void late(void)
{
}
