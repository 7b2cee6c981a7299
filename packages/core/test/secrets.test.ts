import { randomBytes } from "node:crypto";
import {
  ConfigurationError,
  createFetchHandler,
  createMemoryStore,
  createPathMatcher,
  createVerifier,
  type OutcomeRecord,
  type ReceiverOptions,
  type Secrets,
} from "@mintfax-webhooks/core";
import { createReceiver } from "@mintfax-webhooks/core/adapter";
import { macOf } from "conformance/hostile";
import { counting } from "test-support/counting-store";
import { thenable } from "test-support/foreign-values";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { thrownBy } from "./support/thrown-by.ts";

const VARIABLE = "MINTFAX_WEBHOOK_SECRET";

afterEach(() => {
  vi.unstubAllEnvs();
});

function secretOf(bytes: number): string {
  return `whsec_${randomBytes(bytes).toString("base64")}`;
}

// Random, so that no message can hold a part of one by chance; the one below needs both characters replaced.
const GOOD: string = secretOf(24);
const OTHER: string = secretOf(32);
const WITH_BOTH = `whsec_${Buffer.from([0xfb, 0xff, 0xfe, ...randomBytes(21)]).toString("base64")}`;
const MATERIAL = GOOD.slice("whsec_".length);

/** Every way in which a secret can be handed over, with the name by which its message has to call it. */
const ENTRANCES: readonly (readonly [where: string, (secret: unknown) => unknown])[] = [
  ["secret", (secret) => createReceiver({ secret: secret as string })],
  ["secret", (secret) => createFetchHandler({ secret: secret as string })],
  ["secret", (secret) => createVerifier({ secret: secret as string })],
  ["secret[1]", (secret) => createReceiver({ secret: [OTHER, secret as string] })],
];

interface BadSecret {
  readonly name: string;
  readonly secret: unknown;
  readonly code?: "secret_missing" | "secret_malformed" | "secret_too_short";
  /** What the message has to say. */
  readonly says: RegExp;
}

const BAD: readonly BadSecret[] = [
  { name: "empty", secret: "", code: "secret_missing", says: /empty/ },
  { name: "in double quotes", secret: `"${GOOD}"`, says: /has quotes around it; remove them/ },
  { name: "in single quotes", secret: `'${GOOD}'`, says: /quotes/ },
  { name: "with one quote", secret: `${GOOD}"`, says: /quotes/ },
  {
    name: "with a quote inside",
    secret: `${GOOD.slice(0, 20)}"${GOOD.slice(21)}`,
    says: /holds a character outside/,
  },
  { name: "in backticks", secret: `\`${GOOD}\``, says: /quotes/ },
  { name: "of blanks", secret: " \n ", code: "secret_missing", says: /is empty/ },
  {
    name: "two joined by a comma",
    secret: `${GOOD},${OTHER}`,
    says: /twice; separate several secrets by whitespace, or put them into an array/,
  },
  {
    name: "with v1, before it",
    secret: `v1,${GOOD}`,
    says: /starts with `v1,`, which belongs to signatures; remove these three characters/,
  },
  { name: "that is a signature", secret: `v1,${randomBytes(32).toString("base64")}`, says: /v1,/ },
  { name: "without its prefix", secret: MATERIAL, says: /does not start with whsec_/ },
  { name: "with its prefix in capitals", secret: `WHSEC_${MATERIAL}`, says: /does not start with whsec_/ },
  {
    name: "that is an API key",
    secret: `mfx_live_${randomBytes(16).toString("hex")}`,
    says: /; API keys \(mfx_\.\.\.\) and bare base64 are not signing secrets/,
  },
  {
    name: "that is the variable's name and value",
    secret: `${VARIABLE}=${GOOD}`,
    says: /does not start with/,
  },
  // Threat: T02, T16
  { name: "of a prefix alone", secret: "whsec_", says: /ends after whsec_/ },
  {
    name: "of mintfax's old form",
    secret: `whsec_test_${MATERIAL}`,
    says: /starts with whsec_test_, .*old signatures; create a new endpoint/,
  },
  { name: "with the prefix twice", secret: `whsec_${GOOD}`, says: /holds whsec_ twice/ },
  {
    name: "with a character outside base64",
    secret: `${GOOD.slice(0, -1)}!`,
    says: /not base64 after whsec_: it holds a character outside A-Z a-z 0-9 \+ \/ =/,
  },
  { name: "with a letter outside ASCII", secret: `${GOOD.slice(0, -1)}é`, says: /not base64.*outside/ },
  {
    name: "with an asterisk for each character",
    secret: "whsec_********************************",
    says: /not base64/,
  },
  {
    name: "in the URL-safe alphabet",
    secret: WITH_BOTH.replaceAll("+", "-").replaceAll("/", "_"),
    says: /uses the URL-safe alphabet \(- and _\), expected \+ and \//,
  },
  {
    name: "cut by one character",
    secret: GOOD.slice(0, -1),
    says: /its length, 31, is not a multiple of 4, so a part is missing/,
  },
  { name: "without its padding", secret: OTHER.slice(0, -1), says: /not a multiple of 4/ },
  { name: "with too much padding", secret: `${GOOD}====`, says: /not base64/ },
  {
    name: "with a last character no encoder writes",
    secret: `whsec_${"A".repeat(42)}B=`,
    says: /its last characters are not what an encoder would have written, so one was mistyped or lost/,
  },
  {
    name: "of 15 bytes",
    secret: secretOf(15),
    code: "secret_too_short",
    says: /holds 15 bytes, at least 16 are needed\. It may have been cut when copied/,
  },
  // Threat: T02, T16
  { name: "of one byte", secret: secretOf(1), code: "secret_too_short", says: /holds 1 bytes, at least 16/ },
  { name: "that is null", secret: null, says: /is null, not a string/ },
  { name: "that is a number", secret: 20_260_501, says: /is a number, not a string/ },
  { name: "that is an object", secret: { secret: GOOD }, says: /is an object, not a string/ },
  { name: "that is a buffer", secret: Buffer.from(MATERIAL, "base64"), says: /is an object, not a string/ },
];

