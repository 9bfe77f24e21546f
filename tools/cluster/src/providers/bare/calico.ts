import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { moduleFiles, program } from '@almanac/kubernetes';
import type { ProcessDefinition } from '../../processes';
import type { Layout } from './layout';
import { kubeconfigOf } from './pki';

/** Where distributions put the plugins that each network is made of. */
export const pluginFolders = ['/usr/lib/cni', '/opt/cni/bin', '/usr/libexec/cni'];

/** Those we need of them. */
export const pluginNames = ['host-local', 'loopback', 'portmap'];

const calicoModule = () => moduleFiles('calico', 'github.com/projectcalico/calico');

async function link(folder: string, name: string, target: string): Promise<void> {
  await rm(join(folder, name), { force: true });
  await symlink(target, join(folder, name));
}

/** What the runtime gives each pod a network by. */
export async function installNetworkPlugins(layout: Layout): Promise<void> {
  const folder = pluginFolders.find((path) => existsSync(join(path, 'host-local')))!;
  await mkdir(layout.plugins, { recursive: true });
  for (const name of pluginNames) await link(layout.plugins, name, join(folder, name));
  await link(layout.plugins, 'calico', await program('calico-cni')); // it goes by the name it is called by
  const configuration = {
    cniVersion: '0.4.0',
    name: 'almanac',
    plugins: [
      {
        type: 'calico',
        datastore_type: 'kubernetes',
        nodename: layout.node,
        nodename_file_optional: true,
        mtu: 1500,
        log_level: 'warning',
        log_file_path: join(layout.directory, 'logs/calico-cni.log'),
        ipam: { type: 'host-local', dataDir: layout.data('pod-addresses'), subnet: 'usePodCidr' },
        policy: { type: 'k8s' },
        kubernetes: { kubeconfig: kubeconfigOf(layout, 'calico-cni') },
      },
      { type: 'portmap', snat: true, capabilities: { portMappings: true } },
    ],
  };
  await mkdir(layout.configuration('cni'), { recursive: true });
  await writeFile(layout.configuration('cni/10-calico.conflist'), JSON.stringify(configuration, null, 2));
}

/** Where felix says how it is. */
export interface Health {
  readonly host: string;
  readonly port: number;
}

/** Felix turns NetworkPolicies into rules of the kernel's packet filter. */
export const felix = async (layout: Layout, health: Health): Promise<ProcessDefinition> => ({
  name: 'calico-felix',
  command: await program('calico-felix'),
  args: [],
  environment: {
    KUBECONFIG: kubeconfigOf(layout, 'calico-felix'),
    FELIX_DATASTORETYPE: 'kubernetes',
    FELIX_FELIXHOSTNAME: layout.node,
    FELIX_NFTABLESMODE: 'Enabled',
    FELIX_BPFENABLED: 'false',
    FELIX_XDPENABLED: 'false',
    FELIX_DebugSkipCTLBCleanup: 'true', // spelt like this; cleaning up after BPF panics in a build without cgo
    FELIX_IPV6SUPPORT: 'false',
    FELIX_USAGEREPORTINGENABLED: 'false',
    FELIX_LOGFILEPATH: 'none',
    FELIX_LOGSEVERITYSYS: 'none',
    FELIX_LOGSEVERITYSCREEN: 'warning',
    FELIX_HEALTHENABLED: 'true',
    FELIX_HEALTHHOST: health.host,
    FELIX_HEALTHPORT: String(health.port),
  },
});

/** Folder of Calico's own resource definitions. */
export const calicoDefinitions = async (): Promise<string> =>
  join((await calicoModule()).directory, 'libcalico-go/config/crd');

const roleNames = ['calico-node', 'calico-cni-plugin'];

/** The rights of Calico's parts, as its own manifests give them. */
export async function calicoRoles(): Promise<string> {
  const { directory } = await calicoModule();
  const manifests = await readFile(join(directory, 'manifests/calico.yaml'), 'utf8');
  const isWanted = (document: string) =>
    /^kind: ClusterRole$/m.test(document) &&
    roleNames.some((name) => new RegExp(`^  name: ${name}$`, 'm').test(document));
  const roles = manifests.split(/^---$/m).filter(isWanted);
  if (roles.length !== roleNames.length)
    throw new Error(`Not all of ${roleNames.join(', ')} are in Calico's manifests.`);
  return roles.join('---\n');
}
