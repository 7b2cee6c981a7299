import { eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import { receiving } from "test-support/receiving";
import { afterAll, expect, test, vi } from "vitest";

// Only the calls show whether a key was kept: the answers are the same either way.
const made = vi.spyOn(globalThis, "atob");

afterAll(() => {
  made.mockRestore();
});

const secretOf = (tenant: number): string =>
  `whsec_${Buffer.from(`the secret of tenant ${String(tenant).padStart(4, "0")}`).toString("base64")}`;

/** A receiver of many tenants, whose request names the one that it is for. */
function ofTenants(): (tenant: number) => Promise<Response> {
  let current = 0;
  const { webhooks } = receiving({ secret: () => secretOf(current) });
  webhooks.on("*", () => {});
  return async (tenant) => {
    current = tenant;
    const { headers, body } = signDelivery(eventFixture("fax.delivered"), { secret: secretOf(tenant) });
    return await webhooks(
      new Request("https://clinic.example/webhooks/mintfax", { method: "POST", headers, body }),
    );
  };
}

test("the keys of the 100 tenants whose deliveries came last are kept, and no more", async () => {
  const deliverTo = ofTenants();
  made.mockClear();
  for (let tenant = 0; tenant < 100; tenant += 1) expect((await deliverTo(tenant)).status).toBe(200);
  // One that is kept makes no room: the oldest stays.
  await deliverTo(99);
  await deliverTo(0);
  expect(made).toHaveBeenCalledTimes(100);
  await deliverTo(100);
  await deliverTo(0);
  expect(made).toHaveBeenCalledTimes(101);
  await deliverTo(1);
  expect(made).toHaveBeenCalledTimes(102);
});
