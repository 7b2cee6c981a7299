import {
  type CheckFinding,
  checkSetup,
  createFetchHandler,
  createMemoryStore,
  type LeaseStore,
  type ReceiverOptions,
} from "@mintfax-webhooks/core";
import { createReceiver } from "@mintfax-webhooks/core/adapter";
import { revoked, thenable, unreadable } from "test-support/foreign-values";
import { SECRET as PUBLISHED } from "test-support/receiving";
import { afterEach, describe, expect, test, vi } from "vitest";

const SECRET = `whsec_${Buffer.from("a secret of one endpoint").toString("base64")}`;
const OLD_SECRET = `whsec_${Buffer.from("the one before it, older").toString("base64")}`;

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const receiving = (options: ReceiverOptions<Request> = {}) =>
  createFetchHandler({ secret: SECRET, ...options }).on("fax.*", () => {});

/** Without a secret, a handler or a store that claims: it has nothing but its check. */
const storeWith = (check: unknown): LeaseStore =>
  ({ kind: "lease", check }) as Partial<LeaseStore> as LeaseStore;

const codeOf = (findings: readonly CheckFinding[], code: string) =>
  findings.find((finding) => finding.code === code);

test("a receiver that is set up well has green findings only", async () => {
  const report = await checkSetup(receiving());
  expect(report).toMatchObject({ ok: true, ready: true });
  expect(report.findings.map(({ code, ok }) => [code, ok])).toEqual([
    ["handlers", true],
    ["secret", true],
    ["deadline", true],
    ["memory_store", true],
  ]);
});

test("it claims nothing and calls nothing of a store but its check", async () => {
  const { check } = createMemoryStore();
  expect(await checkSetup(receiving({ store: storeWith(check) }))).toMatchObject({ ok: true });
});

test.each([
  ["an application", () => {}],
  ["nothing", undefined],
])("%s in place of a receiver is red, and nothing rejects", async (_, given) => {
  const { ready, findings } = await checkSetup(given as never);
  expect(ready).toBe(false);
  expect(findings).toMatchObject([
    {
      code: "options",
      level: "error",
      message: expect.stringMatching(/option_invalid.*mintfaxWebhooks\(\)/),
    },
  ]);
});

describe("handlers", () => {
  test("a receiver without any is not ready", async () => {
    const { ready, findings } = await checkSetup(createFetchHandler({ secret: SECRET }));
    expect(ready).toBe(false);
    expect(codeOf(findings, "handlers")).toEqual({
      code: "handlers",
      level: "error",
      ok: false,
      message: "There is no handler, so every event is answered with 200 and dropped.",
      fix: 'Add one: .on("fax.*", handler).',
    });
  });

  test("a receiver with one is ready", async () => {
    const { findings } = await checkSetup(receiving());
    expect(codeOf(findings, "handlers")).toMatchObject({ ok: true, message: "Handlers are registered." });
  });
});

