package dev.withal.tasks;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an exception says of itself: nothing, where its method throws or returns null (L5), as that
 * must not keep a task from ending.
 */
final class Foreign {
  private Foreign() {}

  static @Nullable Throwable cause(Throwable error) {
    try {
      return error.getCause();
    } catch (Throwable broken) {
      return null;
    }
  }

  static List<Throwable> suppressed(Throwable error) {
    try {
      return Arrays.stream(error.getSuppressed()).filter(Objects::nonNull).toList();
    } catch (Throwable broken) {
      return List.of();
    }
  }

  static @Nullable String message(Throwable error) {
    try {
      return error.getMessage();
    } catch (Throwable broken) {
      return null;
    }
  }
}
