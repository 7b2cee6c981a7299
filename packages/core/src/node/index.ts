export { NodeDelivery } from "./delivery.ts";
export { handleNodeRequest, receiveNodeRequest } from "./handler.ts";
export { createShutdown, type ShutdownOptions, type ShutdownServer } from "./shutdown.ts";
