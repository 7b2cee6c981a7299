import picocolors from "picocolors";

/** Functions that paint text, or return it unchanged where colours are off. */
export type Colours = ReturnType<typeof picocolors.createColors>;

/** Colours for a terminal only, unless `FORCE_COLOR` asks for them elsewhere; `NO_COLOR` switches them off everywhere. */
export function coloursFor(
  stream: { readonly isTTY?: boolean },
  env: NodeJS.ProcessEnv = process.env,
): Colours {
  return picocolors.createColors(wanted(stream, env));
}

function wanted({ isTTY = false }: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return !["0", "false"].includes(env.FORCE_COLOR);
  return isTTY && env.TERM !== "dumb";
}
