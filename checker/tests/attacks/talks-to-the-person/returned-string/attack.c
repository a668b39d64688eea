#undef callable_name

const char *callable_name(const struct callable *callable)
{
    (void)callable;
    return "\033]0;owned\007\"}]},\n::error::<script>\xe2\x80\xae\x9b";
}
