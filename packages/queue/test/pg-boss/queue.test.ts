import { handOff } from "@mintfax-webhooks/queue";
import { createPgBossQueues, pgBossQueue } from "@mintfax-webhooks/queue/pg-boss";
import { eventFixture } from "@mintfax-webhooks/testing";
import { PostgresServer } from "test-support/postgres-server";
import { attempt, receiving } from "test-support/receiving";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CONTEXT, message } from "./support/messages.ts";
import { TestBoss, VERSIONS } from "./support/pg-boss.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start();
});
afterAll(() => server.stop());

describe.each(Object.entries(VERSIONS))("%s", (_, Version) => {
  test("the body is stored as mintfax has sent it", async () => {
    const test = await TestBoss.start(server, Version);
    const { webhooks } = receiving();
    webhooks.on("*", handOff(pgBossQueue(test.boss)));
    const event = eventFixture("fax.delivered", {
      data: { object: { tags: { chart: `O'Hara $1 ? :a "\\u0000` } } },
    });
    const request = attempt(event);
    const body = await request.clone().text();
    expect((await webhooks(request)).status).toBe(200);
    expect(await test.jobs()).toMatchObject([{ state: "created", data: { id: event.id, body } }]);
  });

  test("a message is known while it waits, and while it waits for a retry", async () => {
    const test = await TestBoss.start(server, Version);
    const queue = pgBossQueue(test.boss);
    const copy = message();
    expect(await queue.enqueue(copy, CONTEXT)).toBe("queued");
    expect(await queue.enqueue(copy, CONTEXT)).toBe("known");
    const [job] = await test.boss.fetch("mintfax");
    await test.boss.fail("mintfax", job?.id ?? "");
    expect(await queue.enqueue(copy, CONTEXT)).toBe("known");
    expect(await test.jobs()).toMatchObject([{ state: "retry" }]);
  });

  test("a message that is worked on is stored again: the handler may have ended, and the event been forgotten since", async () => {
    const test = await TestBoss.start(server, Version);
    const queue = pgBossQueue(test.boss);
    const copy = message();
    await queue.enqueue(copy, CONTEXT);
    await test.boss.fetch("mintfax");
    expect(await queue.enqueue(copy, CONTEXT)).toBe("queued");
  });

  test.each(["complete", "cancel"] as const)("a message is stored again after %s", async (end) => {
    const test = await TestBoss.start(server, Version);
    const queue = pgBossQueue(test.boss);
    const copy = message();
    await queue.enqueue(copy, CONTEXT);
    const [job] = await test.boss.fetch("mintfax");
    await test.boss[end]("mintfax", job?.id ?? "");
    expect(await queue.enqueue(copy, CONTEXT)).toBe("queued");
    expect((await test.jobs()).at(-1)).toMatchObject({ state: "created", data: copy });
  });

  test("the same id in another namespace is another message", async () => {
    const test = await TestBoss.start(server, Version);
    const queue = pgBossQueue(test.boss);
    const copy = message();
    expect(await queue.enqueue(copy, CONTEXT)).toBe("queued");
    expect(await queue.enqueue({ ...copy, namespace: "clinic" }, CONTEXT)).toBe("queued");
  });

  test("pg-boss deletes a finished message after a day, and one that waits or is parked is kept for years", async () => {
    const test = await TestBoss.start(server, Version);
    const queue = pgBossQueue(test.boss);
    await queue.enqueue(message(), CONTEXT);
    const [job] = await test.boss.fetch("mintfax");
    await test.boss.complete("mintfax", job?.id ?? "");
    await queue.enqueue(message(), CONTEXT);
    await test.boss.send("mintfax-parked", {});
    await test.elapse(86_000);
    expect(await test.jobs()).toHaveLength(2);
    await test.elapse(5 * 365 * 86_400);
    expect(await test.jobs()).toMatchObject([{ state: "created" }]);
    expect(await test.jobs("mintfax-parked")).toMatchObject([{ state: "created" }]);
  });

  test("a queue that is deleted under the process is a wrong set-up, and works again once it is made anew", async () => {
    const test = await TestBoss.start(server, Version);
    const queue = pgBossQueue(test.boss);
    await queue.enqueue(message(), CONTEXT);
    const waiting = await test.boss.fetch("mintfax");
    await test.boss.deleteJob(
      "mintfax",
      waiting.map(({ id }) => id),
    );
    await test.boss.deleteQueue("mintfax");
    // pg-boss 11 still believes in the queue, and stores nothing.
    await expect(queue.enqueue(message(), CONTEXT)).rejects.toThrow();
    await expect(queue.enqueue(message(), CONTEXT)).rejects.toThrow(
      /no queue mintfax. Run `await createPgBossQueues/,
    );
    await createPgBossQueues(test.boss);
    expect(await queue.enqueue(message(), CONTEXT)).toBe("queued");
  });
});
