import { expect, test } from "vitest";
import { boundText, figureText, verdictText } from "../src/report/format.ts";
import type { Target } from "../src/report/result.ts";

test("a figure has its range where there is one", () => {
  expect(figureText({ median: 1.234, low: 1.1, high: 1.5 }, "ratio")).toBe("1.23 (1.10 to 1.50)");
  expect(figureText({ median: 12_345.6, low: 12_345.6, high: 12_345.6 }, "per second")).toBe("12,346");
  expect(figureText(undefined, "ms")).toBe("");
});

test("a target is judged by the median, its bound included", () => {
  const target = (median: number, bound: Partial<Target>): Target => ({
    what: "this",
    unit: "ratio",
    found: { median, low: 0, high: 9 },
    ...bound,
  });
  expect(verdictText(target(1.3, { atLeast: 1.3 }))).toBe("met");
  expect(verdictText(target(1.29, { atLeast: 1.3 }))).toBe("NOT met");
  expect(verdictText(target(1.1, { atMost: 1.1 }))).toBe("met");
  expect(verdictText(target(1.11, { atMost: 1.1 }))).toBe("NOT met");
  expect(boundText(target(1, { atMost: 1.1 }))).toBe("at most 1.10");
  expect(boundText(target(1, { atLeast: 0.65 }))).toBe("at least 0.65");
});
