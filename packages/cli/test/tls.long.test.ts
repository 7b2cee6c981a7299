import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createMysqlStore } from "@mintfax-webhooks/mysql";
import { createPostgresStore } from "@mintfax-webhooks/postgres";
import { createPool } from "mysql2/promise";
import { Pool } from "pg";
import { Certificate, HAS_OPENSSL } from "test-support/certificate";
import { onFreePort } from "test-support/free-port";
import { HAS_MARIADB, MariadbServer } from "test-support/mariadb-server";
import { PostgresServer } from "test-support/postgres-server";
import { askRedis, untilRedisSays } from "test-support/redis-process";
import { HAS_REDIS, RedisServer } from "test-support/redis-server";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { cli, emptyDirectory, type Finished } from "./support/cli.ts";
import { WITHOUT_IOREDIS } from "./support/node-redis.ts";

let certificate: Certificate;
beforeAll(() => {
  if (HAS_OPENSSL) certificate = new Certificate();
});
afterAll(() => certificate?.remove());

/** All others that open a store do it in the way of `status`. */
const COMMANDS = [["status", "evt_1"], ["doctor"]];

function runAll(url: string, env: Readonly<Record<string, string>> = {}): Promise<readonly Finished[]> {
  return Promise.all(COMMANDS.map((args) => cli(args, { env: { MINTFAX_STORE_URL: url, ...env } })));
}

/** Each command says what does not fit, and this fix. */
async function expectFix(url: string, seen: string, fix: string, env = {}): Promise<void> {
  for (const { code, stdout, stderr } of await runAll(url, env)) {
    const said = (stdout + stderr).replaceAll(/\s+/g, " ");
    expect(said).toContain(seen);
    expect(said).toContain(fix);
    expect(code).toBeGreaterThan(0);
  }
}

