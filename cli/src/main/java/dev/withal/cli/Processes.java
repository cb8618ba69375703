package dev.withal.cli;

import com.sun.tools.attach.VirtualMachine;
import com.sun.tools.attach.VirtualMachineDescriptor;
import dev.withal.timeline.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The facts about a process that are available without attaching to it.
 *
 * <p>Design: attaching sends a signal that ends many programs that aren't a JVM, so whether one is
 * comes first.
 */
final class Processes {
  private static final String DISABLED = "DisableAttachMechanism";

  private Processes() {}

  /** {@return all JVMs of this user that tell of themselves, without this one} */
  static List<VirtualMachineDescriptor> jvms() {
    String own = Long.toString(ProcessHandle.current().pid());
    return VirtualMachine.list().stream().filter(jvm -> !jvm.id().equals(own)).toList();
  }

  /**
   * {@return the process, if one may try to attach to it}
   *
   * @throws Refusal if there is no such process, it isn't a JVM, it is another user's, or it was
   *     told to let nobody attach
   */
  static ProcessHandle checked(long pid) throws Refusal {
    ProcessHandle process =
        ProcessHandle.of(pid)
            .filter(ProcessHandle::isAlive)
            .orElseThrow(() ->
                new Refusal(
                    "there is no process " + pid + ": `withal ps` lists those with Withal"));
    Optional<String> user = process.info().user();
    String own = ProcessHandle.current().info().user().orElse("");
    if (user.isPresent() && !user.get().equals(own) && !own.equals("root")) {
      throw new Refusal(
          "process " + pid + " belongs to " + user.get() + ": run this command as that user");
    }
    if (!isJvm(pid)) {
      throw new Refusal("process " + pid + " isn't a JVM: `withal ps` lists those with Withal");
    }
    if (commandLine(pid).contains("-XX:+" + DISABLED)) {
      throw attachIsOff(pid);
    }
    // Whoever attaches would wait until it goes on.
    refuseStopped(pid);
    return process;
  }

  /** Refuses a process that is stopped, which it may be only a moment after the signal was sent. */
  static void refuseStopped(long pid) throws Refusal {
    if (isStopped(pid)) {
      throw new Refusal(
          "process " + pid + " is stopped: let it go on, with `kill -CONT " + pid + "`");
    }
  }

  private static boolean isStopped(long pid) {
    String status = text(pid, "status");
    return status.contains("\nState:\tT") || status.contains("\nState:\tt");
  }

  static Refusal attachIsOff(long pid) {
    return new Refusal(
        "process "
            + pid
            + " lets nobody attach, as it was started with -XX:+"
            + DISABLED
            + ": start it with -XX:StartFlightRecording, and read the recording with `withal"
            + " timeline`");
  }

  private static boolean isJvm(long pid) {
    Path maps = Path.of("/proc", Long.toString(pid), "maps");
    if (Files.exists(maps)) {
      try {
        return Files.readString(maps, StandardCharsets.ISO_8859_1).contains("libjvm.");
      } catch (IOException unreadable) {
        return true; // attaching tells why
      }
    }
    return VirtualMachine.list().stream().anyMatch(jvm -> jvm.id().equals(Long.toString(pid)));
  }

  private static String commandLine(long pid) {
    return text(pid, "cmdline");
  }

  /** {@return a file of Linux's about a process; empty where there is none to read} */
  private static String text(long pid, String name) {
    Path file = Path.of("/proc", Long.toString(pid), name);
    try {
      return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
    } catch (IOException unreadable) {
      return "";
    }
  }
}
