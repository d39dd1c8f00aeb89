/* visible_table: what visible knows about characters, whatever the locale. */

#ifndef YODEL_VISIBLE_TABLE_H
#define YODEL_VISIBLE_TABLE_H

#include <stdbool.h>
#include <stdint.h>

/* Whether it hides, reorders or is a noncharacter: shown as <U+XXXX> only. */
bool		 visible_table_is_spelt(int32_t code);

/* Whether U+200D may join it to another emoji. */
bool		 visible_table_is_emoji(int32_t code);

/* Columns of a character that is not a control: 0 for a mark, 1 or 2. */
int		 visible_table_width(int32_t code);

#endif
