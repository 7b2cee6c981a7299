/**
 * Acts on all items, with `atOnce` of them under way at any time.
 *
 * Calls that are all started at once wait in a queue in front of the store. There they do not race, and on a busy machine they
 * wait longer than the engine waits for a store.
 *
 * @returns in the order of the items
 */
export async function mapAtOnce<Item, Result>(
  atOnce: number,
  items: readonly Item[],
  act: (item: Item, index: number) => PromiseLike<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const left = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of left) results[index] = await act(item, index);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}
