import { describe, expect, test, vi } from "vitest";
import { useFakeTime } from "../support/fake-time.ts";
import { HeldDatabase, TIMEOUT_MS, turn } from "../support/held-database.ts";

useFakeTime();

/** Different ids, which sort as they are numbered. */
function idsFrom(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `evt_${String(first + n).padStart(5, "0")}`);
}

describe("what shares a statement", () => {
  test("a call that is alone is sent as it is, when the turn of the event loop ends", async () => {
    const { claim, statements } = new HeldDatabase();
    const claimed = claim("evt_1");
    await Promise.resolve();
    expect(statements).toEqual([]);
    await turn();
    expect(statements).toMatchObject([{ kind: "alone", keys: ["n/evt_1"] }]);
    statements[0]?.answer();
    expect(await claimed).toBe("me");
  });

  test("calls of one turn share a statement, in one order for all processes: by namespace, then by id", async () => {
    const { claim, statements } = new HeldDatabase();
    void claim("b", "me", "z");
    void claim("c", "me", "a");
    void claim("a", "me", "z");
    void claim("a", "me", "m");
    void claim("b", "me", "a");
    await turn();
    expect(statements).toMatchObject([{ kind: "together", keys: ["a/b", "a/c", "m/a", "z/a", "z/b"] }]);
  });

  test("the same id of two callers is in a statement once, for the first, and each caller is answered", async () => {
    const { claim, statements } = new HeldDatabase();
    const claims = [claim("evt_2", "x"), claim("evt_1", "a"), claim("evt_2", "y"), claim("evt_1", "b")];
    await turn();
    expect(statements).toMatchObject([{ kind: "together", keys: ["n/evt_1", "n/evt_2"] }]);
    statements[0]?.answer();
    expect(await Promise.all(claims)).toEqual(["x", "a", "x", "a"]);
  });

  test("the store asks for the end of a turn once, however many calls the turn has", async () => {
    const database = new HeldDatabase();
    database.askFor(idsFrom(0, 5));
    expect(database.turns).toBe(1);
    await turn();
    // The statement under way is waited for, so the end of this turn would bring nothing.
    database.askFor(idsFrom(5, 5));
    expect(database.turns).toBe(1);
  });

  test("a call that a statement for many leaves without an answer is asked alone", async () => {
    const { claimAll, statements } = new HeldDatabase({ leftOut: ["evt_00001"] });
    const claims = claimAll(idsFrom(0, 3));
    await turn();
    statements[0]?.answer();
    await turn();
    expect(statements.slice(1)).toMatchObject([{ kind: "alone", keys: ["n/evt_00001"] }]);
    statements[1]?.answer();
    expect(await Promise.all(claims)).toEqual(["me", "me", "me"]);
  });
});

describe("how many statements are under way", () => {
  test("one at a time while it is quick: what is asked for meanwhile shares the next one", async () => {
    const database = new HeldDatabase({ callsMax: 10 });
    const first = database.claim("evt_first");
    await turn();
    const others = database.claimAll(idsFrom(0, 9));
    await turn();
    vi.advanceTimersByTime(9);
    await turn();
    expect(database.sizes).toEqual([1]);
    database.statements[0]?.answer();
    await turn();
    expect(database.sizes).toEqual([1, 9]);
    database.statements[1]?.answer();
    expect(await Promise.all([first, ...others])).toEqual(Array(10).fill("me"));
  });

  test("beside it a second one that is full, and a third one only when one of them has ended", async () => {
    const database = new HeldDatabase({ callsMax: 10 });
    const claims = database.claimAll(idsFrom(0, 35));
    await turn();
    expect(database.sizes).toEqual([10, 10]);
    database.statements[1]?.answer();
    await turn();
    expect(database.sizes).toEqual([10, 10, 10]);
    database.statements[0]?.answer();
    await turn();
    expect(database.sizes).toEqual([10, 10, 10]);
    await database.answerAll();
    expect(database.sizes).toEqual([10, 10, 10, 5]);
    expect(await Promise.all(claims)).toEqual(Array(35).fill("me"));
  });

  test("a call that fills the second statement sends it in its own turn", async () => {
    const database = new HeldDatabase({ callsMax: 10 });
    database.askFor(idsFrom(0, 19));
    await turn();
    expect(database.sizes).toEqual([10]);
    void database.claim("evt_last");
    await turn();
    expect(database.sizes).toEqual([10, 10]);
  });

  test("10 ms later a second one that is not full, and none beside the two", async () => {
    const database = new HeldDatabase({ callsMax: 10 });
    void database.claim("evt_first");
    await turn();
    database.askFor(idsFrom(0, 3));
    vi.advanceTimersByTime(10);
    await turn();
    expect(database.sizes).toEqual([1, 3]);
    database.askFor(idsFrom(3, 20));
    vi.advanceTimersByTime(20);
    await turn();
    expect(database.sizes).toEqual([1, 3]);
  });

  test("beside a statement that has taken 10 ms, a new call is sent when its turn ends", async () => {
    const database = new HeldDatabase();
    void database.claim("evt_1");
    await turn();
    vi.advanceTimersByTime(10);
    void database.claim("evt_2");
    await turn();
    expect(database.sizes).toEqual([1, 1]);
  });

  test("a statement that has taken 100 ms holds up nothing: two others are sent beside it", async () => {
    const database = new HeldDatabase({ callsMax: 10 });
    void database.claim("evt_slow");
    await turn();
    database.askFor(idsFrom(0, 30));
    vi.advanceTimersByTime(99);
    await turn();
    expect(database.sizes).toEqual([1, 10]);
    vi.advanceTimersByTime(1);
    await turn();
    expect(database.sizes).toEqual([1, 10, 10]);
    // Its end makes no room that there was already.
    database.statements[0]?.answer();
    await turn();
    expect(database.sizes).toEqual([1, 10, 10]);
  });

  test("after a late statement and a slow one, the next ones wait for each other as before", async () => {
    const database = new HeldDatabase({ callsMax: 10 });
    for (const takenMs of [10, 100]) {
      void database.claim("evt_1");
      await turn();
      vi.advanceTimersByTime(takenMs);
      await database.answerAll();
    }
    expect(vi.getTimerCount()).toBe(0);
    for (const id of ["evt_2", "evt_3"]) {
      void database.claim(id);
      await turn();
    }
    expect(database.sizes).toEqual([1, 1, 1]);
  });
});

