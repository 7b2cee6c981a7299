import type { Envelope, OpenString } from "./envelope.ts";

/** The balance of an environment, as it was when the event fired. */
export interface Balance {
  readonly environment_id: string;
  /** Cents, holds already taken off. */
  readonly available: number;
  /** Cents reserved for faxes under way. */
  readonly held: number;
  readonly currency: OpenString<"USD">;
}

/** The available balance fell through the environment's low threshold. Published by mintfax, not sent yet. */
export interface BalanceLowEvent extends Envelope<"balance.low", Balance> {}

/** Credit was added, by hand or automatically. Published by mintfax, not sent yet. */
export interface BalanceTopupEvent extends Envelope<"balance.topup", Balance> {}

/** Either of the two balance events. */
export type BalanceEvent = BalanceLowEvent | BalanceTopupEvent;
