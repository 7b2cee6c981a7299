/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
export type Random = () => number;

/** @param name tells apart what is drawn from one seed */
export function randomFrom(seed: number, name: string): Random {
  let state = seed;
  for (const char of name) state = Math.imul(state ^ char.charCodeAt(0), 0x9e3779b1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` different whole numbers from 0 to `below`. */
export function pick(random: Random, count: number, below: number): Set<number> {
  const picked = new Set<number>();
  while (picked.size < count) picked.add(Math.floor(random() * below));
  return picked;
}
