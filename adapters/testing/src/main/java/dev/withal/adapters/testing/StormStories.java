package dev.withal.adapters.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Uses that are cancelled at random moments leak nothing, whatever their acquire does. */
@Tag("slow")
public abstract class StormStories<S> {
  protected final Storm<S> storm;
  private final Library<S> library;

  protected StormStories(Library<S> library) {
    this.library = library;
    this.storm = new Storm<>(library);
  }

  @AfterEach
  void stop() {
    storm.close();
  }

  private S use() {
    return library.use(library.closing(storm.acquire(), storm::release), _ -> storm.aMillisecond());
  }

  private S nested() {
    return library.use(library.closing(storm.acquire(), storm::release), _ -> use());
  }

  @Test
  void cancels_atRandomMoments_leakNothing() throws Exception {
    storm.run(use(), 1_000);
    storm.run(nested(), 1_000);

    storm.awaitReleases();
    assertThat(storm.acquired()).isGreaterThan(1_000);
  }

  @Test
  @Tag("stress")
  @Timeout(600)
  void cancels_aHundredThousand_leakNothing() throws Exception {
    storm.run(use(), 50_000);
    storm.run(nested(), 50_000);

    storm.awaitReleases();
    assertThat(storm.acquired()).isGreaterThan(50_000);
  }
}
