import { createTelemetry } from "@mintfax-webhooks/opentelemetry";
import { eventFixture, forge, signDelivery } from "@mintfax-webhooks/testing";
import { revoked } from "test-support/foreign-values";
import { attempt, receiving, SECRET } from "test-support/receiving";
import { expect, test, vi } from "vitest";
import type { Exported } from "../exported.ts";
import { MARK, personalError, personalEvent } from "../marked.ts";

export function testWhatIsKeptOut(exported: Exported): void {
  // Threat: T15
  test("nothing personal is exported", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const { webhooks } = receiving({ telemetry: createTelemetry() });
    class PatientError extends Error {}
    const thrown = [
      personalError(),
      new PatientError(MARK),
      MARK,
      { message: MARK, name: MARK },
      Object.assign(Object.create({ constructor: { name: `${MARK} as a class` } }), {}),
      Object.create(null, { message: { value: MARK } }),
      revoked(),
    ];
    for (const error of thrown) {
      const work = receiving({ telemetry: createTelemetry() }).webhooks;
      work.on("fax.*", (_, { waitUntil }) => {
        waitUntil(Promise.reject(error));
        throw error;
      });
      expect((await work(attempt(personalEvent()))).status).toBe(500);
      await work.drain();
    }
    webhooks.on("*", () => {});
    await webhooks(attempt(personalEvent()));
    // A type that this version does not know may be anything.
    await webhooks(attempt({ ...personalEvent(), type: `fax.${MARK}` } as never));
    // Strangers choose every header, the method and the path.
    const { headers, body } = signDelivery(personalEvent(), { secret: SECRET, id: MARK, requestId: MARK });
    const to = `https://clinic.example/${MARK}?q=${MARK}`;
    const sent = [
      new Request(to, { method: "POST", headers: { ...headers, "webhook-id": `${MARK}2` }, body }),
      new Request(to, { method: "POST", headers: { ...headers, "webhook-signature": `v1,${MARK}` }, body }),
      new Request(to, { method: "POST", headers: { ...headers, "content-encoding": MARK }, body }),
      new Request(to, {
        method: "POST",
        headers: { ...headers, "user-agent": MARK, "x-tag": MARK },
        body: "{}",
      }),
      new Request(to, { method: MARK.toUpperCase(), headers }),
    ];
    for (const request of sent) expect((await webhooks(request)).ok).toBe(false);

    const everything = JSON.stringify([
      exported.spans().map(({ name, attributes, status, events, links }) => ({
        name,
        attributes,
        status,
        events,
        links,
      })),
      await exported.metrics(),
      log.mock.calls,
    ]);
    expect(exported.spans()).toHaveLength(thrown.length + 2 + sent.length);
    expect(everything.toLowerCase()).not.toContain(MARK);
    expect(everything).not.toContain("+1555");
    expect(everything).toContain("PatientError");
    const exceptions = exported.spans().map(({ attributes }) => attributes["exception.type"]);
    expect(exceptions.slice(0, thrown.length)).toEqual([
      "RangeError",
      "PatientError",
      "string",
      "Object",
      "_OTHER",
      "_OTHER",
      "_OTHER",
    ]);
  });

  test("the number of series does not grow with ids, new types, forgeries or thrown classes", async () => {
    const { webhooks } = receiving({ telemetry: createTelemetry() });
    webhooks.on("fax.*", ({ type }) => {
      if (type.endsWith("throws")) throw new (class extends Error {})();
    });
    const round = async (n: number): Promise<number> => {
      const event = eventFixture("fax.delivered");
      await webhooks(attempt(event));
      await webhooks(attempt({ ...eventFixture("fax.delivered"), type: `fax.new${n}` } as never));
      await webhooks(attempt({ ...eventFixture("fax.delivered"), type: `fax.${n}throws` } as never));
      const { headers, body } = forge(signDelivery(event, { secret: SECRET, id: `evt_${n}` }));
      await webhooks(new Request(`https://clinic.example/${n}`, { method: "POST", headers, body }));
      return (await exported.metrics()).reduce((sum, { dataPoints }) => sum + dataPoints.length, 0);
    };
    const first = await round(0);
    expect(first).toBeGreaterThan(0);
    for (let n = 1; n < 20; n += 1) expect(await round(n)).toBe(first);
    const destination = (name: string, outcome: string) => ({
      "messaging.destination.name": name,
      "mintfax.webhook.outcome": outcome,
    });
    expect(await exported.points("mintfax.webhook.deliveries")).toMatchObject([
      { value: 20, attributes: destination("fax.delivered", "processed") },
      { value: 20, attributes: destination("other", "processed") },
      { value: 20, attributes: destination("other", "failed") },
      { value: 20, attributes: { "mintfax.webhook.code": "signature_mismatch" } },
    ]);
  });
}
