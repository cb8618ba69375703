package com.acme;

import dev.withal.AsyncContextManager;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.management.ObjectName;

/**
 * A program that does what the lines of its input say, answers each with {@code done}, and ends
 * with its input.
 */
public final class Holding {
  /** Keeps what is held reachable. */
  private static final List<CompletableFuture<String>> KEPT = new ArrayList<>();

  private Holding() {}

  /** A bean of another version. */
  public interface OtherMXBean {
    long getHeld();

    long getLeaked();

    String tree(int max);

    String json(int max);
  }

  private record Other() implements OtherMXBean {
    @Override
    public long getHeld() {
      return 1;
    }

    @Override
    public long getLeaked() {
      return 0;
    }

    @Override
    public String tree(int max) {
      return "1 context held\n";
    }

    @Override
    public String json(int max) {
      return "{\"format\":2,\"contexts\":{}}\n";
    }
  }

  public static void main(String[] args) throws Exception {
    System.out.println("done");
    try (var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        obey(line);
        System.out.println("done");
      }
    }
  }

  private static void obey(String line) throws Exception {
    switch (line) {
      case "touch" -> manager("touched").run(_ -> {});
      case "hold" -> hold();
      case "leak" -> {
        for (int i = 0; i < 20; i++) {
          leak();
        }
      }
      case "use" -> {
        for (int i = 0; i < 30; i++) {
          manager("short").run(_ -> {});
        }
      }
      case "other" ->
          ManagementFactory.getPlatformMBeanServer()
              .registerMBean(new Other(), new ObjectName("dev.withal:type=Contexts"));
      default -> throw new IllegalArgumentException(line);
    }
  }

  private static void hold() {
    for (int i = 0; i < 3; i++) {
      KEPT.add(
          manager("orders db")
              .useAsync(
                  _ -> manager("transaction").useAsync(_ -> new CompletableFuture<String>())));
    }
    KEPT.add(manager("evil \u202e\u001b[31m</script>").useAsync(_ -> new CompletableFuture<>()));
  }

  private static void leak() {
    manager("forgotten").useAsync(_ -> new CompletableFuture<String>());
  }

  /** {@return a manager that acquires nothing} */
  public static AsyncContextManager<String> manager(String name) {
    return AsyncContextManager.<String>closing(
            () -> CompletableFuture.completedFuture("value"),
            _ -> CompletableFuture.completedFuture(null))
        .named(name);
  }
}
