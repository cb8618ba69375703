package dev.withal;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Commands that run a program of these tests in a process of its own. */
final class Java {
  private Java() {}

  /**
   * The program's lines count as covered, as far as it ends by itself: it gets the coverage agent
   * of this process.
   */
  static List<String> command(String classPath, Class<?> program, List<String> options) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("-javaagent:") && argument.contains("jacoco"))
        .forEach(command::add);
    command.addAll(options);
    command.add("-cp");
    command.add(classPath);
    command.add(program.getName());
    return command;
  }
}
