/**
 * What the commits of environment files tell beside their subject, as git trailers: the audit of a
 * cluster is `git log` of its files.
 */
export type Trailer =
  | 'Environment'
  | 'Release'
  | 'Revision'
  | 'Promoted-From'
  | 'Rollback-Of'
  | 'Rollback-To'
  | 'Quarantined'
  | 'Resumed'
  | 'Verified'
  | 'Because'
  | 'Requested-By';

export type Trailers = Readonly<Partial<Record<Trailer, string>>>;

export interface CommitMessage {
  readonly subject: string;
  readonly trailers: Trailers;
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

export const formatMessage = ({ subject, trailers }: CommitMessage): string =>
  [
    oneLine(subject),
    '',
    ...Object.entries(trailers)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => `${name}: ${oneLine(value)}`),
    '',
  ].join('\n');
