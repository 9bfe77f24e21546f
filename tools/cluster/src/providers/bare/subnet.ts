/** An IPv4 network, e.g. `10.213.0.4/30`. */
export interface Subnet {
  /** First address, as a number. */
  readonly base: number;
  /** Bits of the prefix. */
  readonly bits: number;
}

const sizeOf = (bits: number): number => 2 ** (32 - bits);

/** @param text an address with or without a prefix; bits behind the prefix don't count */
export function parseSubnet(text: string): Subnet {
  const [address = '', prefix = '32'] = text.split('/');
  const number = address.split('.').reduce((value, byte) => value * 256 + Number(byte), 0);
  const bits = Number(prefix);
  return { base: number - (number % sizeOf(bits)), bits };
}

/** The address at a place in the subnet; 0 is the network itself. */
export const addressIn = ({ base }: Subnet, place: number): string =>
  [24, 16, 8, 0].map((shift) => ((base + place) >>> shift) & 255).join('.');

export const formatSubnet = (subnet: Subnet): string => `${addressIn(subnet, 0)}/${subnet.bits}`;

const overlap = (a: Subnet, b: Subnet): boolean =>
  a.base < b.base + sizeOf(b.bits) && b.base < a.base + sizeOf(a.bits);

/** Private addresses that few networks use; each cluster takes four of them. */
const pool = parseSubnet('10.213.0.0/16');
const share = 30;

/**
 * A subnet of two usable addresses that meets none of those taken.
 * @param taken what the machine has an address in or a route to; the default route doesn't count
 * @param seed where to begin looking: clusters that come up at the same moment shouldn't look at the same
 */
export function freeSubnet(taken: readonly Subnet[], seed: number): Subnet {
  const count = sizeOf(pool.bits) / sizeOf(share);
  for (let step = 0; step < count; step++) {
    const candidate = { base: pool.base + ((seed + step) % count) * sizeOf(share), bits: share };
    if (!taken.some((other) => overlap(candidate, other))) return candidate;
  }
  throw new Error(`Every network in ${formatSubnet(pool)} is taken on this machine; see \`ip route\`.`);
}
