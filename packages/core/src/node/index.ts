export { NodeDelivery } from "./delivery.ts";
export { handleNodeRequest, receiveNodeRequest } from "./handler.ts";
export { tellIfMissed } from "./passed-by.ts";
export { createShutdown, type ShutdownOptions, type ShutdownServer } from "./shutdown.ts";
