package dev.withal.internal;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A context that hears of its body while that runs. */
public interface HearsOfBody {

  /**
   * The body is asked to end.
   *
   * @param reason why
   */
  void asked(Throwable reason);

  /**
   * The code of the body has come to a value.
   *
   * @return a stage of what still belongs to the body, which lasts until that completes, and is
   *     asked to end as any body is; null if nothing does. It never fails. Only a context that can
   *     lose its value is asked for it.
   */
  default @Nullable CompletionStage<?> bodyReturned() {
    return null;
  }

  /**
   * Whether the exit, which is over, suppressed an error: then the body's value goes to nobody,
   * also if the error came after it.
   */
  default boolean hasSuppressed() {
    return false;
  }

  /**
   * The exit, which has begun, was abandoned. What it waits for may never end, and should not keep
   * the value: nobody asks for that again.
   */
  default void letGo() {}
}
