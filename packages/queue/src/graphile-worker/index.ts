/** Hand-off through graphile-worker. */
export type { PostgresLike } from "../postgres/query.ts";
export { graphileWorkerParked } from "./parked.ts";
export type { GraphileWorkerPlace } from "./place.ts";
export { type GraphileWorkerQueueOptions, graphileWorkerQueue } from "./queue.ts";
export {
  type GraphileWorkerHelpers,
  type GraphileWorkerTask,
  type GraphileWorkerTaskOptions,
  graphileWorkerTask,
} from "./task.ts";
export { graphileWorkerUnlock } from "./unlock.ts";
