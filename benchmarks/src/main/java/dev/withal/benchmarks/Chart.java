package dev.withal.benchmarks;

import java.awt.Color;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Draws how cost grows with work: a panel for each curve. A flat line is linear growth. */
final class Chart {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 440;

  private Chart() {}

  static void write(List<Curve> curves, Results results, Path file) throws IOException {
    List<XYChart> panels = curves.stream().map(curve -> panel(curve, results)).toList();
    int columns = panels.size() % 2 == 0 ? 2 : 1;
    try (OutputStream out = Files.newOutputStream(file)) {
      BitmapEncoder.saveBitmap(panels, panels.size() / columns, columns, out, BitmapFormat.PNG);
    }
  }

  private static XYChart panel(Curve curve, Results results) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(curve.title())
            .xAxisTitle("how many")
            .yAxisTitle(curve.metric() == Metric.TIME ? "ns" : "bytes")
            .build();
    chart
        .getStyler()
        .setXAxisLogarithmic(true)
        .setYAxisLogarithmic(curve.metric() == Metric.TIME)
        .setPlotGridVerticalLinesVisible(false)
        .setLegendPosition(LegendPosition.OutsideS)
        .setLegendLayout(LegendLayout.Horizontal)
        .setChartBackgroundColor(Color.WHITE);
    if (curve.metric() != Metric.TIME) {
      chart.getStyler().setYAxisMin(0.0);
    }
    curve.series().forEach((name, subject) -> line(chart, name, curve, subject, results));
    return chart;
  }

  private static void line(
      XYChart chart, String name, Curve curve, LongFunction<Subject> subject, Results results) {
    List<Double> sizes = new ArrayList<>();
    List<Double> costs = new ArrayList<>();
    curve
        .sizes(10)
        .forEach(size ->
            results
                .find(subject.apply(size))
                .ifPresent(measured -> {
                  sizes.add((double) size);
                  costs.add(measured.median(curve.metric()));
                }));
    if (!sizes.isEmpty()) {
      chart.addSeries(name, sizes, costs);
    }
  }
}
