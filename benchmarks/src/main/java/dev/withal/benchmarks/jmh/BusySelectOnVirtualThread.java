package dev.withal.benchmarks.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The same on a virtual thread. */
@State(Scope.Benchmark)
@Fork(jvmArgsAppend = "-Djmh.executor=VIRTUAL")
public class BusySelectOnVirtualThread extends BusySelect {

  /** Where an interruption may cost the connection, as it may in {@link #driver}. */
  @Benchmark
  public int withalLosing() throws Exception {
    return selectLosing();
  }
}
