import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { digestOf, writeArchive, type ImageConfig } from '../src/oci/archive';
import { text } from '../src/oci/entry';
import { layerOf } from '../src/oci/layer';
import { readTar, temporaryFolder } from './support';

const config: ImageConfig = {
  Entrypoint: ['/program'],
  Env: ['A=1'],
  User: '65532:65532',
  WorkingDir: '/',
};

const imageIn = async (folder: string, content = 'run()', rest: Partial<ImageConfig> = {}) => ({
  layers: [await layerOf([text('/program', content)], join(folder, 'layers'))],
  config: { ...config, ...rest },
});

interface Manifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string; readonly size: number }[];
}

describe('an archive', () => {
  it('is an OCI layout in which every blob has the digest that it is named by', async () => {
    await using place = await temporaryFolder();
    const image = await imageIn(place.path);
    const archive = await writeArchive(image, ['example/a@sha256:1'], { to: place.path, name: 'a' });
    const files = new Map((await readTar(archive)).map(({ name, content }) => [name, content]));
    const json = (name: string): unknown => JSON.parse(files.get(name)!.toString());

    expect(json('oci-layout')).toEqual({ imageLayoutVersion: '1.0.0' });
    const blobs = [...files].filter(([name]) => name.startsWith('blobs/'));
    for (const [name, content] of blobs)
      expect(name).toBe(`blobs/sha256/${createHash('sha256').update(content).digest('hex')}`);

    const { manifests } = json('index.json') as { manifests: { digest: string; annotations: unknown }[] };
    expect(manifests).toHaveLength(1);
    expect(manifests[0]).toMatchObject({
      digest: digestOf(image),
      annotations: { 'io.containerd.image.name': 'example/a@sha256:1' },
    });
    const blob = (digest: string) => json(`blobs/${digest.replace(':', '/')}`);
    const manifest = blob(digestOf(image)) as Manifest;
    expect(blobs).toHaveLength(3);
    expect(blob(manifest.config.digest)).toMatchObject({
      os: 'linux',
      config,
      rootfs: { diff_ids: manifest.layers.map(({ digest }) => digest) },
    });
  });

  it('is written once, whoever asks', async () => {
    await using one = await temporaryFolder();
    await using two = await temporaryFolder();
    expect(digestOf(await imageIn(one.path))).toBe(digestOf(await imageIn(two.path)));
  });

  it('has another digest when a file or a setting changed', async () => {
    await using place = await temporaryFolder();
    const digests = [
      digestOf(await imageIn(place.path)),
      digestOf(await imageIn(place.path, 'run(1)')),
      digestOf(await imageIn(place.path, 'run()', { User: '0:0' })),
    ];
    expect(new Set(digests).size).toBe(3);
  });
});
