export type { D1Binding, D1Statement } from "./d1/binding.ts";
export { D1_SCHEMA } from "./d1/schema.ts";
export { createD1Store, type D1Store, type D1StoreOptions } from "./d1/store.ts";
export type { MintfaxDedupBinding, MintfaxDedupStub } from "./durable-object/binding.ts";
export { createDurableObjectStore, type DurableObjectStoreOptions } from "./durable-object/store.ts";
