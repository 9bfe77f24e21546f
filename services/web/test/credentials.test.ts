import { setImmediate } from 'node:timers/promises';
import { createGate } from '../src/credentials/gate';
import { networkOf } from '../src/credentials/network';
import { createPasswords, owaspCost } from '../src/credentials/passwords';

const cheap = { cost: { ln: 4, r: 8, p: 1 } };

describe('a password', () => {
  test('is stored as a hash that says how it was made, never twice the same', async () => {
    const { hash, verify } = createPasswords();
    const [one, two] = await Promise.all([hash('correct horse'), hash('correct horse')]);
    expect(one).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(two).not.toBe(one);
    expect(await verify('correct horse', one)).toBe('right');
    expect(await verify('Correct horse', one)).toBe('wrong');
  });

  test('is what RFC 7914 says of its parameters', async () => {
    // The third vector of section 12, its first half: N = 16384, r = 8, p = 1.
    const hash = Buffer.from('7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2', 'hex');
    const stored = `$scrypt$ln=14,r=8,p=1$${base64('SodiumChloride')}$${base64(hash)}`;
    expect(await createPasswords(cheap).verify('pleaseletmein', stored)).toBe('right');
  });

  test('is right however its letters were typed', async () => {
    const { hash, verify } = createPasswords(cheap);
    expect(await verify('Zu\u0308rich am See', await hash('Z\u00fcrich am See'))).toBe('right');
  });

  test('is never right where there is none', async () => {
    expect(await createPasswords(cheap).verify('', null)).toBe('wrong');
  });

  test('hashed with less than is asked for today is right and outdated', async () => {
    const old = await createPasswords(cheap).hash('correct horse');
    expect(await createPasswords({ cost: { ...cheap.cost, ln: 5 } }).verify('correct horse', old)).toBe(
      'outdated',
    );
    expect(await createPasswords({ cost: { ...cheap.cost, ln: 5 } }).verify('wrong horse', old)).toBe(
      'wrong',
    );
  });

  test('takes as long to refuse for nobody as for somebody', async () => {
    const { hash, verify } = createPasswords({ cost: { ln: 14, r: 8, p: 1 } });
    const stored = await hash('correct horse');
    const time = async (known: string | null) => {
      const begun = process.cpuUsage();
      for (let n = 0; n < 5; n += 1) await verify('wrong horse', known);
      return process.cpuUsage(begun).user;
    };
    const [somebody, nobody] = [await time(stored), await time(null)];
    expect(nobody / somebody).toBeGreaterThan(0.5);
    expect(nobody / somebody).toBeLessThan(2);
  });

  test('costs what OWASP asks for', () => {
    expect(owaspCost).toEqual({ ln: 15, r: 8, p: 3 });
  });
});

const base64 = (value: string | Buffer) => Buffer.from(value).toString('base64').replace(/=+$/, '');

describe('a flood of sign-ins', () => {
  test('runs a few at a time, has some wait, and turns the rest away', async () => {
    const gate = createGate(2, 3);
    let running = 0;
    let most = 0;
    const work = async () => {
      running += 1;
      most = Math.max(most, running);
      await setImmediate();
      running -= 1;
    };
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => gate(work)));
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(most).toBe(2);
    expect(refused).toHaveLength(5);
    expect(refused[0]).toMatchObject({ reason: { code: 'unavailable', retryAfter: 5 } });
  });

  test('leaves nothing behind, also when the work fails', async () => {
    const gate = createGate(1, 1);
    await expect(gate(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(
      Promise.all([gate(() => Promise.resolve(1)), gate(() => Promise.resolve(2))]),
    ).resolves.toEqual([1, 2]);
  });
});

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', ''],
])('the address %j is counted as %j', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
