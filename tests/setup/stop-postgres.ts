import { running } from './running-postgres';

/** jest's global tear-down of the integration tests. */
export default async function stopPostgres(): Promise<void> {
  await running.postgres?.stop();
}
