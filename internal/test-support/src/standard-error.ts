import { vi } from "vitest";

/** The lines on standard error while `work` runs. */
export async function linesOnStandardError(work: () => unknown): Promise<unknown[]> {
  const error = vi.spyOn(console, "error").mockImplementation(() => {});
  try {
    await work();
    return error.mock.calls.map(([line]) => line);
  } finally {
    error.mockRestore();
  }
}
