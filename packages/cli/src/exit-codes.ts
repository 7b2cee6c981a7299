/** What the command's exit code means; part of its public interface. */
export const EXIT = {
  /** Every delivery was accepted, or refused where that was asked for; nothing is owed or held. */
  ok: 0,
  /** A delivery was refused, lost or is missing; something is owed or held; what was named is not parked, known or changed. */
  refused: 1,
  /** The command could not run: wrong usage, no secret or key, a port in use, a queue or store out of reach. */
  usage: 2,
  /** Ended by Ctrl-C before the end: 128 plus the number of SIGINT, as in shells. */
  interrupted: 130,
} as const;
