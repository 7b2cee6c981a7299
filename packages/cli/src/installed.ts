import { UsageError } from "./usage-error.ts";

/**
 * A client that the user has beside this command.
 *
 * @throws {UsageError} where it is not installed
 */
export async function installed<Module>(name: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw error;
    throw new UsageError(
      `${name} is not installed beside this command. Run \`npm install --save-dev ${name}\`, in the version of your application.`,
    );
  }
}
