import type { ReadAnswer } from "../output/answer.ts";

/** mintfax takes this answer for a success, and no code of the application has seen the event. */
export function isUnhandled({ outcome }: Pick<ReadAnswer, "outcome">): boolean {
  return outcome === "unhandled";
}

/** What to do about it. */
export function noHandlerFor(...types: readonly string[]): string {
  const [first = ""] = types;
  const pattern = types.length === 1 ? first : `${first.split(".")[0]}.*`;
  return `No handler ran: the receiver has none for ${types.join(", ")}. To add one: .on("${pattern}", ...).`;
}
