package dev.withal.cli;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import dev.withal.timeline.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/** A JVM that this one is attached to. Closing it detaches. */
final class Target implements AutoCloseable {
  private final ProcessHandle process;
  private final VirtualMachine jvm;

  private Target(ProcessHandle process, VirtualMachine jvm) {
    this.process = process;
    this.jvm = jvm;
  }

  /**
   * {@return a JVM, attached to}
   *
   * @throws Refusal if that can't be
   */
  static Target attach(long pid) throws Refusal {
    ProcessHandle process = Processes.checked(pid);
    try {
      return new Target(process, VirtualMachine.attach(Long.toString(pid)));
    } catch (AttachNotSupportedException unsupported) {
      String message = String.valueOf(unsupported.getMessage());
      if (message.contains("does not support the attach mechanism")) {
        throw Processes.attachIsOff(pid);
      }
      Processes.refuseStopped(pid);
      throw explained(process, "doesn't answer: it is stopped, or too busy", unsupported);
    } catch (IOException failure) {
      throw explained(process, "can't be attached to: " + failure.getMessage(), failure);
    }
  }

  long pid() {
    return process.pid();
  }

  ProcessHandle process() {
    return process;
  }

  /** {@return whether a class is loaded} */
  boolean hasLoaded(String className) throws Refusal {
    return diagnose("VM.class_hierarchy " + className).contains("--" + className + "/");
  }

  /**
   * {@return what one of the JVM's diagnostic commands answers}
   *
   * <p>Design: that is no API of the JDK's, but for the program {@code jcmd}, and to start that
   * each time would take most of the time of a command.
   *
   * @throws Refusal if the JVM has ended or the command failed
   */
  String diagnose(String command) throws Refusal {
    try {
      var answer =
          (InputStream)
              Class.forName("sun.tools.attach.HotSpotVirtualMachine")
                  .getMethod("executeJCmd", String.class)
                  .invoke(jvm, command);
      try (answer) {
        return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (InvocationTargetException | IOException failure) {
      Throwable cause =
          failure instanceof InvocationTargetException && failure.getCause() != null
              ? failure.getCause()
              : failure;
      throw explained(process, "refused `" + command + "`: " + cause.getMessage(), cause);
    } catch (ReflectiveOperationException closed) {
      throw new Refusal(
          "this command isn't let at the diagnostic commands of other JVMs: run it by ./withal, or"
              + " with java -jar, on a HotSpot JDK",
          closed);
    }
  }

  /** {@return the address of its management; empty if its runtime has none} */
  Optional<String> management() throws Refusal {
    try {
      return Optional.of(jvm.startLocalManagementAgent());
    } catch (IOException | RuntimeException missing) {
      if (!process.isAlive()) {
        throw ended(missing);
      }
      return Optional.empty();
    }
  }

  /** Runs an agent in it. */
  void load(Path agent, String argument) throws Refusal {
    try {
      jvm.loadAgent(agent.toString(), argument);
    } catch (AgentLoadException | AgentInitializationException | IOException failure) {
      throw explained(
          process,
          "has Insight off, and lets no agent in that would switch it on: start it with"
              + " -Ddev.withal.insight=on",
          failure);
    }
  }

  Properties properties() throws Refusal {
    try {
      return jvm.getSystemProperties();
    } catch (IOException failure) {
      throw explained(process, "doesn't answer: " + failure.getMessage(), failure);
    }
  }

  /** {@return why something failed: that it ended, if it has, or else what is given} */
  Refusal explained(String otherwise, Throwable failure) {
    return explained(process, otherwise, failure);
  }

  Refusal ended(Throwable failure) {
    return explained(process, "ended meanwhile", failure);
  }

  private static Refusal explained(ProcessHandle process, String otherwise, Throwable failure) {
    return new Refusal(
        "process " + process.pid() + " " + (process.isAlive() ? otherwise : "ended meanwhile"),
        failure);
  }

  @Override
  public void close() {
    try {
      jvm.detach();
    } catch (IOException gone) {
      // Whoever has gone is detached from.
      assert gone != null;
    }
  }
}
