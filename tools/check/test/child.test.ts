import { run } from '../src/child';

const cwd = __dirname;
const node = (code: string, options = {}) => run(process.execPath, ['-e', code], { cwd, ...options });

test('what a program says on either stream is kept, and shown as it comes', async () => {
  const seen: string[] = [];
  const finished = await node('console.log(1); console.error(2)', {
    onLine: (line: string) => seen.push(line),
  });
  expect(finished.code).toBe(0);
  expect(finished.output.split('\n').sort()).toEqual(['1', '2']);
  expect(seen.sort()).toEqual(['1', '2']);
});

test('the exit code of a program is its verdict', async () => {
  expect(await node('process.exit(3)')).toEqual({ code: 3, output: '', hung: false });
});

test('a program that says it hangs is ended, along with what it started, and has failed', async () => {
  const child = `require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e3)'], { stdio: 'inherit' })`;
  const { code, hung } = await node(`${child}; console.log('did not exit')`, { hangs: /did not exit/ });
  expect({ code, hung }).toEqual({ code: 1, hung: true });
});

test('a program that isn’t there has failed', async () => {
  const { code, output } = await run('no-such-program', [], { cwd });
  expect(code).toBe(127);
  expect(output).toContain('no-such-program could not be started');
});
