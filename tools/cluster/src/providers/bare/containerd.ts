import type { ProcessDefinition } from '../../processes';
import { hasCapability } from './capabilities';
import type { Layout } from './layout';

/** TOML writes strings and truth values as JSON does. */
const toml = JSON.stringify;

const configuration = (layout: Layout, sandboxImage: string, mayLowerOomScores: boolean): string =>
  `version = 2
root = ${toml(layout.data('containerd'))}

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = ${toml(sandboxImage)}
  disable_apparmor = true
  restrict_oom_score_adj = ${toml(!mayLowerOomScores)}
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

/** @param sandboxImage what holds a pod's namespaces open */
export async function containerd(layout: Layout, sandboxImage: string): Promise<ProcessDefinition> {
  const config = layout.configuration('containerd.toml');
  return {
    name: 'containerd',
    command: 'containerd',
    args: ['--config', config],
    files: { [config]: configuration(layout, sandboxImage, await hasCapability('SYS_RESOURCE')) },
  };
}
