import type { DurableObjectId, DurableObjectNamespace, DurableObjectStub } from "@cloudflare/workers-types";
import type { TestDedup } from "./test-dedup.ts";

/** A binding with fresh objects, which knows those that were used. */
export class OwnObjects {
  readonly #objects: DurableObjectNamespace<TestDedup>;
  readonly #used = new Map<string, DurableObjectId>();
  #prefix: string = crypto.randomUUID();

  constructor(objects: DurableObjectNamespace<TestDedup>) {
    this.#objects = objects;
  }

  idFromName(name: string): DurableObjectId {
    const id = this.#objects.idFromName(this.#prefix + name);
    this.#used.set(name, id);
    return id;
  }

  get(id: DurableObjectId): DurableObjectStub<TestDedup> {
    return this.#objects.get(id);
  }

  used(): DurableObjectStub<TestDedup>[] {
    return [...this.#used.values()].map((id) => this.#objects.get(id));
  }

  /** From now on, all objects are new ones. */
  replace(): void {
    this.#used.clear();
    this.#prefix = crypto.randomUUID();
  }
}
