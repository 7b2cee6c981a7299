/** A receiver among all that an application of Nest's may have. */
import { once } from "node:events";
import { connect } from "node:http2";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import middie from "@fastify/middie";
import {
  checkSetup,
  getWebhooksToken,
  MintfaxWebhooks,
  MintfaxWebhooksModule,
  OnFax,
} from "@mintfax-webhooks/nestjs";
import { eventFixture, forge, signDelivery } from "@mintfax-webhooks/testing";
import {
  Body,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  HttpCode,
  type INestApplication,
  type MiddlewareConsumer,
  type NestApplicationOptions,
  type NestInterceptor,
  type PipeTransform,
  Post,
  VersioningType,
} from "@nestjs/common";
import { APP_GUARD, NestFactory } from "@nestjs/core";
import { type MicroserviceOptions, Transport } from "@nestjs/microservices";
import { ExpressAdapter } from "@nestjs/platform-express";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import { Test } from "@nestjs/testing";
import express from "express";
import helmet from "helmet";
import request from "supertest";
import { freePort } from "test-support/free-port";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { create, deliver, PATH, PLATFORMS, SECRET, started } from "./app.ts";

/** The names of what Nest has called. */
const called: string[] = [];
afterEach(() => {
  called.length = 0;
  vi.unstubAllEnvs();
});

class FaxService {
  @OnFax("fax.failed")
  failed(): void {}
}

@Controller()
class EchoController {
  @Post("echo")
  @HttpCode(200)
  echo(@Body() body: object): object {
    return body;
  }
}

const receiver = () => MintfaxWebhooksModule.forRoot({ secret: SECRET, onOutcome: () => {} });
const root = () => ({ imports: [receiver()], controllers: [EchoController], providers: [FaxService] });

async function echoes(url: string): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  return (await fetch(url, { method: "POST", headers, body: '{"order":1042}' })).json();
}

class Guard implements CanActivate {
  canActivate(): boolean {
    called.push("guard");
    return true;
  }
}
class Pipe implements PipeTransform {
  transform(value: unknown): unknown {
    called.push("pipe");
    return value;
  }
}
class Interceptor implements NestInterceptor {
  intercept(_: unknown, next: CallHandler) {
    called.push("interceptor");
    return next.handle();
  }
}
@Catch()
class Filter implements ExceptionFilter {
  catch(error: Error): never {
    called.push("filter");
    throw error;
  }
}

