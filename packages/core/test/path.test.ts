import { createPathMatcher } from "@mintfax-webhooks/core";
import { DEFAULT_PATH } from "@mintfax-webhooks/core/adapter";
import { describe, expect, test } from "vitest";

test("deliveries arrive at /webhooks/mintfax by default", () => {
  expect(DEFAULT_PATH).toBe("/webhooks/mintfax");
  expect(createPathMatcher()("/webhooks/mintfax")).toBe(true);
});

describe.each([
  [
    "/hooks",
    ["/hooks", "/hooks/"],
    ["/hook", "/hooks2", "/hooks//", "/hooks/more", "hooks", "/HOOKS", "/", ""],
  ],
  ["/hooks/", ["/hooks", "/hooks/"], ["/hook", "/hooks//", "/"]],
  ["/", ["/"], ["", "/hooks"]],
])("a receiver on %s", (path, own, others) => {
  test.each(own)("takes %j", (pathname) => {
    expect(createPathMatcher(path)(pathname)).toBe(true);
  });
  test.each(others)("leaves %j to others", (pathname) => {
    expect(createPathMatcher(path)(pathname)).toBe(false);
  });
});

test.each(["hooks", "hooks/", "", "https://clinic.example/hooks"])(
  "%j is not a path, and the error says why",
  (path) => {
    expect(() => createPathMatcher(path)).toThrow(
      expect.objectContaining({
        name: "ConfigurationError",
        code: "option_out_of_bounds",
        message: `path is ${JSON.stringify(path)}; expected it to start with "/".`,
      }),
    );
  },
);

test.each([
  "/x/:id",
  "/x/*",
  "/:id/x",
  "/*/x",
  "/x y/z",
  "/x/{id}",
  "/x/(a|b)",
  "/x?y=1",
  "/x#y",
  "/x y",
  "/x\n",
  "/fäxe",
])("%j could never match, and the error says why", (path) => {
  expect(() => createPathMatcher(path)).toThrow(
    expect.objectContaining({
      name: "ConfigurationError",
      code: "option_out_of_bounds",
      message: `path is ${JSON.stringify(path)}; expected one path as it appears in a URL, without a pattern, a query or spaces. For other paths, mount \`handler\` on a route of the framework.`,
    }),
  );
});

test.each<[unknown, string]>([
  [/x/, "an object"],
  [["/x"], "a list"],
  [7, "a number"],
  [null, "null"],
])("%o is not a path", (path, kind) => {
  expect(() => createPathMatcher(path as string)).toThrow(
    expect.objectContaining({
      code: "option_out_of_bounds",
      message: `path is ${kind}; expected a string that starts with "/".`,
    }),
  );
});

test.each(["/a-b_c.d~e", "/a%20b", "/@org/fax;v=1"])("%j is a path", (path) => {
  expect(createPathMatcher(path)(path)).toBe(true);
});
