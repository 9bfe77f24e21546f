import { chmod, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { executable, folder, link, text, type Entry } from '../src/oci/entry';
import { layerOf, writeTar } from '../src/oci/layer';
import { readTar, temporaryFolder } from './support';

const entries: readonly Entry[] = [
  text('/etc/passwd', 'root:x:0:0::/root:/sbin/nologin\n'),
  link('/bin/sh', 'busybox'),
  text('/app/main.js', 'run()'),
  folder('/tmp', 0o1777),
];

describe('a layer', () => {
  it('is the same bytes in whatever order its files were told', async () => {
    await using place = await temporaryFolder();
    const first = await writeTar(entries, join(place.path, 'a.tar'));
    const second = await writeTar(entries.toReversed(), join(place.path, 'b.tar'));
    expect(second).toEqual(first);
    expect(await readFile(join(place.path, 'b.tar'))).toEqual(await readFile(join(place.path, 'a.tar')));
  });

  it('is the same bytes whatever time and rights its sources have on this machine', async () => {
    await using place = await temporaryFolder();
    const program = join(place.path, 'program');
    const layer = () => writeTar([executable('/bin/program', program)], join(place.path, 'layer.tar'));
    await writeFile(program, 'machine code', { mode: 0o600 });
    const before = await layer();
    await chmod(program, 0o777);
    await utimes(program, 1, 1);
    expect(await layer()).toEqual(before);
  });

  it('has the folders above its files, belongs to root, and is of no time', async () => {
    await using place = await temporaryFolder();
    const file = join(place.path, 'layer.tar');
    await writeTar([...entries, folder('/data', 0o700, { uid: 999, gid: 1000 })], file);
    const written = (await readTar(file)).map(
      ({ name, type, mode, uid, gid, linkname }) =>
        `${type} ${mode.toString(8)} ${uid}:${gid} ${name}${linkname ? ` -> ${linkname}` : ''}`,
    );
    expect(written).toEqual([
      'directory 755 0:0 app',
      'file 644 0:0 app/main.js',
      'directory 755 0:0 bin',
      'symlink 777 0:0 bin/sh -> busybox',
      'directory 700 999:1000 data',
      'directory 755 0:0 etc',
      'file 644 0:0 etc/passwd',
      'directory 1777 0:0 tmp',
    ]);
    expect((await readTar(file)).every(({ mtime }) => mtime.getTime() === 0)).toBe(true);
  });

  it('takes a file that two of its parts bring, if they agree', async () => {
    await using place = await temporaryFolder();
    const file = join(place.path, 'layer.tar');
    await writeTar([text('/etc/hosts', 'a'), text('/etc/hosts', 'a')], file);
    expect((await readTar(file)).map(({ name }) => name)).toEqual(['etc', 'etc/hosts']);
    await expect(writeTar([text('/etc/hosts', 'a'), text('/etc/hosts', 'b')], file)).rejects.toThrow(
      'two different things shall be at /etc/hosts',
    );
  });

  it.each(['etc/hosts', '/etc/../root', '/etc/', '/'])('refuses %s as a path', async (path) => {
    await using place = await temporaryFolder();
    await expect(writeTar([text(path, '')], join(place.path, 'layer.tar'))).rejects.toThrow(
      'no path in an image',
    );
  });

  it('that can’t be written leaves nothing behind that looks like one', async () => {
    await using place = await temporaryFolder();
    const missing = [executable('/bin/program', join(place.path, 'nowhere'))];
    await expect(layerOf(missing, join(place.path, 'cache'))).rejects.toThrow('ENOENT');
  });

  it('is written once, and again when a file of this machine changed', async () => {
    await using place = await temporaryFolder();
    const program = join(place.path, 'program');
    const layer = () => layerOf([executable('/bin/program', program)], join(place.path, 'cache'));
    await writeFile(program, 'one');
    const first = await layer();
    expect(await layer()).toEqual(first);
    await writeFile(program, 'another');
    expect((await layer()).digest).not.toBe(first.digest);
  });
});
