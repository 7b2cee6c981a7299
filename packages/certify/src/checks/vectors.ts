import { isAccepted } from "@mintfax-webhooks/testing";
import { DRAFT_GROUPS } from "../vectors/groups.ts";
import { inWords } from "../wire/answer.ts";
import { type Check, found } from "./check.ts";

/** What one request and its answer can show. */
export const VECTOR_CHECKS: readonly Check[] = DRAFT_GROUPS.flatMap((group) =>
  group.drafts.map(
    ({ id, title, accepted, level, why, request }): Check => ({
      id: `${group.id}.${id}`,
      group: group.title,
      title,
      level,
      expected: accepted ? "a status of 2xx" : "a status other than 2xx",
      why,
      run: async (probe) => {
        const answer = await probe.send(request(probe.setting));
        if (accepted && isAccepted(answer)) probe.slowestMs = Math.max(probe.slowestMs, answer.durationMs);
        // A server that cuts the connection has refused, too.
        return found(isAccepted(answer) === accepted && answer.error !== "timeout", inWords(answer));
      },
    }),
  ),
);
