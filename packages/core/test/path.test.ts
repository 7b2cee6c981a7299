import { createPathMatcher, DEFAULT_PATH } from "@mintfax-webhooks/core";
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
  "%j is no path, and the error says why",
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
