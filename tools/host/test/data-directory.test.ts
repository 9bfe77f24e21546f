import { isAbsolute } from 'node:path';
import { dataDirectoryOf, defaultDataDirectory, type Person } from '../src/data-directory';

const ada: Person = { platform: 'linux', isRoot: false, home: '/home/ada', xdgDataHome: undefined };

it.each<[string, Person, string]>([
  ['on Linux', ada, '/home/ada/.local/share/almanac'],
  ['where XDG_DATA_HOME says', { ...ada, xdgDataHome: '/data' }, '/data/almanac'],
  ['not in a relative XDG_DATA_HOME', { ...ada, xdgDataHome: 'data' }, '/home/ada/.local/share/almanac'],
  ['not in an empty XDG_DATA_HOME', { ...ada, xdgDataHome: '' }, '/home/ada/.local/share/almanac'],
  ['by root', { ...ada, isRoot: true, xdgDataHome: '/data' }, '/var/lib/almanac'],
  ['on macOS', { ...ada, platform: 'darwin' }, '/home/ada/Library/Application Support/Almanac'],
  ['on Windows', { ...ada, platform: 'win32' }, '/home/ada/AppData/Local/Almanac'],
])('keeps data %s', (_, person, directory) => {
  expect(dataDirectoryOf(person)).toBe(directory);
});

it('knows where to keep data on this machine', () => {
  expect(isAbsolute(defaultDataDirectory())).toBe(true);
});
