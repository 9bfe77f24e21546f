import { errorCatalogue, type ErrorCode } from '@almanac/kernel';
import { z } from 'zod';

/** An error as RFC 9457 has it, with a stable `code` and every validation issue. */
export const Problem = z
  .object({
    type: z.string().meta({ description: 'A URI that names the kind of problem.' }),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(errorCatalogue) as [ErrorCode, ...ErrorCode[]]),
    detail: z.string().meta({ description: 'What happened, and what to do next.' }),
    instance: z.string().meta({ description: 'The id of the request, as in the logs.' }),
    issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;
