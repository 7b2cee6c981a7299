/** A guide that takes a reader from an empty folder to a server. */
export interface Guide {
  /** As the table shows it. */
  readonly name: string;
  readonly page: string;
  /** The headings to follow; `""` stands for what is above the first, and is the default. */
  readonly sections?: readonly string[];
  /** What to start in place of what the command names. */
  readonly program?: string;
  /** Its tools want a later Node than the lowest one here. */
  readonly laterNode?: boolean;
}

export const GUIDES: readonly Guide[] = [
  { name: "Fastify", page: "docs/fastify.md" },
  { name: "Hono on Node", page: "docs/hono.md", sections: ["Node"] },
  { name: "Hono on Workers", page: "docs/hono.md", sections: ["Cloudflare Workers"], laterNode: true },
  { name: "Koa", page: "docs/koa.md" },
  { name: "NestJS", page: "docs/nestjs.md", sections: ["", "In an empty folder"] },
  {
    name: "NestJS on Fastify",
    page: "docs/nestjs.md",
    sections: ["", "On Fastify", "In an empty folder"],
    program: "dist/main-fastify.js",
  },
  { name: "AWS Lambda, on this machine", page: "docs/lambda.md", sections: ["", "On your machine"] },
  { name: "Request and Response", page: "docs/fetch.md", sections: ["One server for Bun, Deno and Node"] },
  { name: "node:http", page: "docs/fetch.md", sections: ["`node:http`"] },
];