describe.each(BAD)("a secret $name", ({ secret, code = "secret_malformed", says }) => {
  // Threat: T16
  test.each(ENTRANCES)("throws as %s, naming the fault and not the secret", (where, enter) => {
    const error = thrownBy(() => enter(secret));
    expect(error).toBeInstanceOf(ConfigurationError);
    const { message, code: actual } = error as ConfigurationError;
    expect(actual).toBe(code);
    expect(message).toMatch(says);
    expect(message.startsWith(`${where} `)).toBe(true);
    expect(message.endsWith(`. ${EXPECTED}.`)).toBe(true);
    expectSilence(error, secret);
  });
});

const EXPECTED = "Expected whsec_ followed by base64, as mintfax shows it once when the endpoint is created";

/** Parts of a secret that are not secret, and may be in a message. */
const PUBLIC_PARTS = /MINTFAX_WEBHOOK_SECRET=|whsec_(?:test_)?|v1,|mfx_live_|[\s,"'`]/i;

/** Nothing that the error says, in any form in which it may be logged, holds a part of the secret. */
function expectSilence(error: unknown, secret: unknown): void {
  const { message, stack = "" } = error as Error;
  const said = [message, stack.slice(0, stack.indexOf("\n    at ")), JSON.stringify(error)].join("\n");
  const parts = typeof secret === "string" ? secret.split(PUBLIC_PARTS) : [MATERIAL];
  for (const part of parts) {
    for (let at = 0; at + 6 <= part.length; at += 1) expect(said).not.toContain(part.slice(at, at + 6));
  }
}

// Threat: T02
test("undefined in a list is not taken for the environment variable", () => {
  vi.stubEnv(VARIABLE, GOOD);
  const error = thrownBy(() => createReceiver({ secret: [undefined as unknown as string] }));
  expect(error).toMatchObject({
    code: "secret_malformed",
    message: expect.stringContaining("secret is undefined"),
  });
});

test("a secret with a blank inside: each of its halves is named", () => {
  const broken = `${GOOD.slice(0, 20)} ${GOOD.slice(20)}`;
  const error = thrownBy(() => createReceiver({ secret: broken }));
  expect(error).toMatchObject({ code: "secret_malformed" });
  expect((error as Error).message).toMatch(/^secret\[[01]\] /);
  expectSilence(error, broken);
});

test("a variable that is not set, given as the option, is not taken for another", () => {
  vi.stubEnv(VARIABLE, GOOD);
  const secret = process.env.MINTFAX_LIVE_SECERT as string;
  for (const create of [
    () => createReceiver({ secret }),
    () => createFetchHandler({ secret }),
    () => createVerifier({ secret }),
  ]) {
    expect(thrownBy(create)).toMatchObject({
      name: "ConfigurationError",
      code: "secret_missing",
      message: expect.stringMatching(/^secret is undefined; expected a value\. .*leave the option out\.$/),
    });
  }
});

// Threat: T02
test("an empty list throws", () => {
  expect(thrownBy(() => createReceiver({ secret: [] }))).toMatchObject({
    name: "ConfigurationError",
    code: "secret_missing",
    message: "secret is an empty list; expected at least one whsec_... value.",
  });
});

describe("the environment variable", () => {
  test.each([
    ["not set", undefined],
    ["empty", ""],
    ["empty", " \n"],
  ])("%s: throws, and says so", (state, value) => {
    vi.stubEnv(VARIABLE, value);
    for (const create of [() => createReceiver(), () => createFetchHandler(), () => createVerifier()]) {
      const error = thrownBy(create);
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error).toMatchObject({
        code: "secret_missing",
        message:
          `No signing secret: ${VARIABLE} is ${state} and no \`secret\` option was given. ` +
          `Set ${VARIABLE} to the whsec_... value that mintfax showed when the endpoint was created.`,
      });
    }
  });

  const forbidden = {
    get env() {
      throw new Error("forbidden in this sandbox");
    },
  };

  test.each([
    ["without variables", {}],
    ["that is undefined", undefined],
    ["that a sandbox forbids to read", forbidden],
  ])(
    "where there is none, with a process %s: throws, and tells where else to take it from",
    (_, platformsProcess) => {
      vi.stubGlobal("process", platformsProcess);
      const error = thrownBy(() => createVerifier());
      vi.unstubAllGlobals();
      expect(error).toMatchObject({
        code: "secret_missing",
        message: expect.stringMatching(
          /^No signing secret: no `secret` option was given, and this platform has no environment variables\. .*from the bindings; in Hono with mintfaxWebhooks\(\(c\) => \(\{ secret: c\.env\.MINTFAX_WEBHOOK_SECRET \}\)\)\.$/,
        ),
      });
    },
  );

  const inVariable = BAD.filter(({ secret }) => typeof secret === "string" && /^\S+$/.test(secret));

  test.each(inVariable)("holding a secret $name: throws", ({ secret, code = "secret_malformed", says }) => {
    vi.stubEnv(VARIABLE, secret as string);
    const error = thrownBy(() => createReceiver());
    expect(error).toMatchObject({ code, message: expect.stringMatching(says) });
    expect((error as Error).message.startsWith(`${VARIABLE} `)).toBe(true);
    expectSilence(error, secret);
  });

  test("says which of several is bad", () => {
    vi.stubEnv(VARIABLE, `${GOOD} ${MATERIAL}`);
    const error = thrownBy(() => createReceiver());
    expect(error).toMatchObject({ code: "secret_malformed" });
    expect((error as Error).message).toMatch(/^MINTFAX_WEBHOOK_SECRET\[1\] /);
    expectSilence(error, MATERIAL);
  });

  test.each([
    ["with a line break behind it, as files have", `${GOOD}\n`],
    ["with blanks around it", `  ${GOOD}\t`],
  ])("is taken %s", async (_, value) => {
    vi.stubEnv(VARIABLE, value);
    expect(await outcomeOf({}, GOOD)).toMatchObject({ status: 200, secretIndex: 0 });
  });

  test("is not looked at where the option is given", async () => {
    vi.stubEnv(VARIABLE, OTHER);
    expect(await outcomeOf({ secret: GOOD }, OTHER)).toMatchObject({ code: "signature_mismatch" });
  });

  test.each([
    ["NEXT_PHASE", "phase-production-build"],
    ["npm_lifecycle_event", "build"],
    ["npm_lifecycle_event", "vercel-build"],
    ["npm_lifecycle_event", "build:app"],
  ])("that is missing during a build (%s=%s) is read when a delivery comes", async (name, value) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    onTestFinished(() => log.mockRestore());
    vi.stubEnv(VARIABLE, undefined);
    vi.stubEnv(name, value);
    const { handler, handled, last } = receiving();
    const verifier = createVerifier();
    expect(log.mock.calls.join()).toContain(`${VARIABLE} is not set`);
    await handler(signedBy(GOOD));
    expect(last()).toMatchObject({ status: 503, error: { code: "secret_missing" } });
    expect(handled).toEqual([]);
    const { headers, body } = delivery(GOOD);
    expect(thrownBy(() => verifier.verify(headers, body))).toMatchObject({ code: "secret_missing" });
    vi.stubEnv(VARIABLE, GOOD);
    await handler(signedBy(GOOD));
    expect(last()).toMatchObject({ status: 200 });
    expect(await verifier.verify(headers, body)).toMatchObject({ ok: true });
    vi.stubEnv(VARIABLE, "whsec_");
    expect(thrownBy(() => createReceiver())).toMatchObject({ code: "secret_malformed" });
  });

  test.each(["start", "dev", "rebuild-and-serve", "build-server", "test"])(
    "that is missing where a server starts (npm run %s) throws",
    (script) => {
      vi.stubEnv(VARIABLE, undefined);
      vi.stubEnv("npm_lifecycle_event", script);
      expect(thrownBy(() => createFetchHandler())).toMatchObject({ code: "secret_missing" });
    },
  );

  test("that Deno does not let it read: a sentence instead of NotCapable", () => {
    class NotCapable extends Error {}
    const env = new Proxy(
      {},
      {
        get: () => {
          throw new NotCapable("Requires env access");
        },
      },
    );
    vi.stubGlobal("process", { env });
    const error = thrownBy(() => createReceiver());
    vi.unstubAllGlobals();
    expect(error).toMatchObject({
      code: "secret_missing",
      message: expect.stringContaining(`start it with --allow-env=${VARIABLE}`),
      cause: expect.any(NotCapable),
    });
  });

  test("is read once, when the receiver is set up", async () => {
    vi.stubEnv(VARIABLE, GOOD);
    const { handler, last } = receiving();
    vi.stubEnv(VARIABLE, OTHER);
    await handler(signedBy(GOOD));
    expect(last()).toMatchObject({ status: 200 });
  });
});

