import { z } from 'zod';

/** A control character would be invisible in the page, and U+0000 can't be stored by PostgreSQL at all. */
const noControls = (text: string): boolean => !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text);

/** Text that a person wrote. */
export const text = (max: number) =>
  z.string().max(max).refine(noControls, 'must not contain control characters');
