import { type Check, found } from "./check.ts";

const GROUP = "Answers are quick, and say nothing that a stranger should know";
/** mintfax cuts an attempt off after this time (webhooks/delivery-and-retries, May 2026). */
const MINTFAX_WAITS_MS = 30_000;

/** Looked at after all others. */
export const ANSWER_CHECKS: readonly Check[] = [
  {
    id: "answers.secret",
    group: GROUP,
    title: "no answer holds the secret",
    level: "must",
    expected: "none does",
    why: "Answers are shown on dashboards and kept in logs, and strangers get them, too.",
    run: async ({ leaks }) => found(!leaks.secret, leaks.secret ? "one did" : "none did"),
  },
  {
    id: "answers.signature",
    group: GROUP,
    title: "no answer holds the signature that would have been right",
    level: "must",
    expected: "none does",
    why: "A stranger would send a forgery, read its right signature in the refusal, and send it again with that.",
    run: async ({ leaks }) => found(!leaks.signature, leaks.signature ? "one did" : "none did"),
  },
  {
    id: "answers.time",
    group: GROUP,
    title: "every accepted delivery is answered within 30 s",
    level: "must",
    expected: "within 30 s",
    why: "mintfax takes a later answer for a failure, and sends again.",
    run: async (probe) =>
      found(probe.slowestMs < MINTFAX_WAITS_MS, `the slowest took ${Math.round(probe.slowestMs)} ms`),
  },
];
