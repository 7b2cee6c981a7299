import { expect, test } from "vitest";
import { inRounds, toAndFro } from "../src/stats/rounds.ts";

test("every round measures each once, and begins with another", async () => {
  const order: string[] = [];
  const found = await inRounds(["a", "b", "c"], 3, async (name, round) => {
    order.push(name);
    return `${name}${round}`;
  });
  expect(order.join("")).toBe("abcbcacab");
  expect(found.get("b")).toEqual(["b0", "b1", "b2"]);
});

test("turns go to and fro", async () => {
  const order: string[] = [];
  const found = await toAndFro(["a", "b", "c"], 2, async (name) => order.push(name));
  expect(order.join("")).toBe("abccba");
  expect(found.get("b")).toEqual([2, 5]);
});
