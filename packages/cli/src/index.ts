export * from "./diagnose/index.ts";
