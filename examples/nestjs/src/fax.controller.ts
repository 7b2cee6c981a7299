import { Controller, Get } from "@nestjs/common";
import { FaxRepository } from "./fax.repository.ts";

@Controller()
export class FaxController {
  constructor(private readonly faxes: FaxRepository) {}

  @Get()
  list(): readonly string[] {
    return this.faxes.all();
  }
}
