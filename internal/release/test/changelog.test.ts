import { execFileSync } from "node:child_process";
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempDisposableSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "test-support/root";
import { expect, test } from "vitest";

interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly private?: boolean;
}

/** What changesets and packing read of this tree, in a folder of its own. */
function copyOfTree() {
  const folder = mkdtempDisposableSync(join(tmpdir(), "mintfax-release-"));
  const files = globSync(
    ["package.json", "pnpm-workspace.yaml", ".pnpmfile.mjs", "CHANGELOG.md", ".changeset/*"].concat(
      "{packages,internal,examples}/*/package.json",
      "internal/release/runtimes/*/package.json",
    ),
    { cwd: ROOT },
  );
  for (const file of files) {
    mkdirSync(dirname(join(folder.path, file)), { recursive: true });
    cpSync(join(ROOT, file), join(folder.path, file));
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder.path, "node_modules"));
  const manifests = (): Manifest[] =>
    files
      .filter((file) => file.endsWith("package.json"))
      .map((file) => JSON.parse(readFileSync(join(folder.path, file), "utf8")) as Manifest);
  return { ...folder, manifests, [Symbol.dispose]: () => folder.remove() };
}

test("`changeset version` raises all packages together, and writes one changelog", () => {
  using tree = copyOfTree();
  const before = new Map(tree.manifests().map(({ name, version }) => [name, version]));
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], {
      cwd: tree.path,
    });
  git("init", "--quiet", "--initial-branch=main");
  writeFileSync(join(tree.path, ".gitignore"), "node_modules\n");
  writeFileSync(
    join(tree.path, ".changeset/a-note.md"),
    '---\n"mintfax-webhooks": major\n---\n\nWhat users see.\n',
  );
  git("add", "--all");
  git("commit", "--quiet", "--message", "All of it");
  execFileSync(process.execPath, ["node_modules/@changesets/cli/bin.js", "version"], { cwd: tree.path });

  for (const { name, version, private: isPrivate } of tree.manifests()) {
    const isOurs = name === "mintfax-webhooks" || isPrivate !== true;
    expect([name, version]).toEqual([name, isOurs ? "1.0.0" : before.get(name)]);
  }
  const changelog = readFileSync(join(tree.path, "CHANGELOG.md"), "utf8");
  expect(changelog).toMatch(/^# mintfax-webhooks\n\n## 1\.0\.0\n.*What users see\./s);
});

test("a packed package has the address that the root's package.json has", async () => {
  using tree = copyOfTree();
  const file = join(tree.path, "package.json");
  const repository = { type: "git", url: "git+https://git.example/mintfax/webhooks.git" };
  const root = JSON.parse(readFileSync(file, "utf8")) as object;
  writeFileSync(file, JSON.stringify({ ...root, repository }));
  const { hooks } = (await import(pathToFileURL(join(tree.path, ".pnpmfile.mjs")).href)) as {
    readonly hooks: { beforePacking(manifest: object, folder: string): object };
  };

  expect(hooks.beforePacking({ name: "@mintfax-webhooks/koa" }, join(tree.path, "packages/koa"))).toEqual({
    name: "@mintfax-webhooks/koa",
    repository: { ...repository, directory: "packages/koa" },
    homepage: "https://git.example/mintfax/webhooks/tree/main/packages/koa#readme",
    bugs: "https://git.example/mintfax/webhooks/issues",
  });
});
