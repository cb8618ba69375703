package dev.withal;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** An asynchronous manager in the synchronous protocol. */
record Waiting<T extends @Nullable Object>(AsyncContextManager<T> source)
    implements ContextManager<T> {
  /** As the asynchronous manager is used here, which can say that its value is lost. */
  @Override
  public <R extends @Nullable Object, X extends Exception> R use(
      Body<? super T, ? extends R, X> body) throws X, InterruptedException {
    EventLoops.refuse("a blocking enter", "enterAsync or useAsync");
    return source.use(body);
  }

  @Override
  public Context<T> enter() throws Exception {
    EventLoops.refuse("a blocking enter", "enterAsync or useAsync");
    AsyncContext<? extends T> context =
        Direct.enter(source, Configured.settingsToEnter(source), null);
    var byHand =
        new Context<T>() {
          @Override
          public T value() {
            return context.value();
          }

          @Override
          public @Nullable CompletionStage<?> lost() {
            return context.lost();
          }

          @Override
          public Verdict exit(ExitCase how) {
            Object by = SharedErrors.hander(this);
            return Unwinding.verdict(how, Direct.exit(context, source, how, by, null));
          }
        };
    Recorded.heldBy(byHand, context);
    return byHand;
  }

  @Override
  public String toString() {
    return Report.nameOf(source);
  }
}
