import { ORDERS } from "elsewhere/app-process";

/** A project that has a build. */
export interface Framework {
  readonly name: string;
  /** Of `projects/`. */
  readonly project: string;
  /** The framework's own package, of which the page says the range. */
  readonly package: string;
  /** Of docs/elsewhere.md or docs/nestjs.md, by the path at which they take deliveries. */
  readonly files: Readonly<Record<string, string>>;
  /** Other files of the page that these import. */
  readonly imported?: readonly string[];
  /** Whether the project has middleware that reads a copy of the body, and says so. */
  readonly reads?: boolean;
  /** A copy of a file of the page without the line that keeps a parser away, and where it takes deliveries. */
  readonly mistake?: Readonly<Record<"of" | "line" | "file" | "path", string>>;
  /** Where the framework answers before the receiver is asked. */
  readonly answers?: Readonly<Record<string, string>>;
  /** What Node, or Bun, runs once it is built. */
  readonly program: (port: number) => readonly string[];
  /** Default: Node. */
  readonly runtime?: "Bun";
}

export const FRAMEWORKS: readonly Framework[] = [
  {
    name: "Next.js, app and pages router",
    project: "next",
    package: "next",
    mistake: {
      of: "pages/api/webhooks/mintfax.ts",
      line: "export const config = { api: { bodyParser: false } };",
      file: "pages/api/mistaken.ts",
      path: "/api/mistaken",
    },
    reads: true,
    files: {
      "/webhooks/mintfax": "app/webhooks/mintfax/route.ts",
      "/api/webhooks/mintfax": "pages/api/webhooks/mintfax.ts",
    },
    program: (port) => [
      "node_modules/next/dist/bin/next",
      "start",
      "--port",
      `${port}`,
      "--hostname",
      "127.0.0.1",
    ],
  },
  {
    name: "SvelteKit, adapter-node",
    project: "sveltekit",
    package: "@sveltejs/kit",
    reads: true,
    files: { "/webhooks/mintfax": "src/routes/webhooks/mintfax/+server.ts" },
    answers: { "a delivery over the limit": "413 by the framework" },
    program: () => ["build/index.js"],
  },
  {
    name: "Astro, @astrojs/node",
    project: "astro",
    package: "astro",
    reads: true,
    files: { "/webhooks/mintfax": "src/pages/webhooks/mintfax.ts" },
    program: () => ["dist/server/entry.mjs"],
  },
  {
    name: "Nuxt 4, which has Nitro 2",
    project: "nuxt",
    package: "nuxt",
    reads: true,
    files: { "/webhooks/mintfax": "server/routes/webhooks/mintfax.post.ts" },
    // Of the project's middleware, whose readBody() cannot parse it.
    answers: { "a compressed delivery": "400 by the framework" },
    program: () => [".output/server/index.mjs"],
  },
  {
    name: "Elysia, on Bun",
    project: "elysia",
    package: "elysia",
    files: { "/webhooks/mintfax": "elysia.ts" },
    program: () => ["--preload", ORDERS, "elysia.ts"],
    runtime: "Bun",
  },
  {
    name: "NestJS 11 in CommonJS, on Express",
    project: "nest",
    package: "@nestjs/core",
    files: { "/webhooks/mintfax": "src/main.ts" },
    imported: ["src/app.module.ts", "src/fax.service.ts"],
    program: () => ["dist/main.js"],
  },
];
