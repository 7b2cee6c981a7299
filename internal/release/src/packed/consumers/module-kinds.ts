import { ALL_COMPILERS, type CompilerName } from "./compilers.ts";

/** Settings of TypeScript under which a file becomes CommonJS. */
export interface ModuleKind {
  /** As docs/typescript.md calls it. */
  readonly name: string;
  readonly args: readonly string[];
  /** Those that know the settings. */
  readonly compilers: readonly CompilerName[];
}

const kind = (module: string, moduleResolution: string, ...more: readonly string[]): readonly string[] => [
  "--module",
  module,
  "--moduleResolution",
  moduleResolution,
  "--esModuleInterop",
  ...more,
];
/** Nest's, as `nest new` writes them. */
const DECORATORS = ["--experimentalDecorators", "--emitDecoratorMetadata"];

export const COMMONJS_KINDS: readonly ModuleKind[] = [
  {
    name: "commonjs, node10",
    args: kind("commonjs", "node10", ...DECORATORS),
    compilers: ["lowest", "lowestWithLibCheck"],
  },
  {
    name: "commonjs, node10 in TypeScript 6",
    args: kind("commonjs", "node10", "--ignoreDeprecations", "6.0"),
    compilers: ["six"],
  },
  { name: "commonjs, bundler", args: kind("commonjs", "bundler"), compilers: ["six", "newest"] },
  { name: "node16", args: kind("node16", "node16"), compilers: ALL_COMPILERS },
  { name: "node18", args: kind("node18", "node16"), compilers: ["six", "newest"] },
  { name: "node20", args: kind("node20", "node16"), compilers: ["six", "newest"] },
  { name: "nodenext", args: kind("nodenext", "nodenext", ...DECORATORS), compilers: ALL_COMPILERS },
];
