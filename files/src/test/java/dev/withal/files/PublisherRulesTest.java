package dev.withal.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.withal.AsyncContext;
import dev.withal.AsyncContextManager;
import dev.withal.ExitCase;
import dev.withal.testkit.LeakCheck;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Flow;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.Test;

/** The rules for publishers, as the kit of Reactive Streams tests them. */
@ExtendWith(LeakCheck.class)
class PublisherRulesTest {
  /**
   * Rules that the kit can't check on these publishers: one subscription takes what another one
   * would, none fails before an element is requested, and none has 2³¹ elements.
   */
  private static final Set<String> NOT_APPLICABLE =
      Set.of(
          "optional_spec104_mustSignalOnErrorWhenFails",
          "optional_spec111_maySupportMultiSubscribe",
          "optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribersWhenRequestingManyUpfront",
          "optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribersWhenRequestingManyUpfrontAndCompleteAsExpected",
          "optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribersWhenRequestingOneByOne",
          "optional_spec111_registeredSubscribersMustReceiveOnNextOrOnCompleteSignals",
          "required_spec109_mayRejectCallsToSubscribeIfPublisherIsUnableOrUnwillingToServeThemRejectionMustTriggerOnErrorAfterOnSubscribe",
          "required_spec317_mustNotSignalOnErrorWhenPendingAboveLongMaxValue");

  @TempDir Path directory;

  private final List<AsyncContext<?>> open = new ArrayList<>();

  @TestFactory
  Stream<DynamicTest> publishLines_keepsTheRules() {
    return rules(10_000, count -> text(count).publishLines());
  }

  @TestFactory
  Stream<DynamicTest> publishBytes_keepsTheRules() {
    return rules(10_000, count -> text(count).file().publishBytes("line 00000\n".length()));
  }

  @TestFactory
  Stream<DynamicTest> list_keepsTheRules() {
    return rules(300, count -> AsyncFiles.path(entries(count)).list());
  }

  @TestFactory
  Stream<DynamicTest> publishBytes_ofARange_keepsTheRules() {
    int size = "line 00000\n".length();
    return rules(10_000, count -> text(count).file().publishBytes(size, 0, size * count));
  }

  @TestFactory
  Stream<DynamicTest> glob_keepsTheRules() {
    return rules(300, count -> AsyncFiles.path(entries(count)).glob("**"));
  }

  private static <T> Stream<DynamicTest> rules(
      long most, LongFunction<? extends Flow.Publisher<T>> publisher) {
    return Arrays.stream(FlowPublisherVerification.class.getMethods())
        .filter(method -> method.isAnnotationPresent(Test.class))
        .filter(method -> !method.getName().startsWith("untested_"))
        .filter(method -> !NOT_APPLICABLE.contains(method.getName()))
        .map(method ->
            dynamicTest(method.getName(), () -> check(method, new Rules<>(most, publisher))));
  }

  private static void check(Method rule, Rules<?> rules) throws Throwable {
    // What must happen eventually is looked for once by the kit, after some time. A busy machine
    // may
    // need more of it.
    int tries = rule.getName().contains("Eventually") ? 5 : 1;
    while (tries > 0) {
      rules.setUp();
      try {
        rule.invoke(rules);
        return;
      } catch (InvocationTargetException failure) {
        tries--;
        if (tries == 0) {
          throw failure.getCause();
        }
      }
    }
  }

  @AfterEach
  void close() {
    open.forEach(context -> context.exitAsync(ExitCase.success()).toCompletableFuture().join());
  }

  /** {@return an open file of so many lines, all of one length} */
  private AsyncTextFile text(long lines) {
    Path path = directory.resolve("lines");
    get(() ->
        Files.write(path, LongStream.range(0, lines).mapToObj("line %05d"::formatted).toList()));
    AsyncContextManager<AsyncTextFile> manager =
        AsyncFiles.onVirtualThreads().bufferSize(64).openText(path, UTF_8);
    AsyncContext<? extends AsyncTextFile> context =
        manager.enterAsync().toCompletableFuture().join();
    open.add(context);
    return context.value();
  }

  /** {@return a directory of so many files} */
  private Path entries(long count) {
    Path made = get(() -> Files.createTempDirectory(directory, "entries"));
    LongStream.range(0, count)
        .forEach(i -> get(() -> Files.createFile(made.resolve(Long.toString(i)))));
    return made;
  }

  private static <T> T get(Task.Body<T> call) {
    try {
      return call.run();
    } catch (Exception error) {
      throw new AssertionError(error);
    }
  }

  /** The kit on one kind of publisher. */
  private static final class Rules<T> extends FlowPublisherVerification<T> {
    private final long most;
    private final LongFunction<? extends Flow.Publisher<T>> publisher;

    Rules(long most, LongFunction<? extends Flow.Publisher<T>> publisher) {
      super(new TestEnvironment(500, 20), 1000);
      this.most = most;
      this.publisher = publisher;
    }

    @Override
    public Flow.Publisher<T> createFlowPublisher(long elements) {
      return publisher.apply(elements);
    }

    @Override
    public Flow.@Nullable Publisher<T> createFailedFlowPublisher() {
      return null;
    }

    @Override
    public long maxElementsFromPublisher() {
      return most;
    }
  }
}
