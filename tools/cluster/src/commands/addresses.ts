import type { Settings } from '../state';
import { repositoryAddress } from './server';

/** Where things are, for whoever sits at this machine: `*.localhost` is always the machine itself (RFC 6761). */
export const addressesOf = ({ port, gitPort }: Settings) => {
  const at = (host: string) => `http://${host}${port === 80 ? '' : `:${port}`}`;
  return {
    /** Production's. */
    page: at('almanac.localhost'),
    dev: at('dev.almanac.localhost'),
    argocd: at('argocd.almanac.localhost'),
    remote: repositoryAddress(gitPort),
  };
};
