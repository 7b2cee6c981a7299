/**
 * Measures each of `names` once a round: A B C, then B C A, so that none always runs first or after the same one.
 *
 * @returns by name, what each round gave
 */
export async function inRounds<Name extends string, Measured>(
  names: readonly Name[],
  rounds: number,
  measure: (name: Name, round: number) => Promise<Measured> | Measured,
): Promise<Map<Name, Measured[]>> {
  const found = new Map<Name, Measured[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(turn + round) % names.length] as Name;
      found.get(name)?.push(await measure(name, round));
    }
  }
  return found;
}

/**
 * Measures each of `names` in `turns` short turns: A B C, C B A, ..., so that each has each before it as often as behind it. What slows
 * the machine down for a second slows neighbours.
 *
 * @returns by name, what each turn gave
 */
export async function toAndFro<Name extends string, Measured>(
  names: readonly Name[],
  turns: number,
  measure: (name: Name) => Promise<Measured>,
): Promise<Map<Name, Measured[]>> {
  const found = new Map<Name, Measured[]>(names.map((name) => [name, []]));
  for (let turn = 0; turn < turns; turn += 1) {
    for (const name of turn % 2 === 0 ? names : names.toReversed())
      found.get(name)?.push(await measure(name));
  }
  return found;
}
