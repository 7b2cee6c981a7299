import { createSandbox, type Sandbox, type SandboxOptions } from "@mintfax-webhooks/sandbox";
import { describe, expect, onTestFinished, test } from "vitest";
import { answering } from "./support/receivers.ts";

describe("the page's server", () => {
  async function opened(
    options: SandboxOptions = {},
  ): Promise<{ sandbox: Sandbox; origin: string; cookie: string }> {
    const sandbox = await createSandbox(options);
    onTestFinished(() => sandbox.close());
    const first = await fetch(sandbox.pageUrl, { redirect: "manual" });
    const cookie = first.headers.get("set-cookie") ?? "";
    return { sandbox, origin: new URL(sandbox.url).origin, cookie };
  }

  test("takes the token once from the address, and has the browser keep it out of reach", async () => {
    const { cookie, origin } = await opened();
    expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
    const page = await fetch(`${origin}/`, { headers: { cookie: cookie.split(";")[0] ?? "" } });
    expect(page.status).toBe(200);
    const policy = page.headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
    expect(page.headers.get("cache-control")).toBe("no-store");
  });

  test.each([
    "/",
    "/page.js",
    "/page.css",
    "/page/state",
    "/page/changes",
    "/?token=wrong",
    "/page/state?token=wrong",
  ])("does not give %s to a stranger", async (path) => {
    const { origin } = await opened();
    const answer = await fetch(origin + path, { redirect: "manual" });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("set-cookie")).toBeNull();
    expect((await fetch(origin + path, { headers: { cookie: "mintfax_sandbox=wrong" } })).status).toBe(401);
  });

  test("does not take calls from a page of another origin, cookie or not", async () => {
    const { cookie, origin } = await opened();
    const call = (headers: Record<string, string>) =>
      fetch(`${origin}/page/faxes`, {
        method: "POST",
        headers: { cookie: cookie.split(";")[0] ?? "", ...headers },
        body: JSON.stringify({ to: "+15005550001" }),
      });
    expect((await call({ origin: "https://evil.example" })).status).toBe(403);
    expect((await call({ origin })).status).toBe(201);
  });

  test.each(["forged", "stale", "tampered", "copy"])(
    "keeps a %s delivery, which mintfax would not have sent, out of the API's attempts",
    async (variant) => {
      const receiver = await answering(200);
      const { cookie, origin, sandbox } = await opened({ endpoints: [{ url: receiver.url }], timeScale: 0 });
      const page = { headers: { cookie: cookie.split(";")[0] ?? "" }, method: "POST" };
      const api = { headers: { authorization: `Bearer ${sandbox.apiKey}` } };
      await fetch(`${origin}/page/events`, { ...page, body: JSON.stringify({ type: "balance.low" }) });
      const listed = async () => (await (await fetch(`${sandbox.url}/webhooks/attempts`, api)).json()).data;
      const [genuine] = await listed();
      const sent = await fetch(`${origin}/page/attempts/${genuine.id}/${variant}`, page);
      expect(sent.status).toBe(202);
      const { id } = await sent.json();
      const state = await (await fetch(`${origin}/page/state`, { headers: page.headers })).json();
      expect(state.attempts).toMatchObject([{ id, variant }, { id: genuine.id }]);
      expect(await listed()).toMatchObject([{ id: genuine.id, attempt_number: 1 }]);
      for (const [method, path] of [
        ["GET", ""],
        ["POST", "/retry"],
      ] as const) {
        const answer = await fetch(`${sandbox.url}/webhooks/attempts/${id}${path}`, { ...api, method });
        expect(answer.status).toBe(404);
      }
    },
  );

  test("refuses a call with a body that no button makes", async () => {
    const { cookie, origin } = await opened();
    const headers = { cookie: cookie.split(";")[0] ?? "" };
    const body = JSON.stringify({ url: "x".repeat(20_000) });
    const answer = await fetch(`${origin}/page/endpoints`, { method: "POST", headers, body });
    expect(answer.status).toBe(413);
  });

  test("takes the key of the API for no page, and the cookie for no API", async () => {
    const { cookie, origin, sandbox } = await opened();
    const authorization = `Bearer ${sandbox.apiKey}`;
    expect((await fetch(`${origin}/page/state`, { headers: { authorization } })).status).toBe(401);
    const headers = { cookie: cookie.split(";")[0] ?? "" };
    expect((await fetch(`${sandbox.url}/faxes`, { headers })).status).toBe(401);
  });
});
