package dev.withal.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.withal.Async;
import dev.withal.AsyncContextManager;
import dev.withal.AsyncExitStack;
import dev.withal.ContextManager;
import dev.withal.Verdict;
import dev.withal.testkit.Journal;
import dev.withal.testkit.LeakCheck;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the guide says to those who know try-with-resources: each idiom both ways. */
@ExtendWith(LeakCheck.class)
class TryWithResourcesTest {
  private final Journal journal = new Journal();
  private Path orders;
  private Path missing;

  @BeforeEach
  void files(@TempDir Path folder) throws IOException {
    orders = Files.writeString(folder.resolve("orders.csv"), "first\nsecond\n");
    missing = folder.resolve("missing.csv");
  }

  /** Something whose close is written down. */
  final class Part implements AutoCloseable {
    private final String name;

    Part(String name) {
      this.name = name;
    }

    void work() {
      journal.add("use " + name);
    }

    @Override
    public void close() {
      journal.add("close " + name);
    }
  }

  @Test
  void oneResource_withAResult() throws Exception {
    // @start region="one-try"
    String first;
    try (BufferedReader reader = Files.newBufferedReader(orders)) {
      first = reader.readLine();
    }
    // @end
    // @start region="one"
    ContextManager<BufferedReader> opened =
        ContextManager.closing(() -> Files.newBufferedReader(orders));

    String line = opened.use(reader -> reader.readLine());
    // @end

    assertThat(line).isEqualTo(first);
  }

  @Test
  void withoutAResult_run() throws Exception {
    // @start region="run-try"
    try (var part = new Part("a")) {
      part.work();
    }
    // @end
    // @start region="run"
    ContextManager.closing(() -> new Part("a")).run(part -> part.work());
    // @end

    assertThat(journal.events()).containsExactly("use a", "close a", "use a", "close a");
  }

  @Test
  void severalResources_nested() throws Exception {
    ContextManager<Part> first = ContextManager.closing(() -> new Part("a"));
    ContextManager<Part> second = ContextManager.closing(() -> new Part("b"));

    // @start region="several-try"
    try (var a = new Part("a");
        var b = new Part("b")) {
      a.work();
      b.work();
    }
    // @end
    List<String> theirs = new ArrayList<>(journal.events());
    // @start region="several"
    first.run(a ->
        second.run(b -> {
          a.work();
          b.work();
        }));
    // @end

    assertThat(theirs).containsExactly("use a", "use b", "close b", "close a");
    assertThat(journal.events())
        .containsExactly(
            "use a", "use b", "close b", "close a", "use a", "use b", "close b", "close a");
  }

  @Test
  void anyNumber_onAStack() throws Exception {
    List<String> names = List.of("a", "b");

    // @start region="stack"
    AsyncExitStack.manager()
        .run(stack -> {
          for (String name : names) {
            stack.adopt(new Part(name)).work();
          }
        });
    // @end

    assertThat(journal.events()).containsExactly("use a", "use b", "close b", "close a");
  }

  @Test
  void aTryWithFinally_isADefer() throws Exception {
    // @start region="finally"
    AsyncExitStack.manager()
        .run(stack -> {
          stack.defer(() -> journal.add("finally"));
          journal.add("body");
        });
    // @end

    assertThat(journal.events()).containsExactly("body", "finally");
  }

  @Test
  void aVariableThatIsOpenAlready_isAdopted() throws Exception {
    var part = new Part("a");

    // @start region="adopt"
    AsyncExitStack.manager().run(stack -> stack.adopt(part).work());
    // @end

    assertThat(journal.events()).containsExactly("use a", "close a");
  }

  @Test
  void aWrapperClassForClose_isAFunction() throws Exception {
    // @start region="own-close"
    ContextManager<StringBuilder> buffer =
        ContextManager.closing(StringBuilder::new, b -> journal.add("flush " + b));

    buffer.run(b -> b.append("text"));
    // @end

    assertThat(journal.events()).containsExactly("flush text");
  }

  // ---- checked exceptions ----------------------------------------------------------------------

  // @start region="checked-enter"
  String firstLine(Path path) throws IOException, InterruptedException {
    return ContextManager.closing(() -> Files.newBufferedReader(path))
        .use(reader -> reader.readLine());
  }

  // @end

  @Test
  void checkedExceptionOfAnEnter_isThrownAsItIs() throws Exception {
    assertThat(firstLine(orders)).isEqualTo("first");
    assertThat(catchThrowable(() -> firstLine(missing)))
        .isExactlyInstanceOf(NoSuchFileException.class);
  }

  // @start region="checked-named"
  int countLetters(AsyncContextManager<String> name) throws IOException, InterruptedException {
    return name.<Integer, IOException>use(n -> n.length()); // entering reads a file
  }

  // @end

  // @start region="checked-unchecked"
  /** For code that can't declare checked exceptions, such as a stream's function. */
  String firstLineOrFail(Path path) {
    try {
      return firstLine(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while reading " + path, e);
    }
  }

  // @end

  @Test
  void checkedExceptions_whereNoneMayBeDeclared() {
    assertThat(List.of(orders).stream().map(this::firstLineOrFail)).containsExactly("first");
    assertThat(catchThrowable(() -> firstLineOrFail(missing)))
        .isExactlyInstanceOf(UncheckedIOException.class);
  }

  @Test
  void exceptionNamedAsATypeArgument_canBeCaught() throws Exception {
    AsyncContextManager<String> broken =
        AsyncContextManager.of(
            () -> CompletableFuture.<String>failedFuture(new IOException("no name")),
            (_, _) -> Verdict.PROPAGATE.now());

    // @start region="checked-catch"
    int letters;
    try {
      letters = countLetters(AsyncContextManager.ofValue("orders"));
    } catch (IOException e) {
      letters = 0;
    }
    // @end

    assertThat(letters).isEqualTo(6);
    assertThat(catchThrowable(() -> countLetters(broken)))
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("no name");
  }

  @Test
  void timeoutOfAnEnter_canBeCaught() throws Exception {
    AsyncContextManager<String> slow =
        AsyncContextManager.<String>closing(
                () -> Async.sleepAsync(Duration.ofHours(1)).thenApply(_ -> "late"),
                _ -> Async.sleepAsync(Duration.ZERO))
            .enterTimeout(Duration.ofMillis(1));
    String answer;

    // @start region="checked-timeout"
    try {
      answer = slow.<String, TimeoutException>use(name -> name);
    } catch (TimeoutException e) {
      answer = "too late";
    }
    // @end

    assertThat(answer).isEqualTo("too late");
  }

  @Test
  void printlnOfAResult_needsAVariable() throws Exception {
    AsyncContextManager<String> name = AsyncContextManager.ofValue("orders");

    // @start region="println"
    int length = name.use(n -> n.length());
    System.out.println(length);
    // @end

    assertThat(length).isEqualTo(6);
  }
}
