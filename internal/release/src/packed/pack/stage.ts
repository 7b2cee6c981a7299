import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { ROOT } from "test-support/root";
import { run } from "../run.ts";
import { type Registry, startRegistry } from "./registry.ts";
import { packAll, type Tarball } from "./tarballs.ts";

const PROJECTS = join(import.meta.dirname, "../../../projects");

/** The tarballs, a registry that has them, and a folder outside the tree for projects that install them. */
export interface Stage {
  readonly tarballs: readonly Tarball[];
  /** For npm: this scope comes from the tarballs, everything else from where it usually does. */
  readonly env: NodeJS.ProcessEnv;
  /** An empty folder of its own. */
  newFolder(name: string): Promise<string>;
  /**
   * A copy of a project of `projects/`, installed with npm.
   *
   * @param dependencies besides those in its `package.json`, or in their place
   */
  install(project: string, dependencies?: Readonly<Record<string, string>>): Promise<string>;
  remove(): Promise<void>;
}

export async function createStage(): Promise<Stage> {
  // Deno and Bun go by real paths.
  const root = await realpath(await mkdtemp(join(tmpdir(), "mintfax-packed-")));
  let registry: Registry | undefined;
  const remove = async () => {
    registry?.close();
    await rm(root, { recursive: true });
  };
  try {
    const tarballs = await packAll(root, outsideEnv());
    registry = await startRegistry(tarballs);
    const settings = await writeSettings(join(root, "npmrc"), registry);
    return new InstallingStage(root, tarballs, { ...outsideEnv(), ...settings }, remove);
  } catch (error) {
    await remove();
    throw error;
  }
}

class InstallingStage implements Stage {
  readonly tarballs: readonly Tarball[];
  readonly env: NodeJS.ProcessEnv;
  readonly remove: () => Promise<void>;
  readonly #root: string;
  #folders = 0;

  constructor(
    root: string,
    tarballs: readonly Tarball[],
    env: NodeJS.ProcessEnv,
    remove: () => Promise<void>,
  ) {
    this.#root = root;
    this.tarballs = tarballs;
    this.env = env;
    this.remove = remove;
  }

  async newFolder(name: string): Promise<string> {
    this.#folders += 1;
    const folder = join(this.#root, `${this.#folders}-${name}`);
    await mkdir(folder);
    return folder;
  }

  async install(project: string, dependencies: Readonly<Record<string, string>> = {}): Promise<string> {
    const folder = await this.newFolder(project);
    await cp(join(PROJECTS, project), folder, { recursive: true });
    const path = join(folder, "package.json");
    const manifest = JSON.parse(await readFile(path, "utf8")) as { dependencies?: object };
    await writeFile(
      path,
      JSON.stringify({ ...manifest, dependencies: { ...manifest.dependencies, ...dependencies } }),
    );
    await run("npm", ["install", "--no-package-lock"], { cwd: folder, env: this.env });
    return folder;
  }
}

/** As in a user's shell: without what pnpm and CI tell the scripts that they run, and without the tools of this tree. */
export function outsideEnv(): NodeJS.ProcessEnv {
  const foreign = Object.entries(process.env).filter(([name]) => !/^(?:p?npm_|force_color$)/i.test(name));
  const path = process.env.PATH?.split(delimiter).filter((folder) => !folder.startsWith(ROOT));
  return { ...Object.fromEntries(foreign), PATH: path?.join(delimiter) };
}

/**
 * What a user of this machine has, and the registry on top. Not as variables of the environment: shells drop those that are
 * no names to them, as `npm_config_@scope:registry`.
 */
async function writeSettings(file: string, { url }: Registry): Promise<NodeJS.ProcessEnv> {
  const own = process.env.NPM_CONFIG_USERCONFIG ?? join(homedir(), ".npmrc");
  const lines = [
    await readFile(own, "utf8").catch(() => ""),
    `@mintfax-webhooks:registry=${url}`,
    "prefer-offline=true",
    "audit=false",
    "fund=false",
    "update-notifier=false",
    "loglevel=error",
  ];
  await writeFile(file, lines.join("\n"));
  return { NPM_CONFIG_USERCONFIG: file };
}