describe("the secret", () => {
  test.each([
    ["of this library's documentation", PUBLISHED],
    ["of Standard Webhooks' specification", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"],
    ["of Standard Webhooks' samples", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    ["of documentation, in a rotation", `${SECRET} ${PUBLISHED}`],
  ])("%s is red, and the receiver stays ready", async (_, secret) => {
    const { ok, ready, findings } = await checkSetup(receiving({ secret }));
    expect({ ok, ready }).toEqual({ ok: false, ready: true });
    expect(codeOf(findings, "secret")).toMatchObject({
      ok: false,
      message: expect.stringContaining("published"),
      fix: "Use the secret of your endpoint.",
    });
    for (const text of secret.split(" ")) expect(JSON.stringify(findings)).not.toContain(text);
  });

  test("a rotation whose two secrets are the same is red", async () => {
    const { findings } = await checkSetup(receiving({ secret: [SECRET, SECRET] }));
    expect(codeOf(findings, "secret")).toMatchObject({
      ok: false,
      message: "Signing secrets: 2. Two are the same.",
      fix: "While rotating, set the new secret and the old one.",
    });
    const rotating = await checkSetup(receiving({ secret: [SECRET, OLD_SECRET] }));
    expect(codeOf(rotating.findings, "secret")).toMatchObject({ ok: true, message: "Signing secrets: 2." });
  });

  test("one that a function finds is unknown, and the function is not called", async () => {
    const secret = vi.fn(() => SECRET);
    const { ok, findings } = await checkSetup(receiving({ secret }));
    expect(ok).toBe(true);
    expect(codeOf(findings, "secret")).toMatchObject({
      ok: "unknown",
      message: "The secret is found when a delivery comes.",
    });
    expect(secret).not.toHaveBeenCalled();
  });
});

describe("the deadline", () => {
  const deadline = async (deadlineMs: number, proxyTimeoutMs?: number) =>
    codeOf(
      (await checkSetup(receiving({ deadlineMs }), proxyTimeoutMs === undefined ? {} : { proxyTimeoutMs }))
        .findings,
      "deadline",
    );

  test.each([
    ["mintfax's 30 s", undefined, 29_000],
    ["API Gateway's 29 s", 29_000, 28_000],
    ["nginx's 60 s, since mintfax hangs up first", 60_000, 29_000],
    ["a proxy's 10 s", 10_000, 9_000],
  ])("is measured against %s", async (_, proxyTimeoutMs, mostMs) => {
    expect(await deadline(mostMs, proxyTimeoutMs)).toMatchObject({ ok: true });
    expect(await deadline(mostMs + 1, proxyTimeoutMs)).toMatchObject({
      ok: false,
      fix: expect.stringContaining(`${mostMs}`),
    });
  });

  test("is measured against API Gateway's 29 s on AWS Lambda", async () => {
    vi.stubEnv("AWS_LAMBDA_FUNCTION_NAME", "faxes");
    expect(await deadline(28_001)).toMatchObject({ ok: false });
    expect(await deadline(28_000)).toMatchObject({ ok: true });
  });
});

test("the memory store is red in production, and the receiver stays ready", async () => {
  vi.stubEnv("NODE_ENV", "production");
  const { ok, ready, findings } = await checkSetup(receiving());
  expect({ ok, ready }).toEqual({ ok: false, ready: true });
  expect(codeOf(findings, "memory_store")).toMatchObject({
    ok: false,
    fix: expect.stringContaining("sqlite"),
  });
});

describe("options made of each request", () => {
  const receiver = createReceiver<{ secret?: string }>(({ secret }) => ({ secret: secret as string })).on(
    "*",
    () => {},
  );

  test("are made of the platform that checkSetup() is given", async () => {
    expect(await checkSetup(receiver, { platform: { secret: SECRET } })).toMatchObject({
      ok: true,
      ready: true,
    });
  });

  test("that lack a binding are red, and the message names it", async () => {
    const { ready, findings } = await checkSetup(receiver, { platform: {} });
    expect(ready).toBe(false);
    expect(codeOf(findings, "options")).toMatchObject({
      ok: false,
      message: expect.stringContaining("secret is undefined"),
    });
  });

  test("that cannot be made without a platform are red, and nothing rejects", async () => {
    expect(await checkSetup(receiver)).toMatchObject({ ready: false });
  });
});

describe("a store's check", () => {
  const red = { code: "store", level: "error", ok: false, message: "down" } as const;

  test("is called once for all that ask within 5 s, and then again", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const check = vi.fn(async () => [red]);
    const store = storeWith(check);
    const one = receiving({ store });
    const other = receiving({ store });
    const reports = await Promise.all(
      Array.from({ length: 100 }, (_, at) => checkSetup(at % 2 ? one : other)),
    );
    expect(reports.every(({ ready }) => !ready)).toBe(true);
    vi.advanceTimersByTime(4_999);
    await checkSetup(one);
    expect(check).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    await checkSetup(one);
    expect(check).toHaveBeenCalledTimes(2);
  });

  test("that hangs is red after 5 s", async () => {
    vi.useFakeTimers();
    const report = checkSetup(receiving({ store: storeWith(() => new Promise(() => {})) }));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await report).toMatchObject({ ready: false });
  });

  test.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("postgres://u:s3cret@h/ whsec_abcdef +15551234567");
      },
    ],
    [
      "throws what cannot be read",
      () => {
        throw revoked();
      },
    ],
    ["rejects", () => Promise.reject(new Error("postgres://u:s3cret@h/ whsec_abcdef +15551234567"))],
    ["rejects with what cannot be read", () => Promise.reject(unreadable())],
    [
      "answers with a thenable that throws",
      () =>
        thenable(() => {
          throw new Error("no");
        }),
    ],
    ["answers with nothing", () => undefined],
    ["answers with a list of junk", () => [red, 7, null]],
    ["answers with a list that cannot be read", () => revoked()],
    ["answers with a finding that cannot be read", () => [unreadable()]],
    ["answers with a finding that is neither red nor green", () => [{ ...red, ok: 1 }]],
    ["answers with a finding of an unknown level", () => [{ ...red, level: "fatal" }]],
    ["answers with a finding whose code is text", () => [{ ...red, code: "two words" }]],
    ["answers with a finding whose code is a number", () => [{ ...red, code: 7 }]],
    ["answers with a finding without a message", () => [{ ...red, message: undefined }]],
  ])("that %s is red, and nothing rejects", async (_, check) => {
    const { ready, findings } = await checkSetup(receiving({ store: storeWith(check) }));
    expect(ready).toBe(false);
    expect(codeOf(findings, "store_check")).toMatchObject({ ok: false, level: "error" });
    expect(JSON.stringify(findings)).not.toMatch(/s3cret|abcdef|5551234567/);
  });

  test.each([
    ["a number", 7],
    ["a finding whose message is a number", { ...red, message: 7 }],
  ])("that answers with %s is told that this is not a finding", async (_, answer) => {
    const { findings } = await checkSetup(receiving({ store: storeWith(() => answer) }));
    expect(codeOf(findings, "store_check")?.message).toBe(
      "The store's check() has answered with something that is not a finding.",
    );
  });

  test("may not know, and of very many findings 50 are told", async () => {
    const unknown = { ...red, ok: "unknown" };
    const { findings } = await checkSetup(receiving({ store: storeWith(() => Array(60).fill(unknown)) }));
    expect(findings.filter(({ code }) => code === "store")).toEqual(Array(50).fill(unknown));
  });

  test("may quote a secret in a finding: it is masked, and members that no finding has are dropped", async () => {
    const message = `no\nway whsec_abcdef +15551234567 ${"x".repeat(9_999)}`;
    const check = () => [{ ...red, message, fix: "redis://u:s3cret@h", secret: "s3cret" }];
    const { findings } = await checkSetup(receiving({ store: storeWith(check) }));
    expect(findings.at(-1)).toEqual({
      ...red,
      message: expect.stringMatching(/^no\\u000away whsec_\*\*\* \*\*\* x{500,600}\.\.\.$/),
      fix: "redis://***@h",
    });
  });

  test("is not there: that is unknown, and not red", async () => {
    const { ok, findings } = await checkSetup(receiving({ store: storeWith(undefined) }));
    expect(ok).toBe(true);
    expect(codeOf(findings, "store_check")).toMatchObject({
      ok: "unknown",
      message: "The store has no check().",
    });
  });
});
