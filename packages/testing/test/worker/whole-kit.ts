import { createFetchHandler } from "@mintfax-webhooks/core";
import {
  createManualClock,
  createTestSender,
  eventFixture,
  faxLife,
  forge,
  recordEvents,
  recordOutcomes,
  signDelivery,
} from "@mintfax-webhooks/testing";
import { SECRET } from "../support/secrets.ts";

/** Uses all of the main entry, and answers with what came of it. */
export async function useWholeKit(): Promise<Record<string, unknown>> {
  const seen = recordEvents({ failures: 1 });
  const { onOutcome, outcomes } = recordOutcomes();
  const to = createFetchHandler({ secret: SECRET, onOutcome }).on("fax.*", seen.handler);
  const clock = createManualClock();
  const sender = createTestSender({ secret: SECRET, to, clock });
  const statuses: (number | null)[][] = [];
  for (const event of faxLife({ to: "+15005550008" }).events) {
    const { attempts } = await clock.runUntil(sender.deliver(event));
    statuses.push(attempts.map(({ status }) => status));
  }
  const event = eventFixture("fax.delivered");
  await sender.send(forge(signDelivery(event, { secret: SECRET })));
  return { statuses, outcomes, types: seen.events.map(({ type }) => type) };
}

export default {
  fetch: async (): Promise<Response> => Response.json(await useWholeKit()),
};
