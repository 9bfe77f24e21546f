/**
 * Every error a caller can meet, by its stable code. Clients branch on the code, people read the
 * title; the status is what RFC 9110 has for it.
 */
export const errorCatalogue = {
  malformed_request: { status: 400, title: 'The request can’t be parsed' },
  invalid_input: { status: 422, title: 'The input is not valid' },
  invalid_cursor: { status: 400, title: 'The cursor is not one this list gave out' },
  unauthenticated: { status: 401, title: 'Sign in first' },
  invalid_token: { status: 401, title: 'The access token is not valid' },
  wrong_credentials: { status: 401, title: 'E-mail or password is wrong' },
  forbidden: { status: 403, title: 'The token does not allow this' },
  sign_up_closed: { status: 403, title: 'Accounts are not created here by oneself' },
  foreign_origin: { status: 403, title: 'The request comes from another site' },
  not_found: { status: 404, title: 'There is no such thing' },
  method_not_allowed: { status: 405, title: 'The resource does not know this method' },
  not_acceptable: { status: 406, title: 'Only application/json can be given' },
  conflict: { status: 409, title: 'The state does not allow this' },
  email_taken: { status: 409, title: 'There is an account with this e-mail already' },
  version_mismatch: { status: 412, title: 'It has changed since you read it' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'Only application/json is understood' },
  idempotency_key_reused: { status: 422, title: 'The idempotency key was used for another request' },
  precondition_required: { status: 428, title: 'Say which version you mean, with If-Match' },
  too_many_requests: { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  unavailable: { status: 503, title: 'Not available for the moment' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof errorCatalogue;

/** One thing wrong with an input: where (a JSON path such as `due.zone`) and what. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

export interface AppErrorExtras {
  /** All that is wrong with the input, not only the first. */
  readonly issues?: readonly Issue[];
  /** Seconds after which trying again makes sense. */
  readonly retryAfter?: number;
  readonly cause?: unknown;
}

/** An error that is the caller's business: it reaches them as it is. Anything else is `internal`. */
export class AppError extends Error {
  readonly issues: readonly Issue[];
  readonly retryAfter: number | undefined;

  /** @param detail what happened here and what to do next, for a person */
  constructor(
    readonly code: ErrorCode,
    detail: string,
    { issues = [], retryAfter, cause }: AppErrorExtras = {},
  ) {
    super(detail, { cause });
    this.name = 'AppError';
    this.issues = issues;
    this.retryAfter = retryAfter;
  }

  get status(): number {
    return errorCatalogue[this.code].status;
  }
}

/** Also for a row that exists but is another user's: existence is private. */
export const notFound = (what: string): AppError => new AppError('not_found', `There is no such ${what}.`);