describe("several secrets", () => {
  const [oldest, older, newest] = [secretOf(24), secretOf(16), secretOf(64)] as const;

  test.each([
    ["in a list", (secrets: string[]) => ({ secret: secrets })],
    [
      "in one text, as a variable or a binding holds them",
      ([a, b, c]: string[]) => ({ secret: ` ${a} \t${b}\r\n${c}\n` }),
    ],
    ["in texts of a list", ([a, b, c]: string[]) => ({ secret: [`${a}\n`, `${b} ${c}`] })],
    ["from a function, in one text", ([a, b, c]: string[]) => ({ secret: async () => `${a} ${b} ${c}` })],
    [
      "in the variable, separated by a space, a tab or line breaks",
      ([a, b, c]: string[]) => {
        vi.stubEnv(VARIABLE, `${a} \t${b}\r\n${c}\n`);
        return {};
      },
    ],
  ])("%s: each matches, and the record says which", async (_, hand) => {
    const options = hand([newest, older, oldest]);
    for (const [index, secret] of [newest, older, oldest].entries()) {
      expect(await outcomeOf(options, secret)).toMatchObject({ status: 200, secretIndex: index });
    }
    expect(await outcomeOf(options, secretOf(24))).toMatchObject({
      code: "signature_mismatch",
      secretIndex: undefined,
    });
  });

  test("signed with two at once, the first of ours counts", async () => {
    const secrets = [newest, older];
    const verifier = createVerifier({ secret: secrets });
    const { headers, body } = delivery(older, newest);
    expect(await verifier.verify(headers, body)).toEqual({
      ok: true,
      id: headers["webhook-id"],
      attemptedAt: new Date(Number(headers["webhook-timestamp"]) * 1000),
      secretIndex: 0,
    });
  });

  test("signed with none of them: the verifier says so", async () => {
    const { headers, body } = delivery(oldest);
    expect(await createVerifier({ secret: [newest, older] }).verify(headers, body)).toEqual({
      ok: false,
      code: "signature_mismatch",
      message: "No signature matches.",
    });
  });

  // Threat: T16
  test("the caller's list is neither kept nor changed", async () => {
    const secrets = [newest, older];
    const { handler, last } = receiving({ secret: secrets });
    expect(secrets).toEqual([newest, older]);
    secrets.length = 0;
    await handler(signedBy(older));
    expect(last()).toMatchObject({ status: 200, secretIndex: 1 });
  });
});

