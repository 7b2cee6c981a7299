import { execFile } from "node:child_process";
import { cp, mkdir, readFile, realpath, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "test-support/root";

/** Puts what `npm publish` would publish of a package into `modules`, and links what it depends on. */
export async function installPackage(name: string, modules: string): Promise<void> {
  const source = join(ROOT, "packages", name);
  const target = join(modules, "@mintfax-webhooks", name);
  await mkdir(target, { recursive: true });
  await cp(join(source, "package.json"), join(target, "package.json"));
  const { dependencies = {} } = JSON.parse(await readFile(join(source, "package.json"), "utf8")) as {
    dependencies?: Record<string, string>;
  };
  for (const [dependency, version] of Object.entries(dependencies)) {
    if (version.startsWith("workspace:")) continue;
    await link(await realpath(join(source, "node_modules", dependency)), join(modules, dependency));
  }
  await promisify(execFile)(
    join(ROOT, "node_modules/.bin/tsdown"),
    ["--config", join(ROOT, "tsdown.config.ts"), "--out-dir", join(target, "dist"), "--no-dts"],
    { cwd: source },
  );
}

async function link(to: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await symlink(to, path).catch((error: { code?: string }) => {
    // Several packages depend on it.
    if (error.code !== "EEXIST") throw error;
  });
}
