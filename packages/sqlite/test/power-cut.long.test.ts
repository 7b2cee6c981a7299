import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { DRIVERS } from "./support/drivers.ts";
import { newFiles } from "./support/folder.ts";
import { forgottenBy } from "./support/forgotten.ts";
import { startWriter } from "./support/writers.ts";

const newFile = newFiles();

const CAN_COMPILE = ((): boolean => {
  try {
    execFileSync("cc", ["--version"], { stdio: "ignore" });
    return process.platform === "linux";
  } catch {
    return process.env.CI === "true";
  }
})();

describe.skipIf(!CAN_COMPILE)(
  "a power cut, after which the disk holds what was flushed and nothing else",
  () => {
    /** @returns what was acknowledged and then lost */
    async function cutPower(
      driver: string,
      statement = "",
    ): Promise<{ done: string[]; forgotten: string[] }> {
      const file = newFile();
      const [library, disk] = [`${file}.so`, `${file}.disk`];
      const source = fileURLToPath(new URL("support/durable.c", import.meta.url));
      execFileSync("cc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"]);
      mkdirSync(disk);
      const env = { LD_PRELOAD: library, DURABLE_FROM: file, DURABLE_TO: disk };
      const writer = startWriter([file, "cut", "100000", statement, driver], { env });
      await writer.printed(150);
      writer.child.kill("SIGKILL");
      await writer.ended;
      const done = writer.idsOf("done");
      const after = newFile();
      for (const suffix of ["", "-wal"]) {
        const flushed = join(disk, basename(file) + suffix);
        if (existsSync(flushed)) cpSync(flushed, after + suffix);
      }
      return { done, forgotten: await forgottenBy(after, done) };
    }

    test.each(Object.keys(DRIVERS))("loses nothing that was acknowledged: %s", async (driver) => {
      const { done, forgotten } = await cutPower(driver);
      expect(done.length).toBeGreaterThan(50);
      expect(forgotten).toEqual([]);
    });

    test("would lose it with synchronous = NORMAL: the test can fail", async () => {
      expect((await cutPower("node:sqlite", "PRAGMA synchronous = NORMAL")).forgotten.length).toBeGreaterThan(
        0,
      );
    });
  },
);
