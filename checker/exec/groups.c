#include "exec/groups.h"

#include "base/str.h"

#include <stdio.h>
#include <string.h>

/*
 * gcc turns calls into one another: printf into puts, sprintf into strcpy,
 * loops into memset. What it may make of something allowed has to be allowed.
 */
const struct group groups_always = {
    "always", NULL,
    "printf fprintf vprintf vfprintf sprintf snprintf vsprintf vsnprintf puts "
    "putchar putc fputs fputc fwrite fflush perror stdout stderr "
    "__assert_fail __assert_perror_fail __errno_location abort memcpy memset "
    "memmove memcmp mempcpy bcmp strlen strcpy stpcpy __stack_chk_fail "
    "__stack_chk_guard _GLOBAL_OFFSET_TABLE_ __tls_get_addr _Unwind_Resume "
    "__gcc_personality_v0 "
    /* libgcc: arithmetic that the machine has no instruction for */
    "__absvdi2 __absvsi2 __addvdi3 __addvsi3 __ashldi3 __ashlti3 __ashrdi3 "
    "__ashrti3 __bswapdi2 __bswapsi2 __clrsbdi2 __clrsbti2 __clzdi2 __clzsi2 "
    "__clzti2 __cmpti2 __ctzdi2 __ctzsi2 __ctzti2 __divdc3 __divsc3 __divtc3 "
    "__divti3 __divmodti4 __divxc3 __ffsdi2 __ffsti2 __lshrdi3 __lshrti3 "
    "__modti3 __muldc3 __mulodi4 __mulosi4 __muloti4 __mulsc3 __multc3 "
    "__multi3 __mulvdi3 __mulvsi3 __mulxc3 __negti2 __negvdi2 __negvsi2 "
    "__paritydi2 __paritysi2 __parityti2 __popcountdi2 __popcountsi2 "
    "__popcountti2 __powidf2 __powisf2 __powitf2 __powixf2 __subvdi3 "
    "__subvsi3 __ucmpti2 __udivti3 __udivmodti4 __umodti3 __addtf3 __subtf3 "
    "__multf3 __divtf3 __negtf2 __eqtf2 __netf2 __lttf2 __letf2 __gttf2 "
    "__getf2 __unordtf2 __extend* __trunc* __fix* __float* __aarch64_*"};

const struct group groups_table[] = {
    {"memory", "it works without allocating memory",
     "malloc calloc realloc free reallocarray aligned_alloc posix_memalign "
     "atexit"},
    {"string", "it is about working on the bytes yourself",
     "memchr memrchr rawmemchr memmem memccpy strcat strncat strchr strrchr "
     "strchrnul strcmp strncmp strcasecmp strncasecmp strcoll strxfrm strncpy "
     "stpncpy strcspn strspn strpbrk strstr strcasestr strtok strtok_r "
     "__strtok_r strsep strnlen strerror strerror_r __xpg_strerror_r strdup "
     "__strdup strndup __strndup asprintf vasprintf explicit_bzero bzero bcopy "
     "index rindex ffs ffsl ffsll strlcpy strlcat"},
    {"ctype", "it is about telling characters apart yourself",
     "isalnum isalpha isascii isblank iscntrl isdigit isgraph islower isprint "
     "ispunct isspace isupper isxdigit toascii tolower toupper __ctype_b_loc "
     "__ctype_tolower_loc __ctype_toupper_loc"},
    {"math", "it does its arithmetic itself",
     "acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh erf "
     "erfc exp exp10 exp2 expm1 fabs fdim floor fma fmax fmin fmod frexp hypot "
     "ilogb isinf isnan finite ldexp lgamma llrint llround log log10 log1p "
     "log2 logb lrint lround modf nan nearbyint nextafter nexttoward pow "
     "remainder remquo rint round roundeven scalbln scalbn sin sincos sinh "
     "sqrt tan tanh tgamma trunc __fpclassify __signbit __isnan __isinf "
     "__finite __issignaling __iseqsig feclearexcept fegetenv fegetexceptflag "
     "fegetround feholdexcept feraiseexcept fesetenv fesetexceptflag "
     "fesetround fetestexcept feupdateenv"},
    {"threads", "it runs in one thread",
     "pthread_* __pthread_* thrd_* mtx_* cnd_* tss_* call_once sem_* "
     "sched_yield __sigsetjmp"},
    {"atomics", "it needs no atomic operations",
     "__atomic_* __sync_* atomic_thread_fence atomic_signal_fence "
     "atomic_flag_test_and_set atomic_flag_test_and_set_explicit "
     "atomic_flag_clear atomic_flag_clear_explicit"},
    {"sort", "it is about sorting and searching", "qsort qsort_r bsearch"},
    {"time", "what it does must not depend on the clock",
     "clock clock_getres clock_gettime clock_nanosleep nanosleep sleep usleep "
     "time difftime mktime timegm gmtime gmtime_r localtime localtime_r "
     "strftime asctime asctime_r ctime ctime_r gettimeofday timespec_get"},
    {"setjmp", "its functions return to their callers",
     "setjmp _setjmp __sigsetjmp longjmp _longjmp siglongjmp __longjmp"},
    {"stdlib", "it is about doing that yourself",
     "abs labs llabs imaxabs div ldiv lldiv imaxdiv atoi atol atoll atof "
     "strtol strtoul strtoll strtoull strtoq strtouq strtod strtof strtold "
     "strtoimax strtoumax sscanf vsscanf rand srand rand_r random srandom "
     "drand48 erand48 lrand48 nrand48 mrand48 jrand48 srand48"},
    {"context", "it has one flow of control",
     "getcontext setcontext makecontext swapcontext"},
    {NULL, NULL, NULL}};

