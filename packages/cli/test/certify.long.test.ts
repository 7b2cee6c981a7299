import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cli, emptyDirectory } from "./support/cli.ts";
import { deadUrl, serve, serveAlways, serveReceiver } from "./support/server.ts";

test("certify passes a receiver of ours, and says what it could not see", async () => {
  const { url } = await serveReceiver();
  const { code, stdout, stderr } = await cli(["certify", "--to", url]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).not.toMatch(/^[✗!]/mu);
  expect(stdout).toMatch(/^✓ \d+ of \d+ behaviours, 0 missing, 0 advised \(!\), 7 not seen/mu);
});

test("certify fails a server that accepts everything, as text, JSON and JUnit", async () => {
  const url = await serveAlways(200);
  const file = join(emptyDirectory(), "out.xml");
  const { code, stdout } = await cli(["certify", "--to", url, "--json", "--junit", file]);
  expect(code).toBe(1);
  const { passed, results } = JSON.parse(stdout) as {
    passed: boolean;
    results: { id: string; verdict: string }[];
  };
  expect(passed).toBe(false);
  expect(results).toContainEqual(expect.objectContaining({ id: "forged.other_key", verdict: "fail" }));
  const xml = readFileSync(file, "utf8");
  expect(xml).toContain('classname="forged.other_key"');
  expect(xml.match(/<failure /g)?.length).toBe(
    results.filter((result) => result.verdict === "fail" && JSON.stringify(result).includes('"must"')).length,
  );
});

test("certify exits with 2 where no server listens", async () => {
  const { code, stderr } = await cli(["certify", "--to", await deadUrl()]);
  expect(code).toBe(2);
  expect(stderr).toContain("ECONNREFUSED. No server listens on port");
});

test("certify --timeout ends where the first request is not answered, and takes times only", async () => {
  const url = await serve(() => {});
  const { code, stderr } = await cli(["certify", "--to", url, "--timeout", "200ms"]);
  expect(code).toBe(2);
  expect(stderr).toContain("timeout");
  const refused = await cli(["certify", "--to", url, "--timeout", "2h"]);
  expect({ code: refused.code, stderr: refused.stderr }).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("expected a time such as 500ms, 5s or 1m"),
  });
});
