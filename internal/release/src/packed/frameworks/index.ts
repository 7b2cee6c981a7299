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
import { FRAMEWORKS, type Framework } from "./list.ts";

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
