import { type AttemptsPage, openAttemptsPage } from "@mintfax-webhooks/sandbox/attempts-page";
import { expect, onTestFinished, test } from "vitest";

interface Shown {
  readonly id: string;
  readonly eventType: string;
  readonly status: string;
}

async function openPage(): Promise<{ page: AttemptsPage; shown: () => Promise<Shown[]> }> {
  const page = await openAttemptsPage({ url: "http://127.0.0.1:9/webhooks/mintfax", secrets: [] });
  onTestFinished(() => page.close());
  const opened = await fetch(page.url, { redirect: "manual" });
  const [cookie = ""] = (opened.headers.get("set-cookie") ?? "").split(";");
  const shown = async (): Promise<Shown[]> => {
    const answer = await fetch(new URL("/page/state", page.url), { headers: { cookie } });
    return ((await answer.json()) as { attempts: Shown[] }).attempts;
  };
  return { page, shown };
}

const ENDING = { status: 200, body: "{}", error: null, durationMs: 1 };

function arrive(page: AttemptsPage, type: string | undefined, bytes: number): void {
  const body = new Uint8Array(bytes);
  page.started({ id: "evt_1", type, receivedMs: Date.now(), headers: [], body })(ENDING);
}

test("a delivery is pending until it has ended", async () => {
  const { page, shown } = await openPage();
  const ended = page.started({
    id: "evt_1",
    type: "fax.queued",
    receivedMs: Date.now(),
    headers: [],
    body: new Uint8Array(),
  });
  expect(await shown()).toMatchObject([{ eventType: "fax.queued", status: "pending" }]);
  ended({ ...ENDING, status: 500 });
  expect(await shown()).toMatchObject([{ status: "failed" }]);
});

test("a flood of forged requests does not push a genuine delivery out", async () => {
  const { page, shown } = await openPage();
  arrive(page, "fax.delivered", 100);
  for (let count = 0; count < 2_000; count += 1) arrive(page, undefined, 100);
  const attempts = await shown();
  expect(attempts).toHaveLength(101);
  expect(attempts.at(-1)).toMatchObject({ eventType: "fax.delivered" });
});

test("bodies take at most 64 MiB", async () => {
  const { page, shown } = await openPage();
  for (let count = 0; count < 500; count += 1) arrive(page, "fax.delivered", 200 * 1024);
  expect((await shown()).length).toBe(Math.floor((64 * 1024) / 200));
  // Larger ones are cut.
  for (let count = 0; count < 500; count += 1) arrive(page, "fax.delivered", 300 * 1024);
  expect((await shown()).length).toBeGreaterThan(500);
});
