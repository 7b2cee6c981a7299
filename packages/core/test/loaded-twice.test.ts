import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LeaseStore } from "@mintfax-webhooks/core";
import { createMemoryStore, type FetchHandler } from "@mintfax-webhooks/core";
import { createTestSender, eventFixture, recordEvents } from "@mintfax-webhooks/testing";
import { expect, onTestFinished, test } from "vitest";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";

/** What the module finds, as an application finds its database. */
interface Surroundings {
  readonly options: { readonly secret: string; readonly store?: LeaseStore };
  readonly handler: (...args: never[]) => unknown;
}

/** An application's module with a receiver in it, loaded as `bun --hot`, bundlers and test runners load one again. */
async function loadTwice(surroundings: Surroundings): Promise<FetchHandler[]> {
  const folder = await mkdtemp(join(import.meta.dirname, "loaded-twice-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "webhooks.ts");
  await writeFile(
    file,
    `import { createFetchHandler } from "@mintfax-webhooks/core";
const { options, handler } = globalThis.surroundings;
export const webhooks = createFetchHandler(options).on("*", handler);`,
  );
  Object.assign(globalThis, { surroundings });
  onTestFinished(() => {
    Reflect.deleteProperty(globalThis, "surroundings");
  });
  const modules = [
    await import(/* @vite-ignore */ `${file}?1`),
    await import(/* @vite-ignore */ `${file}?2`),
  ];
  return modules.map(({ webhooks }) => webhooks);
}

async function outcomesOf(receivers: readonly FetchHandler[]): Promise<string[]> {
  const event = eventFixture("fax.delivered");
  const outcomes: string[] = [];
  for (const to of receivers) {
    const { body } = await createTestSender({ secret: SECRET, to }).attempt(event);
    outcomes.push(JSON.parse(body ?? "").outcome);
  }
  return outcomes;
}

test("a module that is loaded twice has two memory stores: a copy of an event runs again", async () => {
  const { handler, ids } = recordEvents();
  expect(await outcomesOf(await loadTwice({ options: { secret: SECRET }, handler }))).toEqual([
    "processed",
    "processed",
  ]);
  expect(ids).toHaveLength(2);
});

test("with one store for both, it does not", async () => {
  const { handler, ids } = recordEvents();
  const options = { secret: SECRET, store: createMemoryStore() };
  expect(await outcomesOf(await loadTwice({ options, handler }))).toEqual(["processed", "duplicate"]);
  expect(ids).toHaveLength(1);
});
