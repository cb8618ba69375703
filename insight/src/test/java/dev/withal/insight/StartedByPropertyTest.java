package dev.withal.insight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.internal.Starter;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Core finds what switches Insight on. */
class StartedByPropertyTest {

  @AfterEach
  void stop() {
    Insight.stop();
    System.clearProperty(Starter.PROPERTY);
  }

  @Test
  void property_isOn_startsInsight() {
    System.setProperty(Starter.PROPERTY, "on");
    Starter.startIfWanted();

    assertThat(Insight.isOn()).isTrue();
  }

  @Test
  void property_isAnythingElse_startsNothing() {
    System.setProperty(Starter.PROPERTY, "off");
    Starter.startIfWanted();

    assertThat(Insight.isOn()).isFalse();
  }

  @Test
  void service_isThere_isTheOneOfThisModule() {
    assertThat(ServiceLoader.load(Starter.class).findFirst())
        .get()
        .isInstanceOf(StartedByProperty.class);
  }
}
