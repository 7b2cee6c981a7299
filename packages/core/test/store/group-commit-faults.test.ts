import { StoreUnavailableError } from "@mintfax-webhooks/core/store";
import { collectGarbage } from "test-support/collect-garbage";
import { gate } from "test-support/gate";
import { describe, expect, test, vi } from "vitest";
import { useFakeTime } from "../support/fake-time.ts";
import { HeldDatabase, TIMEOUT_MS, turn } from "../support/held-database.ts";

useFakeTime();

const UNAVAILABLE = {
  name: "StoreUnavailableError",
  code: "store_unavailable",
  message: "HeldDB has not answered within 1000 ms.",
};

describe("a statement that fails", () => {
  test.each([1, 3])("fails its %i calls, each with the error as the store explains it", async (count) => {
    const { claimAll, statements } = new HeldDatabase();
    const claims = claimAll(["a", "b", "c"].slice(0, count));
    await turn();
    statements[0]?.fail(new Error("gone"));
    for (const claim of claims) await expect(claim).rejects.toThrow("HeldDB said: gone");
    await turn();
    expect(statements).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("asks each call alone where the error may concern one key: the others are answered", async () => {
    const database = new HeldDatabase({
      mayConcernOneKey: (error) => error instanceof Error && error.message === "not this one",
    });
    const claims = database.claimAll(["a", "b", "c"]);
    await turn();
    database.statements[0]?.fail(new Error("not this one"));
    await turn();
    expect(database.statements.slice(1)).toMatchObject(
      ["a", "b", "c"].map((id) => ({ kind: "alone", keys: [`n/${id}`] })),
    );
    database.statements[1]?.answer();
    database.statements[2]?.fail(new Error("not this one"));
    database.statements[3]?.answer();
    const answers = await Promise.allSettled(claims);
    expect(answers).toMatchObject([
      { value: "me" },
      { reason: { message: "HeldDB said: not this one" } },
      { value: "me" },
    ]);
    // The one that was alone is not asked again.
    expect(database.statements).toHaveLength(4);
  });

  test("is not the end: the next turn has a statement of its own", async () => {
    const { claim, statements } = new HeldDatabase();
    const lost = claim("a");
    await turn();
    statements[0]?.fail(new Error("gone"));
    await expect(lost).rejects.toThrow("gone");
    const claimed = claim("a");
    await turn();
    statements[1]?.answer();
    expect(await claimed).toBe("me");
  });

  test.each<[string, () => Promise<never>]>([
    ["what is not a function", () => Promise.resolve("rows" as never)],
    ["nothing", () => Promise.resolve(undefined as never)],
    ["an error, at once", () => Promise.reject(new Error("junk"))],
  ])("a statement for many that answers with %s fails all of its calls", async (_, together) => {
    const { claimAll, statements } = new HeldDatabase({ together });
    const claims = claimAll(["a", "b"]);
    await turn();
    statements[0]?.answer();
    for (const claim of claims) await expect(claim).rejects.toThrow("HeldDB said:");
  });

  test.each(["explained", "mayConcernOneKey"])(
    "a store whose %s() throws fails the calls with the error as it came, and goes on",
    async (hook) => {
      const { claim, claimAll, statements } = new HeldDatabase({
        [hook]: () => {
          throw new Error("thrown by the store");
        },
      });
      const claims = claimAll(["a", "b"]);
      await turn();
      statements[0]?.fail(new Error("broken"));
      for (const each of claims) await expect(each).rejects.toThrow(/^broken$/);
      const next = claim("c");
      await turn();
      statements[1]?.answer();
      expect(await next).toBe("me");
    },
  );

  test("a connection that cannot be had fails the calls that wait for it", async () => {
    const { claimAll, statements } = new HeldDatabase({
      connected: () => Promise.reject(new Error("ECONNREFUSED")),
    });
    for (const claim of claimAll(["a", "b"]))
      await expect(claim).rejects.toThrow("HeldDB said: ECONNREFUSED");
    expect(statements).toEqual([]);
  });

  test("a store that gives its connection up by itself fails the calls of that connection", async () => {
    const { claimAll, asked } = new HeldDatabase();
    const claims = claimAll(["a", "b"]);
    await turn();
    asked[0]?.abort(new Error("the pool was closed"));
    for (const claim of claims) await expect(claim).rejects.toThrow("HeldDB said: the pool was closed");
  });
});

describe("a call that is not answered within the timeout", () => {
  test("rejects, and its connection is closed", async () => {
    const { claim, statements } = new HeldDatabase();
    const claimed = claim("a");
    await turn();
    vi.advanceTimersByTime(TIMEOUT_MS - 1);
    await turn();
    const signal = statements[0]?.connection.signal;
    expect(signal?.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    await expect(claimed).rejects.toMatchObject(UNAVAILABLE);
    expect(signal?.reason).toBeInstanceOf(StoreUnavailableError);
    await turn();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("leaves the statement to calls that were asked for later", async () => {
    const { statements, early } = await withOneGivenUp();
    await expect(early).rejects.toMatchObject(UNAVAILABLE);
    expect(statements[0]?.connection.signal.aborted).toBe(false);
    vi.advanceTimersByTime(500);
    await turn();
    expect(statements[0]?.connection.signal.aborted).toBe(true);
  });

  test("is never sent if it has not been sent by then", async () => {
    const { claim, statements, asked } = new HeldDatabase({ timeoutMs: 50 });
    for (const id of ["under way", "beside it"]) {
      void claim(id);
      await turn();
      vi.advanceTimersByTime(10);
    }
    const waits = claim("waits");
    vi.advanceTimersByTime(50);
    await expect(waits).rejects.toThrow("HeldDB has not answered within 50 ms.");
    await turn();
    expect(statements).toMatchObject([{ keys: ["n/under way"] }, { keys: ["n/beside it"] }]);
    // Nor is a connection taken for it.
    expect(asked).toHaveLength(2);
  });

  test("is left out of its statement where the connection came too late for it", async () => {
    const connection = gate();
    const { claim, statements } = new HeldDatabase({ connected: () => connection.promise });
    const early = claim("early");
    vi.advanceTimersByTime(500);
    const patient = claim("patient");
    await turn();
    vi.advanceTimersByTime(500);
    await expect(early).rejects.toMatchObject(UNAVAILABLE);
    connection.open();
    await turn();
    expect(statements).toMatchObject([{ keys: ["n/patient"] }]);
    statements[0]?.answer();
    expect(await patient).toBe("me");
  });

  test("is not asked alone after its statement has failed for one key", async () => {
    const { statements, patient } = await withOneGivenUp({ mayConcernOneKey: () => true });
    statements[0]?.fail(new Error("not this one"));
    await turn();
    expect(statements.slice(1)).toMatchObject([{ kind: "alone", keys: ["n/patient"] }]);
    statements[1]?.answer();
    expect(await patient).toBe("patient owner");
  });
});

/** The time of the first of two calls in a statement is over. */
async function withOneGivenUp(options: ConstructorParameters<typeof HeldDatabase>[0] = {}) {
  const database = new HeldDatabase(options);
  const early = database.claim("early", "early owner");
  vi.advanceTimersByTime(500);
  const patient = database.claim("patient", "patient owner");
  await turn();
  vi.advanceTimersByTime(500);
  await turn();
  const { claim, statements } = database;
  return { claim, statements, early, patient };
}

describe("an answer that comes after its caller was told that there is none", () => {
  test("is given back, and what others were told is kept", async () => {
    const giveBack = vi.fn();
    const { statements, patient } = await withOneGivenUp({ giveBack });
    statements[0]?.answer();
    expect(await patient).toBe("patient owner");
    expect(giveBack.mock.calls).toEqual([
      [{ namespace: "n", id: "early", owner: "early owner" }, "early owner"],
    ]);
  });

  test("is not given back where the owner has called again since", async () => {
    const giveBack = vi.fn();
    const { claim, statements, patient } = await withOneGivenUp({ giveBack });
    const again = claim("early", "early owner");
    await turn();
    for (const statement of statements) statement.answer();
    expect(await Promise.all([patient, again])).toEqual(["patient owner", "early owner"]);
    expect(giveBack).not.toHaveBeenCalled();
  });

  test("of the owner's second call is given back, also where the first was answered late", async () => {
    const giveBack = vi.fn();
    const { claim, statements } = await withOneGivenUp({ giveBack });
    void claim("early again", "early owner");
    vi.advanceTimersByTime(400);
    const other = claim("other", "other owner");
    await turn();
    statements[0]?.answer();
    await turn();
    expect(giveBack).not.toHaveBeenCalled();
    vi.advanceTimersByTime(600);
    statements[1]?.answer();
    expect(await other).toBe("other owner");
    expect(giveBack.mock.calls).toMatchObject([[{ id: "early again" }, "early owner"]]);
  });

  test("stays where it is if giving it back throws, and what others were told is kept", async () => {
    const giveBack = vi.fn(() => {
      throw new Error("thrown by the store");
    });
    const { statements, patient } = await withOneGivenUp({ giveBack });
    statements[0]?.answer();
    expect(await patient).toBe("patient owner");
    expect(giveBack).toHaveBeenCalledTimes(1);
  });

  test("is left where it is by a kind of call that cannot give back", async () => {
    const { statements, patient } = await withOneGivenUp();
    statements[0]?.answer();
    expect(await patient).toBe("patient owner");
    await turn();
    expect(statements).toHaveLength(1);
  });
});

test("nothing is kept of a call that was answered, failed, was answered too late, or was never sent", async () => {
  const database = new HeldDatabase({ giveBack() {}, timeoutMs: 50 });
  const calls: WeakRef<object>[] = [];
  const ask = (id: string): void => {
    const call = { namespace: "n", id, owner: id };
    calls.push(new WeakRef(call));
    void database.ask(call);
  };
  ask("answered");
  await turn();
  database.statements[0]?.answer();
  await turn();
  ask("failed");
  await turn();
  database.statements[1]?.fail(new Error("gone"));
  await turn();
  ask("late");
  vi.advanceTimersByTime(40);
  ask("in time");
  await turn();
  vi.advanceTimersByTime(10);
  database.statements[2]?.answer();
  await turn();
  ask("under way");
  await turn();
  vi.advanceTimersByTime(10);
  ask("beside it");
  await turn();
  ask("never sent");
  vi.advanceTimersByTime(50);
  await turn();
  expect(database.statements).toHaveLength(5);
  await database.answerAll();
  // The reason of a signal is an error, which holds the functions of its stack.
  database.asked.length = 0;
  database.statements.length = 0;
  collectGarbage();
  expect(calls.map((call) => call.deref())).toEqual(Array(7).fill(undefined));
});
