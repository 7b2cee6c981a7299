import { registerHooks } from "node:module";

/** Loaded before the command, as where the user has node-redis only. */
registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== "ioredis") return next(specifier, context);
    throw Object.assign(new Error("Cannot find package 'ioredis'"), { code: "ERR_MODULE_NOT_FOUND" });
  },
});