describe("a resolver", () => {
  const tenants: Readonly<Record<string, string>> = { a: GOOD, b: OTHER };

  test("finds the secret by a header", async () => {
    const { handler, last } = receiving({
      secret: (incoming) => tenants[String(incoming.header("x-tenant"))] as string,
    });
    await handler(signedBy(GOOD, { "x-tenant": "a" }));
    expect(last()).toMatchObject({ status: 200, secretIndex: 0 });
    await handler(signedBy(GOOD, { "x-tenant": "b" }));
    expect(last()).toMatchObject({ status: 400, code: "signature_mismatch" });
    await handler(signedBy(OTHER, { "x-tenant": "b" }));
    expect(last()).toMatchObject({ status: 200 });
  });

  test("finds the secret by the platform, also asynchronously, also several", async () => {
    const { handler, last } = receiving({
      secret: async ({ platform }) => [OTHER, tenants[new URL(platform.url).pathname.slice(1)] as string],
    });
    await handler(signedBy(GOOD, {}, "https://clinic.example/a"));
    expect(last()).toMatchObject({ status: 200, secretIndex: 1 });
    await handler(signedBy(GOOD, {}, "https://clinic.example/b"));
    expect(last()).toMatchObject({ code: "signature_mismatch" });
  });

  const canary = "tenant-4711 is on fire";
  const failing: readonly (readonly [string, () => unknown, code?: string])[] = [
    ["throws", () => fail()],
    ["rejects", () => Promise.reject(new Error(canary))],
    ["throws something else than an error", () => fail("x")],
    ["returns undefined", () => undefined, "secret_missing"],
    ["returns null", () => null],
    ["resolves with nothing", () => Promise.resolve(), "secret_missing"],
    ["returns an empty string", () => "", "secret_missing"],
    ["returns an empty list", () => [], "secret_missing"],
    ["returns a list of nothing", () => [undefined]],
    ["returns a number", () => 7],
    ["returns a function", () => () => GOOD],
    ["returns what JSON cannot hold", () => 7n],
    ["returns a malformed secret", () => `"${GOOD}"`, "secret_malformed"],
    ["returns one good and one malformed secret", () => [GOOD, MATERIAL]],
  ];

  function fail(error: unknown = new Error(canary)): never {
    throw error;
  }

  // Threat: T02
  test.each(failing)("that %s: 503, and neither handler nor store is called", async (_, resolve, why) => {
    // Were it fallen back to, the delivery would be accepted.
    vi.stubEnv(VARIABLE, GOOD);
    const { handler, handled, calls, records } = receiving({ secret: resolve as () => Secrets });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const response = await handler(signedBy(GOOD));
      expect(response.status).toBe(503);
      const text = await response.text();
      expect(JSON.parse(text)).toMatchObject({
        outcome: "unavailable",
        code: "secret_unavailable",
        message: expect.stringContaining(
          `This server could not find its signing secret${why ? ` (${why}); see its log.` : ""}`,
        ),
      });
      for (const hidden of [canary, MATERIAL]) expect(text + JSON.stringify(records)).not.toContain(hidden);
    }
    expect(records).toMatchObject([
      { code: "secret_unavailable", status: 503 },
      { code: "secret_unavailable", status: 503 },
    ]);
    expect(records[0]?.error).toBeDefined();
    expect([handled, calls]).toEqual([[], []]);
  });

  test.each<[string, () => unknown]>([
    ["a promise that never settles", () => new Promise(() => {})],
    ["a thenable that never settles", () => thenable(() => {})],
  ])("that returns %s: 503 within seconds, no handler, and drain() ends", async (_, resolve) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const { handler, handled, calls, last } = receiving({ secret: resolve as () => Secrets });
    const answer = handler(signedBy(GOOD));
    const drained = handler.drain();
    await vi.advanceTimersByTimeAsync(5_000);
    expect((await answer).status).toBe(503);
    await drained;
    expect(last()).toMatchObject({
      code: "secret_unavailable",
      error: { message: "The function given as secret has not answered within 5000 ms." },
    });
    expect([handled, calls]).toEqual([[], []]);
  });

  test("that is slower than the deadline: 503 at the deadline, and the handler does not run", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const { handler, handled, calls, last } = receiving({
      deadlineMs: 1_000,
      secret: () => new Promise((resolve) => setTimeout(resolve, 2_000, GOOD)),
    });
    const answer = handler(signedBy(GOOD));
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await answer).status).toBe(503);
    expect(last()).toMatchObject({ code: "secret_unavailable", durationMs: 1_000 });
    await vi.advanceTimersByTimeAsync(1_000);
    expect([handled, calls]).toEqual([[], []]);
    await handler.drain();
  });

  test("that answers with a thenable is asked once", async () => {
    const then = vi.fn((resolve: (secret: never) => void) => resolve(GOOD as never));
    const { handler, last } = receiving({ secret: () => thenable(then) });
    await handler(signedBy(GOOD));
    expect(last()).toMatchObject({ status: 200 });
    expect(then).toHaveBeenCalledTimes(1);
  });

  test("is not asked about a delivery that its headers refuse", async () => {
    const resolve = vi.fn(() => GOOD);
    const { handler, last } = receiving({ secret: resolve });
    await handler(signedBy(GOOD, { "webhook-timestamp": "1" }));
    expect(last()).toMatchObject({ code: "timestamp_too_old" });
    expect(resolve).not.toHaveBeenCalled();
  });

  // Threat: T16
  test("rotates at once: the old secret is not kept", async () => {
    let current = GOOD;
    const { handler, last } = receiving({ secret: () => current });
    await handler(signedBy(GOOD));
    expect(last()).toMatchObject({ status: 200 });
    current = OTHER;
    await handler(signedBy(GOOD));
    expect(last()).toMatchObject({ code: "signature_mismatch" });
    await handler(signedBy(OTHER));
    expect(last()).toMatchObject({ status: 200 });
    current = GOOD;
    await handler(signedBy(OTHER));
    expect(last()).toMatchObject({ code: "signature_mismatch" });
  });

  test("recovers as soon as the secret can be had again", async () => {
    let down = true;
    const { handler, last } = receiving({ secret: () => (down ? fail() : GOOD) });
    await handler(signedBy(GOOD));
    expect(last()).toMatchObject({ status: 503 });
    down = false;
    await handler(signedBy(GOOD));
    expect(last()).toMatchObject({ status: 200 });
  });

  test("serves more tenants than are cached", async () => {
    const { handler, last } = receiving({ secret: (incoming) => String(incoming.header("x-secret")) });
    const many = Array.from({ length: 120 }, () => secretOf(24));
    for (const secret of [...many, ...many]) {
      await handler(signedBy(secret, { "x-secret": secret }));
      expect(last()).toMatchObject({ status: 200 });
      await handler(signedBy(GOOD, { "x-secret": secret }));
      expect(last()).toMatchObject({ code: "signature_mismatch" });
    }
  });
});

