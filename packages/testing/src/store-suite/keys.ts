import type { DedupKey } from "@mintfax-webhooks/core/store";

/** A key in the namespace of all cases that are not about namespaces. */
export function keyOf(id: string): DedupKey {
  return { namespace: "suite", id };
}

/** Ids that a store may handle wrongly. Each is a valid `webhook-id`: visible ASCII without a dot. */
export const ODD_IDS: readonly string[] = [
  "a",
  "x".repeat(256),
  "__proto__",
  "constructor",
  "toString",
  "0",
  "-1",
  "null",
  "{}",
  "{a}b",
  ":",
  "a:b",
  "*",
  "?",
  "[a-z]",
  "\\",
  "%41",
  "%s",
  "$1",
  "'",
  '"',
  "';--",
  "`",
  "#",
  "a/../b",
  "a&b=c",
  "Ab",
  "aB",
  "~!@#$%^&*()_+-=<>,;|",
];

/** Keys that a store would confuse if it joined namespace and id without escaping. */
export const CONFUSABLE_KEYS: readonly DedupKey[] = [
  { namespace: "a", id: "b:c" },
  { namespace: "a:b", id: "c" },
  { namespace: "a", id: "b_c" },
  { namespace: "a_b", id: "c" },
  { namespace: "a", id: "bc" },
  { namespace: "ab", id: "c" },
  { namespace: "a.b", id: "c" },
  { namespace: "a%3Ab", id: "c" },
  { namespace: "", id: "c" },
  { namespace: "", id: "ab:c" },
  { namespace: "A", id: "bc" },
  { namespace: "a b", id: "c" },
  { namespace: "ä", id: "c" },
  { namespace: "__proto__", id: "c" },
  { namespace: "{a}", id: "c" },
];
