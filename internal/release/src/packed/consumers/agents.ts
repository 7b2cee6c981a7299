import assert from "node:assert/strict";
import { certify } from "@mintfax-webhooks/certify";
import { PostgresServer } from "test-support/postgres-server";
import type { Stage } from "../pack/stage.ts";
import type { Proof } from "../proof.ts";
import { SECRET } from "./delivery.ts";
import { runServer } from "./server-process.ts";

/** They replace functions of Node, of Express and of pg. What they would send goes to a port that no server listens on. */
const AGENTS: Readonly<
  Record<string, { readonly flags: readonly string[]; readonly env?: NodeJS.ProcessEnv }>
> = {
  Datadog: {
    flags: ["--import=dd-trace/initialize.mjs"],
    env: {
      DD_TRACE_AGENT_URL: "http://127.0.0.1:9",
      DD_TRACE_STARTUP_LOGS: "false",
      // It puts a comment into each statement, and looks into each body.
      DD_DBM_PROPAGATION_MODE: "full",
      DD_APPSEC_ENABLED: "true",
    },
  },
  Elastic: {
    flags: ["--require=elastic-apm-node/start.js"],
    env: {
      ELASTIC_APM_SERVER_URL: "http://127.0.0.1:9",
      ELASTIC_APM_CAPTURE_BODY: "all",
      ELASTIC_APM_LOG_LEVEL: "off",
    },
  },
  "New Relic": {
    flags: ["--import=newrelic/esm-loader.mjs", "--require=newrelic"],
    env: {
      NEW_RELIC_NO_CONFIG_FILE: "true",
      NEW_RELIC_APP_NAME: "faxes",
      NEW_RELIC_LICENSE_KEY: "0".repeat(40),
      NEW_RELIC_HOST: "127.0.0.1",
      NEW_RELIC_LOG_ENABLED: "false",
    },
  },
  OpenTelemetry: {
    flags: ["--import=@opentelemetry/auto-instrumentations-node/register"],
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9", OTEL_LOG_LEVEL: "none" },
  },
  Sentry: { flags: ["--import=./sentry.js"] },
};

let folder: Promise<string> | undefined;

/** The agents of monitoring services, loaded before the server. */
export const agents: readonly Proof[] = Object.entries(AGENTS).map(([name, { flags, env = {} }]) => ({
  name: `the agent of ${name}, Express and PostgreSQL`,
  run: (stage) => certifyBeside(stage, flags, env),
}));

async function certifyBeside(
  stage: Stage,
  flags: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string> {
  folder ??= stage.install("agents");
  const cwd = await folder;
  const postgres = await PostgresServer.start();
  try {
    const options = { cwd, env: { ...env, DATABASE_URL: postgres.url } };
    return await runServer(process.execPath, [...flags, "server.js"], options, async (origin) => {
      const url = `${origin}/webhooks/mintfax`;
      const { results } = await certify({ url, secret: SECRET, runsUrl: `${origin}/runs` });
      assert.deepEqual(
        results.filter(({ verdict }) => verdict !== "pass"),
        [],
      );
      const doubled = await fetch(`${origin}/doubled`);
      assert.deepEqual(await doubled.json(), [], "effects of an event that are there twice");
      return `certified: ${results.length} behaviours`;
    });
  } finally {
    await postgres.stop();
  }
}
