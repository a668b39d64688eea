#include "judge/closing.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

void closing_make(char word[CLOSING_SIZE])
{
    unsigned long long bits[2] = {0, 0};

    if (getrandom(bits, sizeof bits, 0) != sizeof bits)
        abort();
    snprintf(word, CLOSING_SIZE, "%016llx%016llx", bits[0], bits[1]);
}
