import { z } from 'zod';
import { defineApi, Id, Instant } from './api';
import { Zone } from './tasks';
import { text } from './text';

/** The cookie of a session, good for asking for access tokens only. */
export const sessionCookie = 'almanac_session';

const Email = z.email().max(254).trim().toLowerCase();
/** Length is what counts (NIST SP 800-63B, 3.1.1.2); no rules on kinds of characters. */
const Password = z.string().min(10, 'must have 10 characters or more').max(200);
const Name = text(100).trim().min(1);

export const Account = z
  .object({
    id: Id,
    email: z.string(),
    name: z.string(),
    zone: z.string().meta({ description: 'The IANA zone that new due times are in.' }),
    role: z.enum(['user', 'operator']),
    createdAt: Instant,
  })
  .meta({ id: 'Account' });
export type Account = z.infer<typeof Account>;

export const SignUp = z
  .strictObject({
    email: Email,
    password: Password,
    name: Name,
    zone: Zone.default('UTC'),
  })
  .meta({
    id: 'SignUp',
    examples: [{ email: 'ada@example.org', password: 'correct horse', name: 'Ada', zone: 'Europe/London' }],
  });
export type SignUp = z.infer<typeof SignUp>;

export const Credentials = z
  .strictObject({ email: Email, password: z.string().max(200) })
  .meta({ id: 'Credentials', examples: [{ email: 'ada@example.org', password: 'correct horse' }] });
export type Credentials = z.infer<typeof Credentials>;

/** Only what is given changes. */
export const UpdateAccount = z
  .strictObject({ name: Name.optional(), zone: Zone.optional() })
  .refine((change) => Object.keys(change).length > 0, 'must change something')
  .meta({ id: 'UpdateAccount', examples: [{ zone: 'Europe/Berlin' }] });
export type UpdateAccount = z.infer<typeof UpdateAccount>;

export const AccessToken = z
  .object({
    accessToken: z.string().meta({ description: 'A JWT; send it as `Authorization: Bearer …`.' }),
    tokenType: z.literal('Bearer'),
    expiresIn: z.int().meta({ description: 'Seconds.' }),
  })
  .meta({ id: 'AccessToken' });
export type AccessToken = z.infer<typeof AccessToken>;

/** A token for the page, and who it is for. The session itself is a cookie that scripts can't read. */
export const SignedIn = AccessToken.extend({ account: Account }).meta({ id: 'SignedIn' });
export type SignedIn = z.infer<typeof SignedIn>;

export const SignInOptions = z
  .object({
    signUp: z.boolean().meta({ description: 'Whether anyone may create an account here.' }),
    oidc: z
      .object({ name: z.string(), url: z.string() })
      .nullable()
      .meta({ description: 'Sign-in elsewhere, if configured.' }),
  })
  .meta({ id: 'SignInOptions' });
export type SignInOptions = z.infer<typeof SignInOptions>;

export const StartElsewhere = z.strictObject({
  to: z
    .string()
    .max(2000)
    .regex(/^\/(?![/\\])[!-~]*$/, 'must be a path of this site') // browsers read `/\\` and `/<tab>/` as `//`
    .default('/')
    .meta({ description: 'Where to go in the page afterwards.' }),
});

/** What an issuer sends the browser back with; it may add more (RFC 6749, 4.1.2). */
export const FinishElsewhere = z.looseObject({
  state: z.string().max(2000).optional(),
  code: z.string().max(4000).optional(),
  error: z.string().max(200).optional().meta({ description: 'Why there is no code.' }),
});

export const accountApi = defineApi('Account', '/api/v1', {
  signInOptions: {
    method: 'GET',
    path: '/auth/options',
    summary: 'How one can sign in here',
    scope: 'public',
    output: SignInOptions,
  },
  signUp: {
    method: 'POST',
    path: '/auth/sign-up',
    summary: 'Create an account and sign in with a session cookie',
    scope: 'public',
    body: SignUp,
    output: SignedIn,
    status: 201,
    errors: ['foreign_origin', 'sign_up_closed', 'email_taken'],
  },
  signIn: {
    method: 'POST',
    path: '/auth/sign-in',
    summary: 'Sign in with a session cookie',
    scope: 'public',
    body: Credentials,
    output: SignedIn,
    errors: ['foreign_origin', 'wrong_credentials'],
  },
  refresh: {
    method: 'POST',
    path: '/auth/refresh',
    summary: 'A new access token for the session cookie, which is renewed as well',
    scope: 'public',
    session: true,
    output: SignedIn,
    errors: ['foreign_origin'],
  },
  signOut: {
    method: 'POST',
    path: '/auth/sign-out',
    summary: 'End the session',
    scope: 'public',
    session: true,
    errors: ['foreign_origin'],
  },
  issueToken: {
    method: 'POST',
    path: '/auth/token',
    summary: 'An access token for scripts; no session, no cookie',
    scope: 'public',
    body: Credentials,
    output: AccessToken,
    errors: ['wrong_credentials'],
  },
  startElsewhere: {
    method: 'GET',
    path: '/auth/oidc/start',
    summary: 'Send the browser to the configured issuer to sign in there',
    scope: 'public',
    query: StartElsewhere,
    redirects: true,
    errors: ['not_found'],
  },
  finishElsewhere: {
    method: 'GET',
    path: '/auth/oidc/callback',
    summary: 'Where the issuer sends the browser back to; begins the session',
    scope: 'public',
    query: FinishElsewhere,
    redirects: true,
    errors: ['not_found'],
  },
  getAccount: {
    method: 'GET',
    path: '/account',
    summary: 'The signed-in account',
    scope: 'account:read',
    output: Account,
    errors: ['not_found'],
  },
  updateAccount: {
    method: 'PATCH',
    path: '/account',
    summary: 'Change name or zone',
    scope: 'account:write',
    body: UpdateAccount,
    output: Account,
    errors: ['not_found'],
  },
});
