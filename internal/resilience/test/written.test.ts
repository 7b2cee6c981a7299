import { Mounting } from "@mintfax-webhooks/core/adapter";
import { expect, test, vi } from "vitest";
import { faultsInWritten } from "../src/fuzz/written.ts";

/** What a receiver writes about a delivery that passed it. */
function missOf(pathname: string): string {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  new Mounting().missed(pathname);
  const line = String(log.mock.lastCall?.[0]);
  log.mockRestore();
  return line;
}

test("each receiver's one line about a miss is right, for any path", () => {
  const misses = ["/", "/%zz", `/${"x".repeat(9_000)}`, '/"\u0007\n\u{1f4e0}"'].map(missOf);
  expect(faultsInWritten(`${misses.join("\n")}\n`, misses.length)).toEqual([]);
  expect(faultsInWritten(`${misses.join("\n")}\n`, misses.length - 1)).toHaveLength(1);
});

test.each([
  "Error: oh",
  `${missOf("/")} And more.`,
  ` ${missOf("/")}`,
  missOf("/").replace("404", "500"),
  missOf("/").replace("/webhooks/mintfax", "/elsewhere"),
])("%.40s is not", (line) => {
  expect(faultsInWritten(`${missOf("/")}\n${line}\n`, 3)).toEqual([`the servers wrote: ${line}`]);
});
