/** For the tree, where Node cannot load JSX: what renders the page's first view. What is published has it from `write-page.ts`. */
import { bundle } from "./bundle.ts";

const [file] = bundle(["document.tsx"], { jsxImportSource: "hono/jsx", platform: "node" });
const code = Buffer.from(file?.contents ?? []).toString("base64");
const loaded = (await import(`data:text/javascript;base64,${code}`)) as {
  renderDocument: (view: unknown) => string;
};

export const renderDocument: typeof loaded.renderDocument = loaded.renderDocument;
