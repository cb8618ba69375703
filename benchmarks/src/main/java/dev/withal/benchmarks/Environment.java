package dev.withal.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;

/**
 * Where and on what a run was made.
 *
 * @param time when it began
 * @param commit what of Withal; ends in {@code +} if there were changes beside it
 * @param machine processor, number of cores, memory
 * @param system the operating system
 * @param jdk the JDK
 */
record Environment(String time, String commit, String machine, String system, String jdk) {

  /** The script that calls the command asks git. */
  static Environment here() {
    return new Environment(
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        System.getProperty("withal.commit", "unknown"),
        processor()
            + ", "
            + Runtime.getRuntime().availableProcessors()
            + " cores, "
            + Math.round(memory() / 1e9)
            + " GB",
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch"),
        System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
  }

  private static double memory() {
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getTotalMemorySize();
  }

  /** {@return all of it in one line} */
  @Override
  public String toString() {
    return String.join("; ", time, "commit " + commit, machine, system, jdk);
  }

  /** {@return the processor's name where Linux tells it, else what kind it is} */
  private static String processor() {
    Path processors = Path.of("/proc/cpuinfo");
    if (Files.isReadable(processors)) {
      try (Stream<String> lines = Files.lines(processors)) {
        return lines
            .filter(line -> line.startsWith("model name"))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst()
            .orElse(System.getProperty("os.arch"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return System.getProperty("os.arch");
  }
}
