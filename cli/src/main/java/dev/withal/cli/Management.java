package dev.withal.cli;

import dev.withal.timeline.Refusal;
import java.io.IOException;
import javax.management.AttributeNotFoundException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** The MXBean of another process, over its local management. Closing it disconnects. */
final class Management implements AutoCloseable {
  private static final String NAME = "dev.withal:type=Contexts";

  private final Target target;
  private final JMXConnector connector;
  private final MBeanServerConnection server;
  private final ObjectName name;

  private Management(Target target, JMXConnector connector) throws IOException, JMException {
    this.target = target;
    this.connector = connector;
    this.server = connector.getMBeanServerConnection();
    this.name = new ObjectName(NAME);
  }

  @SuppressWarnings("BanJNDI") // the address is a process's on this machine, which is attached to
  static Management connect(Target target, String address) throws Refusal {
    try {
      return new Management(target, JMXConnectorFactory.connect(new JMXServiceURL(address)));
    } catch (IOException | JMException failure) {
      throw target.explained("can't be managed: " + failure.getMessage(), failure);
    }
  }

  /** {@return whether Insight is on} */
  boolean isOn() throws Refusal {
    try {
      return server.isRegistered(name);
    } catch (IOException failure) {
      throw target.explained("doesn't answer: " + failure.getMessage(), failure);
    }
  }

  long held() throws Refusal {
    return number("Held");
  }

  long leaked() throws Refusal {
    return number("Leaked");
  }

  String tree(int max) throws Refusal {
    return text("tree", max);
  }

  String json(int max) throws Refusal {
    return text("json", max);
  }

  String leaks(int max) throws Refusal {
    return text("leaks", max);
  }

  private long number(String attribute) throws Refusal {
    return answer(() -> (Long) server.getAttribute(name, attribute));
  }

  private String text(String operation, int max) throws Refusal {
    return answer(
        () -> (String) server.invoke(name, operation, new Object[] {max}, new String[] {"int"}));
  }

  private interface Question<T> {
    T ask() throws IOException, JMException;
  }

  private <T> T answer(Question<T> question) throws Refusal {
    try {
      return question.ask();
    } catch (InstanceNotFoundException off) {
      throw target.explained("has switched Insight off meanwhile", off);
    } catch (AttributeNotFoundException | ReflectionException | ClassCastException other) {
      throw anotherVersion(target, other);
    } catch (IOException | JMException failure) {
      throw target.explained("doesn't answer: " + failure.getMessage(), failure);
    }
  }

  static Refusal anotherVersion(Target target, Throwable cause) {
    return target.explained(
        "has another version of Withal, whose answers this command can't read: use the command of"
            + " that version",
        cause);
  }

  @Override
  public void close() {
    try {
      connector.close();
    } catch (IOException gone) {
      // Whoever has gone is disconnected from.
      assert gone != null;
    }
  }
}
