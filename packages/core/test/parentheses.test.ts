import { checkParentheses } from "@mintfax-webhooks/core/adapter";
import { SECRET } from "test-support/receiving";
import { expect, test } from "vitest";

const CALL = "app.use(mintfaxWebhooks())";

test.each<[string, unknown, readonly unknown[]]>([
  ["a Node request", { method: "POST", headers: {} }, []],
  ["a request with a method only", { method: "POST" }, []],
  ["an event with headers only", { headers: {} }, []],
  ["Hono's context", { req: {} }, []],
  ["Koa's context", { request: {} }, []],
  ["options and a function to call next", { secret: SECRET }, [() => {}]],
  ["nothing and a function to call next", undefined, [() => {}]],
])("a framework that hands over %s is told which parentheses are missing", (_, given, others) => {
  expect(() => checkParentheses(CALL, given, others)).toThrow(
    expect.objectContaining({
      code: "parentheses_missing",
      message: `The framework called, with a request, the function that creates a receiver. Its parentheses are missing: write ${CALL}.`,
    }),
  );
});

test.each<[string, unknown]>([
  ["options", { secret: SECRET }],
  ["a function that makes options", () => ({ secret: SECRET })],
  ["nothing", undefined],
  ["null, which has an error of its own", null],
])("an application that hands over %s may go on", (_, given) => {
  expect(() => checkParentheses(CALL, given, [])).not.toThrow();
});
