/** Which methods handle events, and what they are called on. */
import type { IncomingMessage } from "node:http";
import {
  type EventOf,
  type HandlerContext,
  MintfaxWebhooks,
  MintfaxWebhooksModule,
  OnAnyEvent,
  OnBalance,
  OnFax,
} from "@mintfax-webhooks/nestjs";
import { eventFixture } from "@mintfax-webhooks/testing";
import { Controller, Inject, Injectable, type ModuleMetadata, type Provider, Scope } from "@nestjs/common";
import { ContextIdFactory, type HostComponentInfo, LazyModuleLoader, REQUEST } from "@nestjs/core";
import { defer, EMPTY, type Observable, of, throwError } from "rxjs";
import { describe, expect, onTestFinished, test } from "vitest";
import { create, deliver, PLATFORMS, SECRET, started } from "./app.ts";

/** What handlers of the test under way have noted. */
let noted: string[] = [];

@Injectable()
class Notes {
  add(note: string): void {
    noted.push(note);
  }
}

/** Starts an application with these providers and delivers one event of each type that is named. */
async function answersTo(
  types: readonly ("fax.queued" | "fax.failed" | "fax.sending" | "balance.low")[],
  root: ModuleMetadata,
) {
  noted = [];
  const origin = await started(await create(withReceiver(root)));
  const answers: string[] = [];
  for (const type of types) answers.push(await deliver(origin, eventFixture(type)));
  return answers;
}

function withReceiver({ imports = [], providers = [], ...root }: ModuleMetadata): ModuleMetadata {
  const receiver = MintfaxWebhooksModule.forRoot({ secret: SECRET, onOutcome: () => {} });
  return { ...root, imports: [...imports, receiver], providers: [Notes, ...providers] };
}

@Injectable()
class FaxService {
  constructor(private readonly notes: Notes) {}

  @OnFax("fax.failed")
  async failed({ data: { object: fax } }: EventOf<"fax.failed">, { id }: HandlerContext): Promise<void> {
    this.notes.add(`failed ${fax.error_code} ${id.slice(0, 4)}`);
  }
}

describe("a decorated method", () => {
  test("is given the event and its context, and has its provider's dependencies", async () => {
    expect(await answersTo(["fax.failed", "fax.queued"], { providers: [FaxService] })).toEqual([
      "200 processed",
      "200 unhandled",
    ]);
    expect(noted).toEqual(["failed invalid_number evt_"]);
  });

  test("handles a type, a group or the rest: the exact one comes before the group, and the group before the rest", async () => {
    class Handlers {
      @OnFax("fax.failed")
      failed(): void {
        noted.push("failed");
      }
      @OnFax("fax.*")
      fax(): void {
        noted.push("fax.*");
      }
      @OnBalance("balance.low")
      @OnFax("fax.queued")
      two({ type }: { type: string }): void {
        noted.push(`two: ${type}`);
      }
      @OnAnyEvent()
      rest(): void {
        noted.push("rest");
      }
    }
    await answersTo(["fax.failed", "fax.sending", "fax.queued", "balance.low"], { providers: [Handlers] });
    expect(noted).toEqual(["failed", "fax.*", "two: fax.queued", "two: balance.low"]);
  });

  test("may be in a module that is imported elsewhere, in a controller, or in what a factory or a value provides", async () => {
    @Controller("faxes")
    class FaxController {
      @OnFax("fax.queued")
      queued(): void {
        noted.push("controller");
      }
    }
    class OfFactory {
      @OnFax("fax.sending")
      sending(): void {
        noted.push("factory");
      }
    }
    class OfValue {
      @OnBalance("balance.*")
      balance(): void {
        noted.push("value");
      }
    }
    class Inner {}
    const inner = { module: Inner, providers: [Notes, FaxService] };
    class Outer {}
    const outer = { module: Outer, imports: [inner], controllers: [FaxController] };
    await answersTo(["fax.failed", "fax.queued", "fax.sending", "balance.low"], {
      imports: [outer, inner],
      providers: [
        { provide: "of factory", useFactory: () => new OfFactory() },
        { provide: "of value", useValue: new OfValue() },
        { provide: "the same", useExisting: "of value" },
        { provide: "again the same", inject: ["of value"], useFactory: (value: OfValue) => value },
        { provide: "no object", useValue: null },
      ],
    });
    expect(noted).toEqual(["failed invalid_number evt_", "controller", "factory", "value"]);
  });

  test("is inherited, and what overrides it takes its place", async () => {
    abstract class Base {
      abstract readonly name: string;
      @OnFax("fax.failed")
      failed(): void {
        noted.push(`base of ${this.name}`);
      }
      @OnFax("fax.queued")
      queued(): void {
        noted.push("overridden");
      }
      @OnFax("fax.sending")
      sending(): void {
        noted.push("decorated anew");
      }
    }
    class Derived extends Base {
      readonly name = "derived";
      override queued(): void {
        noted.push("override");
      }
      @OnBalance("balance.low")
      override sending(): void {
        noted.push("balance");
      }
    }
    const types = ["fax.failed", "fax.queued", "fax.sending", "balance.low"] as const;
    expect((await answersTo(types, { providers: [Derived] }))[2]).toBe("200 unhandled");
    expect(noted).toEqual(["base of derived", "override", "balance"]);
  });

  test("may have other decorators, which replace it", async () => {
    const Logged = () => (_: object, __: string, descriptor: PropertyDescriptor) => {
      const { value } = descriptor;
      descriptor.value = function (this: unknown, ...args: unknown[]) {
        noted.push("logged");
        return value.apply(this, args);
      };
    };
    class Handlers {
      @Logged()
      @OnFax("fax.failed")
      failed(): void {
        noted.push("failed");
      }
      @OnFax("fax.queued")
      @Logged()
      queued(): void {
        noted.push("queued");
      }
    }
    await answersTo(["fax.failed", "fax.queued"], { providers: [Handlers] });
    expect(noted).toEqual(["logged", "failed", "logged", "queued"]);
  });

  test("in a module that is loaded later is not seen: nothing would load it when an event comes", async () => {
    class Lazy {}
    const root = withReceiver({});
    const app = await create(root);
    const origin = await started(app);
    await app.get(LazyModuleLoader).load(() => ({ module: Lazy, providers: [Notes, FaxService] }));
    expect(await deliver(origin)).toBe("200 unhandled");
  });

  test("may register more by the injected receiver", async () => {
    class Registers {
      constructor(@Inject(MintfaxWebhooks) webhooks: MintfaxWebhooks) {
        webhooks.on("fax.queued", () => void noted.push("by on()"));
      }
    }
    await answersTo(["fax.queued", "fax.failed"], { providers: [Registers, FaxService] });
    expect(noted).toEqual(["by on()", "failed invalid_number evt_"]);
  });
});

