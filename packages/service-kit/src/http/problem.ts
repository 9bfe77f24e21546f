import type { Problem } from '@almanac/contracts';
import { AppError, errorCatalogue } from '@almanac/kernel';

/** Turns whatever was thrown into what the caller gets: ours as it is, anything else as `internal`, without its words. */
export function toProblem(
  error: unknown,
  requestId: string,
): { problem: Problem; retryAfter: number | undefined } {
  const known =
    error instanceof AppError
      ? error
      : new AppError('internal', 'It was logged; try again, or tell us the instance.');
  const { status, title } = errorCatalogue[known.code];
  return {
    problem: {
      type: `/problems/${known.code}`,
      title,
      status,
      code: known.code,
      detail: known.message,
      instance: requestId,
      ...(known.issues.length > 0 && { issues: [...known.issues] }),
    },
    retryAfter: known.retryAfter,
  };
}