describe("other options that cannot work", () => {
  const secret = GOOD;
  const outOfBounds: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ["leaseMs", { leaseMs: 34_999 }],
    ["leaseMs", { leaseMs: 90_001 }],
    ["leaseMs", { leaseMs: Number.NaN }],
    ["leaseMs", { leaseMs: Number.POSITIVE_INFINITY }],
    ["leaseMs", { leaseMs: "45000" }],
    ["leaseMs", { deadlineMs: 1, leaseMs: 10_000 }],
    ["leaseMs", { deadlineMs: 80_000, leaseMs: 89_999 }],
    ["deadlineMs", { deadlineMs: 80_001 }],
    ["deadlineMs", { deadlineMs: 0 }],
    ["deadlineMs", { deadlineMs: -1 }],
    ["deadlineMs", { deadlineMs: Number.NaN }],
    ["deadlineMs", { deadlineMs: "25000" }],
    ["toleranceSeconds", { toleranceSeconds: 0 }],
    ["toleranceSeconds", { toleranceSeconds: -300 }],
    ["toleranceSeconds", { toleranceSeconds: Number.NaN }],
    ["toleranceSeconds", { toleranceSeconds: Number.POSITIVE_INFINITY }],
    ["toleranceSeconds", { toleranceSeconds: 86_401 }],
    ["bodyLimitBytes", { bodyLimitBytes: 0 }],
    ["bodyLimitBytes", { bodyLimitBytes: Number.NaN }],
    ["bodyLimitBytes", { bodyLimitBytes: Number.POSITIVE_INFINITY }],
    ["bodyLimitBytes", { bodyLimitBytes: "256kb" }],
    ["bodyTimeoutMs", { bodyTimeoutMs: 0 }],
    ["bodyTimeoutMs", { bodyTimeoutMs: Number.NaN }],
    // A longer timer than Node's would fire at once.
    ["bodyTimeoutMs", { bodyTimeoutMs: 2 ** 31 }],
  ];

  test.each(outOfBounds)("%s of %o throws and names the option", (name, options) => {
    const error = thrownBy(() => createReceiver({ secret, ...options }));
    const why =
      name === "leaseMs"
        ? "; the lease has to outlive the handler, so it is at least deadlineMs \\+ 10000"
        : "";
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toMatchObject({ code: "option_out_of_bounds" });
    expect((error as Error).message).toMatch(
      new RegExp(`^${name} is .*; expected a whole number from \\d+ to \\d+${why}\\.$`),
    );
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 86_401])(
    "createVerifier: toleranceSeconds of %d throws, as it does for a receiver",
    (toleranceSeconds) => {
      expect(thrownBy(() => createVerifier({ secret, toleranceSeconds }))).toMatchObject({
        name: "ConfigurationError",
        code: "option_out_of_bounds",
      });
    },
  );

  test.each([
    { leaseMs: 35_000 },
    { leaseMs: 90_000 },
    { deadlineMs: 1, leaseMs: 10_001 },
    { deadlineMs: 80_000 },
    { deadlineMs: 80_000, leaseMs: 90_000 },
    { toleranceSeconds: 1 },
    { bodyLimitBytes: 1 },
    { bodyTimeoutMs: 1 },
  ])("%o is within bounds", (options) => {
    expect(thrownBy(() => createReceiver({ secret, ...options }))).toBeUndefined();
  });

  test.each([
    [{}, 45_000],
    [{ deadlineMs: 1_000 }, 45_000],
    [{ deadlineMs: 40_000 }, 50_000],
    [{ leaseMs: 60_000 }, 60_000],
  ])("with %o the store is asked for a lease of %d ms", async (options, leaseMs) => {
    const store = createMemoryStore();
    const claim = vi.spyOn(store, "claim");
    await receiving({ secret, store, ...options }).handler(signedBy(secret));
    expect(claim).toHaveBeenCalledWith(expect.anything(), expect.any(String), leaseMs);
  });

  test.each([
    [{}, "mintfax"],
    [{ namespace: "faxes/eu" }, "faxes/eu"],
  ])("with %o the store is asked in the namespace %s", async (options, namespace) => {
    const store = createMemoryStore();
    const claim = vi.spyOn(store, "claim");
    const { handler } = receiving({ secret, store, ...options });
    await handler(signedBy(secret, { "webhook-id": "evt_1" }));
    expect(claim.mock.calls[0]?.[0]).toEqual({ namespace, id: "evt_1" });
  });

  test("a second handler of one pattern throws, on every form of a receiver", () => {
    for (const create of [() => createReceiver({ secret }), () => createFetchHandler({ secret })]) {
      for (const pattern of ["fax.failed", "fax.*", "*"] as const) {
        const webhooks: { on(pattern: "fax.failed" | "fax.*" | "*", handler: () => void): unknown } =
          create();
        webhooks.on(pattern, () => {});
        const error = thrownBy(() => webhooks.on(pattern, () => {}));
        expect(error).toBeInstanceOf(ConfigurationError);
        expect(error).toMatchObject({ code: "handler_duplicate" });
        expect((error as Error).message).toMatch(
          / was called before\. .*; call both functions from one handler\.$/,
        );
        expect((error as Error).message).toContain(`on("${pattern}")`);
      }
    }
  });

  test.each([
    "fax.recieved",
    "fax",
    "fax.",
    "FAX.FAILED",
    " fax.failed",
    "**",
    "f*",
    "",
    "__proto__",
    "constructor",
  ])("an event type that does not exist, %j, throws and lists those that do", (type) => {
    const error = thrownBy(() => createReceiver({ secret }).on(type as never, () => {}));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toMatchObject({ code: "event_type_unknown" });
    expect((error as Error).message).toBe(
      `on(${JSON.stringify(type)}): there is no such event. Expected one of fax.queued, fax.sending, fax.delivered, ` +
        "fax.failed, balance.low, balance.topup, fax.*, balance.*, *. " +
        'Types newer than this version reach "fax.*", "balance.*" and "*".',
    );
  });

  test.each([
    ["undefined", undefined],
    ["null", null],
    ["object", { handle() {} }],
    ["string", "handler"],
    ["object", Promise.resolve(() => {})],
  ])("a handler that is %s throws", (kind, handler) => {
    const error = thrownBy(() => createReceiver({ secret }).on("fax.failed", handler as never));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toMatchObject({ code: "handler_invalid" });
    expect((error as Error).message).toMatch(new RegExp(`fax\\.failed.* is ${kind}, expected a function`));
  });

  test("a handler that was refused does not take the place of a good one", () => {
    const receiver = createReceiver({ secret });
    expect(thrownBy(() => receiver.on("fax.failed", undefined as never))).toBeDefined();
    expect(thrownBy(() => receiver.on("fax.failed", () => {}))).toBeUndefined();
  });

  test("a path without its slash throws", () => {
    expect(thrownBy(() => createPathMatcher("webhooks"))).toMatchObject({
      name: "ConfigurationError",
      message: expect.stringContaining('"webhooks"'),
    });
  });
});

