/** An application with the standard's decorators, which takes one delivery and ends. */
import { MintfaxWebhooksModule, OnAnyEvent, OnFax } from "@mintfax-webhooks/nestjs";
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import { Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";

class Base {
  @OnFax("fax.failed")
  failed(): void {
    console.log("failed");
  }
}

class Handlers extends Base {
  @OnFax("fax.queued")
  @OnAnyEvent()
  two({ type }: { readonly type: string }): void {
    console.log(`two: ${type}`);
  }
}

@Module({ imports: [MintfaxWebhooksModule.forRoot({ secret: SECRET })], providers: [Handlers] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: false });
await app.listen(0, "127.0.0.1");
const sender = createTestSender({ secret: SECRET, to: `${await app.getUrl()}/webhooks/mintfax` });
for (const type of ["fax.failed", "fax.queued", "balance.low"] as const) {
  const { status } = await sender.attempt(eventFixture(type));
  if (status !== 200) console.log(`${type}: ${status}`);
}
await app.close();
