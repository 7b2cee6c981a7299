#!/usr/bin/env node
import { CommanderError } from "commander";
import { EXIT } from "./exit-codes.ts";
import { printError } from "./output/notice.ts";
import { createProgram } from "./program.ts";
import { UsageError } from "./usage-error.ts";

// `mintfax-webhooks listen | head`: the reader has ended, so there is no output to write any more.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  printError(`The output cannot be written (${error.code}).`);
  process.exit(EXIT.usage);
});

createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    process.exitCode = EXIT.usage;
    if (error instanceof CommanderError) {
      // Commander has printed its message, or the help.
      if (error.exitCode === 0) process.exitCode = EXIT.ok;
    } else if (error instanceof UsageError) {
      printError(error.message);
    } else {
      console.error(error);
    }
  });
