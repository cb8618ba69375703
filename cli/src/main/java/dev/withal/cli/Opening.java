package dev.withal.cli;

import dev.withal.timeline.Refusal;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A process with Insight on, and its management if it has any. Closing it detaches.
 *
 * <p>Design: management answers at once and from the program's own record. A runtime that was cut
 * down to what the program needs may be without; that one is asked by Flight Recorder, which
 * Insight needs anyway.
 */
record Opening(Target target, Optional<Management> management) implements AutoCloseable {
  /** Loaded with the first context. */
  private static final String WITHAL = "dev.withal.internal.Tracer";

  /** Loaded as Insight is switched on. */
  static final String INSIGHT = "dev.withal.insight.Pulse";

  static Opening of(long pid) throws Refusal {
    Target target = Target.attach(pid);
    Management management = null;
    try {
      management = manage(target);
      var opened = new Opening(target, Optional.ofNullable(management));
      target = null;
      management = null;
      return opened;
    } finally {
      close(management, target);
    }
  }

  /** {@return whether a process uses Withal} */
  static boolean hasWithal(Target target) throws Refusal {
    return target.hasLoaded(WITHAL);
  }

  private static @Nullable Management manage(Target target) throws Refusal {
    if (!hasWithal(target)) {
      throw target.explained(
          "has no Withal in it, or hasn't entered any context so far",
          new IllegalStateException(WITHAL + " isn't loaded"));
    }
    Optional<String> address = target.management();
    if (address.isEmpty()) {
      if (!target.hasLoaded(INSIGHT)) {
        switchOn(target);
      }
      return null;
    }
    Management management = Management.connect(target, address.get());
    boolean on = false;
    try {
      if (!management.isOn()) {
        switchOn(target);
      }
      on = true;
    } finally {
      if (!on) {
        management.close();
      }
    }
    return management;
  }

  private static void switchOn(Target target) throws Refusal {
    try (Folder folder = Folder.sharedWith(target.process())) {
      var agent = AgentJar.ofAgent(folder.path());
      String answer = answer(target, agent, "");
      if (answer.equals(SwitchOn.NO_INSIGHT)) {
        answer = answer(target, agent, AgentJar.ofInsight(folder.path()).toString());
      }
      switch (answer) {
        case SwitchOn.ON -> {}
        case SwitchOn.NO_INSIGHT ->
            throw target.explained(
                "has no Insight: add the module withal-insight to it",
                new IllegalStateException(answer));
        default ->
            throw target.explained(
                "can't switch Insight on: " + answer, new IllegalStateException(answer));
      }
    } catch (IOException failure) {
      throw new Refusal("no agent can be made: " + failure.getMessage(), failure);
    }
  }

  private static String answer(Target target, java.nio.file.Path agent, String jar) throws Refusal {
    target.load(agent, jar);
    return target.properties().getProperty(SwitchOn.ANSWER, "it said nothing");
  }

  @Override
  public void close() {
    close(management.orElse(null), target);
  }

  private static void close(@Nullable Management management, @Nullable Target target) {
    if (management != null) {
      management.close();
    }
    if (target != null) {
      target.close();
    }
  }
}
