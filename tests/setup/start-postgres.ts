import { startTestPostgres } from '@almanac/testkit';
import { running } from './running-postgres';

/** jest's global set-up of the integration tests: one PostgreSQL for all of them. */
export default async function startPostgres(): Promise<void> {
  running.postgres = await startTestPostgres();
}
