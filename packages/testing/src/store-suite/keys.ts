import type { DedupKey } from "@mintfax-webhooks/core/store";

/** A key in the namespace that every case works in, unless it is about namespaces. */
export function keyOf(id: string): DedupKey {
  return { namespace: "suite", id };
}

/** Ids that a store may trip over. All of them can be a `webhook-id`: visible ASCII without a dot. */
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

/** Pairs that a store would confuse if it simply put namespace and id together. */
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
