import { z } from 'zod';

/** A control character would be invisible in the page, and U+0000 can't be stored by PostgreSQL at all. */
const noControls = (text: string): boolean => !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text);

/** Half of a surrogate pair, which JSON can carry as `\ud800`, has no UTF-8: it would be stored as something else. */
const isWellFormed = (text: string): boolean => text.isWellFormed();

/** Text that a person wrote. @param max its length in UTF-16 units, as `string.length` has it */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine(noControls, 'must not contain control characters')
    .refine(isWellFormed, 'must not contain half a surrogate pair');
