/*
 * Gradescope's submission_metadata.yml: who handed in which folder, and when.
 *
 *     submission_46389164:
 *       :submitters:
 *       - :name: Ada Lovelace
 *         :sid: '12345'
 *         :email: ada@example.com
 *       :created_at: 2026-03-01 22:59:59.123456000 Z
 *
 * Only that is read; the rest of the file, which may be long, is passed over.
 */
#ifndef BATCH_METADATA_H
#define BATCH_METADATA_H

/*
 * The people of the folder `submission` ("submission_46389164"), owned: their
 * names, or where there are none their e-mail addresses, joined with " + ".
 * NULL where the text does not tell.
 */
char *metadata_students(const char *text, const char *submission);

/*
 * When the folder's submission was handed in, as the file has it, owned: a text
 * for moment_read (base/moment.h). NULL where the file does not tell.
 */
char *metadata_time(const char *text, const char *submission);

#endif
