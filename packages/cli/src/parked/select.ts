import type { Parked, ParkedMessage } from "@mintfax-webhooks/queue";
import { aboutOf } from "./about.ts";

/** Which messages were meant. */
export interface Selection {
  readonly messages: readonly ParkedMessage[];
  /** What is neither the key nor the event id of a parked message. */
  readonly missing: readonly string[];
}

/** More than one person can decide on, and little enough for memory. */
const MOST = 10_000;

export async function all(parked: Parked): Promise<readonly ParkedMessage[]> {
  return parked.list(MOST);
}

/** @param names keys, or ids of events; an event may have several messages */
export async function select(parked: Parked, names: readonly string[]): Promise<Selection> {
  const messages: ParkedMessage[] = [];
  const missing: string[] = [];
  let listed: readonly ParkedMessage[] | undefined;
  for (const name of new Set(names)) {
    const byKey = await parked.get(name);
    if (byKey === undefined) listed ??= await all(parked);
    const found = byKey === undefined ? listed?.filter((each) => aboutOf(each).id === name) : [byKey];
    if (found === undefined || found.length === 0) missing.push(name);
    else messages.push(...found);
  }
  return { messages, missing };
}
