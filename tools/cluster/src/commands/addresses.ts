import type { Settings } from '../state';
import { repositoryAddress } from './server';

/** Where things are, for whoever sits at this machine: `*.localhost` is always the machine itself (RFC 6761). */
export const addressesOf = ({ port, gitPort }: Settings): Readonly<Record<string, string>> => {
  const at = (host: string) => `http://${host}${port === 80 ? '' : `:${port}`}`;
  return {
    Production: at('almanac.localhost'),
    Dev: at('dev.almanac.localhost'),
    'Argo CD': at('argocd.almanac.localhost'),
    Git: repositoryAddress(gitPort),
  };
};
