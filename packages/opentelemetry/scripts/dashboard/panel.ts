import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import { ThresholdsConfigBuilder, ThresholdsMode } from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/timeseries";

/** A line, or one for each value of its labels. */
export interface Query {
  /** Of Prometheus. `$job` and `$__rate_interval` are Grafana's. */
  readonly expr: string;
  readonly legend: string;
}

/** A graph over time. */
export interface Graph {
  readonly title: string;
  readonly description: string;
  /** By Grafana's ids of units. */
  readonly unit: "s" | "short" | "cpm";
  readonly queries: readonly Query[];
  /** Draws areas upon each other, for what adds up. Default false. */
  readonly isStacked?: boolean;
  /** Draws a red line here. */
  readonly limit?: number;
}

/** Where every panel looks: what is chosen at the top of the dashboard. */
const DATASOURCE = { type: "prometheus", uid: "$datasource" };
const HEIGHT = 8;

/** @param span of 24 columns */
export function panelOf(id: number, graph: Graph, span: number): PanelBuilder {
  const { title, description, unit, queries, isStacked = false, limit } = graph;
  const panel = new PanelBuilder()
    .id(id)
    .title(title)
    .description(description)
    .unit(unit)
    .min(0)
    .height(HEIGHT)
    .span(span)
    .datasource(DATASOURCE)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .calcs([]),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi));
  if (isStacked) {
    panel.fillOpacity(30).stacking(new StackingConfigBuilder().group("A").mode(StackingMode.Normal));
  }
  if (limit !== undefined) {
    const steps = [
      { value: null as unknown as number, color: "transparent" },
      { value: limit, color: "red" },
    ];
    panel
      .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps))
      .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Line));
  }
  for (const [index, { expr, legend }] of queries.entries()) {
    const refId = String.fromCharCode("A".charCodeAt(0) + index);
    panel.withTarget(
      new DataqueryBuilder().refId(refId).datasource(DATASOURCE).expr(expr).legendFormat(legend).range(),
    );
  }
  return panel;
}
