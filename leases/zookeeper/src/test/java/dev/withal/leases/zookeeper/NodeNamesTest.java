package dev.withal.leases.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Names of folders, and the order of a queue. */
class NodeNamesTest {
  @Test
  void folder_hasNoSlashesAndKeepsNamesApart() {
    assertThat(List.of("nightly-1_a", "a/b", "%2F", "/", "ä", "."))
        .extracting(NodeNames::folder)
        .containsExactly("nightly-1_a", "a%2Fb", "%252F", "%2F", "%C3%A4", "%2E");
  }

  @Test
  void queue_isInTheOrderOfCreation() {
    assertThat(
            NodeNames.queue(
                List.of("_c_b-lease-0000000010", "_c_a-lease-0000000009", "something else")))
        .containsExactly("_c_a-lease-0000000009", "_c_b-lease-0000000010");
  }

  @Test
  void queue_afterTheCountersEnd_isInTheOrderOfCreation() {
    assertThat(
            NodeNames.queue(
                List.of(
                    "_c_b-lease--2147483648", "_c_c-lease--2147483647", "_c_a-lease-2147483647")))
        .containsExactly(
            "_c_a-lease-2147483647", "_c_b-lease--2147483648", "_c_c-lease--2147483647");
  }
}
