import type { Kubectl, Resource } from '../kubectl';

interface Secret extends Resource {
  readonly data?: { readonly password?: string };
}

/** Argo CD's own password of `admin`; none once somebody has set another and deleted this one. */
export const adminPasswordOf = async (kubectl: Kubectl): Promise<string | undefined> => {
  const secrets = await kubectl.list<Secret>('secrets', '-n', 'argocd');
  const initial = secrets.find(({ metadata }) => metadata.name === 'argocd-initial-admin-secret');
  const password = initial?.data?.password;
  return password && Buffer.from(password, 'base64').toString();
};
