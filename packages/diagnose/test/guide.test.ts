import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { diagnose } from "@mintfax-webhooks/diagnose";
import { ROOT } from "test-support/root";
import { afterEach, expect, test } from "vitest";
import { CAPTURE_FORMATS, readCapture } from "../src/read/read-capture.ts";
import { SECRET, send, signed } from "./captures/send.ts";
import { closeAll, serve } from "./captures/wire.ts";

const GUIDE = readFileSync(join(ROOT, "docs/signature-refused.md"), "utf8");

afterEach(closeAll);

/** The members of a union of strings, by its declaration. */
function unionIn(file: string, name: string): string[] {
  const source = readFileSync(join(ROOT, file), "utf8");
  const declaration =
    new RegExp(`export type ${name} =(?<members>[^;]+);`).exec(source)?.groups?.members ?? "";
  return [...declaration.matchAll(/\| "(\w+)"/g)].map(([, member = ""]) => member);
}

test.each([
  ["packages/diagnose/src/finding.ts", "FindingCode"],
  ["packages/core/src/refusal.ts", "RefusalCode"],
])("the guide knows every code of %s", (file, name) => {
  const codes = unionIn(file, name);
  expect(codes.length).toBeGreaterThan(10);
  expect(codes.filter((code) => !GUIDE.includes(`\`${code}\``))).toEqual([]);
});

test.each(["docs/signature-refused.md", "packages/diagnose/README.md", "packages/cli/README.md"])(
  "%s lists the formats that are read, and no other",
  (page) => {
    const text = readFileSync(join(ROOT, page), "utf8");
    const [first = ""] = CAPTURE_FORMATS;
    const list = /(?:^- .*\n)+/m.exec(text.slice(text.indexOf(`- ${first}\n`)))?.[0] ?? "";
    expect(list).toBe(CAPTURE_FORMATS.map((format) => `- ${format}\n`).join(""));
  },
);

test("the guide's function writes a request that can be diagnosed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "diagnose-guide-"));
  const cwd = process.cwd();
  try {
    const block =
      /```ts\n(?<source>[^`]*export function saveRequest.*?)```/s.exec(GUIDE)?.groups?.source ?? "";
    const module = join(folder, "save-request.mjs");
    writeFileSync(module, stripTypeScriptTypes(block));
    const { saveRequest } = (await import(pathToFileURL(module).href)) as {
      saveRequest(req: IncomingMessage, body: Uint8Array): void;
    };
    process.chdir(folder);
    const url = await serve(async (req, res) => {
      saveRequest(req, await buffer(req));
      res.end();
    });
    await send(url, signed());
    const [file = ""] = readdirSync(folder).filter((name) => name.endsWith(".http"));
    const request = readCapture(readFileSync(join(folder, file)));
    expect(request).toMatchObject({ method: "POST", url: "/webhooks/mintfax" });
    expect(diagnose(request, SECRET).verdict).toBe("verified");
  } finally {
    process.chdir(cwd);
    rmSync(folder, { recursive: true });
  }
});