describe("what a method returns", () => {
  async function answerWhenReturning(result: () => unknown): Promise<string | undefined> {
    class Handlers {
      @OnFax("fax.failed")
      failed(): unknown {
        return result();
      }
    }
    return (await answersTo(["fax.failed"], { providers: [Handlers] }))[0];
  }
  const effect = (observable: Observable<unknown>) =>
    defer(() => {
      noted.push("effect");
      return observable;
    });

  test.each<[string, () => unknown]>([
    ["an observable is subscribed to, once", () => effect(of(1, 2))],
    ["an observable without a value is subscribed to, once", () => effect(EMPTY)],
    ["the promise of an observable too", async () => effect(of(1))],
  ])("%s", async (_, result) => {
    expect(await answerWhenReturning(result)).toBe("200 processed");
    expect(noted).toEqual(["effect"]);
  });

  test.each<[string, () => unknown]>([
    ["an observable that fails", () => throwError(() => new Error("no"))],
    ["a promise that rejects", async () => Promise.reject(new Error("no"))],
    [
      "a method that throws",
      () => {
        throw new Error("no");
      },
    ],
  ])("%s is a handler that failed", async (_, result) => {
    expect(await answerWhenReturning(result)).toBe("500 handler_failed");
  });
});

describe.each(PLATFORMS)("on %s, a provider", (_, createAdapter) => {
  async function idsSeenBy(providers: Provider[]): Promise<{ seen: string[]; ids: string[] }> {
    noted = [];
    const origin = await started(await create(withReceiver({ providers }), createAdapter()));
    const events = [eventFixture("fax.failed"), eventFixture("fax.failed")];
    for (const event of events) expect(await deliver(origin, event)).toBe("200 processed");
    return { seen: noted, ids: events.map(({ id }) => id) };
  }

  test("of a request's is made for each delivery, also if only what it needs is of a request's", async () => {
    @Injectable({ scope: Scope.REQUEST })
    class Current {
      readonly id: unknown;
      constructor(@Inject(REQUEST) request: IncomingMessage) {
        this.id = request.headers["webhook-id"];
      }
    }
    @Injectable()
    class Handlers {
      constructor(private readonly current: Current) {}
      @OnFax("fax.failed")
      failed(_event: EventOf<"fax.failed">, { platform }: HandlerContext<IncomingMessage>): void {
        expect(platform.headers["webhook-id"]).toBe(this.current.id);
        noted.push(String(this.current.id));
      }
    }
    const { seen, ids } = await idsSeenBy([Current, Handlers]);
    expect(seen).toEqual(ids);
  });

  test("that is durable is made for each tenant, with the payload of its strategy", async () => {
    let made = 0;
    @Injectable({ scope: Scope.REQUEST, durable: true })
    class Handlers {
      constructor(@Inject(REQUEST) private readonly payload: { readonly tenant: string }) {
        made += 1;
      }
      @OnFax("fax.failed")
      failed(): void {
        noted.push(this.payload.tenant);
      }
    }
    const tenant = ContextIdFactory.create();
    ContextIdFactory.apply({
      attach: (id) => ({
        payload: { tenant: "clinic" },
        resolve: ({ isTreeDurable }: HostComponentInfo) => (isTreeDurable ? tenant : id),
      }),
    });
    onTestFinished(() => ContextIdFactory.apply(undefined as never));
    expect((await idsSeenBy([Handlers])).seen).toEqual(["clinic", "clinic"]);
    expect(made).toBe(1);
  });

  test("that is transient is made, too", async () => {
    @Injectable({ scope: Scope.TRANSIENT })
    class Handlers {
      constructor(private readonly notes: Notes) {}
      @OnFax("fax.failed")
      failed(): void {
        this.notes.add("made");
      }
    }
    expect((await idsSeenBy([Handlers])).seen).toEqual(["made", "made"]);
  });

  test("that cannot be made is a handler that failed", async () => {
    @Injectable({ scope: Scope.REQUEST })
    class Handlers {
      constructor() {
        throw new Error("the database is unreachable");
      }
      @OnFax("fax.failed")
      failed(): void {}
    }
    const origin = await started(await create(withReceiver({ providers: [Handlers] }), createAdapter()));
    expect(await deliver(origin)).toBe("500 handler_failed");
  });
});
