import { Miniflare } from "miniflare";
import { gate } from "test-support/gate";
import { serve } from "test-support/serve";
import { expect, onTestFinished, test } from "vitest";

/** What a group commit would do: the first request sends the batch for both, once the test server has answered. */
const SCRIPT = `
  const calls = [];
  async function send(DB, TEST_SERVER) {
    await fetch(TEST_SERVER);
    const answers = await DB.batch(calls.map(() => DB.prepare("SELECT 1")));
    calls.forEach((answer, index) => answer(answers[index]));
  }
  export default {
    async fetch(request, { DB, TEST_SERVER }) {
      const answered = new Promise((answer) => calls.push(answer));
      if (calls.length === 1) send(DB, TEST_SERVER);
      return Response.json((await answered).success);
    },
  };`;

// What a shared batch of createD1Store would have to avoid: docs/internals/speed-limits.md.
test("Workers ends a request whose promise another request would resolve", async () => {
  const [asked, answered] = [gate(), gate()];
  const TEST_SERVER = await serve(async (_, res) => {
    asked.open();
    await answered.promise;
    res.end();
  });
  const miniflare = new Miniflare({
    modules: true,
    script: SCRIPT,
    compatibilityDate: "2026-07-01",
    d1Databases: ["DB"],
    bindings: { TEST_SERVER },
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
  });
  onTestFinished(() => miniflare.dispose());
  const { origin } = await miniflare.unsafeGetDirectURL();

  const first = fetch(origin);
  await asked.promise;
  expect((await fetch(origin)).status).toBe(500);
  answered.open();
  expect(await (await first).json()).toBe(true);
});
