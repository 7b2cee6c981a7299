import type { Claim, DedupKey, GroupCommitKind, Settlement } from "@mintfax-webhooks/core/store";
import { claimFrom, rowsOf, unexpected } from "./answers.ts";
import {
  type ClaimCall,
  claimTogether,
  heldTogether,
  type SettlementCall,
  settleTogether,
  type Transition,
} from "./batch-statements.ts";
import { isOutOfRange } from "./errors.ts";
import { textFrom } from "./inspect.ts";
import type { MysqlConnection } from "./pool.ts";
import { writeAlone } from "./write-alone.ts";

type Kind<Asked extends { readonly owner: string } & DedupKey, Answer> = GroupCommitKind<
  MysqlConnection,
  Asked,
  Answer
>;

export function claims(
  table: string,
  alone: (connection: MysqlConnection, call: ClaimCall) => Promise<Claim>,
  giveBack: (call: ClaimCall, answer: Claim) => void,
): Kind<ClaimCall, Claim> {
  return {
    alone,
    giveBack,
    async together(connection, firsts) {
      const claimed = await claimAll(connection, table, firsts);
      if (claimed !== undefined) return (call, first) => claimOf(claimed, call, first);
      const heldOf = await heldByKey(connection, table, firsts);
      const rest = firsts.filter((call) => heldOf(call) === undefined);
      const claimedRest = rest.length > 0 ? await claimAll(connection, table, rest) : undefined;
      return (call, first) => {
        const held = heldOf(call);
        return held === undefined ? claimedRest && claimOf(claimedRest, call, first) : refusalOf(held, call);
      };
    },
  };
}

/** @returns what each is told, or `undefined` where nothing was claimed, because one of the keys is not free */
async function claimAll(
  connection: MysqlConnection,
  table: string,
  calls: readonly ClaimCall[],
): Promise<Claim | undefined> {
  try {
    return claimFrom((await writeAlone(connection, claimTogether(table, calls))).answer);
  } catch (error) {
    if (isOutOfRange(error)) return undefined;
    throw error;
  }
}

function claimOf(claimed: Claim, call: ClaimCall, first: ClaimCall): Claim {
  return call.owner === first.owner ? claimed : { state: "pending" };
}

/** The holder's own call begins its lease anew, with a statement of its own. */
function refusalOf({ state, owner }: Held, call: ClaimCall): Claim | undefined {
  if (state === "done") return { state };
  return call.owner === owner ? undefined : { state: "pending" };
}

export function settlements(
  table: string,
  transition: Transition,
  alone: (connection: MysqlConnection, call: SettlementCall) => Promise<Settlement>,
): Kind<SettlementCall, Settlement> {
  return {
    alone,
    async together(connection, firsts) {
      const { affected } = await writeAlone(connection, settleTogether(table, firsts, transition));
      if (affected !== firsts.length) throw unexpected();
      return (call, first) =>
        call.owner === first.owner && call.fence === first.fence && call.ms === first.ms ? "ok" : undefined;
    },
  };
}

interface Held {
  readonly state: unknown;
  readonly owner: string;
}

async function heldByKey(
  connection: MysqlConnection,
  table: string,
  keys: readonly DedupKey[],
): Promise<(key: DedupKey) => Held | undefined> {
  const rows = await rowsOf(connection, heldTogether(table, keys));
  const held = new Map(
    rows.map(({ namespace, id, state, owner }) => [
      nameOf(textFrom(namespace), textFrom(id)),
      { state, owner: textFrom(owner) },
    ]),
  );
  return ({ namespace, id }) => held.get(nameOf(namespace, id));
}

/** An id has no NUL. */
function nameOf(namespace: string, id: string): string {
  return `${namespace}\0${id}`;
}
