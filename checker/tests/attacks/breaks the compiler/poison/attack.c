#pragma GCC poison int
