import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "test-support/free-port";
import { ROOT } from "test-support/root";
import type { Stage } from "../pack/stage.ts";
import type { Part } from "../proof.ts";
import { installFromCheckout } from "./checkout.ts";
import { outputLike } from "./expectation.ts";
import { type Step, stepsOf } from "./page.ts";
import { Terminal } from "./terminal.ts";

const PAGE = "docs/first-event.md";
/** The promise: from an empty folder to a verified event that was handled. */
const MOST_COMMANDS = 5;

/** Does what the page for newcomers says, in an empty folder, and compares what it shows. */
export const newcomer: Part = {
  name: "newcomer",
  title: `${PAGE}, followed to the letter`,
  proofs: () => [
    { name: "an event handled by their own Express app, installed from npm", run: fromNpm },
    { name: "the same, installed from a checkout", run: fromCheckout },
  ],
};

async function fromNpm(stage: Stage): Promise<string> {
  const folder = await stage.newFolder("newcomer");
  if ((await readdir(folder)).length > 0) throw new Error(`${folder} is not empty`);
  const steps = await stepsOf(join(ROOT, PAGE));
  return follow(
    steps.filter(({ info }) => info !== "in-checkout"),
    folder,
    stage.env,
  );
}

async function fromCheckout(stage: Stage): Promise<string> {
  const steps = await stepsOf(join(ROOT, PAGE));
  const at = steps.findIndex(({ info }) => info === "in-checkout");
  const folder = await installFromCheckout(stage, steps[at]?.text ?? "");
  // What stands above is the same from npm.
  return follow(steps.slice(at + 1), folder, stage.env);
}

async function follow(steps: readonly Step[], folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  // Port 3000 of this machine may be in use, so it is another one throughout.
  const port = String(await freePort());
  const terminal = new Terminal(folder, env);
  try {
    return await take(
      steps.map((step) => ({ ...step, text: step.text.replaceAll("3000", port) })),
      folder,
      terminal,
    );
  } finally {
    await terminal.close();
  }
}

async function take(steps: readonly Step[], folder: string, terminal: Terminal): Promise<string> {
  let commands = 0;
  let handledAfter: number | undefined;
  let output = "";
  for (const { language, info, text } of steps) {
    if (language === "js") await writeFile(join(folder, info), `${text}\n`);
    else if (language === "sh") {
      commands += text.split("\n").length;
      if (info === "leave-running") terminal.leaveRunning(text);
      else output = await terminal.type(text);
    } else if (info === "of-server") {
      await terminal.serverPrints(outputLike(text));
      if (text.includes("evt_")) handledAfter ??= commands;
    } else if (!outputLike(text).test(output)) {
      throw new Error(`the page shows\n${text}\n\nbut it was\n${output}`);
    }
  }
  if (terminal.unexpected.trim() !== "")
    throw new Error(`the server printed more than the page says: ${terminal.unexpected}`);
  if (handledAfter === undefined) throw new Error("the page shows no event that was handled");
  if (handledAfter > MOST_COMMANDS)
    throw new Error(`it takes ${handledAfter} commands; ${MOST_COMMANDS} are promised`);
  return `handled after ${handledAfter} commands; ${commands} commands in all, output as shown`;
}
