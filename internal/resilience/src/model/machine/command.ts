import type { Forgetting, LeaseStore } from "@mintfax-webhooks/core";
import type { Claim, DedupKey, Holder, Settlement } from "@mintfax-webhooks/core/store";

/** One call of a lease store. */
export type Command =
  | { readonly do: "claim"; readonly owner: string; readonly leaseMs: number }
  | { readonly do: "renew"; readonly holder: Holder; readonly leaseMs: number }
  | { readonly do: "complete"; readonly holder: Holder }
  | { readonly do: "release"; readonly holder: Holder }
  | { readonly do: "forget" };

export type Reply = Claim | Settlement | Forgetting;

export function carryOut(store: LeaseStore, key: DedupKey, command: Command): Reply | PromiseLike<Reply> {
  switch (command.do) {
    case "claim":
      return store.claim(key, command.owner, command.leaseMs);
    case "renew":
      return store.renew(key, command.holder, command.leaseMs);
    case "complete":
      return store.complete(key, command.holder);
    case "release":
      return store.release(key, command.holder);
    case "forget":
      return store.forget(key);
  }
}

export function tell(command: Command): string {
  switch (command.do) {
    case "claim":
      return `claim by ${command.owner} for ${command.leaseMs / 1_000} s`;
    case "forget":
      return "forget";
    default:
      return `${command.do} by ${command.holder.owner} with fence ${command.holder.fence}`;
  }
}
