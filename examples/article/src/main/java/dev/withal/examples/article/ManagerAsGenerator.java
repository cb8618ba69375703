package dev.withal.examples.article;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import java.time.Duration;

/** A manager as one method with one yield: the code before it enters, the code after it exits. */
final class ManagerAsGenerator {

  static AsyncContextManager<String> dbConnection() {
    return AsyncContextManager.generator(yield -> {
      IO.println("Connecting...");
      Async.sleep(Duration.ofMillis(100));
      try {
        yield.value("DB connection object");
      } finally {
        IO.println("Disconnecting...");
        Async.sleep(Duration.ofMillis(50));
      }
    });
  }

  static void main() throws InterruptedException {
    Async.run(() -> dbConnection().run(connection -> System.out.printf("Using %s%n", connection)));
  }
}
