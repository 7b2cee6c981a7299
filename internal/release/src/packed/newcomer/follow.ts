import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { freePort } from "test-support/free-port";
import { outputLike } from "./expectation.ts";
import { isFile, type Step } from "./page.ts";
import { Terminal } from "./terminal.ts";

/** How a reader got to an event that was handled. */
export interface Way {
  /** The commands up to there, each with its seconds. */
  readonly toFirstEvent: readonly TimedCommand[];
  /** What the server has printed besides what the page shows. */
  readonly unexpected: string;
}

interface TimedCommand {
  readonly command: string;
  readonly seconds: number;
}

/** The answer to an event that was verified, and whose handler has succeeded. */
const PROCESSED = "✓ 200  processed";

/** Does the steps of a page in a folder. Rejects where a command fails, or prints something else than the page shows. */
export async function follow(steps: readonly Step[], folder: string, env: NodeJS.ProcessEnv): Promise<Way> {
  // Port 3000 of this machine may be in use, so it is another one throughout.
  const port = await freePort();
  const terminal = new Terminal(folder, env);
  try {
    return await take(
      steps.map((step) => ({ ...step, text: step.text.replaceAll("3000", String(port)) })),
      folder,
      terminal,
      port,
    );
  } finally {
    await terminal.close();
  }
}

async function take(steps: readonly Step[], folder: string, terminal: Terminal, port: number): Promise<Way> {
  const commands: TimedCommand[] = [];
  let toFirstEvent: readonly TimedCommand[] | undefined;
  let output = "";
  for (const { language, info, text } of steps) {
    if (isFile(info)) await save(join(folder, info), text);
    else if (language === "sh") {
      for (const command of text.split(/\n(?! )/)) {
        const started = performance.now();
        if (info === "leave-running") await terminal.leaveRunning(command, port);
        else output = await terminal.type(command);
        commands.push({ command, seconds: (performance.now() - started) / 1000 });
      }
    } else if (info === "of-server") await terminal.serverPrints(outputLike(text));
    else {
      if (!outputLike(text).test(output)) throw new Error(`the page shows\n${text}\n\nbut it was\n${output}`);
      if (text.includes(PROCESSED)) toFirstEvent ??= [...commands];
    }
  }
  if (toFirstEvent === undefined) throw new Error("the page shows no event that was handled");
  return { toFirstEvent, unexpected: terminal.unexpected };
}

async function save(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${text}\n`);
}

/** For the table: how many commands and seconds, and below that each of them. */
export function describe({ toFirstEvent }: Way): string {
  const total = toFirstEvent.reduce((sum, { seconds }) => sum + seconds, 0);
  const lines = toFirstEvent.map(
    ({ command, seconds }) => `      ${seconds.toFixed(1).padStart(5)} s  ${command}`,
  );
  return [`${toFirstEvent.length} commands, ${total.toFixed(1)} s`, ...lines].join("\n");
}
