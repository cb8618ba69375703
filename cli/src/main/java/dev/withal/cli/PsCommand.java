package dev.withal.cli;

import com.sun.tools.attach.VirtualMachineDescriptor;
import dev.withal.timeline.Plain;
import dev.withal.timeline.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists the JVMs that use Withal. */
@Command(
    name = "ps",
    header = "Lists this user's JVMs that have entered a context of Withal.",
    description = "Switches nothing on, and asks those for numbers that have Insight on.%n")
final class PsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** One line; empty if the JVM doesn't use Withal. */
  private record Row(String pid, String insight, String held, String leaked, String program) {}

  @Override
  public Integer call() {
    Terminal terminal = Terminal.of(spec.commandLine());
    List<Row> rows = new ArrayList<>();
    List<String> silent = new ArrayList<>();
    for (VirtualMachineDescriptor jvm : Processes.jvms()) {
      terminal.progress("asking " + jvm.id() + "…");
      try {
        row(jvm).ifPresent(rows::add);
      } catch (Refusal refusal) {
        silent.add(refusal.sentence());
      }
    }
    if (rows.isEmpty()) {
      terminal.tell("no JVM of this user has entered a context of Withal");
    } else {
      terminal.print(table(rows));
    }
    silent.forEach(sentence -> terminal.tell("not asked: " + sentence));
    return 0;
  }

  private static Optional<Row> row(VirtualMachineDescriptor jvm) throws Refusal {
    try (Target target = Target.attach(Long.parseLong(jvm.id()))) {
      if (!Opening.hasWithal(target)) {
        return Optional.empty();
      }
      String program = program(jvm.displayName());
      Optional<String> address =
          target.hasLoaded(Opening.INSIGHT) ? target.management() : Optional.empty();
      if (address.isPresent()) {
        try (Management management = Management.connect(target, address.get())) {
          if (management.isOn()) {
            return Optional.of(
                new Row(
                    jvm.id(),
                    "on",
                    Long.toString(management.held()),
                    Long.toString(management.leaked()),
                    program));
          }
        }
      }
      return Optional.of(
          new Row(jvm.id(), target.hasLoaded(Opening.INSIGHT) ? "?" : "off", "", "", program));
    }
  }

  /** Without its arguments, which may be secret. */
  private static String program(String name) {
    int space = name.indexOf(' ');
    return Plain.line(space < 0 ? name : name.substring(0, space));
  }

  private static String table(List<Row> rows) {
    var table = new StringBuilder();
    line(table, new Row("PID", "INSIGHT", "HELD", "LEAKED", "PROGRAM"));
    rows.forEach(row -> line(table, row));
    return table.toString();
  }

  private static void line(StringBuilder table, Row row) {
    table.append(
        String.format(
            "%7s  %-7s  %9s  %6s  %s%n",
            row.pid, row.insight, row.held, row.leaked, row.program.isEmpty() ? "?" : row.program));
  }
}
