package dev.withal.adapters.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Report;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Random trees of uses inside each other, with operators in between, exit inside out. */
@SuppressWarnings("NullAway.Init") // JUnit calls beSilent() first
public abstract class TreeStories<S> {
  private final Library<S> library;
  private Report.Registration reports;
  private Runnable hearDropped;

  protected TreeStories(Library<S> library) {
    this.library = library;
  }

  /** Many a tree drops errors, which is as it should be. */
  @BeforeEach
  void beSilent() {
    reports = Report.listen(_ -> {});
    hearDropped = library.ignoreDropped();
  }

  @AfterEach
  void stop() {
    reports.close();
    hearDropped.run();
  }

  @Test
  void trees_ofUses_exitInsideOut() {
    check(1_000);
  }

  @Test
  @Tag("stress")
  @Timeout(600)
  void trees_tenThousand_exitInsideOut() {
    check(10_000);
  }

  private void check(int trees) {
    int entered = 0;
    for (int seed = 0; seed < trees; seed++) {
      var tree = new Tree<>(library, seed);
      tree.run();
      assertThat(tree.problems()).as("tree %s", seed).isEmpty();
      entered += tree.entered();
    }
    assertThat(entered).isGreaterThan(trees * 2);
  }
}
