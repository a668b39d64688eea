/*
 * A word that a submission cannot have printed by accident: 128 random bits,
 * given to a runner before it runs the submission, and wanted back in its
 * closing record. A result without the record is not accepted.
 */
#ifndef JUDGE_CLOSING_H
#define JUDGE_CLOSING_H

enum { CLOSING_SIZE = 33 };

void closing_make(char word[CLOSING_SIZE]);

#endif
