import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { cli, emptyDirectory, SECRET } from "./cli.ts";
import type { Shown } from "./shown.ts";

/** Where a command of a page runs: in a world in which it prints what the page says. */
export type Scene = (shown: Shown) => Promise<string>;

export const words = ({ command }: Shown): string[] => command.split(" ");

export async function printed(
  args: readonly string[],
  settings: Parameters<typeof cli>[1] = {},
): Promise<string> {
  const { stdout, stderr } = await cli(args, settings);
  return stderr + stdout;
}

/** A directory whose `.env` has the secret. */
export function withSecretInEnvFile(): string {
  const cwd = emptyDirectory();
  writeFileSync(join(cwd, ".env"), `MINTFAX_WEBHOOK_SECRET=${SECRET}\n`);
  return cwd;
}
