/** The database can't be had; the message says why and what to do, for the person who starts it. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';
}
