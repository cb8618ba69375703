package dev.withal.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Pipes with a name, and the threads that wait at them. */
final class Fifos {
  private Fifos() {}

  static Path make(Path path) throws IOException, InterruptedException {
    make(List.of(path));
    return path;
  }

  static void make(List<Path> paths) throws IOException, InterruptedException {
    Stream<String> command = Stream.concat(Stream.of("mkfifo"), paths.stream().map(Path::toString));
    int code = new ProcessBuilder(command.toList()).inheritIO().start().waitFor();
    if (code != 0) {
      throw new IOException("mkfifo made no pipe");
    }
  }

  /** {@return the helper threads of this module that are alive} */
  static Set<Thread> helpers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("withal-files-"))
        .collect(Collectors.toSet());
  }

  /** Waits until a helper is in a call that blocks. {@return it} */
  static Thread awaitHelper(String name, Set<Thread> before) {
    while (true) {
      for (Thread thread : helpers()) {
        boolean inCall =
            thread.getName().equals(name)
                && Arrays.stream(thread.getStackTrace())
                    .limit(1)
                    .anyMatch(StackTraceElement::isNativeMethod);
        if (inCall && !before.contains(thread)) {
          return thread;
        }
      }
      Thread.onSpinWait();
    }
  }

  /** Waits until a helper waits for something within this process. */
  static void awaitParked(String name, Set<Thread> before) {
    while (helpers().stream()
        .noneMatch(thread ->
            thread.getName().equals(name)
                && !before.contains(thread)
                && thread.getState() == Thread.State.WAITING
                && Arrays.stream(thread.getStackTrace())
                    .anyMatch(frame -> frame.getClassName().contains("Semaphore")))) {
      Thread.onSpinWait();
    }
  }

  /** Waits until the helpers that weren't there before have ended. */
  static void awaitNone(Set<Thread> before) throws InterruptedException {
    for (Thread thread : helpers()) {
      if (!before.contains(thread)) {
        thread.join();
      }
    }
  }
}
