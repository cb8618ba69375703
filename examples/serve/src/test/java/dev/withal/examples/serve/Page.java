package dev.withal.examples.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.withal.Async;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page in a browser. */
final class Page implements AutoCloseable {
  private static final Pattern VALUE =
      Pattern.compile("\"type\":\"string\",\"value\":\"([^\"]*)\"");

  private final Answers answers = new Answers();
  private final WebSocket socket;

  Page(HttpClient client, URI address) {
    socket = client.newWebSocketBuilder().buildAsync(address, answers).join();
  }

  /** Collects the parts of an answer; there is one question at a time. */
  private static final class Answers implements WebSocket.Listener {
    private final StringBuilder parts = new StringBuilder();
    private volatile CompletableFuture<String> answer = new CompletableFuture<>();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean isLast) {
      parts.append(part);
      if (isLast) {
        answer.complete(parts.toString());
        parts.setLength(0);
      }
      socket.request(1);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      answer.completeExceptionally(error);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
      answer.completeExceptionally(new IllegalStateException("the browser has hung up"));
      return CompletableFuture.completedFuture(null);
    }
  }

  /** {@return an answer to a command} */
  String ask(String method, String parameters) throws InterruptedException {
    answers.answer = new CompletableFuture<>();
    socket
        .sendText(
            "{\"id\":1,\"method\":\"%s\",\"params\":{%s}}".formatted(method, parameters), true)
        .join();
    return Async.<String, RuntimeException>await(answers.answer);
  }

  /** {@return the text that a script makes, at once or later} */
  String text(String script) throws InterruptedException {
    String encoded = "(async () => encodeURIComponent(await (" + script + ")))()";
    String quoted = encoded.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", " ");
    String answer =
        ask(
            "Runtime.evaluate",
            "\"awaitPromise\":true,\"returnByValue\":true,\"expression\":\"" + quoted + "\"");
    Matcher value = VALUE.matcher(answer);
    assertThat(value.find()).as(answer).isTrue();
    return Browser.decoded(value.group(1));
  }

  /** Waits for what a script says of the page to become true; looks whenever the page changes. */
  void await(String condition) throws InterruptedException {
    text(
        """
        new Promise(done => {
          const look = () => {
            if (%s) {
              observer.disconnect();
              done("true");
            }
          };
          const observer = new MutationObserver(look);
          observer.observe(document, {subtree: true, childList: true, characterData: true});
          look();
        })\
        """
            .formatted(condition));
  }

  /** Presses a key, and lets it go. */
  void press(String key) throws InterruptedException {
    ask("Input.dispatchKeyEvent", "\"type\":\"keyDown\",\"key\":\"" + key + "\"");
    ask("Input.dispatchKeyEvent", "\"type\":\"keyUp\",\"key\":\"" + key + "\"");
  }

  /** Opens an address, and waits until it is loaded. */
  void load(String address) throws InterruptedException {
    ask("Page.navigate", "\"url\":\"" + address + "\"");
    text(
        "new Promise(done => document.readyState === 'complete'"
            + " ? done('') : addEventListener('load', () => done('')))");
  }

  @Override
  public void close() {
    socket.abort();
  }
}
