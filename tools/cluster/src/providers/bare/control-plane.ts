import { program } from '@almanac/kubernetes';
import type { ProcessDefinition } from '../../processes';
import { networks, type Addresses, type Layout } from './layout';
import { kubeconfigOf, pkiFile } from './pki';

const storeClients = 'http://127.0.0.1:2379'; // loopback of a network that is the cluster's own
const storePeers = 'http://127.0.0.1:2380';

export const etcd = async (layout: Layout): Promise<ProcessDefinition> => ({
  name: 'etcd',
  command: await program('etcd'),
  args: [
    '--name=almanac',
    `--data-dir=${layout.data('etcd')}`,
    `--listen-client-urls=${storeClients}`,
    `--advertise-client-urls=${storeClients}`,
    `--listen-peer-urls=${storePeers}`,
    `--initial-advertise-peer-urls=${storePeers}`,
    `--initial-cluster=almanac=${storePeers}`,
    '--unsafe-no-fsync', // a machine that loses power loses the cluster of a developer; the rest is faster
    '--logger=zap',
  ],
});

export const apiServer = async (layout: Layout, { node }: Addresses): Promise<ProcessDefinition> => {
  const file = (name: string) => pkiFile(layout, name);
  return {
    name: 'kube-apiserver',
    command: await program('kube-apiserver'),
    args: [
      `--etcd-servers=${storeClients}`,
      `--advertise-address=${node}`,
      '--secure-port=6443',
      `--service-cluster-ip-range=${networks.services}`,
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      '--allow-privileged=true',
      `--client-ca-file=${file('ca.crt')}`,
      `--tls-cert-file=${file('apiserver.crt')}`,
      `--tls-private-key-file=${file('apiserver.key')}`,
      `--kubelet-client-certificate=${file('apiserver-kubelet-client.crt')}`,
      `--kubelet-client-key=${file('apiserver-kubelet-client.key')}`,
      `--kubelet-certificate-authority=${file('ca.crt')}`,
      '--kubelet-preferred-address-types=InternalIP,Hostname',
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      `--service-account-key-file=${file('service-accounts.pub')}`,
      `--service-account-signing-key-file=${file('service-accounts.key')}`,
      // APIs that pods serve, such as that of metrics-server, which a HorizontalPodAutoscaler asks
      `--requestheader-client-ca-file=${file('front-proxy-ca.crt')}`,
      '--requestheader-allowed-names=front-proxy-client',
      '--requestheader-extra-headers-prefix=X-Remote-Extra-',
      '--requestheader-group-headers=X-Remote-Group',
      '--requestheader-username-headers=X-Remote-User',
      `--proxy-client-cert-file=${file('front-proxy-client.crt')}`,
      `--proxy-client-key-file=${file('front-proxy-client.key')}`,
      '--enable-aggregator-routing=true',
      '--profiling=false',
    ],
  };
};

export const controllerManager = async (layout: Layout): Promise<ProcessDefinition> => {
  const kubeconfig = kubeconfigOf(layout, 'controller-manager');
  return {
    name: 'kube-controller-manager',
    command: await program('kube-controller-manager'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      '--bind-address=127.0.0.1',
      `--cluster-cidr=${networks.pods}`,
      '--allocate-node-cidrs=true',
      '--node-cidr-mask-size=24',
      `--service-cluster-ip-range=${networks.services}`,
      `--cluster-signing-cert-file=${pkiFile(layout, 'ca.crt')}`,
      `--cluster-signing-key-file=${pkiFile(layout, 'ca.key')}`,
      `--root-ca-file=${pkiFile(layout, 'ca.crt')}`,
      `--service-account-private-key-file=${pkiFile(layout, 'service-accounts.key')}`,
      '--use-service-account-credentials=true',
      '--leader-elect=false',
      '--profiling=false',
    ],
  };
};

export const scheduler = async (layout: Layout): Promise<ProcessDefinition> => {
  const kubeconfig = kubeconfigOf(layout, 'scheduler');
  return {
    name: 'kube-scheduler',
    command: await program('kube-scheduler'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      '--bind-address=127.0.0.1',
      '--leader-elect=false',
      '--profiling=false',
    ],
  };
};
