package dev.withal.benchmarks;

import dev.withal.benchmarks.Case.Other;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A target of a case, and what came out.
 *
 * @param target what must come out
 * @param other what Withal is compared with; empty if the case has nothing
 * @param ratio of Withal to that
 * @param isMet whether what must come out did
 */
record Judgement(Target target, Optional<Other> other, Optional<Spread> ratio, boolean isMet) {

  /** What counts as equal: bytes per operation have a share of what measures them. */
  private static final double EXACTNESS = 0.001;

  static List<Judgement> of(Case some, Results results) {
    return some.targets().stream().map(target -> of(some, target, results)).toList();
  }

  private static Judgement of(Case some, Target target, Results results) {
    Metric metric = target.metric();
    Optional<Other> other =
        switch (target) {
          case Target.Times times -> Optional.of(some.other(times.other()));
          case Target.More more -> Optional.of(some.other(more.other()));
          case Target.AheadOfLibraries _ -> bestLibrary(some, metric, results);
          case Target.AtMost _ -> some.others().stream().findFirst();
        };
    Measurement withal = results.get(some.withal());
    Optional<Spread> ratio =
        other.map(compared ->
            Spread.ofRatio(withal.of(metric), results.get(compared.subject()).of(metric)));
    boolean met =
        switch (target) {
          case Target.Times times -> ratio.orElseThrow().value() <= times.factor() + EXACTNESS;
          case Target.More more ->
              withal.median(metric)
                  <= results.get(some.other(more.other()).subject()).median(metric) + more.most();
          case Target.AheadOfLibraries _ -> ratio.orElseThrow().value() < 1;
          case Target.AtMost limit -> withal.median(metric) <= limit.limit();
        };
    return new Judgement(target, other, ratio, met);
  }

  /** {@return the library that takes least} */
  static Optional<Other> bestLibrary(Case some, Metric metric, Results results) {
    return some.others().stream()
        .filter(Other::isLibrary)
        .min(Comparator.comparingDouble(library -> results.get(library.subject()).median(metric)));
  }
}
