import { styleText } from 'node:util';
import { inWords, isWell } from '../bootstrap/applications';
import { addressesOf } from './addresses';
import type { ClusterStatus } from './status';

const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;

/** A status as a person reads it. */
export const describeStatus = (status: ClusterStatus): string => {
  const { name, settings, isUp, remote = '', gitServerIsUp, applications, complaints, memory } = status;
  if (settings === undefined) return `There is no cluster ${name} on this machine: npm run cluster\n`;
  const mark = (good: boolean) => (good ? styleText('green', '✓') : styleText('red', '✗'));
  const width = Math.max(14, ...applications.map((application) => application.name.length)) + 2;
  const row = (good: boolean, title: string, text: string) => `  ${mark(good)} ${title.padEnd(width)}${text}`;
  const total = memory.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    '',
    row(isUp, 'Kubernetes', isUp ? settings.provider : `${settings.provider}; not up: npm run cluster`),
    row(gitServerIsUp, 'Git server', gitServerIsUp ? remote : 'not up: npm run cluster'),
    ...applications.map((application) =>
      row(
        isWell(application),
        application.name,
        [inWords(application), application.release, ...application.trouble].filter(Boolean).join('; '),
      ),
    ),
    ...complaints.map((complaint) => row(false, 'pod', complaint)),
    '',
    ...(isUp
      ? Object.entries(addressesOf(settings)).map(([title, url]) => `    ${title.padEnd(width)}${url}`)
      : []),
    ...(total > 0 ? [`    ${'Memory'.padEnd(width)}${megabytes(total)}`] : []),
    '',
    '',
  ].join('\n');
};
