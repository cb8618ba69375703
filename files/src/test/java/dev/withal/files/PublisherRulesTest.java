package dev.withal.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.withal.AsyncContext;
import dev.withal.ExitCase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.SkipException;
import org.testng.annotations.Test;

/** The rules for publishers, as the kit of Reactive Streams tests them. */
class PublisherRulesTest {
  @TempDir Path dir;

  private final List<AsyncContext<?>> open = new ArrayList<>();

  @TestFactory
  Stream<DynamicTest> linePublisher_keepsTheRules() {
    return rules(() -> new Lines(this));
  }

  private interface Rules {
    FlowPublisherVerification<String> make();
  }

  private static Stream<DynamicTest> rules(Rules rules) {
    return Arrays.stream(FlowPublisherVerification.class.getMethods())
        .filter(method -> method.isAnnotationPresent(Test.class))
        .map(method ->
            DynamicTest.dynamicTest(
                method.getName(),
                () -> {
                  var verification = rules.make();
                  verification.setUp();
                  try {
                    method.invoke(verification);
                  } catch (InvocationTargetException failure) {
                    if (!(failure.getCause() instanceof SkipException)) {
                      throw failure.getCause();
                    }
                  }
                }));
  }

  @AfterEach
  void close() {
    open.forEach(context -> context.exitAsync(ExitCase.succeeded()).toCompletableFuture().join());
  }

  private AsyncTextFile open(long lines) {
    try {
      Path path = Files.createTempFile(dir, "lines", "");
      Files.write(path, LongStream.range(0, lines).mapToObj(i -> "line " + i).toList());
      var entering =
          AsyncFiles.onVirtualThreads().bufferSize(64).openText(path, UTF_8).enterAsync();
      AsyncContext<? extends AsyncTextFile> context = entering.toCompletableFuture().join();
      open.add(context);
      return context.value();
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  /** The kit on the lines of a file. */
  private static final class Lines extends FlowPublisherVerification<String> {
    private final PublisherRulesTest test;

    Lines(PublisherRulesTest test) {
      super(new TestEnvironment(500, 100));
      this.test = test;
    }

    @Override
    public Flow.Publisher<String> createFlowPublisher(long elements) {
      return test.open(elements).publishLines();
    }

    @Override
    public Flow.@Nullable Publisher<String> createFailedFlowPublisher() {
      // What fails here is a read, and none happens before an element is requested.
      return null;
    }

    @Override
    public long maxElementsFromPublisher() {
      return 10_000;
    }
  }
}
