import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { mintfaxWebhooks } from "@mintfax-webhooks/express";
import express from "express";
import { expect, onTestFinished, vi } from "vitest";
import { cli, SECRET } from "./cli.ts";

const PATH = "/webhooks/mintfax";

export async function listening(server: Server, scheme = "http"): Promise<string> {
  server.listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`;
}

export function serving(listener: RequestListener): Promise<string> {
  return listening(createServer(listener));
}

interface Doctored {
  readonly codes: readonly string[];
  /** Messages and fixes. */
  readonly texts: string;
  readonly stdout: string;
}

/** `code ok` of each finding of a part, by `--json`. */
export async function doctor(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Doctored> {
  const { code, stdout, stderr } = await cli(["doctor", ...args, "--json"], { env });
  expect(stderr).toBe("");
  const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: Record<string, unknown>[] };
  expect(code).toBe(ok ? 0 : 1);
  const texts = findings.map(({ message, fix }) => `${message} ${fix}`).join("\n");
  return { codes: findings.map((finding) => `${finding.code} ${finding.ok}`), texts, stdout };
}

export function receiver(): { readonly app: express.Express; readonly handler: ReturnType<typeof vi.fn> } {
  const handler = vi.fn();
  const webhooks = mintfaxWebhooks({ secret: SECRET, onOutcome() {} }).on("*", handler);
  return { app: express().use(webhooks), handler };
}
