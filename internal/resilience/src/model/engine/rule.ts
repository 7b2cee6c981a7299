export type Rule =
  /** The store answered as no state of the machine allows. */
  | "state machine"
  /** Two runs of one event had the same fence. */
  | "same fence"
  /** A second effect, or a handler beside another one, that nothing in the world excuses. */
  | "double"
  /** An answer or a record that does not follow from what had happened. */
  | "answer"
  | "lost event"
  /** A timer, a claim or a call that is left over. */
  | "left over"
  /** No answer, or no end. */
  | "stuck";
