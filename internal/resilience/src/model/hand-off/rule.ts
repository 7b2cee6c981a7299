export type Rule =
  /** Answered with 2xx, while neither the engine holds the event nor a worker has processed it. */
  | "not stored"
  /** In the end, an event is neither processed nor parked. */
  | "lost event"
  /** A second effect, or a handler beside another one, that nothing in the world excuses. */
  | "double"
  /** A job was finished whose event has not been processed. */
  | "finished too early"
  /** A job was parked that the engine could have tried again. */
  | "parked too early"
  /** A timer, a job or a claim that is left over. */
  | "left over";
