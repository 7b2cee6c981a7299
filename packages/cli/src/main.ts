#!/usr/bin/env node
import { CommanderError } from "commander";
import { EXIT } from "./exit-codes.ts";
import { printError } from "./output/notice.ts";
import { createProgram } from "./program.ts";
import { UsageError } from "./usage-error.ts";

// `mintfax-webhooks listen | head`: nobody reads any more, so there is nothing left to say.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    process.exitCode = EXIT.usage;
    if (error instanceof CommanderError) {
      // It has printed its message, or the help that was asked for.
      if (error.exitCode === 0) process.exitCode = EXIT.ok;
    } else if (error instanceof UsageError) {
      printError(error.message);
    } else {
      console.error(error);
    }
  });
