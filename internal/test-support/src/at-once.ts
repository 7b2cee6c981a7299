/**
 * Acts `count` times, with `atOnce` of them under way at any time.
 *
 * Copies of one event are sent like this. If they were all sent in one go, they would wait in a queue in front of the
 * store and race with nothing; on a busy machine they would wait for longer than the store's limit.
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
