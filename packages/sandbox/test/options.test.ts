import { createSandbox, type SandboxOptions } from "@mintfax-webhooks/sandbox";
import { describe, expect, onTestFinished, test } from "vitest";

describe("createSandbox", () => {
  test.each<[string, SandboxOptions, RegExp]>([
    ["another address without a token", { host: "0.0.0.0" }, /host .* token/],
    ["a short token", { token: "short" }, /token/],
    ["a time scale below 0", { timeScale: -1 }, /timeScale/],
    ["a misspelt option", { timescale: 1 } as SandboxOptions, /Did you mean timeScale/],
    ["no attempts", { attemptsKept: 0 }, /attemptsKept is 0/],
    ["an endpoint without a web address", { endpoints: [{ url: "nowhere" }] }, /endpoints\[0\]\.url/],
    [
      "an endpoint for an event that mintfax does not have",
      { endpoints: [{ url: "http://127.0.0.1:9/", events: ["fax.sent"] }] },
      /endpoints\[0\]\.events/,
    ],
    [
      "a secret that cannot sign, without showing it",
      { endpoints: [{ url: "http://127.0.0.1:9/", secret: "whsec_!!" }] },
      /^(?!.*!!).*endpoints\[0\]\.secret/,
    ],
  ])("refuses %s", async (_, options, expected) => {
    await expect(createSandbox(options)).rejects.toThrow(expected);
  });

  test("listens elsewhere with a token, which then is what keeps strangers out", async () => {
    const sandbox = await createSandbox({ host: "0.0.0.0", token: "0123456789abcdef" });
    onTestFinished(() => sandbox.close());
    const { port } = new URL(sandbox.url);
    expect(
      (await fetch(`http://127.0.0.1:${port}/?token=0123456789abcdef`, { redirect: "manual" })).status,
    ).toBe(303);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(401);
  });
});
