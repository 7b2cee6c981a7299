import { createShutdown, MintfaxWebhooks } from "@mintfax-webhooks/nestjs";
import { NestFactory } from "@nestjs/core";
import { AppModule } from "./app.module.ts";
import { print } from "./print.ts";

const app = await NestFactory.create(AppModule, { logger: ["error", "warn"] });

// Deliveries that have begun are finished and answered; then Nest closes what handlers use.
const shutDown = createShutdown(app.getHttpServer(), app.get(MintfaxWebhooks), {
  afterwards: async () => {
    await app.close();
    print({ drained: true });
  },
});
process.on("SIGTERM", shutDown);

const { PORT = "3000", HOST = "127.0.0.1" } = process.env;
await app.listen(Number(PORT), HOST);
print({ listening: app.getHttpServer().address() });
