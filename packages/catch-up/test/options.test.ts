import { inspect } from "node:util";
import { type CatchUpOptions, createCatchUp } from "@mintfax-webhooks/catch-up";
import { afterEach, describe, expect, test, vi } from "vitest";
import { API_KEY, ENDPOINT, environment, failedAttempt, oddApi } from "./support/api.ts";

afterEach(() => void vi.unstubAllEnvs());

function thrownBy(options: Partial<CatchUpOptions>): unknown {
  try {
    createCatchUp({ endpoint: ENDPOINT, apiKey: API_KEY, ...options });
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("the key", () => {
  test.each<[string, unknown, string, RegExp]>([
    ["an account key", "mfx_acct_1234567890abcdef", "api_key_of_account", /manages the account.*mfx_live_/],
    [
      "an account key with a line break",
      "mfx_acct_1234567890abcdef\n",
      "api_key_of_account",
      /manages the account/,
    ],
    ["a signing secret", "whsec_1234567890abcdef", "api_key_malformed", /signing secret/],
    ["with a line break", `${API_KEY}\n`, "api_key_malformed", /whitespace/],
    ["in quotes", `"${API_KEY}"`, "api_key_malformed", /quotes/],
    ["with Bearer", `Bearer ${API_KEY}`, "api_key_malformed", /begins with Bearer/],
    [
      "with a line break in it",
      "mfx_test_1234567890\nabcdef",
      "api_key_malformed",
      /form of a mintfax API key/,
    ],
    ["without its end", "mfx_test_", "api_key_malformed", /form of a mintfax API key/],
    ["empty", "", "api_key_missing", /apiKey is empty/],
    ["a number", 1234567890, "api_key_malformed", /is a number/],
  ])("%s is refused with the reason, and not repeated", (_, apiKey, code, message) => {
    const error = thrownBy({ apiKey: apiKey as string });
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(inspect(error)).not.toContain("1234567890");
  });

  test("comes from MINTFAX_API_KEY where it is not given", async () => {
    vi.stubEnv("MINTFAX_API_KEY", "");
    expect(() => createCatchUp({ endpoint: ENDPOINT })).toThrow(/There is no API key/);
    vi.stubEnv("MINTFAX_API_KEY", "mfx_acct_1234567890");
    expect(() => createCatchUp({ endpoint: ENDPOINT })).toThrow(/MINTFAX_API_KEY is an account key/);
    vi.stubEnv("MINTFAX_API_KEY", API_KEY);
    let sent: unknown;
    const { url } = await oddApi(({ request }) => {
      sent = request.headers.authorization;
      return { data: [] };
    });
    await createCatchUp({ endpoint: ENDPOINT, baseUrl: url }).run();
    expect(sent).toBe(`Bearer ${API_KEY}`);
  });

  // Threat: T22
  test("is in nothing that can be printed: the catch-up, its steps, its report, its errors", async () => {
    const answering = environment([failedAttempt(1, { error_message: API_KEY })]);
    const { catchUp, url } = await oddApi(answering, { outstanding: () => [{ id: "fax_1" }] });
    const printed = [catchUp];
    const steps: unknown[] = [];
    for await (const step of catchUp.steps()) steps.push(step);
    const leaky = createCatchUp({
      endpoint: ENDPOINT,
      apiKey: API_KEY,
      baseUrl: url,
      fetch: async (_, init) => {
        throw Object.assign(new Error(`no route for ${JSON.stringify(init.headers)}`), { config: init });
      },
      clock: { nowMs: () => Date.now(), sleep: async () => {} },
    });
    const error = await leaky.run().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "api_unavailable" });
    expect(steps.length).toBeGreaterThan(3);
    expect(inspect([printed, steps, leaky, error], { depth: 20, showHidden: true })).not.toContain(API_KEY);
  });
});

test.each<[string, Partial<CatchUpOptions>, string]>([
  ["its URL as endpoint", { endpoint: "https://clinic.example/webhooks/mintfax" }, "option_invalid"],
  ["its secret as endpoint", { endpoint: "whsec_bWludGZheC10ZXN0" }, "option_invalid"],
  ["no endpoint", { endpoint: undefined as never }, "option_invalid"],
  ["http to another machine", { baseUrl: "http://api.mintfax.example/v1" }, "option_invalid"],
  ["a password in baseUrl", { baseUrl: "https://user:password@api.mintfax.example/v1" }, "option_invalid"],
  ["another protocol", { baseUrl: "file:///etc/passwd" }, "option_invalid"],
  ["a misspelt option", { maxTrys: 3 } as never, "option_unknown"],
  ["no tries", { maxTries: 0 }, "option_out_of_bounds"],
  ["half a request", { requestsPerMinute: 0.5 }, "option_out_of_bounds"],
  ["onMissing that is not a function", { onMissing: "log" as never }, "option_invalid"],
])("%s: refused when the catch-up is made", (_, options, code) => {
  expect(thrownBy(options)).toMatchObject({ code });
});

test.each(["", "/"])("baseUrl may end in %j", async (end) => {
  const { url, requests } = await oddApi(environment([]));
  await createCatchUp({ endpoint: ENDPOINT, apiKey: API_KEY, baseUrl: url + end }).run();
  expect(requests[0]).toBe("GET /webhooks/attempts?status=failed");
});
