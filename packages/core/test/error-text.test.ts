import { inFull, inWords } from "@mintfax-webhooks/core/store";
import { revoked } from "test-support/foreign-values";
import { describe, expect, test } from "vitest";

/** What a log says of a message. */
function said(message: string): string {
  return inFull(Object.assign(new Error(message), { stack: "" })).slice("Error: ".length);
}

/** What a platform says when it is given this. */
function thrownMessage(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("It threw nothing.");
}

const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";

// Threat: T15
describe("no secret that a driver or a platform quotes is said", () => {
  test.each<[string, string, string]>([
    ["a signing secret", 'secret "whsec_a+b/c=" is old', 'secret "whsec_***" is old'],
    ["an API key", "mfx_live_a1B2 and mfx_test_c3D4", "mfx_live_*** and mfx_test_***"],
    ["a password in a URL", "connect postgres://app:p4ss@db:5432/x", "connect postgres://***@db:5432/x"],
    ["one with a slash and an @ in it", "redis://:p/4@ss@cache:6379", "redis://***@cache:6379"],
    ["one with a slash and an @ behind a user", "redis://app:p/4@ss@cache:6379", "redis://***@cache:6379"],
    ["one with quotes in it", "mysql://app:p\"4's`s@db/x", "mysql://***@db/x"],
    ["one that AWS made, of 1,500 letters", `mysql://app:${"a".repeat(1_500)}@db/x`, "mysql://***@db/x"],
    ["a user without a password", "https://t0ken@vault.example/v1", "https://***@vault.example/v1"],
    [
      "a token in a query (libSQL)",
      `The URL 'libsql://x.turso.io?authToken=${JWT}&tls=1' is not in a valid format`,
      "The URL 'libsql://x.turso.io?authToken=***&tls=1' is not in a valid format",
    ],
    [
      "a signature in a query (S3, Azure)",
      "GET https://b.example/k?X-Amz-Signature=ab12&X-Amz-Date=1 and ?sv=1&sig=ab%2F=",
      "GET https://b.example/k?X-Amz-Signature=***&X-Amz-Date=1 and ?sv=1&sig=***",
    ],
    [
      "a connection string of libpq",
      "host=db user=app password=p4ss, or passwd='p4 ss' dbname=x",
      "host=db user=app password=***, or passwd=*** dbname=x",
    ],
    [
      "a connection string of Azure",
      "Endpoint=sb://x/;SharedAccessKeyName=Root;SharedAccessKey=a+b=;x=1",
      "Endpoint=sb://x/;SharedAccessKeyName=Root;SharedAccessKey=***;x=1",
    ],
    [
      "options as JSON",
      '{"user":"app","password":"p4 ss","api_key": "k","port":1}',
      '{"user":"app","password":***,"api_key": ***,"port":1}',
    ],
    ["JSON that was cut short", '{"password":"p4 s', '{"password":***'],
    ["options that were cut short", "{ password: 'p4 s", "{ password: ***"],
    ["options as Node prints them", "{ user: 'app', password: 'p4 ss' }", "{ user: 'app', password: *** }"],
    [
      "the header that AWS signs",
      "should have been 'host:x\nx-amz-security-token:IQoJb3J\n'",
      "should have been 'host:x\\u000ax-amz-security-token:***\\u000a'",
    ],
    [
      "the password that Redis 5 quotes",
      "ERR unknown command `HELLO`, with args beginning with: `3`, `AUTH`, `default`, `p4ss`, ",
      "ERR unknown command `HELLO`, with args beginning with: ***",
    ],
    [
      "the password that Redis 7 quotes",
      "ERR unknown command 'AUTH', with args beginning with: 'p4\nss' ",
      "ERR unknown command 'AUTH', with args beginning with: ***",
    ],
    ["a token in a header", "authorization: Bearer abc123, x: 1", "authorization: Bearer ***, x: 1"],
    ["a password in a header", "sent basic YXBwOnA=.", "sent basic ***"],
    ["a token of letters only", "Bearer abcdefghijklmnopqrst refused", "Bearer *** refused"],
    ["a JSON Web Token", `jwt ${JWT} expired`, "jwt *** expired"],
  ])("%s", (_, message, expected) => {
    expect(said(message)).toBe(expected);
  });

  test("what fetch() says of a token that has a line break", () => {
    const message = thrownMessage(() => new Headers({ authorization: "Bearer abc\ndef" }));
    expect(message).toContain("def");
    expect(said(message)).toBe('Headers.append: "***" is an invalid header value.');
  });

  test("what JSON.parse says of a secret that is not JSON", () => {
    for (const secret of [
      "C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
      '{"secret":C2FVs}',
      '{"secret": C2FVsBQIhrscChlQIMV}',
    ]) {
      const message = thrownMessage(() => JSON.parse(secret));
      expect(message).toContain("C2FVs");
      expect(said(message)).not.toContain("C2F");
      expect(said(message)).toMatch(/"\*\*\*"(\.\.\.)? is not valid JSON$/);
    }
  });
});

