/**
 * Acts `count` times, with `atOnce` of them under way at any time.
 *
 * Copies of one event are sent like this: what is poured out in one go waits in a queue in front of the store, where it
 * races with nobody, and on a busy machine for longer than anybody waits for a store.
 */
export async function actAtOnce(
  atOnce: number,
  count: number,
  act: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await act(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