describe("keys of a statement that took 100 ms", () => {
  async function slow(database: HeldDatabase, ids: readonly string[]): Promise<void> {
    database.askFor(ids);
    await turn();
    vi.advanceTimersByTime(100);
  }

  test("have an eighth of its calls beside them when they are asked for again", async () => {
    const database = new HeldDatabase({ callsMax: 16 });
    await slow(database, idsFrom(0, 16));
    database.askFor(idsFrom(0, 5));
    await turn();
    expect(database.sizes).toEqual([16, 2]);
    database.statements[1]?.answer();
    await turn();
    expect(database.sizes).toEqual([16, 2, 2]);
  });

  test("are asked for alone where it had fewer than 16", async () => {
    const database = new HeldDatabase();
    await slow(database, idsFrom(0, 7));
    database.askFor(idsFrom(0, 3));
    await turn();
    expect(database.sizes).toEqual([7, 1]);
  });

  test("do not hold up the calls that were asked for before them", async () => {
    const database = new HeldDatabase();
    await slow(database, idsFrom(0, 16));
    database.askFor([...idsFrom(100, 5), ...idsFrom(0, 5)]);
    await turn();
    expect(database.statements[1]?.keys).toEqual(idsFrom(100, 5).map((id) => `n/${id}`));
  });

  test("do not keep others apart: calls of other keys share statements as before", async () => {
    const database = new HeldDatabase();
    await slow(database, idsFrom(0, 16));
    database.askFor(idsFrom(100, 20));
    await turn();
    expect(database.sizes).toEqual([16, 20]);
  });

  test.each<[string, (database: HeldDatabase) => void]>([
    ["is answered", ({ statements }) => statements[0]?.answer()],
    ["fails", ({ statements }) => statements[0]?.fail(new Error("gone"))],
  ])("share statements again once one of theirs %s", async (_, end) => {
    const database = new HeldDatabase();
    await slow(database, idsFrom(0, 16));
    end(database);
    await turn();
    database.askFor(idsFrom(0, 5));
    await turn();
    expect(database.sizes).toEqual([16, 5]);
  });

  test("share statements again after an error, which is an answer, although one call was given up", async () => {
    const database = new HeldDatabase();
    void database.claim("early");
    vi.advanceTimersByTime(TIMEOUT_MS / 2);
    await slow(database, ["patient"]);
    vi.advanceTimersByTime(TIMEOUT_MS / 2 - 100);
    database.statements[0]?.fail(new Error("gone"));
    await turn();
    database.askFor(["early", "patient"]);
    await turn();
    expect(database.sizes).toEqual([2, 2]);
  });

  test("stay apart when no answer came within the timeout", async () => {
    const database = new HeldDatabase();
    await slow(database, idsFrom(0, 16));
    vi.advanceTimersByTime(TIMEOUT_MS);
    await turn();
    database.askFor(idsFrom(0, 5));
    await turn();
    expect(database.sizes).toEqual([16, 2]);
  });

  test("are not held to be slow where only the connection was", async () => {
    let connect = (): void => {};
    const connected = new Promise<void>((resolve) => {
      connect = resolve;
    });
    const database = new HeldDatabase({ connected: () => connected });
    await slow(database, idsFrom(0, 16));
    connect();
    await turn();
    database.askFor(idsFrom(0, 16));
    await turn();
    expect(database.sizes).toEqual([16, 16]);
  });

  test("are remembered up to a thousand: then all are forgotten", async () => {
    const sizesAfter = async (more: readonly string[]) => {
      const database = new HeldDatabase({ callsMax: 500 });
      await slow(database, idsFrom(0, 500));
      await slow(database, idsFrom(500, 500));
      await slow(database, more);
      database.askFor(idsFrom(0, 100));
      await turn();
      return database.sizes;
    };
    expect(await sizesAfter([])).toEqual([500, 500, 62]);
    expect(await sizesAfter(idsFrom(1_000, 8))).toEqual([500, 500, 8, 100]);
  });
});