/** A receiver on the fetch handler that keeps what it is told. */
function receiving(options: ReceiverOptions<Request> = {}) {
  const { store, calls } = counting(createMemoryStore());
  const records: OutcomeRecord[] = [];
  const handled: unknown[] = [];
  const handler = createFetchHandler<never>({
    store,
    onOutcome: (record) => records.push(record),
    ...options,
  });
  handler.on("*", (event) => handled.push(event));
  return { handler, calls, records, handled, last: () => records.at(-1) };
}

async function outcomeOf(
  options: ReceiverOptions<Request>,
  secret: string,
): Promise<OutcomeRecord | undefined> {
  const { handler, last } = receiving(options);
  await handler(signedBy(secret));
  return last();
}

let count = 0;

/** A delivery signed with every one of the secrets. */
function delivery(...secrets: readonly string[]) {
  count += 1;
  const id = `evt_secret${count}`;
  const timestamp = String(Math.floor(Date.now() / 1000));
  const body = new Uint8Array(
    Buffer.from('{"id":"evt_1","type":"fax.failed","created":1,"data":{"object":{}}}'),
  );
  const tokens = secrets.map((secret) => `v1,${macOf(id, timestamp, body, secret)}`);
  const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": tokens.join(" ") };
  return { headers, body };
}

function signedBy(
  secret: string,
  over: Readonly<Record<string, string>> = {},
  url = "https://clinic.example/a",
): Request {
  const { headers, body } = delivery(secret);
  const id = over["webhook-id"];
  const signature = id && `v1,${macOf(id, headers["webhook-timestamp"], body, secret)}`;
  return new Request(url, {
    method: "POST",
    headers: { ...headers, ...(signature && { "webhook-signature": signature }), ...over },
    body,
  });
}

test.each([
  ["a promise of a store", Promise.resolve(createMemoryStore())],
  ["a database client", { query: () => {} }],
  ["null", null],
])("%s is not taken for a store", (_, store) => {
  expect(thrownBy(() => createReceiver({ secret: GOOD, store: store as never }))).toMatchObject({
    code: "store_invalid",
    message: expect.stringMatching(/^`store` is .*createPostgresStore\(\{ pool \}\).*await/),
  });
});
