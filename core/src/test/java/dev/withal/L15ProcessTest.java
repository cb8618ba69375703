package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** L15: what fails once in a process, as it is loaded, in a process of its own. */
class L15ProcessTest {

  /** Uses something in both styles, and says what is reported. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) throws Exception {
      Report.listen(report -> {
        // The listener uses contexts, too.
        String heard = use();
        System.out.println(report.kind() + " " + report.context() + ", heard " + heard);
      });
      System.out.println(use());
      System.out.println(use());
    }

    private static String use() {
      var manager =
          AsyncContextManager.closing(
              () -> CompletableFuture.completedFuture("x"),
              _ -> {
                System.out.println("closed");
                return CompletableFuture.completedFuture(null);
              });
      try {
        return manager.use(value -> value)
            + manager
                .useAsync(value -> Async.sleepAsync(Carrier.STEP).thenApply(_ -> value))
                .get(1, TimeUnit.MINUTES);
      } catch (Exception error) {
        return error.toString();
      }
    }
  }

  @TempDir private Path folder;

  @Test
  void limitOfEventLoops_isNoDuration_isReportedOnceAndTheUsualOneHolds() throws Exception {
    assertThat(run("-Ddev.withal.eventLoopLimit=500ms"))
        .containsExactly(
            "closed",
            "closed",
            "closed",
            "BAD_SETTING dev.withal.eventLoopLimit, heard xx",
            "closed",
            "xx",
            "closed",
            "closed",
            "xx");
  }

  @Test
  void limitOfEventLoops_isNotPositive_isReported() throws Exception {
    assertThat(run("-Ddev.withal.eventLoopLimit=PT0S"))
        .contains("BAD_SETTING dev.withal.eventLoopLimit, heard xx", "xx");
  }

  @Test
  void detector_cannotBeLinked_isReportedOnceAndUsesGoOn() throws Exception {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(services.resolve(EventLoopDetector.class.getName()), "Broken\n");
    ClassFile.of()
        .buildTo(
            folder.resolve("Broken.class"),
            ClassDesc.of("Broken"),
            broken ->
                broken
                    .withSuperclass(ClassDesc.of("Missing"))
                    .withInterfaceSymbols(ClassDesc.of(EventLoopDetector.class.getName())));

    assertThat(run("-Dnone"))
        .containsExactly(
            "closed",
            "closed",
            "FAILED_CALLBACK EventLoopDetector, heard xx",
            "closed",
            "closed",
            "xx",
            "closed",
            "closed",
            "xx");
  }

  private List<String> run(String option) throws Exception {
    List<String> command =
        Java.command(
            folder + ":target/classes:target/test-classes", Program.class, List.of(option));
    Path out = folder.resolve("out");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return Files.readAllLines(out, StandardCharsets.UTF_8);
  }
}
