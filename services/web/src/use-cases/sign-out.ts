import { parseSessionToken } from '../credentials/session';
import type { Deps } from '../ports';

/** Ends the session that a token is of, whichever of its tokens; without one there is nothing to end. */
export async function signOut({ signingIn }: Deps, { token }: { token: string }): Promise<void> {
  const claimed = parseSessionToken(token);
  if (claimed !== null) await signingIn(({ sessions }) => sessions.delete(claimed.id));
}
