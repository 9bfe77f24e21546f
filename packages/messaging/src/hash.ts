/** FNV-1a, 32 bits: spreads keys over lanes and partitions, the same on every machine. http://www.isthe.com/chongo/tech/comp/fnv/ */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  // FNV's low bits follow the last characters; one round of mixing lets `%` take them safely.
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) >>> 0;
}