/** The store answers that it holds nothing of this event. */
async function expectAnswer(url: string, env = {}): Promise<void> {
  const [status, doctor] = await runAll(url, env);
  expect(status).toMatchObject({ code: 1, stdout: expect.stringContaining("evt_1  absent"), stderr: "" });
  expect(doctor?.stdout).toMatch(/✓ \S+ answers the store's (?:statements|scripts)/);
}

const trusting = (): Readonly<Record<string, string>> => ({ NODE_EXTRA_CA_CERTS: certificate.certFile });

describe.skipIf(!HAS_REDIS || !HAS_OPENSSL)("Redis (needs redis-server and openssl)", () => {
  let plain: RedisServer;
  let tls: RedisServer;
  let tlsPort: number;
  beforeAll(async () => {
    plain = await RedisServer.start("--requirepass", "s3cret");
    const { certFile, keyFile } = certificate;
    const files = ["--tls-cert-file", certFile, "--tls-key-file", keyFile, "--tls-auth-clients", "no"];
    // A cluster of one node, whose ports clients are told.
    const address = ["--cluster-announce-ip", "127.0.0.1", "--tls-ca-cert-file", certFile];
    const cluster = ["--cluster-enabled", "yes", "--tls-cluster", "yes", ...address];
    tls = await onFreePort((port) => {
      tlsPort = port;
      return RedisServer.start("--tls-port", String(port), ...files, ...cluster);
    });
    await askRedis(tls.port, "CLUSTER", "ADDSLOTSRANGE", "0", "16383");
    await untilRedisSays(tls.port, ["CLUSTER", "INFO"], /cluster_state:ok/);
  });
  afterAll(() => Promise.all([plain.stop(), tls.stop()]));

  describe.each([
    ["ioredis", {}],
    ["node-redis", WITHOUT_IOREDIS],
  ])("with %s", (_, env) => {
    test("rediss:// to a server without TLS: write redis://", () =>
      expectFix(
        `rediss://:s3cret@127.0.0.1:${plain.port}`,
        "the server has no TLS on this port, and the URL asks for TLS.",
        "Write redis:// in place of rediss://",
        env,
      ));

    test("redis:// to a port with TLS: write rediss://", () =>
      expectFix(
        `redis://127.0.0.1:${tlsPort}`,
        "the server has TLS on this port, and the URL asks for none.",
        "Write rediss:// in place of redis://",
        env,
      ));

    test("a certificate of an unknown authority: NODE_EXTRA_CA_CERTS, with which a cluster works", async () => {
      const url = `rediss://127.0.0.1:${tlsPort}`;
      await expectFix(url, "no authority that Node.js trusts", "NODE_EXTRA_CA_CERTS", env);
      await expectAnswer(url, { ...env, ...trusting() });
    });

    test("a certificate for another host: write its host", () =>
      expectFix(
        `rediss://localhost:${tlsPort}`,
        "the server's certificate is for another host",
        "Write the host as the certificate has it.",
        { ...env, ...trusting() },
      ));
  });

  test("a wrong password is not taken for a matter of TLS", async () => {
    const [status] = await runAll(`redis://:wrong@127.0.0.1:${plain.port}`);
    expect(status?.stderr).toContain("WRONGPASS");
  });
});

describe.skipIf(!HAS_OPENSSL)("PostgreSQL (needs openssl)", () => {
  let tls: PostgresServer;
  beforeAll(async () => {
    const hbaFile = join(emptyDirectory(), "pg_hba.conf");
    writeFileSync(hbaFile, "hostssl all all 127.0.0.1/32 trust\n");
    const { certFile, keyFile } = certificate;
    tls = await PostgresServer.start({
      ssl: "on",
      ssl_cert_file: certFile,
      ssl_key_file: keyFile,
      hba_file: hbaFile,
    });
    const pool = new Pool({ connectionString: tls.url, ssl: { rejectUnauthorized: false } });
    await createPostgresStore({ pool }).migrate();
    await pool.end();
  });
  afterAll(() => tls.stop());

  test("sslmode to a server without TLS: take it out", async () => {
    const plain = await PostgresServer.start();
    onTestFinished(() => plain.stop());
    await expectFix(`${plain.url}?sslmode=require`, "the server has no TLS", "Take sslmode out of the URL");
  });

  test("no sslmode to a server that asks for TLS: add it", () =>
    expectFix(tls.url, "takes no connection without TLS", "Add sslmode=verify-full to the URL's query."));

  test("a certificate of an unknown authority: NODE_EXTRA_CA_CERTS or sslrootcert, with which it works", async () => {
    const url = `${tls.url}?sslmode=verify-full`;
    await expectFix(url, "no authority that Node.js trusts", "NODE_EXTRA_CA_CERTS");
    await expectAnswer(url, trusting());
    await expectAnswer(`${url}&sslrootcert=${certificate.certFile}`);
  });
});

describe.skipIf(!HAS_MARIADB || !HAS_OPENSSL)("MariaDB (needs mariadbd and openssl)", () => {
  let tls: MariadbServer;
  beforeAll(async () => {
    const { certFile, keyFile } = certificate;
    tls = await MariadbServer.start({
      "ssl-cert": certFile,
      "ssl-key": keyFile,
      "require-secure-transport": "ON",
    });
    const pool = createPool({ uri: tls.url, ssl: { rejectUnauthorized: false } });
    await createMysqlStore({ pool }).migrate();
    await pool.end();
  });
  afterAll(() => tls.stop());

  test("ssl to a server without TLS: take it out; ssl=true: write an object", async () => {
    const plain = await MariadbServer.start();
    onTestFinished(() => plain.stop());
    await expectFix(`${plain.url}?ssl={}`, "the server has no TLS", "Take ssl out of the URL");
    await expectFix(`${plain.url}?ssl=true`, "the ssl of the URL is not an object", "Write ssl={}");
  });

  test("no ssl to a server that asks for TLS: add it", () =>
    expectFix(tls.url, "takes no connection without TLS", "add ssl={} to the URL's query."));

  test("a certificate of an unknown authority: NODE_EXTRA_CA_CERTS, with which it works", async () => {
    const url = `${tls.url}?ssl={}`;
    await expectFix(url, "no authority that Node.js trusts", "NODE_EXTRA_CA_CERTS");
    await expectAnswer(url, trusting());
  });
});
