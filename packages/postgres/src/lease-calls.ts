import type { Claim, Settlement } from "@mintfax-webhooks/core/store";
import { claimFrom, settlementFrom } from "./answers.ts";
import { type Call, type Kind, nameOf } from "./group-commit.ts";
import { runInOwnTransaction } from "./own-transaction.ts";
import type { Row, Statement } from "./statement.ts";

/** A claim, as the values of its statement. */
export interface ClaimCall extends Call {
  readonly leaseMs: string;
}

interface SettlementCall extends Call {
  readonly fence: string;
}

/** A renewal, as the values of its statement. */
export interface RenewalCall extends SettlementCall {
  readonly leaseMs: string;
}

/** A completion or a release, as the values of its statement. */
export interface EndingCall extends SettlementCall {
  readonly retentionMs: string;
}

/** @param together is given an array for each hole */
export function claims(
  alone: Statement<keyof ClaimCall>,
  together: Statement<keyof ClaimCall>,
  giveBack: (call: ClaimCall, answer: Claim) => void,
): Kind<ClaimCall, Claim> {
  return {
    giveBack,
    alone: async (client, call) => claimFrom(await runInOwnTransaction(client, alone, call)),
    async together(client, firsts) {
      const rows = await runInOwnTransaction(client, together, arraysOf(firsts));
      const rowOf = new Map(rows.map((row) => [nameOf(row), row]));
      return (call, first) => {
        const row = rowOf.get(nameOf(first));
        return row && claimOfBatch(row, call, first);
      };
    },
  };
}

function claimOfBatch(row: Row, call: ClaimCall, first: ClaimCall): Claim | undefined {
  const claim = claimFrom([row]);
  const holder = claim.state === "claimed" ? first.owner : row.holder;
  if (claim.state === "done" || call.owner === first.owner) return claim;
  // The holder's own call is answered with its fence, which this statement did not ask for.
  return call.owner === holder ? undefined : { state: "pending" };
}

/** @param together is given an array for each hole, and returns the keys of the calls that counted */
export function settlements<Asked extends SettlementCall>(
  alone: Statement<keyof Asked & string>,
  together: Statement<keyof Asked & string>,
): Kind<Asked, Settlement> {
  return {
    alone: async (client, call) => settlementFrom(await runInOwnTransaction(client, alone, call as never)),
    async together(client, firsts) {
      const rows = await runInOwnTransaction(client, together, arraysOf(firsts) as never);
      const counted = new Set(rows.map(nameOf));
      return (call, first) =>
        call.owner === first.owner && call.fence === first.fence && counted.has(nameOf(first))
          ? "ok"
          : undefined;
    },
  };
}

/** As literals of PostgreSQL's arrays, which reach the server as they are through every driver. */
function arraysOf<Asked extends Call>(calls: readonly Asked[]): Record<keyof Asked & string, string> {
  const names = Object.keys(calls[0] ?? {}) as (keyof Asked & string)[];
  return Object.fromEntries(
    names.map((name) => [name, `{${calls.map((call) => quoted(String(call[name]))).join()}}`]),
  ) as Record<keyof Asked & string, string>;
}

function quoted(text: string): string {
  return `"${/["\\]/.test(text) ? text.replace(/["\\]/g, "\\$&") : text}"`;
}
