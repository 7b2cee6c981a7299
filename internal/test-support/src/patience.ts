import { vi } from "vitest";
import { LIMITS } from "./vitest-settings.ts";

// By themselves they give up after 1 s, which a busy machine may take for less than what is waited for.
const { waitFor, waitUntil } = vi;
const patiently = <Options extends object>(options: number | Options | undefined) => ({
  ...LIMITS.expect.poll,
  ...(typeof options === "number" ? { timeout: options } : options),
});
vi.waitFor = (look, options) => waitFor(look, patiently(options));
vi.waitUntil = (look, options) => waitUntil(look, patiently(options));
