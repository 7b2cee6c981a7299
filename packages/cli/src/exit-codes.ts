/** What the command's exit code means; part of its public interface. */
export const EXIT = {
  /** Everything was accepted, or refused where a refusal was asked for. */
  ok: 0,
  /** Something was refused or lost. */
  refused: 1,
  /** It could not be done: wrong usage, no secret, a port that is taken. */
  usage: 2,
  /** Ended by Ctrl-C before it was done: 128 and SIGINT's number, as shells have it. */
  interrupted: 130,
} as const;