describe.each(PLATFORMS)("on %s", (_, createAdapter) => {
  test("forRoot() takes its secret from MINTFAX_WEBHOOK_SECRET, and other routes keep their bodies", async () => {
    vi.stubEnv("MINTFAX_WEBHOOK_SECRET", SECRET);
    const imports = [MintfaxWebhooksModule.forRoot()];
    const origin = await started(await create({ ...root(), imports }, createAdapter()));
    const event = eventFixture("fax.failed");
    expect(await deliver(origin, event)).toBe("200 processed");
    expect(await deliver(origin, event)).toBe("200 duplicate");
    expect(await echoes(`${origin}/echo`)).toEqual({ order: 1042 });
  });

  test("forRootAsync() makes the options of other providers", async () => {
    class Settings {
      readonly secret = SECRET;
    }
    class SettingsModule {}
    const settings = { module: SettingsModule, providers: [Settings], exports: [Settings] };
    const later = MintfaxWebhooksModule.forRootAsync({
      imports: [settings],
      inject: [Settings],
      useFactory: async ({ secret }: Settings) => ({ secret, path: "/fax", onOutcome: () => {} }),
    });
    const app = await create({ imports: [later], providers: [FaxService] }, createAdapter());
    expect(await deliver(await started(app), undefined, { path: "/fax" })).toBe("200 processed");
  });

  test("an application for tests takes deliveries by supertest", async () => {
    const testing = await Test.createTestingModule(root())
      .overrideProvider(FaxService)
      .useValue(new FaxService())
      .compile();
    const app = testing.createNestApplication(createAdapter(), { logger: false });
    await app.init();
    await app.getHttpAdapter().getInstance().ready?.();
    const post = ({ headers, body }: ReturnType<typeof signDelivery>) =>
      request(app.getHttpServer()).post(PATH).set(headers).send(new TextDecoder().decode(body));
    const delivery = signDelivery(eventFixture("fax.failed"), { secret: SECRET });
    expect((await post(forge(delivery))).status).toBe(400);
    expect((await post(delivery)).body).toMatchObject({ outcome: "processed" });
    await app.close();
  });

  test.each<[string, NestApplicationOptions, ((app: INestApplication) => unknown)?]>([
    ["with rawBody", { rawBody: true }],
    ["without body parsers", { bodyParser: false }],
    ["with cors", { cors: true }],
    ["with helmet", {}, (app) => app.use(helmet())],
    ["with middleware that reads bodies", {}, (app) => app.use(drained)],
    [
      "with versions in the path",
      {},
      (app) => app.enableVersioning({ type: VersioningType.URI, defaultVersion: "1" }),
    ],
    [
      "with versions in a header",
      {},
      (app) => app.enableVersioning({ type: VersioningType.HEADER, header: "x-v" }),
    ],
    [
      "with protection against forged requests",
      {},
      (app) => (app as never as { enableCsrfProtection(): void }).enableCsrfProtection(),
    ],
  ])("%s, deliveries are processed", async (_, options, prepare) => {
    const app = await create(root(), createAdapter(), options);
    prepare?.(app);
    const origin = await started(app);
    expect(await deliver(origin)).toBe("200 processed");
    expect(await deliver(origin, undefined, { secret: "whsec_b3RoZXItb3RoZXItb3RoZXItb3RoZXIt" })).toBe(
      "400 signature_mismatch",
    );
  });

  test("guards, pipes, interceptors and filters see other requests, and no delivery", async () => {
    const providers = [FaxService, { provide: APP_GUARD, useClass: Guard }];
    const app = await create({ ...root(), providers }, createAdapter());
    app.useGlobalGuards(new Guard()).useGlobalPipes(new Pipe()).useGlobalInterceptors(new Interceptor());
    app.useGlobalFilters(new Filter());
    const origin = await started(app);
    expect(await deliver(origin)).toBe("200 processed");
    expect(called).toEqual([]);
    await echoes(`${origin}/echo`);
    expect(called).toEqual(["guard", "guard", "interceptor", "pipe"]);
  });

  test("middleware of modules sees other requests, and no delivery", async () => {
    class Middled {
      configure(consumer: MiddlewareConsumer): void {
        const note = (_req: unknown, _res: unknown, next: () => void) => {
          called.push("middleware");
          next();
        };
        consumer.apply(note).forRoutes("*path");
      }
    }
    const app = await create({ ...root(), imports: [receiver(), Middled] }, createAdapter());
    const origin = await started(app);
    expect(await deliver(origin)).toBe("200 processed");
    expect(called).toEqual([]);
    await echoes(`${origin}/echo`);
    expect(called).toEqual(["middleware"]);
  });

  test.each([
    ["api", "/api"],
    ["/api/v1/", "/api/v1"],
    ["of/:clinic", "/of/berlin"],
  ])("with the global prefix %s, the path is taken with and without it", async (prefix, below) => {
    const app = await create(root(), createAdapter());
    app.setGlobalPrefix(prefix);
    const origin = await started(app);
    expect(await deliver(origin)).toBe("200 processed");
    expect(await deliver(origin, undefined, { path: below + PATH })).toBe("200 processed");
    expect(await echoes(`${origin}${below}/echo`)).toEqual({ order: 1042 });
  });

  test("a delivery to another path is answered with 404, and one line says where it would be taken", async () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => {});
    const app = await create(root(), createAdapter());
    app.setGlobalPrefix("api");
    const origin = await started(app);
    for (const path of ["/fax", `/other${PATH}`, `/api${PATH}/more`, "/api"])
      expect(await deliver(origin, undefined, { path })).toMatch(/^404/);
    const lines = error.mock.calls.map(([line]) => String(line));
    error.mockRestore();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("takes deliveries to /webhooks/mintfax");
  });

  test("two modules have secrets, paths, handlers and stores of their own", async () => {
    const handled: string[] = [];
    class Handlers {
      @OnFax("fax.failed")
      one(): void {
        handled.push("unnamed");
      }
      @OnFax("fax.failed", "billing")
      @OnFax("fax.queued", "billing")
      other(): void {
        handled.push("billing");
      }
    }
    const other = "whsec_b3RoZXItb3RoZXItb3RoZXItb3RoZXIt";
    const { createMemoryStore } = await import("@mintfax-webhooks/nestjs");
    const shared = { store: createMemoryStore(), onOutcome: () => {} };
    const imports = [
      MintfaxWebhooksModule.forRoot({ ...shared, secret: SECRET }),
      MintfaxWebhooksModule.forRootAsync({
        name: "billing",
        useFactory: () => ({ ...shared, path: "/billing", secret: other }),
      }),
    ];
    const app = await create({ imports, providers: [Handlers] }, createAdapter());
    const origin = await started(app);
    const event = eventFixture("fax.failed");
    const billing = { path: "/billing", secret: other };
    expect(await deliver(origin, event)).toBe("200 processed");
    // Two endpoints may be sent the same event.
    expect(await deliver(origin, event, billing)).toBe("200 processed");
    expect(await deliver(origin, event, billing)).toBe("200 duplicate");
    expect(await deliver(origin, event, { path: "/billing" })).toBe("400 signature_mismatch");
    expect(await deliver(origin, eventFixture("fax.queued"))).toBe("200 unhandled");
    expect(handled).toEqual(["unnamed", "billing"]);
    expect(await app.get<MintfaxWebhooks>(getWebhooksToken("billing")).forget(event.id)).toBe("forgotten");
    expect(await deliver(origin, event, billing)).toBe("200 processed");
    expect(await deliver(origin, event)).toBe("200 duplicate");
    expect(await app.get(MintfaxWebhooks).forget(event.id)).toBe("forgotten");
  });

  test("a hybrid application takes deliveries, too", async () => {
    const app = await create(root(), createAdapter());
    app.connectMicroservice<MicroserviceOptions>(
      { transport: Transport.TCP, options: { host: "127.0.0.1", port: await freePort() } },
      { inheritAppConfig: true },
    );
    await app.startAllMicroservices();
    expect(await deliver(await started(app))).toBe("200 processed");
  });
});

