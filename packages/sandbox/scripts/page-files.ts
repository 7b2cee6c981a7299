/** For the tree: the files of the page, bundled from their sources. What is published has them from `write-page.ts`. */
import { bundle } from "./bundle.ts";

const files = bundle(["view/main.tsx", "view/style.css"], {
  minify: true,
  jsxImportSource: "hono/jsx/dom",
});

export const SCRIPT: string = textOf(".js");
export const STYLE: string = textOf(".css");

function textOf(extension: string): string {
  const file = files.find(({ path }) => path.endsWith(extension));
  if (file === undefined) throw new Error(`the bundle has no ${extension} file`);
  return file.text;
}
