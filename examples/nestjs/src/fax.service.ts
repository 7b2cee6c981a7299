import { type EventOf, OnFax } from "@mintfax-webhooks/nestjs";
import { Injectable } from "@nestjs/common";
import { FaxRepository } from "./fax.repository.ts";

@Injectable()
export class FaxService {
  constructor(private readonly faxes: FaxRepository) {}

  @OnFax("fax.delivered")
  keep({ data: { object: fax } }: EventOf<"fax.delivered">): void {
    this.faxes.add(fax.id);
  }
}
