package dev.withal.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.benchmarks.jmh.OneUse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

class CasesTest {

  @Test
  void subjects_areBenchmarksWithThoseParameters() {
    var benchmarks = benchmarks().collect(Collectors.toMap(CasesTest::name, Function.identity()));

    assertThat(subjects()).hasSizeGreaterThan(30);
    for (Subject subject : subjects()) {
      assertThat(benchmarks).containsKey(subject.benchmark());
      assertThat(benchmarks.get(subject.benchmark()).getParams().orElse(Map.of()))
          .as(subject.name())
          .containsOnlyKeys(subject.parameters().keySet());
    }
  }

  @Test
  void benchmarks_areAllPartOfACaseOrCurve() {
    Set<String> used = subjects().stream().map(Subject::benchmark).collect(Collectors.toSet());

    assertThat(benchmarks().map(CasesTest::name)).allMatch(used::contains);
  }

  @Test
  void targets_compareWithWhatTheCaseHas() {
    for (Case some : Cases.ALL) {
      assertThat(some.targets()).as(some.title()).isNotEmpty();
      for (Target target : some.targets()) {
        if (target instanceof Target.Times times) {
          assertThat(some.other(times.other()).name()).isEqualTo(times.other());
        }
        if (target instanceof Target.More more) {
          assertThat(some.other(more.other()).name()).isEqualTo(more.other());
        }
      }
    }
  }

  @Test
  void titles_areUnique() {
    assertThat(Cases.ALL).extracting(Case::title).doesNotHaveDuplicates();
  }

  private static List<Subject> subjects() {
    return Stream.concat(
            Cases.ALL.stream().flatMap(some -> some.subjects().stream()),
            Cases.CURVES.stream().flatMap(curve -> curve.subjects(10)))
        .toList();
  }

  private static Stream<BenchmarkListEntry> benchmarks() {
    return BenchmarkList.defaultList()
        .getAll(OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT), List.of())
        .stream();
  }

  private static String name(BenchmarkListEntry benchmark) {
    return benchmark.getUsername().substring(OneUse.class.getPackageName().length() + 1);
  }
}
