import { HAS_MARIADB } from "test-support/mariadb-server";
import { runSize } from "test-support/run-size";
import { describe, expect, test } from "vitest";
import { PLANTS } from "../src/model/engine/plants.ts";
import { model, NO_ENGINE, NO_HAND_OFF, NO_STORES, TIMEOUT_MS } from "./support/model.ts";

const INTERLEAVINGS = runSize(2_000, 100_000);
/** Of the walks that the model takes on each store, in percent. */
const WALKS_PERCENT = runSize(3, 100);

test(
  `${INTERLEAVINGS} interleavings of the engine: no counterexample`,
  async () => {
    const { code, output } = await model(
      "--interleavings",
      String(INTERLEAVINGS),
      ...NO_HAND_OFF,
      ...NO_STORES,
    );
    console.log(output);
    expect(output).toContain(`engine: ${INTERLEAVINGS.toLocaleString("en")} interleavings`);
    expect(code, output).toBe(0);
  },
  TIMEOUT_MS,
);

test(
  "every store: no state of the machine is missing to explain an answer",
  async () => {
    const { code, output } = await model(
      ...NO_ENGINE,
      ...NO_HAND_OFF,
      "--stores",
      String(WALKS_PERCENT / 100),
    );
    console.log(output);
    const names = [
      "memory",
      "Postgres, lease",
      "Postgres, same transaction",
      ...(HAS_MARIADB ? ["MySQL, lease", "MySQL, same transaction"] : []),
      "SQLite",
      "Durable Object",
      "D1",
    ];
    for (const name of names) {
      expect(output).toMatch(new RegExp(`^${name}: .* 0 counterexamples`, "m"));
    }
    expect(code, output).toBe(0);
  },
  TIMEOUT_MS,
);

describe("a bug put into the store is found", () => {
  test.each(Object.keys(PLANTS))(
    "%s",
    async (plant) => {
      const { code, output } = await model("--plant", plant, "--seed", "1", "--interleavings", "30000");
      expect(code, output).toBe(1);
      expect(output, "by the engine").toMatch(/^broken: /m);
      expect(output, "by walking the store").toContain("memory: no state of the machine explains");
      expect(output).toContain(`--plant ${plant}`);
    },
    TIMEOUT_MS,
  );

  // Not only because the store's answers are compared with the machine's: what comes of it is noticed as well.
  test.each([
    ["drop-fence", "double"],
    ["remember-before-work", "answer"],
    ["fence-stands-still", "same fence"],
  ])(
    "%s shows from outside, as: %s",
    async (plant, rule) => {
      const only = ["--rule", rule, "--stores", "0"];
      const { output } = await model("--plant", plant, "--seed", "1", "--interleavings", "30000", ...only);
      expect(output).toContain(`broken: ${rule}:`);
    },
    TIMEOUT_MS,
  );
});
