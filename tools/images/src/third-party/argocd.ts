import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { moduleFiles, program } from '@almanac/kubernetes';
import { accounts, userOf } from '../contents/accounts';
import { busybox } from '../contents/busybox';
import { certificates } from '../contents/debian';
import { librariesOf } from '../contents/libraries';
import { tree } from '../contents/tree';
import { executable, folder, link, script, text, type Entry } from '../oci/entry';
import { offlineGitEntries } from '../upstreams/offline-git';
import { path, type ThirdParty } from './third-party';

/** Where the pods of a cluster that can't reach GitHub find the mirrors. */
const mirrors = 'http://git.git.svc.cluster.local/upstream';

const offlineGit = '/usr/local/lib/offline-git';
const argocdUser = { name: 'argocd', uid: 999, gid: 999, home: '/home/argocd' };
const group = { uid: argocdUser.uid, gid: 0 };

/** One program; the name it is called by tells it which of them to be. */
const roles = [
  'server',
  'repo-server',
  'cmp-server',
  'application-controller',
  'dex',
  'notifications',
  'applicationset-controller',
  'k8s-auth',
  'commit-server',
];

const tools = ['/usr/bin/git', '/usr/bin/gpg', '/usr/bin/gpg-agent', '/usr/bin/ssh', '/usr/bin/tini'];
const remote = '/usr/lib/git-core/git-remote-http';

/** git's commands that are programs or scripts of their own; the others are links to git. */
const gitCommands = /^git(-remote-https?|-submodule|-sh-setup|-sh-i18n.*)?$/;

/** Scripts that Argo CD calls, from the module that it is built of. */
const scripts = async (): Promise<readonly Entry[]> => {
  const { directory } = await moduleFiles('argocd', 'github.com/argoproj/argo-cd/v3');
  const from = async (file: string) => readFile(join(directory, file), 'utf8');
  return [
    script('/usr/local/bin/entrypoint.sh', await from('entrypoint.sh')),
    script('/usr/local/bin/git-verify-wrapper.sh', await from('hack/git-verify-wrapper.sh')),
    script('/usr/local/bin/gpg-wrapper.sh', await from('hack/gpg-wrapper.sh')),
    script('/usr/local/bin/git-ask-pass.sh', await from('hack/git-ask-pass.sh')),
  ];
};

/**
 * Argo CD without its web page (the Go module doesn't have it) and without helm, which we don't use. Its git
 * reads the mirrors of upstreams that the cluster's own git server has.
 */
export const argocd: ThirdParty = {
  madeOf: 'its Go module, and Debian’s git',
  debian: ['busybox-static', 'ca-certificates', 'git', 'gpg', 'gpg-agent', 'openssh-client', 'tini'],
  contents: async () => [
    ...(await busybox()),
    link('/usr/bin/env', '/bin/busybox'),
    executable('/usr/local/bin/argocd', await program('argocd')),
    ...roles.map((role) => link(`/usr/local/bin/argocd-${role}`, 'argocd')),
    executable('/usr/local/bin/kustomize', await program('kustomize')),
    ...tools.map((tool) => executable(tool, tool)),
    ...(await librariesOf([...tools, remote])),
    ...(await tree('/usr/lib/git-core', '/usr/lib/git-core', { only: (name) => gitCommands.test(name) })),
    ...(await tree('/usr/share/git-core', '/usr/share/git-core')),
    ...(await offlineGitEntries(offlineGit, mirrors)),
    ...(await scripts()),
    { kind: 'copy', path: certificates, from: certificates, mode: 0o644 },
    ...accounts(argocdUser),
    folder('/home/argocd', 0o775, group),
    text('/app/config/ssh/ssh_known_hosts', ''),
    link('/etc/ssh/ssh_known_hosts', '/app/config/ssh/ssh_known_hosts'),
    folder('/app/config/tls'),
    folder('/app/config/gpg/source'),
    folder('/app/config/gpg/keys', 0o700, argocdUser),
    folder('/tmp', 0o1777),
  ],
  config: {
    Entrypoint: ['/usr/bin/tini', '--'],
    Env: [path.replace('=', `=${offlineGit}:`), 'USER=argocd', 'GRPC_ENABLE_TXT_SERVICE_CONFIG=false'],
    User: userOf(argocdUser),
    WorkingDir: '/home/argocd',
  },
};
