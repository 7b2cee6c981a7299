import assert from "node:assert/strict";
import { exchange } from "../../hostile/raw-http.ts";
import { eventThat, expectAnswer, signed } from "../peer.ts";
import type { AdapterCase } from "../target.ts";
import { adapterCase } from "./case.ts";

const PATH = "/webhooks/mintfax";
const PROCESSED = { outcome: "processed" };

/** What outlives an answer, and the end of a process. */
export const LIFECYCLE_CASES: readonly AdapterCase[] = [
  adapterCase("drain", "drain() waits for deliveries in flight", async (peer, name) => {
    const event = eventThat(name, "wait");
    const answer = peer.deliver(event);
    await peer.happened(`started ${event.id}`);
    const drained = peer.drain(PATH);
    await peer.happened(`draining ${PATH}`);
    await peer.open(event.id);
    await Promise.all([drained, expectAnswer(answer, 200, { ...PROCESSED, id: event.id })]);
    await expectOrder(peer, [`draining ${PATH}`, `ended ${event.id}`, `drained ${PATH}`]);
  }),

  adapterCase("hang-up", "the sender hangs up: the handler runs to its end", async (peer, name, origin) => {
    const event = eventThat(name, "wait");
    const { headers, body } = signed(event);
    const lines = Object.entries({ host: "clinic.example", ...headers, "content-length": body.length });
    const head = lines.map(([field, value]) => `${field}: ${value}\r\n`).join("");
    const request = Buffer.concat([Buffer.from(`POST ${PATH} HTTP/1.1\r\n${head}\r\n`), body]);
    const steps = [request, "wait until the server has the headers"] as const;
    await exchange(
      Number(new URL(origin).port),
      { steps, ending: "reset" },
      peer.happened(`started ${event.id}`),
    );
    await peer.open(event.id);
    await peer.happened(`outcome processed ${event.id}`);
    await expectAnswer(peer.deliver(event), 200, { outcome: "duplicate", id: event.id });
  }),

  adapterCase(
    "wait-until",
    "waitUntil() outlives the answer, and drain() waits for it",
    async (peer, name) => {
      const event = eventThat(name, "wait in the background");
      await expectAnswer(peer.deliver(event, "/roomy"), 200, { ...PROCESSED, id: event.id });
      const drained = peer.drain("/roomy");
      await peer.happened("draining /roomy");
      await peer.open(event.id);
      await drained;
      await expectOrder(peer, ["draining /roomy", `afterwards ${event.id}`, "drained /roomy"]);
    },
  ),
];

async function expectOrder(peer: { journal(): Promise<readonly string[]> }, starts: string[]): Promise<void> {
  const journal = await peer.journal();
  const places = starts.map((start) => journal.findLastIndex((line) => line.startsWith(start)));
  assert.ok(
    places.every((place, index) => place > (places[index - 1] ?? -1)),
    `expected ${starts.join(", then ")}; found them at ${places}`,
  );
}
