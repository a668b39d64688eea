#line 1 "/etc/passwd"
#error here
