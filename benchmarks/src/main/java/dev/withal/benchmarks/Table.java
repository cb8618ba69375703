package dev.withal.benchmarks;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import dev.withal.benchmarks.Case.Other;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** The table of a run: one line for each target of a case. It is Markdown as well. */
final class Table {
  private static final Character[] MARKDOWN = {
    null,
    null,
    null,
    null, // nothing above the head
    '|',
    '|',
    '|', // the head
    '|',
    '-',
    '|',
    '|', // below the head
    '|',
    '|',
    '|', // the lines
    null,
    null,
    null,
    null, // nothing between them
    null,
    null,
    null,
    null,
    null,
    null,
    null, // no foot
    null,
    null,
    null,
    null // nothing below
  };

  private record Line(
      String title,
      String withal,
      String floor,
      String library,
      String ratio,
      String bytes,
      String target,
      String verdict) {}

  private Table() {}

  static String of(List<Case> cases, Results results) {
    List<Line> lines = new ArrayList<>();
    cases.forEach(some -> lines.addAll(lines(some, results)));
    return AsciiTable.getTable(
        MARKDOWN,
        lines,
        List.of(
            column("case", HorizontalAlign.LEFT, Line::title),
            column("Withal", HorizontalAlign.RIGHT, Line::withal),
            column("floor", HorizontalAlign.LEFT, Line::floor),
            column("best library", HorizontalAlign.LEFT, Line::library),
            column("ratio (95 %)", HorizontalAlign.LEFT, Line::ratio),
            column("bytes", HorizontalAlign.LEFT, Line::bytes),
            column("target", HorizontalAlign.LEFT, Line::target),
            column("", HorizontalAlign.LEFT, Line::verdict)));
  }

  private static ColumnData<Line> column(
      String header, HorizontalAlign align, Function<Line, String> cell) {
    return new Column().header(header).headerAlign(align).dataAlign(align).with(cell);
  }

  private static List<Line> lines(Case some, Results results) {
    List<Line> lines = new ArrayList<>();
    for (Judgement judgement : Judgement.of(some, results)) {
      boolean first = lines.isEmpty();
      Metric metric = judgement.target().metric();
      Metric shown = metric == Metric.BYTES ? Metric.TIME : metric;
      Optional<Other> other = judgement.other();
      lines.add(
          new Line(
              first ? some.title() : "",
              first ? shown.format(results.get(some.withal()).median(shown)) : "",
              named(other.filter(floor -> !floor.isLibrary()), shown, results),
              named(
                  first
                      ? Judgement.bestLibrary(some, shown, results)
                      : other.filter(Other::isLibrary),
                  shown,
                  results),
              judgement.ratio().map(Table::ratio).orElse(""),
              first || metric == Metric.BYTES ? bytes(some, other, results) : "",
              judgement.target().text(),
              judgement.isMet() ? "met" : "not met"));
    }
    return lines;
  }

  private static String named(Optional<Other> other, Metric metric, Results results) {
    return other
        .map(some -> some.name() + " " + metric.format(results.get(some.subject()).median(metric)))
        .orElse("");
  }

  private static String bytes(Case some, Optional<Other> other, Results results) {
    String own = Metric.BYTES.format(results.get(some.withal()).median(Metric.BYTES));
    return other
        .map(floor ->
            own + " : " + Metric.BYTES.format(results.get(floor.subject()).median(Metric.BYTES)))
        .orElse(own);
  }

  static String ratio(Spread spread) {
    return String.format(
        Locale.ROOT, "%.2f (%.2f–%.2f)", spread.value(), spread.low(), spread.high());
  }
}