test("a server that listens before its application has started answers 503, so that no event is taken for unhandled", async () => {
  const server = express();
  const app = await create(root(), new ExpressAdapter(server));
  const listening = server.listen(0, "127.0.0.1");
  onTestFinished(() => void listening.close());
  await once(listening, "listening");
  const origin = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  const event = eventFixture("fax.failed");
  expect(await deliver(origin, event)).toMatch(/^503/);
  await app.init();
  expect(await deliver(origin, event)).toBe("200 processed");
});

test.each(["", "/api"])(
  "an application below a path of another one of Express takes deliveries there, with the global prefix %o",
  async (prefix) => {
    const [outer, inner] = [express(), express()];
    const app = await create(root(), new ExpressAdapter(inner));
    app.setGlobalPrefix(prefix);
    await app.init();
    onTestFinished(() => app.close());
    const listening = outer.use("/nest", inner).listen(0, "127.0.0.1");
    onTestFinished(() => void listening.close());
    await once(listening, "listening");
    const origin = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
    for (const path of [`/nest${PATH}`, `/nest${prefix}${PATH}`])
      expect(await deliver(origin, undefined, { path })).toBe("200 processed");
    expect(await deliver(origin, undefined, { path: `/nest/other${PATH}` })).toMatch(/^404/);
  },
);

test("on Fastify with skipMiddie, deliveries are processed where the application has registered middie itself", async () => {
  const adapter = new FastifyAdapter({ skipMiddie: true });
  await adapter.register(middie as never);
  const origin = await started(await create(root(), adapter));
  expect(await deliver(origin)).toBe("200 processed");
  expect(await echoes(`${origin}/echo`)).toEqual({ order: 1042 });
});

test("on Fastify with skipMiddie and without middie, the application does not start", async () => {
  await expect(create(root(), new FastifyAdapter({ skipMiddie: true }))).rejects.toThrow(
    "use is not a function",
  );
});

test("over HTTP/2, deliveries are processed", async () => {
  const adapter = new FastifyAdapter({ http2: true } as never);
  const app = await create(root(), adapter);
  const session = connect(await started(app));
  const { headers, body } = signDelivery(eventFixture("fax.failed"), { secret: SECRET });
  const stream = session.request({ ":method": "POST", ":path": PATH, ...headers });
  stream.end(body);
  expect(JSON.parse(await text(stream))).toMatchObject({ outcome: "processed" });
  session.close();
});

test("an application without HTTP starts, and has the receiver", async () => {
  class Root {}
  const context = await NestFactory.createApplicationContext(
    { module: Root, ...root() },
    { logger: false, abortOnError: false },
  );
  expect(await context.get(MintfaxWebhooks).forget("evt_1")).toBe("absent");
  await context.close();
});

async function drained(req: AsyncIterable<unknown>, _res: unknown, next: () => void): Promise<void> {
  for await (const _ of req) called.push("read");
  next();
}

test("the set-up of the receiver that Nest injects can be checked", async () => {
  const app = await create(root());
  await started(app);
  const { ready, findings } = await checkSetup(app.get(MintfaxWebhooks));
  expect(ready).toBe(true);
  expect(findings).toContainEqual(expect.objectContaining({ code: "handlers", ok: true }));
});
