import { program } from '@almanac/kubernetes';
import type { ProcessDefinition } from '../../processes';
import { networks, type Addresses, type Layout } from './layout';
import { kubeconfigOf, pkiFile } from './pki';

/** JSON is YAML, too. */
const yaml = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

export const kubelet = async (layout: Layout, { node }: Addresses): Promise<ProcessDefinition> => {
  const config = layout.configuration('kubelet.yaml');
  return {
    name: 'kubelet',
    command: await program('kubelet'),
    args: [
      `--config=${config}`,
      `--kubeconfig=${kubeconfigOf(layout, 'kubelet')}`,
      `--root-dir=${layout.data('kubelet')}`,
      `--hostname-override=${layout.node}`,
      `--node-ip=${node}`,
    ],
    files: {
      [config]: yaml({
        apiVersion: 'kubelet.config.k8s.io/v1beta1',
        kind: 'KubeletConfiguration',
        failCgroupV1: false, // machines without version 2 are still about
        cgroupDriver: 'cgroupfs', // there may be no systemd
        cgroupRoot: layout.cgroup,
        failSwapOn: false,
        authentication: {
          anonymous: { enabled: false },
          webhook: { enabled: true },
          x509: { clientCAFile: pkiFile(layout, 'ca.crt') },
        },
        authorization: { mode: 'Webhook' },
        tlsCertFile: pkiFile(layout, 'kubelet-server.crt'),
        tlsPrivateKeyFile: pkiFile(layout, 'kubelet-server.key'),
        clusterDNS: [networks.dns],
        clusterDomain: 'cluster.local',
        resolvConf: '', // the machine's names aren't for pods
        containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
        podLogsDir: layout.data('pod-logs'),
        makeIPTablesUtilChains: false,
        // The disk is shared with everything else on the machine: a full one must not evict the cluster, and
        // an image that is deleted can't be pulled again.
        imageGCHighThresholdPercent: 100,
        imageGCLowThresholdPercent: 99,
        evictionHard: {
          'memory.available': '100Mi',
          'nodefs.available': '1%',
          'nodefs.inodesFree': '1%',
          'imagefs.available': '1%',
        },
        nodeStatusUpdateFrequency: '5s',
        syncFrequency: '10s',
      }),
    },
  };
};

export const kubeProxy = async (layout: Layout): Promise<ProcessDefinition> => {
  const config = layout.configuration('kube-proxy.yaml');
  return {
    name: 'kube-proxy',
    command: await program('kube-proxy'),
    args: [`--config=${config}`],
    files: {
      [config]: yaml({
        apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
        kind: 'KubeProxyConfiguration',
        mode: 'nftables',
        clientConnection: { kubeconfig: kubeconfigOf(layout, 'kube-proxy') },
        clusterCIDR: networks.pods,
        hostnameOverride: layout.node,
        healthzBindAddress: '127.0.0.1:10256',
        metricsBindAddress: '127.0.0.1:10249',
        // These settings belong to the whole machine.
        conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
      }),
    },
  };
};
