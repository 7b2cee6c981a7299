import { metrics } from "@opentelemetry/api";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { freePort } from "test-support/free-port";

/** Registers an SDK whose metrics can be scraped. */
export class ScrapedMetrics {
  /** A host and a port of this machine. */
  readonly address: string;
  readonly #exporter: PrometheusExporter;

  static async start(): Promise<ScrapedMetrics> {
    return new ScrapedMetrics(await freePort());
  }

  private constructor(port: number) {
    this.address = `127.0.0.1:${port}`;
    this.#exporter = new PrometheusExporter({ host: "127.0.0.1", port });
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [this.#exporter] }));
  }

  async stop(): Promise<void> {
    metrics.disable();
    await this.#exporter.shutdown();
  }
}
