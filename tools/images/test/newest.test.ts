import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, writeArchive } from '../src/oci/archive';
import { text } from '../src/oci/entry';
import { layerOf } from '../src/oci/layer';
import { keepNewest, touch } from '../src/newest';
import { temporaryFolder } from './support';

describe('a cache', () => {
  it('forgets what was of no use for longest', async () => {
    await using place = await temporaryFolder();
    const { path } = place;
    for (const [age, name] of ['old.tar', 'older.tar', 'new.tar', 'oldest.json'].entries()) {
      await writeFile(join(path, name), '');
      await utimes(join(path, name), 1000 - age, 1000 - age);
    }
    await touch(join(path, 'older.tar'));
    await keepNewest(path, (name) => name.endsWith('.tar'), 2);
    expect((await readdir(path)).sort()).toEqual(['old.tar', 'older.tar', 'oldest.json']);
  });

  it('keeps three archives of an image, however often it changes, and all of another', async () => {
    await using place = await temporaryFolder();
    const { path } = place;
    const config = { Entrypoint: ['/a'], Env: [], User: '1:1', WorkingDir: '/' };
    const write = async (name: string, content: string) => {
      const image = { layers: [await layerOf([text('/a', content)], join(path, 'layers'))], config };
      return writeArchive(image, [digestOf(image)], { to: join(path, 'to'), name });
    };
    const other = await write('web-page', '0');
    const archives = [];
    for (const content of ['1', '2', '3', '4']) {
      const archive = await write('web', content);
      await utimes(archive, Number(content), Number(content)); // clocks of file systems are coarse
      archives.push(archive);
    }
    const left = await readdir(join(path, 'to'));
    expect(left.map((name) => join(path, 'to', name)).sort()).toEqual([other, ...archives.slice(1)].sort());
    expect(await write('web', '1')).toBe(archives[0]);
  });
});
