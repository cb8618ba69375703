package dev.withal.examples.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Chromium without a window, which opens pages and is asked by its DevTools protocol. */
final class Browser implements AutoCloseable {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
  private static final Pattern LISTENING = Pattern.compile("DevTools listening on ws://([^/]+)/.*");
  private static final Pattern PAGE = Pattern.compile("\"webSocketDebuggerUrl\": *\"([^\"]+)\"");

  private final Process process;
  private final String host;
  private final HttpClient client = HttpClient.newHttpClient();

  private Browser(Process process, String host) {
    this.process = process;
    this.host = host;
  }

  /** {@return the program, if it is on the path} */
  static Optional<Path> find() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static Browser start(Path program, Path profile) throws IOException {
    Process process =
        new ProcessBuilder(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--user-data-dir=" + profile,
                "--remote-debugging-port=0")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader errors = process.errorReader();
    for (String line = errors.readLine(); line != null; line = errors.readLine()) {
      Matcher listening = LISTENING.matcher(line);
      if (listening.matches()) {
        // The rest is read as well, so that the browser doesn't wait for a reader.
        Thread.ofVirtual().start(() -> errors.lines().forEach(_ -> {}));
        return new Browser(process, listening.group(1));
      }
    }
    throw new IOException("the browser has ended");
  }

  /** {@return a page in a tab of its own} */
  Page open(String address) throws IOException, InterruptedException {
    HttpRequest tab =
        HttpRequest.newBuilder(URI.create("http://" + host + "/json/new"))
            .PUT(HttpRequest.BodyPublishers.noBody())
            .build();
    Matcher found = PAGE.matcher(client.send(tab, BodyHandlers.ofString()).body());
    if (!found.find()) {
      throw new IOException("the browser opens no tab");
    }
    var page = new Page(client, URI.create(found.group(1)));
    page.load(address);
    return page;
  }

  @Override
  public void close() {
    client.shutdownNow();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.onExit().join();
  }

  /** {@return a text that {@code encodeURIComponent} has made} */
  static String decoded(String text) {
    return URLDecoder.decode(text, UTF_8);
  }
}
