export { type NodeApp, type NodeServer, nodeServer } from "./node-server.ts";
