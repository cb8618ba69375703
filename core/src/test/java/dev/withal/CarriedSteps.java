package dev.withal;

import dev.withal.testkit.LeakCheck;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** A use whose steps run on other threads, and a state that they carry. */
@ExtendWith(LeakCheck.class)
abstract class CarriedSteps {
  static final ThreadLocal<@Nullable String> KEY = new ThreadLocal<>();

  /** What the state does beside its work; for the one test that is running. */
  static volatile Runnable onCapture = () -> {};

  static volatile Runnable onRestore = () -> {};
  static volatile Runnable onPutBack = () -> {};
  static volatile boolean putsBack = true;

  final List<String> events = Collections.synchronizedList(new ArrayList<>());
  final ExecutorService other = Executors.newSingleThreadExecutor();
  final CompletableFuture<String> entered = new CompletableFuture<>();
  final CompletableFuture<String> worked = new CompletableFuture<>();
  final CompletableFuture<Verdict> exited = new CompletableFuture<>();

  /** A state that can be made to fail. */
  public static final class Fragile implements CallerState {
    @Override
    public @Nullable Snapshot capture() {
      onCapture.run();
      String key = KEY.get();
      return key == null
          ? null
          : () -> {
            onRestore.run();
            String before = KEY.get();
            KEY.set(key);
            return putsBack ? () -> putBack(before) : null;
          };
    }
  }

  private static void putBack(@Nullable String before) {
    KEY.set(before);
    onPutBack.run();
  }

  @BeforeEach
  void carry() {
    KEY.set("caller");
  }

  @AfterEach
  void forget() {
    KEY.remove();
    onCapture = () -> {};
    onRestore = () -> {};
    onPutBack = () -> {};
    putsBack = true;
    other.close();
  }

  final void note(String step) {
    events.add(step + " of " + KEY.get());
  }

  /** A manager each of whose steps is completed on another thread. */
  final AsyncContextManager<String> later() {
    return AsyncContextManager.of(
        () -> {
          note("enter");
          return entered;
        },
        (_, _) -> {
          note("exit");
          return exited;
        });
  }

  final CompletionStage<String> body(String value) {
    note("body");
    return worked;
  }

  final <T> void completeElsewhere(CompletableFuture<T> stage, T value) throws Exception {
    other.submit(() -> stage.complete(value)).get();
  }
}
