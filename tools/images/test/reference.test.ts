import { nameInContainerd } from '../src/oci/reference';

describe('the name under which containerd looks for an image', () => {
  it.each([
    ['busybox', 'docker.io/library/busybox:latest'],
    ['postgres:18.4', 'docker.io/library/postgres:18.4'],
    ['postgres:18.4@sha256:3a82', 'docker.io/library/postgres@sha256:3a82'],
    ['rancher/local-path-provisioner:v0.0.30', 'docker.io/rancher/local-path-provisioner:v0.0.30'],
    ['registry.k8s.io/pause:3.10.1', 'registry.k8s.io/pause:3.10.1'],
    ['quay.io/argoproj/argocd:v3.5.3@sha256:dd3f', 'quay.io/argoproj/argocd@sha256:dd3f'],
    ['localhost:5000/web', 'localhost:5000/web:latest'],
    ['localhost/web@sha256:1', 'localhost/web@sha256:1'],
  ])('of %s is %s', (reference, name) => {
    expect(nameInContainerd(reference)).toBe(name);
  });
});
