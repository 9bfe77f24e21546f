import { z } from 'zod';
import { defineApi, Id, Instant } from './api';
import { Zone } from './tasks';

const Email = z.email().max(254).trim().toLowerCase();
/** Length is what counts (NIST SP 800-63B, 3.1.1.2); no rules on kinds of characters. */
const Password = z.string().min(10, 'must have 10 characters or more').max(200);

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
    name: z.string().trim().min(1).max(100),
    zone: Zone.default('UTC'),
  })
  .meta({ id: 'SignUp' });
export type SignUp = z.infer<typeof SignUp>;

export const Credentials = z
  .strictObject({ email: Email, password: z.string().max(200) })
  .meta({ id: 'Credentials' });
export type Credentials = z.infer<typeof Credentials>;

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
    summary: 'Create an account and sign in',
    scope: 'public',
    body: SignUp,
    output: SignedIn,
    status: 201,
  },
  signIn: {
    method: 'POST',
    path: '/auth/sign-in',
    summary: 'Sign in with a session cookie',
    scope: 'public',
    body: Credentials,
    output: SignedIn,
  },
  refresh: {
    method: 'POST',
    path: '/auth/refresh',
    summary: 'A new access token for the session cookie',
    scope: 'public',
    output: SignedIn,
  },
  signOut: { method: 'POST', path: '/auth/sign-out', summary: 'End the session', scope: 'public' },
  issueToken: {
    method: 'POST',
    path: '/auth/token',
    summary: 'An access token for scripts',
    scope: 'public',
    body: Credentials,
    output: AccessToken,
  },
  getAccount: {
    method: 'GET',
    path: '/account',
    summary: 'The signed-in account',
    scope: 'account:read',
    output: Account,
  },
  updateAccount: {
    method: 'PATCH',
    path: '/account',
    summary: 'Change name or zone',
    scope: 'account:write',
    body: z.strictObject({ name: z.string().trim().min(1).max(100).optional(), zone: Zone.optional() }),
    output: Account,
  },
});
