package dev.withal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The stage of a verdict, which exits share. */
class VerdictTest {

  static Verdict[] verdicts() {
    return new Verdict[] {
      Verdict.PROPAGATE, Verdict.SUPPRESS, Verdict.replaceWith(new IOException("other"))
    };
  }

  @ParameterizedTest
  @MethodSource("verdicts")
  void now_isCompleteWithTheVerdict(Verdict verdict) {
    assertThat(verdict.now()).isCompletedWithValue(verdict);
  }

  @ParameterizedTest
  @MethodSource("verdicts")
  void now_overwritten_isRefused(Verdict verdict) {
    CompletableFuture<Verdict> now = verdict.now().toCompletableFuture();

    assertThatThrownBy(() -> now.obtrudeValue(null))
        .isExactlyInstanceOf(UnsupportedOperationException.class)
        .hasMessage("this stage is complete for good: what it completed with can't be overwritten");
    assertThatThrownBy(() -> now.obtrudeException(new IOException()))
        .isExactlyInstanceOf(UnsupportedOperationException.class);
    assertThat(now).isCompletedWithValue(verdict);
  }
}
