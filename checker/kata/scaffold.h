/* `kata new`: the files of a kata to fill in, each saying what belongs there.
   The scaffold compiles; `kata verify` then names what is missing. */
#ifndef KATA_SCAFFOLD_H
#define KATA_SCAFFOLD_H

#include "base/err.h"

/* Refuses a topic that is none, a slug that is not kebab-case or is taken in
   any topic, and leaves nothing behind on error. */
int scaffold_kata(const char *root, const char *topic, const char *slug,
                  struct err *err);

#endif
