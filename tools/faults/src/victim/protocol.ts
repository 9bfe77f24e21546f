import type { Connection } from '@almanac/testkit';

/** What a victim is made of. */
export interface Boot {
  /** As the superuser, who makes the roles. */
  readonly database: Connection;
  /** The name of a planted bug; none in an honest run. */
  readonly bug?: string | undefined;
}

/** What the harness tells a victim. Each order is answered. */
export type Order =
  /** Comes first: until then, a victim has its code loaded and does nothing. */
  | { readonly do: 'start'; readonly boot: Boot }
  /** Die the `nth` time that execution comes to this point from now on. */
  | { readonly do: 'arm'; readonly point: string; readonly nth: number }
  | { readonly do: 'let-consumers-fail' }
  | { readonly do: 'verify-chain' };

/** What a victim tells the harness. */
export type Report =
  | { readonly said: 'ready'; readonly url: string }
  | { readonly said: 'done' }
  /** What is wrong with the audit chain, in words. */
  | { readonly said: 'verified'; readonly problems: readonly string[] };
