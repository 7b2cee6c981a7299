#!/usr/bin/env node
import { CommanderError } from "commander";
import { EXIT } from "./exit-codes.ts";
import { coloursFor } from "./output/colours.ts";
import { wrap } from "./output/text.ts";
import { createProgram } from "./program.ts";
import { UsageError } from "./usage-error.ts";

// `mintfax-webhooks listen | head`: nobody reads any more, so there is nothing left to say.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

try {
  await createProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // It has printed its message, or the help that was asked for.
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  } else if (error instanceof UsageError) {
    process.stderr.write(
      `${coloursFor(process.stderr).red("error:")} ${wrap(error.message, 7).trimStart()}\n`,
    );
    process.exitCode = EXIT.usage;
  } else {
    console.error(error);
    process.exitCode = EXIT.usage;
  }
}
