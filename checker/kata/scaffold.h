/* `kata new`: the files of a kata to fill in, each saying what belongs there.
   The scaffold compiles; `kata verify` then names what is missing. */
#ifndef KATA_SCAFFOLD_H
#define KATA_SCAFFOLD_H

#include "base/err.h"

/* Says why there can be no such kata: a topic that is none, a slug that is not
   kebab-case, is taken in any topic, or makes names that C or the checker has
   already. 0 where there can. */
int scaffold_check(const char *root, const char *topic, const char *slug,
                   struct err *err);

/* Makes katas/TOPIC/SLUG and solutions/TOPIC/SLUG of the files in
   checker/kata/template, after scaffold_check. Leaves nothing on error. */
int scaffold_kata(const char *root, const char *topic, const char *slug,
                  struct err *err);

#endif
