import { AppError } from '@almanac/kernel';
import type { Exchange } from '@almanac/service-kit';

/**
 * Refuses what a page of another site sends: browsers say on each POST where it comes from. The
 * cookie's SameSite already keeps it back; this also holds for a sibling subdomain, which is the
 * same site, and for signing somebody in against their will.
 * https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html#verifying-origin-with-standard-headers
 *
 * Our own page may have been opened under another name than the public one (127.0.0.1, a port that
 * was forwarded): then its origin is the host it asks.
 *
 * @throws AppError `foreign_origin`
 */
export function requireOwnOrigin({ origin, host }: Pick<Exchange, 'origin' | 'host'>, publicUrl: URL): void {
  const own = [undefined, publicUrl.origin, `${publicUrl.protocol}//${host}`];
  if (!own.includes(origin))
    throw new AppError('foreign_origin', `Only pages of ${publicUrl.origin} may do this in a browser.`);
}
