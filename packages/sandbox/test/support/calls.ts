import { createSandbox, type Sandbox, type SandboxOptions } from "@mintfax-webhooks/sandbox";
import { onTestFinished } from "vitest";
import { answerFaults } from "./contract.ts";

/** An answer of the API: JSON, or undefined where there is no body. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at members of many kinds of answers
  readonly body: any;
}

/** A sandbox, and calls to it. Each answer is held against the OpenAPI document. */
export interface Calls {
  readonly sandbox: Sandbox;
  get(path: string): Promise<Answered>;
  post(path: string, json?: unknown): Promise<Answered>;
  send(
    members: Readonly<Record<string, string | readonly string[]>>,
    headers?: HeadersInit,
  ): Promise<Answered>;
  call(method: string, path: string, init?: RequestInit): Promise<Answered>;
}

/** It is closed when the test ends. */
export async function openSandbox(options: SandboxOptions = {}): Promise<Calls> {
  const sandbox = await createSandbox({ timeScale: 0, rateLimitPerMinute: 100_000, ...options });
  onTestFinished(() => sandbox.close());
  const call = async (method: string, path: string, init: RequestInit = {}): Promise<Answered> => {
    const headers = new Headers(init.headers);
    if (!headers.has("authorization")) headers.set("authorization", `Bearer ${sandbox.apiKey}`);
    const response = await fetch(sandbox.url + path, { ...init, method, headers });
    const text = await response.text();
    const body = text === "" ? undefined : JSON.parse(text);
    const answered = { status: response.status, headers: response.headers, body };
    const faults = answerFaults(method, path, answered);
    if (faults !== undefined) throw new Error(`${method} ${path} answered ${response.status}: ${faults}`);
    return answered;
  };
  return {
    sandbox,
    call,
    get: (path) => call("GET", path),
    post: (path, json) =>
      call("POST", path, {
        headers: { "content-type": "application/json" },
        ...(json !== undefined && { body: JSON.stringify(json) }),
      }),
    send(members, headers = {}) {
      const body = new FormData();
      body.set("file", new File(["%PDF-1.7"], "referral.pdf"));
      for (const [name, value] of Object.entries(members)) {
        if (name === "file" && value === "") body.delete("file");
        else for (const part of [value].flat()) body.append(name, part);
      }
      return call("POST", "/faxes", { body, headers });
    },
  };
}
