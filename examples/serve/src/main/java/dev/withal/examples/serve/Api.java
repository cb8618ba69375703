package dev.withal.examples.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.withal.Async;
import dev.withal.insight.ContextsMXBean;
import dev.withal.insight.Insight;
import dev.withal.tasks.Tasks;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;

/** The answers of the service. */
final class Api {
  private static final Duration BEAT = Duration.ofMillis(200);

  /** As many contexts as a page can group without delay, those that are held longest. */
  private static final int MOST_SHOWN = 2_000;

  private final Bank bank;
  private volatile boolean draining;

  Api(Bank bank) {
    this.bank = bank;
  }

  /** Answers requests; on an exchange that it has begun to answer, it may throw only. */
  @FunctionalInterface
  private interface Handler {
    void handle(HttpExchange exchange) throws Exception;
  }

  void addTo(HttpServer server) {
    add(server, "/", Api::page);
    add(server, "/held", Api::held);
    add(server, "/ready", exchange -> answer(exchange, 200, "ready"));
    add(server, "/transfer", this::transfer);
    add(server, "/total", exchange -> answer(exchange, 200, "" + bank.total()));
    add(server, "/audit", exchange -> stream(exchange, out -> "audited " + bank.audit()));
    add(server, "/totals", exchange -> stream(exchange, this::totals));
  }

  /** Takes no new requests from here on. */
  void drain() {
    draining = true;
  }

  private void add(HttpServer server, String path, Handler handler) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            if (draining) {
              exchange.getResponseHeaders().add("Connection", "close");
              answer(exchange, 503, "the service is about to end");
            } else {
              handle(exchange, handler);
            }
          }
        });
  }

  private static void handle(HttpExchange exchange, Handler handler) throws IOException {
    try {
      handler.handle(exchange);
    } catch (Bank.NotEnough e) {
      answer(exchange, 409, String.valueOf(e.getMessage()));
    } catch (NumberFormatException e) {
      answer(exchange, 400, "a number is missing, or isn't one");
    } catch (InterruptedException | CancellationException ended) {
      // Whatever it did is rolled back by now. The answer must still go out.
      boolean _ = Thread.interrupted();
      answer(exchange, 503, "the service has ended, and nothing was done");
    } catch (IOException gone) {
      throw gone;
    } catch (Exception e) {
      answer(exchange, 500, e.toString());
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

  /** Answers a line of JSON with the time and a number, and one for each context held. */
  private static void held(HttpExchange exchange) throws IOException {
    ContextsMXBean contexts = Insight.contexts();
    String first = "{\"now\":\"%s\",\"held\":%d}\n".formatted(Instant.now(), contexts.getHeld());
    answer(exchange, 200, first + contexts.json(MOST_SHOWN));
  }

  private static int number(HttpExchange exchange, String name) {
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    return Integer.parseInt(
        Arrays.stream(query.split("&"))
            .filter(part -> part.startsWith(name + "="))
            .map(part -> part.substring(name.length() + 1))
            .findFirst()
            .orElse(""));
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  // ---- server-sent events ----------------------------------------------------------------------

  /** A client that listens. */
  static final class Events {
    private final OutputStream out;
    private final ReentrantLock lock = new ReentrantLock();

    Events(OutputStream out) {
      this.out = out;
    }

    void send(String line) throws IOException {
      lock.lock();
      try {
        out.write((line + "\n\n").getBytes(UTF_8));
        out.flush();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Produces events; the result is the last one. */
  @FunctionalInterface
  private interface Source {
    String run(Events events) throws Exception;
  }

  /**
   * Sends events while a source makes them. A task of the same group sends a comment now and then:
   * when the client has gone, that fails, so the source is asked to end, and its statement is
   * cancelled on the database's server.
   */
  private static void stream(HttpExchange exchange, Source source) throws Exception {
    exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    var events = new Events(exchange.getResponseBody());
    Tasks.group()
        .named("events")
        .run(group -> {
          var beats =
              group.launch(() -> {
                while (true) {
                  events.send(":");
                  Async.sleep(BEAT);
                }
              });
          events.send("data: " + source.run(events));
          beats.cancel(true);
        });
  }

  private String totals(Events events) throws Exception {
    for (int i = 0; i < 10; i++) {
      events.send("data: " + bank.total());
      Async.sleep(BEAT);
    }
    return "over";
  }
}
