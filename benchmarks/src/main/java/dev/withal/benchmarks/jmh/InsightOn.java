package dev.withal.benchmarks.jmh;

import dev.withal.insight.Insight;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Insight is on for as long as a benchmark is measured, and shows nothing at its end. */
@State(Scope.Benchmark)
public class InsightOn {

  @Setup
  public void setUp() {
    Insight.start();
  }

  @TearDown
  public void tearDown() {
    Checks.require(Insight.isOn(), "Insight is on until all is measured");
    Checks.require(Insight.contexts().getHeld() == 0, "nothing is held");
    Insight.stop();
  }
}
