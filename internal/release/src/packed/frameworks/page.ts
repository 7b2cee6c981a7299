import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FRAMEWORKS, type Framework } from "./list.ts";

const PROJECTS = join(import.meta.dirname, "../../../projects");

/** docs/elsewhere.md, with the commands that `pnpm packed` runs in each section whose code it builds. */
export function withCommands(page: string): string {
  return page
    .split(/^(?=## )/m)
    .map((section) => {
      const framework = FRAMEWORKS.find(({ files }) =>
        Object.values(files).some((file) => section.includes(`\n\`\`\`ts ${file}\n`)),
      );
      if (framework === undefined) return section;
      return section.replace(
        /^Run by `pnpm packed`.*$/m,
        `Run by \`pnpm packed\`: ${commandsOf(framework)}.`,
      );
    })
    .join("");
}

/** "`next build`, then `next start`, with `next@^16.0.0`" */
function commandsOf({ project, package: name, program }: Framework): string {
  const { scripts, dependencies } = JSON.parse(
    readFileSync(join(PROJECTS, project, "package.json"), "utf8"),
  ) as Record<"scripts" | "dependencies", Readonly<Record<string, string>>>;
  const command = `node ${program(3000).join(" ")}`
    .replace(/^node node_modules\/\S+\/bin\//, "")
    .replace(/ --.*$/, "");
  return `\`${scripts.build}\`, then \`${command}\`, with \`${name}@${dependencies[name]}\``;
}
