/** Loaded before a Nest program: its `./app.module`, which is an empty one. */
import { register } from "node:module";

register(
  "data:text/javascript," +
    encodeURIComponent(`export function resolve(specifier, context, next) {
  return specifier === "./app.module" ? next(${JSON.stringify(new URL("app-module.ts", import.meta.url).href)}, context) : next(specifier, context);
}`),
);
