import { isDelivery, isPatternOfAll, Mounting, mountPointOf } from "@mintfax-webhooks/core/adapter";
import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.restoreAllMocks();
});

const OWN = "/webhooks/mintfax";

test.each<[pathname: string, pattern: string, isDelivery: boolean, takes: boolean]>([
  [OWN, "/*", false, true],
  [`${OWN}/`, "/*", true, true],
  ["/webhooks", "/*", true, false],
  ["/api/webhooks/mintfax", "/*", true, false],
  ["/", "/*", true, false],
  // One path, given by a route.
  ["/fax", "/fax", false, true],
  ["/fax/", "/fax", false, true],
  ["/tenants/7/fax", "/tenants/:id/fax", false, true],
  [OWN, "/webhooks/:name/:more?", false, true],
  ["/fax/more", "/fax", true, false],
  ["/", "/fax", true, false],
  // A mount point: the receiver's path behind it, and itself for what has the marks of a delivery.
  ["/api/webhooks/mintfax", "/api/*", false, true],
  ["/api/v1/webhooks/mintfax", "/api/v1/*", false, true],
  ["/api/v1/webhooks/mintfax", "/api/*", false, false],
  ["/api", "/api/*", true, true],
  ["/api", "/api/*", false, false],
  ["/api/other", "/api/*", true, false],
  ["/other/webhooks", "/api/*", true, false],
  ["/hook-7/webhooks/mintfax", "/hook-*", false, true],
  ["/hook-7", "/hook-*", true, true],
  // A mount point that repeats a part of the path, or the whole.
  ["/webhooks/mintfax", "/webhooks/*", false, true],
  ["/app/webhooks/mintfax", "/app/webhooks/*", false, true],
  ["/app/webhooks/mintfax", "/app/webhooks/mintfax/*", false, true],
  ["/app/webhooks/other", "/app/webhooks/*", true, false],
])("%s under %s, a delivery: %s, taken: %s", (pathname, pattern, isDelivery, takes) => {
  expect(new Mounting(OWN).takes(pathname, pattern, isDelivery)).toBe(takes);
});

test("a root that is not the pattern of all is not a mount point of deliveries", () => {
  expect(new Mounting(OWN).takes("/", "//*", true)).toBe(false);
});

test("a delivery that went past is told once, with its path and where it would have been taken", () => {
  const printed = vi.spyOn(console, "error").mockImplementation(() => {});
  const mounting = new Mounting(OWN);
  mounting.missed("/fax\n/hook");
  mounting.missed("/other");
  expect(printed.mock.calls).toEqual([
    [
      'mintfax-webhooks: a delivery to "/fax\\n/hook" did not reach this receiver and was answered 404. ' +
        "The receiver takes deliveries to /webhooks/mintfax, from the root or from where it is mounted. Set `path`, or " +
        "mount `webhooks.handler` on a route of that path. This is reported once.",
    ],
  ]);
});

test.each([
  ["POST", "v1,abc", true],
  ["POST", "", true],
  ["POST", undefined, false],
  ["POST", null, false],
  ["GET", "v1,abc", false],
  [undefined, "v1,abc", false],
])("%s with the signature %s has the marks of a delivery: %s", (method, signature, expected) => {
  expect(isDelivery(method, signature)).toBe(expected);
});

test.each([
  ["/webhooks/mintfax", "/webhooks/mintfax", ""],
  ["/api/webhooks/mintfax", "/webhooks/mintfax", "/api"],
  ["/api/v1/", "/", "/api/v1"],
  ["/api", "/", "/api"],
  ["/api/other", "/webhooks/mintfax", ""],
])("%s with %s left to match is mounted at '%s'", (pathname, path, mountPoint) => {
  expect(mountPointOf(pathname, path)).toBe(mountPoint);
});

test("a pattern of all fits every path", () => {
  expect(isPatternOfAll(/^\/?(?=\/|$)/i)).toBe(true);
  expect(isPatternOfAll(/^\/api\/?(?=\/|$)/i)).toBe(false);
  expect(isPatternOfAll(/^\/?$/)).toBe(false);
});
