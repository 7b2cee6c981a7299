/** What is refused when an application starts, or when its classes are defined. */
import {
  ConfigurationError,
  MintfaxWebhooks,
  MintfaxWebhooksModule,
  OnAnyEvent,
  OnBalance,
  OnFax,
} from "@mintfax-webhooks/nestjs";
import type { ModuleMetadata } from "@nestjs/common";
import { expect, test } from "vitest";
import { create, SECRET } from "./app.ts";

const receiver = MintfaxWebhooksModule.forRoot({ secret: SECRET });

/** What starting throws. */
async function refusalOf(root: ModuleMetadata): Promise<ConfigurationError> {
  try {
    const app = await create(root);
    await app.init().finally(() => app.close());
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return error as ConfigurationError;
  }
  throw new Error("it started");
}

class FaxService {
  @OnFax("fax.failed")
  failed(): void {}
}
class AuditService {
  @OnFax("fax.failed")
  record(): void {}
}

test("two handlers of a type are refused, with the names of both methods", async () => {
  const error = await refusalOf({ imports: [receiver], providers: [FaxService, AuditService] });
  expect(error.code).toBe("handler_duplicate");
  expect(error.message).toMatch(
    /^FaxService\.failed of AppModule and AuditService\.record of AppModule both handle "fax\.failed"\./,
  );
});

test("a provider that is listed in two modules is refused, with the names of both modules", async () => {
  class Faxes {}
  const faxes = { module: Faxes, providers: [FaxService] };
  const error = await refusalOf({ imports: [receiver, faxes], providers: [FaxService] });
  expect(error.code).toBe("handler_duplicate");
  expect(error.message).toContain("FaxService.failed of AppModule");
  expect(error.message).toContain("FaxService.failed of Faxes");
});

test("a handler of a type, and another by on(), are refused", async () => {
  const registers = {
    provide: "registers",
    inject: [MintfaxWebhooks],
    useFactory: (webhooks: MintfaxWebhooks) => webhooks.on("fax.failed", () => {}),
  };
  const error = await refusalOf({ imports: [receiver], providers: [FaxService, registers] });
  expect(error.code).toBe("handler_duplicate");
});

test("a handler of a module that there is not is refused", async () => {
  class Billing {
    @OnFax("fax.failed", "billing")
    failed(): void {}
  }
  const error = await refusalOf({ imports: [receiver], providers: [Billing] });
  expect(error.code).toBe("option_unknown");
  expect(error.message).toContain(
    'Billing.failed of AppModule handles "fax.failed" of the module named "billing".',
  );
  expect(error.message).toContain("the module without a name");
});

test("a type that there is not is refused", async () => {
  class Misspelt {
    @OnFax("fax.sent" as "fax.failed")
    sent(): void {}
  }
  expect((await refusalOf({ imports: [receiver], providers: [Misspelt] })).code).toBe("event_type_unknown");
});

test("the module without forRoot() is refused", async () => {
  const error = await refusalOf({ imports: [MintfaxWebhooksModule] });
  expect(error.code).toBe("parentheses_missing");
  expect(error.message).toContain("MintfaxWebhooksModule.forRoot()");
});

test.each([
  ["without a name", {}, {}, "twice without a name"],
  ["of one name", { name: "a", path: "/a" }, { name: "a", path: "/b" }, 'twice with the name "a"'],
  ["on one path", { name: "a" }, { name: "b" }, "Two modules take deliveries to /webhooks/mintfax"],
])("two modules %s are refused", async (_, one, other, message) => {
  const imports = [one, other].map((options) =>
    MintfaxWebhooksModule.forRoot({ secret: SECRET, ...options }),
  );
  const error = await refusalOf({ imports });
  expect(error.code).toBe("option_invalid");
  expect(error.message).toContain(message);
});

test.each([
  ["a secret that is missing", {}, "secret_missing"],
  ["a misspelt option", { secret: SECRET, deadline: 1 }, "option_unknown"],
  ["a path without a slash", { secret: SECRET, path: "webhooks" }, "option_out_of_bounds"],
])("%s is refused, also of forRootAsync()", async (_, options, code) => {
  expect((await refusalOf({ imports: [MintfaxWebhooksModule.forRoot(options)] })).code).toBe(code);
  const later = MintfaxWebhooksModule.forRootAsync({ useFactory: async () => options });
  expect((await refusalOf({ imports: [later] })).code).toBe(code);
});

test("forRootAsync() without a factory, or with one that returns nothing, is refused", async () => {
  const useClass = class {};
  expect(() => MintfaxWebhooksModule.forRootAsync({ useClass } as never)).toThrow("In place of useClass");
  const forgets = MintfaxWebhooksModule.forRootAsync({ useFactory: () => undefined as never });
  const error = await refusalOf({ imports: [forgets] });
  expect([error.code, error.message]).toEqual([
    "option_invalid",
    expect.stringContaining("of type undefined"),
  ]);
});

test("what is not a method of instances is refused as soon as it is decorated", () => {
  const refused = (define: () => unknown) =>
    expect(define).toThrow(expect.objectContaining({ code: "handler_invalid" }));
  refused(() => {
    class Static {
      @OnFax("fax.failed")
      static failed(): void {}
      other(): void {}
    }
    return Static;
  });
  refused(() => {
    class Property {
      // @ts-expect-error a property is not a method
      @OnBalance("balance.low")
      low = (): void => {};
    }
    return Property;
  });
  refused(() => {
    class Accessor {
      // @ts-expect-error what an accessor returns is not a method either
      @OnAnyEvent()
      get any(): number {
        return 1;
      }
    }
    return Accessor;
  });
  const standard = {
    kind: "method",
    name: "failed",
    static: false,
    private: false,
  } as ClassMethodDecoratorContext;
  for (const wrong of [{ kind: "field" }, { static: true }, { private: true }]) {
    refused(() => OnFax("fax.failed")(() => {}, { ...standard, ...wrong } as ClassMethodDecoratorContext));
  }
});