const struct group groups_never[] = {
    {"exit", "when to end is for the program to say that uses your functions",
     "exit _exit _Exit quick_exit at_quick_exit on_exit "
     "__cxa_atexit __dso_handle"},
    {"files", "a kata opens no files and no descriptors",
     "fopen fopen64 freopen freopen64 fdopen fclose fread fseek ftell fmemopen "
     "open_memstream tmpfile open open64 openat creat close read write pread "
     "pwrite readv writev lseek dup dup2 dup3 pipe pipe2 fcntl ioctl unlink "
     "remove rename link symlink mkdir rmdir chmod chdir opendir readdir stat "
     "fstat lstat access dprintf vdprintf setvbuf setbuf fileno"},
    {"input", "what it works on comes through the functions of its header",
     "stdin getchar getc fgetc fgets gets getline getdelim scanf fscanf vscanf "
     "getenv secure_getenv environ __environ getopt getopt_long"},
    {"processes", "a kata starts, ends and signals no processes",
     "fork vfork _Fork clone wait waitpid wait3 wait4 waitid execl execle "
     "execlp execv execve execvp execvpe fexecve posix_spawn posix_spawnp "
     "system popen pclose kill killpg raise tgkill signal sigaction "
     "sigprocmask setsid ptrace prctl syscall alarm setitimer setrlimit "
     "getpid getppid daemon"},
    {"network", "a kata uses no network",
     "socket socketpair bind listen accept accept4 connect send sendto "
     "sendmsg recv recvfrom recvmsg getaddrinfo gethostbyname"},
    {"mappings", "memory comes from malloc where it is allowed",
     "mmap mmap64 munmap mremap mprotect brk sbrk shm_open shmget shmat "
     "memalign valloc pvalloc mallopt malloc_usable_size malloc_trim alloca"},
    {"loading", "a kata looks for nothing in other libraries",
     "dlopen dlmopen dlsym dlvsym dladdr dl_iterate_phdr"},
    {"checker", "it belongs to the checker",
     "kata_* heap_* agent_* replay_* criterion_* cr_* cri_*"},
    {NULL, NULL, NULL}};

const struct group *group_find(const char *name)
{
    for (const struct group *group = groups_table; group->name; group++)
        if (strcmp(group->name, name) == 0)
            return group;
    return NULL;
}

static bool matches(const char *word, size_t n, const char *symbol,
                    size_t length)
{
    if (word[n - 1] == '*')
        return length >= n - 1 && strncmp(word, symbol, n - 1) == 0;
    return length == n && strncmp(word, symbol, n) == 0;
}

static bool has_word(const struct group *group, const char *symbol,
                     size_t length)
{
    for (const char *word = group->words; *word;) {
        size_t n = strcspn(word, " ");

        if (matches(word, n, symbol, length))
            return true;
        word += n;
        word += strspn(word, " ");
    }
    return false;
}

/* sinf, sinl; only of the mathematics library are names made that way. */
static bool has_variant(const struct group *group, const char *symbol,
                        size_t length)
{
    return strcmp(group->name, "math") == 0 && length > 2 &&
           strchr("fl", symbol[length - 1]) &&
           has_word(group, symbol, length - 1);
}

bool group_has(const struct group *group, const char *symbol)
{
    static const char *const prefixes[] = {"__isoc99_", "__isoc23_"};
    size_t length = strlen(symbol);

    if (has_word(group, symbol, length) || has_variant(group, symbol, length))
        return true;
    if (str_starts(symbol, "__") && str_ends(symbol, "_chk") && length > 6)
        return has_word(group, symbol + 2, length - 6);
    for (size_t i = 0; i < 2; i++)
        if (str_starts(symbol, prefixes[i]))
            return has_word(group, symbol + strlen(prefixes[i]),
                            length - strlen(prefixes[i]));
    return false;
}
