import { once } from "node:events";
import { type AddressInfo, createConnection, createServer, type Socket } from "node:net";
import { createPostgresStore, type PostgresClient, type PostgresPool } from "@mintfax-webhooks/postgres";
import { Pool } from "pg";
import { PostgresServer } from "test-support/postgres-server";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";

let server: PostgresServer;
let pool: Pool;
beforeAll(async () => {
  server = await PostgresServer.start();
  pool = new Pool({ connectionString: server.url }).on("error", () => {});
  await createPostgresStore({ pool }).migrate();
});
afterAll(async () => {
  await pool.end();
  await server.stop();
});

let ids = 0;
const key = () => {
  ids += 1;
  return { namespace: "pool", id: `evt_${ids}` };
};

/**
 * As a server on a busy machine is reached: it takes dials in one after the other, and those that the client has given up
 * on meanwhile take as long.
 */
async function busyDoor(dialMs: number): Promise<{ readonly url: string; readonly dials: () => number }> {
  const sockets = new Set<Socket>();
  let dials = 0;
  let freeAtMs = 0;
  const door = createServer((near) => {
    dials += 1;
    freeAtMs = Math.max(freeAtMs, Date.now()) + dialMs;
    sockets.add(near.on("error", () => {}).pause());
    setTimeout(() => {
      const far = createConnection(Number(new URL(server.url).port), "127.0.0.1").on("error", () => {});
      sockets.add(far);
      near.pipe(far).pipe(near);
      near.once("close", () => far.destroy());
      far.once("close", () => near.destroy());
      if (near.destroyed) far.destroy();
    }, freeAtMs - Date.now());
  });
  await once(door.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    door.close();
    for (const socket of sockets) socket.destroy();
  });
  const url = new URL(server.url);
  url.port = String((door.address() as AddressInfo).port);
  return { url: url.href, dials: () => dials };
}

test.each([200, 500, 10_000])(
  "after a freeze of the server claims succeed again, with a connectionTimeoutMillis of %d",
  async (connectionTimeoutMillis) => {
    const door = await busyDoor(50);
    const near = new Pool({ connectionString: door.url, max: 20, connectionTimeoutMillis });
    near.on("error", () => {});
    onTestFinished(() => void near.end());
    // Claims of one store would share a connection.
    const stores = Array.from({ length: 20 }, () => createPostgresStore({ pool: near, timeoutMs: 500 }));
    const round = async () => {
      const claims = stores.map((store) => store.claim(key(), "me", 45_000));
      return (await Promise.allSettled(claims)).filter(({ status }) => status === "fulfilled").length;
    };
    expect(await stores[0]?.claim(key(), "me", 45_000)).toMatchObject({ state: "claimed" });

    await server.freeze();
    try {
      expect(await round()).toBe(0);
      const before = door.dials();
      for (let rounds = 1; rounds <= 4; rounds += 1) expect(await round()).toBe(0);
      // Of 80 claims in 2 s, each in a place of its own that was kept until its dial had failed.
      expect(door.dials() - before).toBeLessThan(25);
    } finally {
      await server.thaw();
    }
    const succeeded: number[] = [];
    const total = () => succeeded.reduce((sum, count) => sum + count, 0);
    while (total() < 40 && succeeded.length < 12) succeeded.push(await round());
    expect(total(), succeeded.join()).toBeGreaterThanOrEqual(40);
  },
  30_000,
);

/** A pool that does what a test says with the callback, and the clients that it has handed out. */
function poolThat(connect: (callback: Callback) => unknown): PostgresPool {
  return { connect } as PostgresPool;
}
type Callback = (error?: unknown, client?: unknown) => void;

function handedOut(overrides: Partial<PostgresClient> = {}) {
  const release = vi.fn();
  const client = {
    query: (statement: { readonly text: string }) => pool.query({ ...statement } as { text: string }),
    on() {},
    off() {},
    release,
    ...overrides,
  };
  return { client, release };
}

