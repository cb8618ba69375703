package dev.withal.leases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.withal.leases.internal.SimulatedEngine;
import dev.withal.testkit.LeakCheck;
import dev.withal.testkit.VirtualTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One rule for names, whatever the engine. */
@ExtendWith(LeakCheck.class)
class NamesTest {
  private final Leases leases = new SimulatedEngine().link("a").leases();

  static String[] refused() {
    return new String[] {"", "a".repeat(1001), "nul\0", "\uD800", "\uDC00x"};
  }

  static String[] allowed() {
    return new String[] {"a", "/", "a/b//c", "..", " ", "%2F", "ä€😀", "😀".repeat(500)};
  }

  @ParameterizedTest
  @MethodSource("refused")
  void name_isNotAllowed_isRefused(String name) {
    assertThatThrownBy(() -> leases.lease(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the name of this lease isn't allowed: take 1 to 1000 characters, without NUL and"
                + " unpaired surrogates");
  }

  @ParameterizedTest
  @MethodSource("allowed")
  void name_isAllowed_isThatOfTheLease(String name, VirtualTime time) throws Exception {
    assertThat(leases.lease(name).<String, RuntimeException>use(Lease::name)).isEqualTo(name);
  }

  @Test
  void manager_tellsItsName() {
    assertThat(leases.lease("nightly")).hasToString("lease nightly");
  }
}
