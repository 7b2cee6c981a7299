import { MintfaxWebhooksModule } from "@mintfax-webhooks/nestjs";
import { Module } from "@nestjs/common";
import { FaxController } from "./fax.controller.ts";
import { FaxRepository } from "./fax.repository.ts";
import { FaxService } from "./fax.service.ts";
import { print } from "./print.ts";

@Module({
  // The secret comes from MINTFAX_WEBHOOK_SECRET; deliveries arrive at POST /webhooks/mintfax.
  imports: [MintfaxWebhooksModule.forRoot({ onOutcome: print, onLateOutcome: print })],
  controllers: [FaxController],
  providers: [FaxRepository, FaxService],
})
export class AppModule {}
