package dev.withal.stress.trees;

import dev.withal.Report;
import dev.withal.internal.Held;
import dev.withal.testkit.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One tree, carried out and compared with the model. */
record Trial(Tree tree, List<String> expected, List<String> actual) {
  private static final Duration LONG = Duration.ofDays(1);

  static Trial of(Tree tree) throws InterruptedException, ExecutionException {
    return new Trial(tree, Model.of(tree).lines(), run(tree));
  }

  boolean differs() {
    return !expected.equals(actual);
  }

  /** Runs a tree on a thread of its own, so that one which hangs can be left there. */
  private static List<String> run(Tree tree) throws InterruptedException, ExecutionException {
    var leaks = new Leaks();
    var events = new Events();
    var clock = new CompletableFuture<VirtualTime>();
    var lines = new CompletableFuture<List<String>>();
    Held.watch(leaks);
    Thread.startVirtualThread(() -> {
      try {
        clock.complete(VirtualTime.install());
        lines.complete(run(tree, clock.join(), events, leaks));
      } catch (Throwable error) {
        lines.completeExceptionally(error);
      }
    });
    try {
      return lines.get(20, TimeUnit.SECONDS);
    } catch (TimeoutException _) {
      var hanging = new ArrayList<>(events.lines());
      hanging.add("hangs");
      return hanging;
    } finally {
      clock.get().close();
      Held.unwatch(leaks);
    }
  }

  private static List<String> run(Tree tree, VirtualTime time, Events events, Leaks leaks) {
    var player = new Player(time, events);
    try (var _ = Report.listen(report -> events.report(player.now(), text(report)))) {
      player.play(tree);
      time.advance(LONG);
    }
    var lines = new ArrayList<>(events.lines());
    lines.addAll(leaks.lines(time));
    return lines;
  }

  private static String text(Report report) {
    return report.kind() + " " + (report.error() == null ? "" : Label.of(report.error()));
  }

  @Override
  public String toString() {
    return tree + "must be\n" + indented(expected) + "but was\n" + indented(actual);
  }

  private static String indented(List<String> lines) {
    return "  " + String.join("\n  ", lines) + "\n";
  }
}
