package dev.withal.insight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is held, as JSON. */
class JsonLinesTest {
  private final Traced traced = new Traced();

  @AfterEach
  void close() {
    traced.close();
  }

  private static String masked(String line) {
    return Traced.plain(line)
        .replaceAll("\"\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z\"", "\"…Z\"")
        .replaceAll("\"(id|parent)\":\\d+", "\"$1\":N");
  }

  @Test
  void lines_sayAllThatIsKnown() {
    var body = new CompletableFuture<String>();
    CompletableFuture<String> use =
        Traced.manager("orders \"db\"")
            .grace(Duration.ofDays(1))
            .useAsync(_ -> Traced.manager("inner").grace(Duration.ofDays(1)).useAsync(_ -> body));
    traced.pass(10);
    use.cancel(true);

    List<String> lines = traced.contexts.json(10).lines().map(JsonLinesTest::masked).toList();

    String rest =
        "\"phase\":\"body\",\"since\":\"…Z\",\"enteredAt\":\"…Z\",\"where\":"
            + "\"lines_sayAllThatIsKnown(JsonLinesTest)\",\"thread\":\""
            + Thread.currentThread().getName()
            + "\",\"asked\":{\"since\":\"…Z\",\"reason\":\"cancelled by its caller\"}}";
    assertThat(lines)
        .containsExactlyInAnyOrder(
            "{\"format\":1,\"id\":N,\"manager\":\"orders \\\"db\\\"\"," + rest,
            "{\"format\":1,\"id\":N,\"parent\":N,\"manager\":\"inner\"," + rest);
    body.complete("done");
  }

  @Test
  void lines_areThoseHeldLongest() {
    for (int i = 0; i < 10; i++) {
      Traced.manager("name " + i).useAsync(_ -> new CompletableFuture<String>());
      traced.pass(5);
    }

    assertThat(traced.contexts.json(2).lines())
        .hasSize(2)
        .first()
        .asString()
        .contains("\"name 0\"");
  }

  @Test
  void context_endsWhileOthersAreWritten_hasNoLine() {
    var ending = new CompletableFuture<String>();
    var body = new CompletableFuture<String>();
    new Naming(ending).useAsync(_ -> body);
    traced.pass(5);
    Traced.manager("orders").useAsync(_ -> ending);

    String json = traced.contexts.json(10);

    assertThat(json.lines()).singleElement().asString().contains("\"naming\"");
    body.complete("done");
  }

  @Test
  void text_hasWildSigns_isEscaped() {
    assertThat(Text.json("a\u0007\u202e</script>\ud800\ud83d\ude00"))
        .isEqualTo("\"a\\u0007\\u202e</script>\\ud800\ud83d\ude00\"");
  }

  @Test
  void max_isLessThanOne_isRefused() {
    assertThatThrownBy(() -> traced.contexts.json(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("max must be at least 1, but is 0");
  }
}