// Threat: T15
describe("no phone number is said", () => {
  test.each([
    "+12125551234",
    "+1 212 555 1234",
    "+1 (212) 555-1234",
    "+1\u00a0212\u00a0555\u00a01234",
    "+44 20 7946 0958",
    "+1.212.555.1234",
    "+1234567",
    "%2B12125551234",
    "%2b12125551234",
    "(212) 555-1234",
    "(212)555-1234",
    "212-555-1234",
    "212 555 1234",
    "212.555.1234",
    "1-212-555-1234",
    "1 (212) 555-1234",
    "1(212)555-1234",
    "2125551234",
    "441632960961234",
  ])("%s", (number) => {
    expect(said(`(fax)=(${number}) exists`)).toBe("(fax)=(***) exists");
    expect(said(`fax ${number}, to=${number}`)).toBe("fax ***, to=***");
    expect(said(number)).toBe("***");
  });
});

describe("what is harmless is said in full", () => {
  test.each([
    'password authentication failed for user "app"',
    "SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string",
    "WRONGPASS invalid username-password pair or user is disabled.",
    "The security token included in the request is expired",
    "Basic authentication failed, and a Bearer token is missing",
    "not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-west-1:1:secret:fax-AbC",
    "The signing secret starts with whsec_, the key with mfx_live_.",
    "Access denied for user 'app'@'10.0.0.7' (using password: YES)",
    "connect ECONNREFUSED 192.168.100.200:65535",
    "connect ECONNREFUSED ::1:5432",
    "getaddrinfo ENOTFOUND db.clinic.example",
    "request to https://vault.example:8200/v1/fax failed, reason: write to admin@clinic.example",
    "https://deno.land/x/pg@v0.17.0/mod.ts",
    "file:///srv/node_modules/.pnpm/pg@8.11.0/node_modules/pg/lib/client.js",
    "at 2026-11-28T05:47:30.123Z, or 2026-11-28 05:47:30",
    "550e8400-e29b-41d4-a716-446655440000",
    "The ID 1526919030474-55 is smaller than the target",
    "evt_01JAVP3ZQ4W9F1M2C3D4E5F6G7, evt_1234567890",
    "table mintfax_dedup_2024010112 in schema v1234567890",
    "-2147483648 and 999999999 and 1234567890123456 are out of range",
    "no answer within 10000 ms",
    "1.212.555.12345, 212-555-12345, 212-555-1234-5, 212-55-1234",
    "+123456",
  ])("%s", (message) => {
    expect(said(message)).toBe(message);
  });

  test("a name and a code", () => {
    const error = { name: "My.Error-2$", code: "ns:E_1.2-3", message: "no" };
    expect(inFull(error)).toBe("My.Error-2$ [ns:E_1.2-3]: no");
  });

  test("names and codes of 64 letters, and no longer ones", () => {
    const titled = (length: number) =>
      inFull({ name: "N".repeat(length), code: "C".repeat(length), message: "no" });
    expect(titled(64)).toBe(`${"N".repeat(64)} [${"C".repeat(64)}]: no`);
    expect(titled(65)).toBe("Error: no");
  });

  test("a message of 1,000 letters", () => {
    expect(said("x".repeat(1_000))).toBe("x".repeat(1_000));
    expect(said("x".repeat(1_001))).toBe(`${"x".repeat(1_000)}...`);
  });

  test("the first 4,000 letters are read, to say 1,000", () => {
    expect(said(`whsec_${"x".repeat(3_980)} is late`)).toBe("whsec_*** is late");
    expect(said(`whsec_${"x".repeat(4_000)} is late`)).toBe("whsec_***");
  });

  test("what comes after long secrets", () => {
    expect(said(`whsec_${"x".repeat(2_000)} is not base64`)).toBe("whsec_*** is not base64");
  });
});

// Threat: T15
describe("of a name and a code that anyone may choose, no sentence is said, no secret and no number", () => {
  test.each<[string, string]>([
    ["a sentence", "for Jane Doe"],
    ["a blank before it", " Doe"],
    ["a line break after it", "Doe\n"],
    ["nothing", ""],
  ])("%s", (_, text) => {
    expect(inFull({ name: text, code: text, message: "no" })).toBe("Error: no");
  });

  test("a secret and a number", () => {
    expect(inFull({ name: "whsec_abc", code: "12125551234", message: "no" })).toBe("whsec_*** [***]: no");
  });
});

