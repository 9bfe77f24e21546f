import { styleText } from 'node:util';
import { inWords, isWell } from '../bootstrap/applications';
import type { ClusterStatus } from './status';

const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;

/** A status as a person reads it. */
export const describeStatus = (status: ClusterStatus): string => {
  const { name, settings, isUp, remote = '', page, dev, argocd, gitServerIsUp, applications } = status;
  const { complaints, memory } = status;
  if (settings === undefined) return `There is no cluster ${name} on this machine: npm run cluster\n`;
  const mark = (good: boolean) => (good ? styleText('green', '✓') : styleText('red', '✗'));
  const width = Math.max(14, ...applications.map((application) => application.name.length)) + 2;
  const row = (good: boolean, title: string, text: string) => `  ${mark(good)} ${title.padEnd(width)}${text}`;
  const fact = (title: string, text = '') => `    ${title.padEnd(width)}${text}`;
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
    ...(isUp ? [fact('Production', page), fact('Dev', dev), fact('Argo CD', argocd?.url)] : []),
    ...(total > 0 ? [fact('Memory', megabytes(total))] : []),
    '',
    '',
  ].join('\n');
};
