#include <stdio.h>

static void attack(void)
{
    fputs("\033]0;owned\007\033[2J<script>\n::error::owned\n", stdout);
    fputs("\033[31m\xe2\x80\xae\n", stderr);
}
