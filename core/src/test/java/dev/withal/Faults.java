package dev.withal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Counts the calls into code that isn't Withal's, and lets one of them fail. */
final class Faults {

  /** How the one call fails. */
  enum Manner {
    /** It throws instead of doing anything. */
    THROWS,
    /** It does what it should, and then throws. */
    THROWS_AFTER,
    /** It does what it should twice: a stage calls back twice, an executor runs a task twice. */
    TWICE
  }

  /** What the one call throws. */
  static final class Injected extends RuntimeException {
    private static final long serialVersionUID = 1;

    private Injected(String call) {
      super(call + " fails");
    }
  }

  private final List<String> calls = new ArrayList<>();
  private final Manner manner;
  private final int failing;

  /**
   * Lets the call of a number fail, counted from 0; none if it is negative.
   *
   * @param failing the number
   */
  Faults(Manner manner, int failing) {
    this.manner = manner;
    this.failing = failing;
  }

  /** {@return the call that failed; null if it was not reached} */
  synchronized String failed() {
    return failing >= 0 && failing < calls.size() ? calls.get(failing) : null;
  }

  /** Calls code of others. */
  <T> T call(String what, Callable<T> action) throws Exception {
    return counts(what) ? fail(what, action) : action.call();
  }

  /** Calls code of others, by an interface whose methods declare no exceptions. */
  <T> T sneaky(String what, Callable<T> action) {
    try {
      return call(what, action);
    } catch (Exception error) {
      throw Failures.<RuntimeException>sneaky(error);
    }
  }

  private synchronized boolean counts(String what) {
    calls.add(what);
    return calls.size() - 1 == failing;
  }

  private <T> T fail(String what, Callable<T> action) throws Exception {
    if (manner == Manner.THROWS) {
      throw new Injected(what);
    }
    T result = action.call();
    if (manner == Manner.THROWS_AFTER) {
      throw new Injected(what);
    }
    return what.startsWith("stage") || what.startsWith("executor") ? action.call() : result;
  }

  /** {@return a stage of somebody else's, over a future} */
  <T> CompletionStage<T> stage(String name, CompletableFuture<T> future) {
    return stage(name, future, () -> {});
  }

  /**
   * {@return a stage of somebody else's, over a future}
   *
   * @param heard is called when the stage hands out its value
   */
  @SuppressWarnings("unchecked") // the proxy does what the future does
  <T> CompletionStage<T> stage(String name, CompletableFuture<T> future, Runnable heard) {
    return (CompletionStage<T>)
        Proxy.newProxyInstance(
            Faults.class.getClassLoader(),
            new Class<?>[] {CompletionStage.class},
            (_, method, given) -> {
              Callable<Object> real =
                  () -> {
                    future.thenRun(heard);
                    try {
                      return method.invoke(future, given);
                    } catch (InvocationTargetException error) {
                      throw Failures.<Exception>sneaky(error.getCause());
                    }
                  };
              return method.getDeclaringClass() == Object.class
                  ? method.invoke(future, given)
                  : call("stage of the " + name + ": " + method.getName(), real);
            });
  }

  /** {@return an executor of somebody else's} */
  Executor executor(Executor real) {
    return new Executor() {
      @Override
      public void execute(Runnable task) {
        sneaky(
            "executor",
            () -> {
              real.execute(task);
              return null;
            });
      }

      @Override
      public String toString() {
        return sneaky("toString of an executor", () -> "executor");
      }
    };
  }
}
