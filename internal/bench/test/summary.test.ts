import { expect, test } from "vitest";
import { figureOf, percentiles, ratioOf } from "../src/stats/summary.ts";

test("a median is the middle one, or between the two in the middle; the range goes from end to end", () => {
  expect(figureOf([3, 1, 2])).toEqual({ median: 2, low: 1, high: 3 });
  expect(figureOf([10, 9, 1, 2])).toEqual({ median: 5.5, low: 1, high: 10 });
  expect(figureOf([7])).toEqual({ median: 7, low: 7, high: 7 });
});

test("values are compared as numbers, and stay in the order of their rounds", () => {
  const rounds = [100, 9, 20];
  expect(figureOf(rounds).median).toBe(20);
  expect(rounds).toEqual([100, 9, 20]);
});

test("there is no figure of nothing, nor of what is no number", () => {
  expect(() => figureOf([])).toThrow(RangeError);
  expect(() => figureOf([1, Number.NaN])).toThrow(RangeError);
});

test("ratios are taken round by round: a round in which everything was slow changes nothing", () => {
  expect(ratioOf([200, 20, 210], [100, 10, 100])).toEqual({ median: 2, low: 2, high: 2.1 });
  expect(() => ratioOf([1, 2], [1])).toThrow(RangeError);
});

test("a percentile is a value that occurred, the smallest that so many do not exceed", () => {
  const hundred = Float64Array.from({ length: 100 }, (_, n) => 100 - n);
  expect(percentiles(hundred, [0.5, 0.99, 1, 0])).toEqual([50, 99, 100, 1]);
  expect(percentiles(Float64Array.of(4, 2), [0.5, 0.51])).toEqual([2, 4]);
  expect(() => percentiles(new Float64Array(), [0.5])).toThrow(RangeError);
});
