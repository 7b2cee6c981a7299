import assert from "node:assert/strict";
import { copyFile as copy, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { AppProcess, ORDERS } from "elsewhere/app-process";
import { HANDLED, sendAll, sendOne, USUAL_ANSWERS } from "elsewhere/deliveries";
import { copyFile, FILES, ORDERS_SERVICE } from "elsewhere/page";
import { freePort } from "test-support/free-port";
import { ROOT } from "test-support/root";
import { BUN } from "../consumers/other-runtimes.ts";
import type { Stage } from "../pack/stage.ts";
import type { Part } from "../proof.ts";
import { run } from "../run.ts";

/** A project that has a build. */
interface Framework {
  readonly name: string;
  /** Of `projects/`. */
  readonly project: string;
  /** Of docs/elsewhere.md or docs/nestjs.md, by the path at which they take deliveries. */
  readonly files: Readonly<Record<string, string>>;
  /** Other files of the page that these import. */
  readonly imported?: readonly string[];
  /** Whether the project has middleware that reads a copy of the body, and says so. */
  readonly reads?: boolean;
  /** A copy of a file of the page without the line that keeps a parser away, and where it takes deliveries. */
  readonly mistake?: Readonly<Record<"of" | "line" | "file" | "path", string>>;
  /** Where the framework answers before the receiver is asked. */
  readonly answers?: Readonly<Record<string, string>>;
  /** What Node, or Bun, runs once it is built. */
  readonly program: (port: number) => readonly string[];
  /** Default: Node. */
  readonly runtime?: "Bun";
}

const FRAMEWORKS: readonly Framework[] = [
  {
    name: "Next.js, app and pages router",
    project: "next",
    mistake: {
      of: "pages/api/webhooks/mintfax.ts",
      line: "export const config = { api: { bodyParser: false } };",
      file: "pages/api/mistaken.ts",
      path: "/api/mistaken",
    },
    reads: true,
    files: {
      "/webhooks/mintfax": "app/webhooks/mintfax/route.ts",
      "/api/webhooks/mintfax": "pages/api/webhooks/mintfax.ts",
    },
    program: (port) => [
      "node_modules/next/dist/bin/next",
      "start",
      "--port",
      `${port}`,
      "--hostname",
      "127.0.0.1",
    ],
  },
  {
    name: "SvelteKit, adapter-node",
    project: "sveltekit",
    reads: true,
    files: { "/webhooks/mintfax": "src/routes/webhooks/mintfax/+server.ts" },
    answers: { "a delivery over the limit": "413 by the framework" },
    program: () => ["build/index.js"],
  },
  {
    name: "Astro, @astrojs/node",
    project: "astro",
    reads: true,
    files: { "/webhooks/mintfax": "src/pages/webhooks/mintfax.ts" },
    program: () => ["dist/server/entry.mjs"],
  },
  {
    name: "Nitro 2, as in Nuxt 4",
    project: "nitro",
    reads: true,
    files: { "/webhooks/mintfax": "server/routes/webhooks/mintfax.post.ts" },
    // Of the project's middleware, whose readBody() cannot parse it.
    answers: { "a compressed delivery": "400 by the framework" },
    program: () => [".output/server/index.mjs"],
  },
  {
    name: "Elysia, on Bun",
    project: "elysia",
    files: { "/webhooks/mintfax": "elysia.ts" },
    program: () => ["--preload", ORDERS, "elysia.ts"],
    runtime: "Bun",
  },
  {
    name: "NestJS 11 in CommonJS, on Express",
    project: "nest",
    files: { "/webhooks/mintfax": "src/main.ts" },
    imported: ["src/app.module.ts", "src/fax.service.ts"],
    program: () => ["dist/main.js"],
  },
];

/** The frameworks that are built before they are run. */
export const frameworks: Part = {
  name: "frameworks",
  title:
    "docs/elsewhere.md, docs/nestjs.md: fresh projects, built by their framework, and real deliveries to them",
  proofs: () =>
    FRAMEWORKS.map((framework) => ({ name: framework.name, run: (stage) => prove(framework, stage) })),
};

async function prove(framework: Framework, stage: Stage): Promise<string> {
  const { project, files, imported = [], mistake, reads = false, answers = {}, program, runtime } = framework;
  const folder = await stage.install(project);
  const port = await freePort();
  await copy(join(ROOT, "internal/docs/test/ambient.d.ts"), join(folder, "ambient.d.ts"));
  for (const file of [...Object.values(files), ...imported]) await copyFile(file, folder, port);
  if (imported.length > 0) await copy(ORDERS_SERVICE, join(folder, "src/orders.service.ts"));
  if (mistake !== undefined) {
    const source = FILES.get(mistake.of) ?? "";
    assert.ok(source.includes(mistake.line), `docs/elsewhere.md has no line ${mistake.line}`);
    await writeFile(join(folder, mistake.file), source.replace(mistake.line, ""));
  }
  const offline = { NEXT_TELEMETRY_DISABLED: "1", ASTRO_TELEMETRY_DISABLED: "1" };
  // Without the secret, as on a machine that only builds. Of Node, most of them want a later one than ours.
  const PATH = [dirname(process.execPath), stage.env.PATH].join(delimiter);
  await run("npm", ["run", "build"], { cwd: folder, env: { ...stage.env, ...offline, PATH } });

  const executable = runtime === "Bun" ? BUN : process.execPath;
  const env = { ...offline, HOST: "127.0.0.1", NODE_OPTIONS: `--import=${ORDERS}` };
  for (const path of Object.keys(files)) {
    await using app = await AppProcess.start(executable, program(port), { cwd: folder, port, env });
    const answered = await sendAll(`http://127.0.0.1:${port}${path}`);
    assert.deepEqual(answered, { ...USUAL_ANSWERS, ...answers }, app.output);
    assert.deepEqual(app.handled, HANDLED, app.output);
    if (mistake !== undefined) {
      assert.equal(await sendOne(`http://127.0.0.1:${port}${mistake.path}`), "500 body_already_parsed");
    }
    assert.equal(app.output.includes("something has read the body first"), reads, app.output);
  }
  return "built without the secret; forged, tampered, written out again, compressed, genuine, repeated, in chunks, too large: the usual answers";
}
