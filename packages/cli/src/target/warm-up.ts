/** Loads what `fetch` needs, so that the first time that is measured is the receiver's own. */
export async function warmUp(): Promise<void> {
  await fetch("data:,");
}
