import { Random } from "test-support/random";
import { goodDraft, macOf, written } from "./draft.ts";
import { BYTE_MUTATIONS, MUTATIONS } from "./mutations.ts";

/** What is sent over one connection. */
export interface Case {
  readonly seed: number;
  /** The right signatures of what is sent. */
  readonly macs: readonly string[];
  /** In the pieces in which it is written. */
  readonly pieces: readonly Buffer[];
  /** What follows the last piece. `wait`: nothing; the server has to end it. */
  readonly ending: "half-close" | "wait" | "reset";
}

/**
 * One to three requests, one behind the other: good ones, changed ones, and what bytes may become of either. One may
 * come a second time.
 */
export function drawCase(seed: number): Case {
  const random = new Random(seed);
  const count = random.pick([1, 1, 1, 1, 2, 3]);
  const macs: string[] = [];
  const requests = Array.from({ length: count }, (_, at) => {
    const draft = goodDraft(random, `evt_fuzz${seed}x${at}`);
    for (let left = random.pick([0, 1, 1, 1, 2, 3]); left > 0; left--) random.pick(MUTATIONS)(draft, random);
    macs.push(macOf(draft));
    const bytes = written(draft);
    return random.chance(0.2) ? random.pick(BYTE_MUTATIONS)(bytes, random) : bytes;
  });
  if (random.chance(0.1)) requests.push(random.pick(requests));
  const bytes = Buffer.concat(requests);
  const ending = random.pick<Case["ending"]>([
    "half-close",
    "half-close",
    "half-close",
    "half-close",
    "wait",
    "reset",
  ]);
  return { seed, macs, pieces: cut(bytes, random), ending };
}

function cut(bytes: Buffer, random: Random): Buffer[] {
  const pieces: Buffer[] = [];
  const places = Array.from({ length: random.pick([0, 0, 1, 3]) }, () => random.between(0, bytes.length));
  let from = 0;
  for (const to of [...places.sort((a, b) => a - b), bytes.length]) {
    pieces.push(bytes.subarray(from, to));
    from = to;
  }
  return pieces;
}
