import { readdir } from "node:fs/promises";
import { delimiter, dirname } from "node:path";
import type { Stage } from "../pack/stage.ts";
import type { Part } from "../proof.ts";
import { installFromCheckout } from "./checkout.ts";
import { describe, follow, type Way } from "./follow.ts";
import { GUIDES, type Guide } from "./guides.ts";
import { isFile, type Step, stepsBelow, stepsOf } from "./page.ts";

const PAGE = "docs/first-event.md";
/** The promise: from an empty folder to a verified event that was handled. */
const MOST_COMMANDS = 5;

/** Does what the page for newcomers and the guides say, in an empty folder, and compares what they show. */
export const newcomer: Part = {
  name: "newcomer",
  title: `${PAGE} and the guides, followed to the letter`,
  proofs: () => [
    { name: "Express, installed from npm", run: fromNpm },
    { name: "Express, installed from a checkout", run: fromCheckout },
    ...GUIDES.map((guide) => ({ name: guide.name, run: (stage: Stage) => byGuide(guide, stage) })),
  ],
};

async function fromNpm(stage: Stage): Promise<string> {
  const steps = (await stepsOf(PAGE)).filter(({ info }) => info !== "in-checkout");
  const way = await follow(steps, await emptyFolder(stage), stage.env);
  return withinPromise(way);
}

async function fromCheckout(stage: Stage): Promise<string> {
  const steps = await stepsOf(PAGE);
  const at = steps.findIndex(({ info }) => info === "in-checkout");
  const folder = await installFromCheckout(stage, steps[at]?.text ?? "");
  // What stands above is the same from npm.
  return withinPromise(await follow(steps.slice(at + 1), folder, stage.env));
}

function withinPromise(way: Way): string {
  if (way.unexpected.trim() !== "")
    throw new Error(`the server printed more than the page says: ${way.unexpected}`);
  if (way.toFirstEvent.length > MOST_COMMANDS)
    throw new Error(`it takes ${way.toFirstEvent.length} commands; ${MOST_COMMANDS} are promised`);
  return describe(way);
}

async function emptyFolder(stage: Stage): Promise<string> {
  const folder = await stage.newFolder("newcomer");
  if ((await readdir(folder)).length > 0) throw new Error(`${folder} is not empty`);
  return folder;
}

async function byGuide(guide: Guide, stage: Stage): Promise<string> {
  const PATH = [...(guide.laterNode ? [dirname(process.execPath)] : []), stage.env.PATH].join(delimiter);
  return describe(await follow(await stepsOfGuide(guide), await emptyFolder(stage), { ...stage.env, PATH }));
}

/** As the page for newcomers tells: the guide's install line, files and start; the page's own secret and event. */
async function stepsOfGuide({ page, sections = [""], program }: Guide): Promise<Step[]> {
  const [install, , secret, ...later] = (await stepsOf(PAGE)).filter(({ language }) => language === "sh");
  const event = later.find(({ text }) => text.includes(" trigger "));
  if (install === undefined || secret === undefined || event === undefined)
    throw new Error(`${PAGE} has another order`);
  const own = (await stepsBelow(page, sections)).filter(
    ({ language, info }) => language === "sh" || isFile(info),
  );
  const at = own.findIndex(({ info }) => info === "leave-running");
  const start = own[at];
  if (start === undefined) throw new Error(`${page} does not say how to start it`);
  const init = { ...install, text: install.text.split("\n")[0] ?? "" };
  const command = { ...install, text: "npm install @mintfax-webhooks/cli" };
  return [
    init,
    ...own.slice(0, at),
    command,
    secret,
    { ...start, text: start.text.replace(/\S+$/, (last) => program ?? last) },
    event,
    { language: "text", info: "", text: "✓ 200  processed" },
    { language: "text", info: "of-server", text: ": 3 pages arrived" },
  ];
}
