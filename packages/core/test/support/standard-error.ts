import { afterEach, beforeEach, vi } from "vitest";

/** Keeps standard error quiet in every test of a file. @returns the lines that the test under way has written to it */
export function standardErrorLines(): readonly string[] {
  const lines: string[] = [];
  beforeEach(() => {
    lines.length = 0;
    vi.spyOn(console, "error").mockImplementation((line) => lines.push(String(line)));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });
  return lines;
}
