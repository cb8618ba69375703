package dev.withal.examples.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.withal.Async;
import dev.withal.Body;
import dev.withal.insight.Insight;
import dev.withal.tasks.Tasks;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CancellationException;

/** The answers of the service. */
final class Api {
  private static final Duration BEAT = Duration.ofMillis(200);

  private final Bank bank;
  private volatile boolean draining;

  Api(HttpServer server, Bank bank) {
    this.bank = bank;
    add(server, "/", Api::page);
    add(server, "/held", Api::held);
    add(server, "/ready", exchange -> answer(exchange, 200, "ready"));
    add(server, "/transfer", this::transfer);
    add(server, "/total", exchange -> answer(exchange, 200, "" + bank.total()));
    add(server, "/audit", exchange -> stream(exchange, _ -> "audited " + bank.audit()));
    add(server, "/totals", exchange -> stream(exchange, this::totals));
  }

  /** Takes no new requests from here on. */
  void drain() {
    draining = true;
  }

  /**
   * @param handler answers; fails only by an {@code IOException} once it has begun to
   */
  private void add(HttpServer server, String path, Body.Action<HttpExchange, Exception> handler) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            handle(exchange, draining ? Api::refuse : handler);
          }
        });
  }

  private static void refuse(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().add("Connection", "close");
    answer(exchange, 503, "the service is about to end");
  }

  private static void handle(HttpExchange exchange, Body.Action<HttpExchange, Exception> handler)
      throws IOException {
    try {
      handler.run(exchange);
    } catch (Exception error) {
      switch (error) {
        case Bank.Refused refused -> answer(exchange, 409, String.valueOf(refused.getMessage()));
        case NumberFormatException _ -> answer(exchange, 400, "a number is missing, or isn't one");
        case InterruptedException _, CancellationException _ -> {
          // Whatever it did is rolled back by now. The answer must still go out.
          boolean _ = Thread.interrupted();
          answer(exchange, 503, "the service has ended, and nothing was done");
        }
        case IOException gone -> throw gone;
        default -> answer(exchange, 500, error.toString());
      }
    }
  }

  private void transfer(HttpExchange exchange) throws Exception {
    bank.transfer(number(exchange, "from"), number(exchange, "to"), number(exchange, "amount"));
    answer(exchange, 200, "done");
  }

  private static void page(HttpExchange exchange) throws IOException {
    try (var page = Objects.requireNonNull(Api.class.getResourceAsStream("page.html"))) {
      exchange.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
      answer(exchange, 200, new String(page.readAllBytes(), UTF_8));
    }
  }

  /** Answers a line of JSON with the time and a number, and one for each context, up to a bound. */
  private static void held(HttpExchange exchange) throws IOException {
    var contexts = Insight.contexts();
    String first = "{\"now\":\"%s\",\"held\":%d}\n".formatted(Instant.now(), contexts.getHeld());
    answer(exchange, 200, first + contexts.json(2_000));
  }

  private static int number(HttpExchange exchange, String name) {
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    return Arrays.stream(query.split("&"))
        .filter(part -> part.startsWith(name + "="))
        .map(part -> Integer.parseInt(part.substring(name.length() + 1)))
        .filter(number -> number >= 0)
        .findFirst()
        .orElseThrow(NumberFormatException::new);
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  // ---- server-sent events ----------------------------------------------------------------------

  /**
   * Sends events while a source makes them. A task of the same group sends a comment now and then:
   * when the client has gone, that fails, so the source is asked to end, and its statement is
   * cancelled on the database's server.
   *
   * @param source sends events as well; its result is the last one
   */
  private static void stream(HttpExchange exchange, Body<OutputStream, String, Exception> source)
      throws Exception {
    exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    // Two tasks send: it takes the line of one of them at a time, under a lock of its own.
    OutputStream out = new BufferedOutputStream(exchange.getResponseBody());
    Tasks.group()
        .named("events")
        .run(group -> {
          var beats =
              group.launch(() -> {
                while (true) {
                  send(out, ":");
                  Async.sleep(BEAT);
                }
              });
          send(out, "data: " + source.apply(out));
          beats.cancel(true);
        });
  }

  private static void send(OutputStream out, String line) throws IOException {
    out.write((line + "\n\n").getBytes(UTF_8));
    out.flush();
  }

  private String totals(OutputStream out) throws Exception {
    for (int i = 0; i < 10; i++) {
      send(out, "data: " + bank.total());
      Async.sleep(BEAT);
    }
    return "over";
  }
}
