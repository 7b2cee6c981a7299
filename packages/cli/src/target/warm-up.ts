/** Loads what `fetch` needs, so that the first measured time is the receiver's own. */
export async function warmUp(): Promise<void> {
  await fetch("data:,");
}