describe("an error and its causes", () => {
  const why = (message: string, more: object = {}) => Object.assign(new Error(message), { stack: "" }, more);

  test("come in the order in which they lead to each other, five at the most", () => {
    const inner = why("address 1", { cause: why("cable") });
    const error = why("no connection", { cause: why("retries ended"), errors: [inner, why("address 2")] });
    expect(inFull(error)).toBe(
      "Error: no connection; caused by Error: retries ended; caused by Error: address 1; " +
        "caused by Error: address 2; caused by Error: cable",
    );
    const many = why("no connection", {
      errors: Array.from({ length: 1_000_000 }, (_, n) => `address ${n}`),
    });
    expect(inFull(many).match(/address \d/g)).toEqual(["address 0", "address 1", "address 2", "address 3"]);
  });

  test.each<[string, unknown, string]>([
    ["null", null, "a thrown null"],
    ["nothing", undefined, "a thrown undefined"],
    ["a number", 12125551234, "a thrown number"],
    ["a text", "gone", "a thrown string: gone"],
    ["an empty text", "", "a thrown string"],
    ["a function with a message", Object.assign(() => {}, { message: "no" }), "a thrown function: no"],
    ["an object without a message", { code: "E1" }, "a thrown object"],
    ["a message that is not a text", { message: { to: "+12125551234" } }, "a thrown object"],
    ["an empty message", why("", { code: "ECONNRESET" }), "Error [ECONNRESET]"],
    ["a cause of null", why("no", { cause: null }), "Error: no"],
    ["a cause that is a text", why("no", { cause: "gone" }), "Error: no; caused by a thrown string: gone"],
    ["errors that are not a list", why("no", { errors: "many" }), "Error: no"],
    ["errors that cannot be read", why("no", { errors: revoked() }), "Error: no"],
    ["a list of errors that cannot be read", why("no", { errors: revokedList() }), "Error: no"],
    ["a hint", why("no", { hint: "GRANT it" }), "Error: no Hint: GRANT it"],
    ["a hint alone", why("", { hint: "GRANT it" }), "Error: GRANT it"],
  ])("the log of %s", (_, thrown, expected) => {
    expect(inFull(thrown)).toBe(expected);
  });

  test("the place of the error is said, the places of its causes are not", () => {
    const at = (place: string) => ({ stack: `Error: no\n    at ${place}` });
    const error = why("no", { ...at("f (/srv/a.js:1:2)"), cause: why("gone", at("/srv/b.js:3:4")) });
    expect(inFull(error)).toBe("Error: no at f (/srv/a.js:1:2); caused by Error: gone");
  });

  test("a place of more than 300 letters is cut", () => {
    const error = why("no", { stack: `Error: no\n    at /${"x".repeat(400)}:1:2` });
    expect(inFull(error)).toBe(`Error: no at /${"x".repeat(296)}...`);
  });

  test("a place is looked for in the first 20,000 letters of a stack", () => {
    const stackOf = (length: number) => `${"x".repeat(length)}\n    at /srv/a.js:1:2`;
    expect(inFull(why("no", { stack: stackOf(19_900) }))).toBe("Error: no at /srv/a.js:1:2");
    expect(inFull(why("no", { stack: stackOf(20_000) }))).toBe("Error: no");
  });

  test("a message that is not a text changes no place", () => {
    const thrown = { message: 7, stack: "Error: 7\n    at /srv/7.js:1:2" };
    expect(inFull(thrown)).toBe("a thrown object at /srv/7.js:1:2");
    expect(inFull({ ...thrown, stack: "    at /srv/7.js:1:2" })).toBe("a thrown object at /srv/7.js:1:2");
  });

  test("a line of the message that looks like a place is not taken for one", () => {
    const message = "Jane Doe was\n    at 10:20:30";
    const error = why(message, { stack: `Error: ${message}\n    at /srv/a.js:1:2` });
    expect(inFull(error)).toBe(String.raw`Error: Jane Doe was\u000a    at 10:20:30 at /srv/a.js:1:2`);
  });
});

describe("in words for an operator", () => {
  const error = (message: string, cause?: unknown) => new TypeError(message, { cause });

  test.each<[string, unknown, string]>([
    ["without names and places", error("The table is missing."), "The table is missing."],
    [
      "with the causes after a colon",
      error("No answer.", error("refused", "cable")),
      "No answer: refused: cable",
    ],
    [
      "a cause that is quoted already, once",
      error("No answer: refused.", error("refused")),
      "No answer: refused.",
    ],
    [
      "a dot inside a message stays",
      error("No answer of db.example", error("gone.")),
      "No answer of db.example: gone.",
    ],
    [
      "a name and a code where there is no message",
      Object.assign(error(""), { code: "E1" }),
      "TypeError [E1]",
    ],
    ["what is not an error", null, "a thrown null"],
    ["a text", "gone", "gone"],
    ["masked", error("redis://:p4ss@cache", error("for +12125551234")), "redis://***@cache: for ***"],
  ])("%s", (_, thrown, expected) => {
    expect(inWords(thrown)).toBe(expected);
  });
});

function revokedList(): unknown {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  return proxy;
}
