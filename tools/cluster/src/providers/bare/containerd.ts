import { readFile } from 'node:fs/promises';
import type { ProcessDefinition } from '../../processes';
import type { Layout } from './layout';

/** TOML writes strings and truth values as JSON does. */
const toml = JSON.stringify;

const configuration = (layout: Layout, sandboxImage: string, lowersOomScores: boolean): string =>
  `version = 2
root = ${toml(layout.data('containerd'))}

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = ${toml(sandboxImage)}
  disable_apparmor = true
  restrict_oom_score_adj = ${toml(!lowersOomScores)}
  enable_unprivileged_ports = true
  enable_unprivileged_icmp = true

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = ${toml(layout.plugins)}
    conf_dir = ${toml(layout.configuration('cni'))}

  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"

  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"

    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false

[plugins."io.containerd.internal.v1.opt"]
  path = ${toml(layout.data('containerd-opt'))}
`;

/** See capabilities(7). */
const capSysResource = 24n;

/** Whether we may make a process less likely to be killed than it was; root in a container often may not. */
async function mayLowerOomScores(): Promise<boolean> {
  const status = await readFile('/proc/self/status', 'utf8');
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0';
  return ((BigInt(`0x${effective}`) >> capSysResource) & 1n) === 1n;
}

/** @param sandboxImage what holds a pod's namespaces open */
export async function containerd(layout: Layout, sandboxImage: string): Promise<ProcessDefinition> {
  const config = layout.configuration('containerd.toml');
  return {
    name: 'containerd',
    command: 'containerd',
    args: ['--config', config],
    files: { [config]: configuration(layout, sandboxImage, await mayLowerOomScores()) },
  };
}
