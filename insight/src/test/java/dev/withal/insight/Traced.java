package dev.withal.insight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.AsyncContextManager;
import dev.withal.Report;
import dev.withal.Verdict;
import dev.withal.internal.Tracer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Insight without its thread: the test tells the time, and says when to look. */
final class Traced implements AutoCloseable {
  final Contexts contexts = new Contexts();
  final LongHeld longHeld = new LongHeld();
  final List<Report> reports = new CopyOnWriteArrayList<>();
  private final Tracing tracing = new Tracing(contexts, longHeld);
  private final Report.Registration listening = Report.listen(reports::add);
  private long now = 1_000_000;

  Traced() {
    awaitEndOfPulse();
    Tracer.tick(now);
    tracing.begin();
  }

  /** Insight that was switched off returns at once, and may look around a moment longer. */
  private static void awaitEndOfPulse() {
    pulses()
        .forEach(thread -> {
          try {
            thread.join();
          } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while Insight ended", e);
          }
        });
  }

  /** {@return the threads that tell the time, of which one that was stopped may still end} */
  static Stream<Thread> pulses() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("withal-insight"));
  }

  void pass(long millis) {
    now += millis;
    Tracer.tick(now);
  }

  void look() {
    tracing.look();
  }

  /** {@return the tree, without the numbers of lines and without what lambdas are called} */
  String tree() {
    return plain(contexts.tree(100));
  }

  static String plain(String text) {
    return text.lines()
        .map(line -> line.replaceAll("\\(([A-Za-z]+)\\.java:\\d+\\)", "($1)"))
        .map(line ->
            line.replaceAll(
                "dev\\.withal\\.insight\\.\\w+\\.(lambda\\$)?(\\w+?)(\\$\\d+)?\\(", "$2("))
        .collect(Collectors.joining("\n"));
  }

  List<String> reported(Report.Kind kind) {
    return reports.stream()
        .filter(report -> report.kind() == kind)
        .map(report -> plain(report.context() + ": " + report.message()))
        .toList();
  }

  static AsyncContextManager<String> manager(String name) {
    return AsyncContextManager.<String>closing(
            () -> CompletableFuture.completedFuture("value"),
            _ -> CompletableFuture.completedFuture(null))
        .named(name);
  }

  /** {@return a manager whose exit answers when the future is done} */
  static AsyncContextManager<String> exiting(String name, CompletableFuture<Verdict> exit) {
    return AsyncContextManager.<String>of(
            () -> CompletableFuture.completedFuture("value"), (_, _) -> exit)
        .named(name);
  }

  void collectUntil(BooleanSupplier done) {
    for (int i = 0; i < 200 && !done.getAsBoolean(); i++) {
      collect();
    }
    assertThat(done.getAsBoolean())
        .as("%s leaked, %s held", contexts.getLeaked(), contexts.getHeld())
        .isTrue();
  }

  /** Collects, and lets the collector's thread hand over what it found. */
  void collect() {
    System.gc();
    var handedOver = new CompletableFuture<Void>();
    java.lang.ref.Cleaner.create().register(new Object(), () -> handedOver.complete(null));
    for (int i = 0; i < 3 && !handedOver.isDone(); i++) {
      System.gc();
      handedOver.copy().completeOnTimeout(null, 50, TimeUnit.MILLISECONDS).join();
    }
    look();
  }

  @Override
  public void close() {
    tracing.end();
    listening.close();
    Tracer.tick(0);
  }
}
