/** What the servers write on their standard error because a stranger's request ends as a 404. */
const MISS =
  /^mintfax-webhooks: a delivery to "\P{Cc}{1,210} did not reach this receiver and was answered 404\. The receiver takes deliveries to \/webhooks\/mintfax, from the root or from where it is mounted\. Set `path`, or mount `webhooks\.handler` on a route of that path\. This is reported once\.$/u;

/**
 * What is wrong with what the servers wrote: a stranger who can make a server write can fill its disk, and choose what
 * is in its log. The one line of a receiver about a delivery that went past it is right.
 *
 * @param receivers how many there are that can miss one
 */
export function faultsInWritten(text: string, receivers: number): string[] {
  let missesLeft = receivers;
  return text
    .split("\n")
    .filter((line) => {
      if (line === "") return false;
      if (MISS.test(line)) missesLeft -= 1;
      return !MISS.test(line) || missesLeft < 0;
    })
    .map((line) => `the servers wrote: ${line.slice(0, 2_000)}`);
}
