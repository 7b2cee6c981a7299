import {
  type Dashboard,
  DashboardBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { panelOf } from "./panel.ts";
import { ROWS } from "./rows.ts";

/** Columns of a third of the page. */
const SPAN = 8;

/** The dashboard, as Grafana imports it. */
export function dashboard(): Dashboard {
  const builder = new DashboardBuilder("mintfax webhooks")
    .uid("mintfax-webhooks")
    .description("Metrics of @mintfax-webhooks/opentelemetry, as Prometheus has them.")
    .tags(["mintfax", "webhooks"])
    .refresh("30s")
    .time({ from: "now-6h", to: "now" })
    .withVariable(new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"))
    .withVariable(
      new QueryVariableBuilder("job")
        .label("Job")
        .datasource({ type: "prometheus", uid: "$datasource" })
        // Workers and catch-up may run in processes of their own.
        .query('label_values({__name__=~"mintfax_.+"}, job)')
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .multi(true)
        .includeAll(true)
        .allValue(".*")
        .current({ selected: true, text: "All", value: "$__all" }),
    );
  let id = 0;
  for (const { title, graphs } of ROWS) {
    builder.withRow(new RowBuilder(title).id(++id));
    for (const graph of graphs) builder.withPanel(panelOf(++id, graph, SPAN));
  }
  return builder.build();
}

/** The file of the package. */
export function dashboardText(): string {
  return `${JSON.stringify(dashboard(), null, 2)}\n`;
}
