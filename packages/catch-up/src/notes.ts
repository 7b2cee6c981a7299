import type { CatchUpNote, CatchUpNoteCode } from "./report.ts";

/** What was odd: each kind once, with its first message. */
export class Notes {
  readonly #notes = new Map<CatchUpNoteCode, CatchUpNote>();

  add(code: CatchUpNoteCode, message: string): void {
    const before = this.#notes.get(code);
    this.#notes.set(code, { code, message: before?.message ?? message, count: (before?.count ?? 0) + 1 });
  }

  list(): CatchUpNote[] {
    return [...this.#notes.values()];
  }
}
