import { createTestSender, eventFixture, forge, signDelivery } from "@mintfax-webhooks/testing";
import { ExampleProcess } from "test-support/example-process";
import { sendHalf } from "test-support/half-sent";
import { keepLoading, type Load } from "test-support/keep-alive-load";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";

/** Stops it while deliveries come without a pause, and returns what became of these. */
export async function stopUnderLoad(
  example: ExampleProcess,
  secret: string,
  event?: () => ReturnType<typeof eventFixture>,
): Promise<Load> {
  const load = keepLoading(example.url, secret, 32, event);
  await load.usedEach(5);
  expect(await example.stop()).toBe(0);
  await load.refused;
  expect(load.statuses.filter((status) => status !== 200)).toEqual([]);
  expect(example.lines.at(-1)).toMatchObject({ drained: true });
  return load;
}

/** What an example is like. */
export interface ExampleTraits {
  /** The script that starts it. Default `start`. */
  readonly script?: string;
  /** What a delivery is answered whose body was still arriving when the example was told to stop. Default 200. */
  readonly statusOfHalfSent?: number;
  /** What is made of deliveries that come without a pause until the end. Default `"answered"`. */
  readonly underLoad?: "answered" | "some are reset" | "does not end";
}

/**
 * The tests of an example that keeps the list of delivered faxes at `/`: what every example promises.
 *
 * @param folder below `examples/`
 */
export function testExample(
  folder: string,
  { script = "start", statusOfHalfSent = 200, underLoad = "answered" }: ExampleTraits = {},
): void {
  describe(`examples/${folder}, ${script}`, () => {
    let example: ExampleProcess;
    beforeEach(async () => {
      example = await ExampleProcess.start(folder, { MINTFAX_WEBHOOK_SECRET: SECRET }, script);
    });
    afterEach(async () => {
      await example.stop();
    });

    const sender = () => createTestSender({ secret: SECRET, to: example.url });
    const arrived = async () => (await fetch(example.origin)).json();
    /** Not those of a worker. */
    const linesOfWeb = () => example.lines.filter(({ action }) => action === undefined);

    test("takes a delivery once, however often it comes", async () => {
      const event = eventFixture("fax.delivered");
      expect((await sender().attempt(event)).status).toBe(200);
      expect((await sender().attempt(event)).status).toBe(200);
      // Where events are handed off, a worker brings them there.
      await vi.waitFor(async () => expect(await arrived()).toEqual([event.data.object.id]), {
        timeout: 30_000,
      });
      await expect
        .poll(linesOfWeb)
        .toMatchObject([
          { listening: { address: "127.0.0.1" } },
          { outcome: "processed", status: 200, id: event.id, type: "fax.delivered" },
          { outcome: "duplicate", status: 200, id: event.id },
        ]);
    });

    test("a forgery changes nothing", async () => {
      const forged = forge(signDelivery(eventFixture("fax.delivered"), { secret: SECRET }));
      expect((await sender().send(forged)).status).toBe(400);
      expect(await arrived()).toEqual([]);
      await expect
        .poll(() => linesOfWeb().slice(1))
        .toMatchObject([{ outcome: "refused", code: "signature_mismatch" }]);
    });

    test("SIGTERM lets it finish what it has begun", async () => {
      const delivery = await sendHalf(
        example.url,
        signDelivery(eventFixture("fax.delivered"), { secret: SECRET }),
      );
      const stopped = example.stop();
      await delivery.idleClosed; // it has noticed
      expect(await delivery.finish()).toBe(statusOfHalfSent);
      expect(await stopped).toBe(0);
      expect(linesOfWeb().slice(1)).toMatchObject([{ status: statusOfHalfSent }, { drained: true }]);
    });

    if (underLoad === "does not end") return;
    test("SIGTERM under 32 kept-alive connections, back to back: what was accepted is answered, and it ends", async () => {
      const { dropped } = await stopUnderLoad(example, SECRET);
      if (underLoad === "answered") expect(dropped).toEqual([]);
    });
  });
}
