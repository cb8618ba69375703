package dev.withal.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SubjectTest {
  private final Subject levels =
      Subject.of(Object.class, "nested").with("peer", "Withal").times("depth", 1000);

  @Test
  void upTo_fewer_changesWhatSaysHowMany() {
    Subject fewer = levels.upTo(10);

    assertThat(fewer.name()).isEqualTo("Object.nested[depth=10,peer=Withal]");
    assertThat(fewer.operations()).isEqualTo(10);
  }

  @Test
  void upTo_asMany_isTheSame() {
    assertThat(levels.upTo(1000)).isSameAs(levels);
  }
}
