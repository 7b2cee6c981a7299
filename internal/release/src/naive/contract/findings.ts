/** What the three commands find at a receiver. A list is empty where a command finds nothing. */
export interface Findings {
  /** The deliveries of `trigger` that were answered in a wrong way. */
  readonly trigger: readonly TriggerMode[];
  /** The runs of `simulate` in which mintfax would have given up on events. */
  readonly simulate: readonly SimulateMode[];
  /** Ids of checks of `certify` that failed, of level `must`. */
  readonly certify: readonly string[];
  /** The same, of level `should`: advice, which fails no receiver. */
  readonly advised: readonly string[];
}

/** How `trigger` is called: for one event of a type, with a tag in it, during a rotation, for what has to be refused, for copies. */
export type TriggerMode =
  | "fax.delivered"
  | "balance.low"
  | "a name beyond ASCII"
  | "rotation"
  | "--forge"
  | "--stale"
  | "--tamper"
  | "--copies";

/** How `simulate` is called: with the endpoint's secret, or with a newer one before it. */
export type SimulateMode = "faxes" | "rotation";
