import type { Colours } from "../output/colours.ts";
import { oneLine, wrap } from "../output/text.ts";
import { ageOf, minuteOf } from "../output/time.ts";
import { holderText } from "./holder.ts";
import { namespaceText } from "./namespaces.ts";
import { type ClaimView, isLeaseOver } from "./view.ts";

const LABEL_WIDTH = 9;

/** What a store knows of an event, for people. */
export function statusText(
  view: ClaimView,
  storeName: string,
  { columns, colours: { bold, dim } }: { readonly columns: number; readonly colours: Colours },
): string {
  const place = `in ${oneLine(storeName)}; namespace ${oneLine(namespaceText(view.namespace ?? ""))}`;
  const facts = factsOf(view).map(([label, text]) => {
    const lines = wrap(text, LABEL_WIDTH + 4, columns).trimStart();
    return `  ${dim(label.padEnd(LABEL_WIDTH))}  ${lines}`;
  });
  return [
    `${view.id}  ${bold(view.state)}`,
    dim(wrap(place, 0, columns)),
    ...(facts.length === 0 ? [] : ["", ...facts]),
    "",
    wrap(meaningOf(view), 0, columns),
    "",
  ].join("\n");
}

function factsOf(view: ClaimView): (readonly [label: string, text: string])[] {
  const { state, holder, claimedAt, claimedMsAgo, until, leftMs } = view;
  const facts: (readonly [string, string])[] = [];
  if (holder !== undefined) {
    const started = holder.startedAt === undefined ? "" : `, started ${minuteOf(holder.startedAt)} UTC`;
    facts.push(["held by", holderText(holder) + started]);
  }
  if (claimedAt !== undefined && claimedMsAgo !== undefined) {
    facts.push([
      state === "pending" ? "since" : "claimed",
      `${minuteOf(claimedAt)} UTC, ${agoText(claimedMsAgo)}`,
    ]);
  }
  if (until !== undefined && leftMs !== undefined) {
    const lease =
      leftMs > 0 ? `ends in ${ageOf(leftMs / 1000)}, unless it is renewed` : `ran out ${agoText(-leftMs)}`;
    const kept = `until ${minuteOf(until)} UTC, ${ageOf(Math.max(0, leftMs) / 1000)} from now`;
    facts.push(state === "pending" ? ["lease", lease] : ["known", kept]);
  }
  return facts;
}

export function agoText(ms: number): string {
  return `${ageOf(ms / 1000)} ago`;
}

function meaningOf(view: ClaimView): string {
  switch (view.state) {
    case "absent":
      return (
        "The store knows nothing of it. It has not been delivered, was refused, has no handler, failed, or is past its retention. " +
        "Or the receiver has another namespace, table, prefix or server."
      );
    case "released":
      return "Its last handler failed, or it was released or forgotten. The next delivery runs a handler.";
    case "done":
      return "It was processed. A copy is answered with 200, duplicate, until the store forgets it.";
    case "pending":
      if (view.until === undefined) {
        return "A transaction is at work on it. Nothing of it is committed. It is free once the transaction ends.";
      }
      return isLeaseOver(view)
        ? "Its process died, stood still or lost the store. The next delivery runs a handler."
        : "A handler is at work on it, or its process died less than a lease ago. Copies are answered with 409.";
  }
}