const claimOn = (hostile: PostgresPool) =>
  createPostgresStore({ pool: hostile, timeoutMs: 1_000 }).claim(key(), "me", 1_000);

test.each<[string, (callback: Callback) => unknown, RegExp]>([
  ["calls back with neither", (callback) => callback(), /neither an error nor a client/],
  ["calls back with null twice over", (callback) => callback(null, null), /neither an error nor a client/],
  [
    "throws",
    () => {
      throw new Error("thrown at once");
    },
    /thrown at once/,
  ],
  ["fails twice", (callback) => [callback(new Error("first")), callback(new Error("second"))], /first/],
  ["never calls back", () => {}, /not answered within 1000 ms/],
  [
    "hands out a client without on",
    (callback) => callback(undefined, { release() {} }),
    /on is not a function/,
  ],
  [
    "rejects, too",
    (callback) => {
      callback(new Error("called"));
      return Promise.reject(new Error("rejected"));
    },
    /called/,
  ],
])("a pool that %s: the claim fails in time, and so does the next", async (_, connect, message) => {
  const hostile = poolThat(connect);
  await expect(claimOn(hostile)).rejects.toThrow(message);
  await expect(claimOn(hostile)).rejects.toThrow();
});

test("a second client of one call is released, and the first is used", async () => {
  const [first, second] = [handedOut(), handedOut()];
  const hostile = poolThat((callback) => {
    callback(undefined, first.client);
    callback(undefined, first.client);
    callback(undefined, second.client);
    callback(new Error("and a failure"));
  });
  expect(await claimOn(hostile)).toMatchObject({ state: "claimed" });
  expect(first.release.mock.calls).toEqual([[undefined]]);
  expect(second.release.mock.calls).toEqual([[undefined]]);
});

test("a client that comes after the claim was given up is given back as good", async () => {
  const late = handedOut();
  let callback: Callback = () => {};
  const hostile = poolThat((given) => {
    callback = given;
  });
  await expect(claimOn(hostile)).rejects.toThrow("not answered within 1000 ms");
  callback(undefined, late.client);
  expect(late.release.mock.calls).toEqual([[undefined]]);
});

test("a failed dial, after the limit has grown, brings back one dial at a time", async () => {
  const dials: Callback[] = [];
  const limited = poolThat((callback) => {
    dials.push(callback);
  });
  // A store for each claim: claims of one store share a connection.
  const claims = (count: number) =>
    Promise.allSettled(
      Array.from({ length: count }, () =>
        createPostgresStore({ pool: limited, timeoutMs: 5_000 }).claim(key(), "me", 1_000),
      ),
    );
  /** Of those that the pool is asked for at once, none is missed: all of them are asked for in the same turn. */
  const asked = async () => {
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    return dials.splice(0);
  };
  const refuse = (callback: Callback | undefined) => callback?.(new Error("refused"));

  const first = claims(1);
  (await asked()).forEach(refuse);
  await first;
  const three = claims(3);
  const [one, ...others] = await asked();
  expect(others).toEqual([]);
  one?.(undefined, handedOut().client);
  const two = await asked();
  expect(two).toHaveLength(2);
  two.forEach(refuse);
  await three;
  const four = claims(4);
  for (let dial = 1; dial <= 4; dial += 1) {
    const now = await asked();
    expect(now).toHaveLength(1);
    now.forEach(refuse);
  }
  await four;
});

test("release() that throws: the answer counts, and a claim that is not answered fails in time", async () => {
  const release = () => {
    throw new Error("released before");
  };
  const good = handedOut({ release });
  expect(await claimOn(poolThat((callback) => callback(undefined, good.client)))).toMatchObject({
    state: "claimed",
  });
  const silent = handedOut({ release, query: () => new Promise(() => {}) });
  const claim = claimOn(poolThat((callback) => callback(undefined, silent.client)));
  await expect(claim).rejects.toThrow("not answered within 1000 ms");
});
