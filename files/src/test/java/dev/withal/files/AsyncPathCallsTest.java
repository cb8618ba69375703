package dev.withal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Equality and existence of paths, errors of callers, and publishers as lists. */
class AsyncPathCallsTest {
  @TempDir Path dir;

  @Test
  void paths_ofTheSamePath_areEqualWhateverTheirExecutor() {
    AsyncPath path = AsyncFiles.path(Path.of("a/b"));

    assertThat(path)
        .isEqualTo(AsyncFiles.on(Runnable::run).path(Path.of("a")).resolve("b"))
        .hasSameHashCodeAs(AsyncFiles.path(Path.of("a/b")))
        .isNotEqualTo(AsyncFiles.path(Path.of("a")))
        .isNotEqualTo(path.path());
  }

  @Test
  void exists_beneathAFile_isFalse() throws Exception {
    Path file = Files.createFile(dir.resolve("a"));

    assertThat(AsyncFiles.path(file).existsAsync().get()).isTrue();
    assertThat(AsyncFiles.path(file.resolve("b/c")).existsAsync().get()).isFalse();
    assertThat(AsyncFiles.path(dir.resolve("b/c")).existsAsync().get()).isFalse();
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void exists_linksInACircle_isAnError() throws Exception {
    Path one = dir.resolve("one");
    Files.createSymbolicLink(dir.resolve("two"), one);
    Files.createSymbolicLink(one, dir.resolve("two"));

    assertThatThrownBy(AsyncFiles.path(one).existsAsync()::get)
        .hasCauseInstanceOf(FileSystemException.class);
    assertThat(AsyncFiles.path(one).existsAsync(LinkOption.NOFOLLOW_LINKS).get()).isTrue();
  }

  @Test
  void call_failsWithTheCallersOwnError_isThatError() {
    AsyncPath path = AsyncFiles.path(dir);

    for (Exception own : List.of(new OwnException(), new IOException("no name"))) {
      assertThatThrownBy(
              path.callAsync(_ -> {
                throw own;
              })
                  ::get)
          .hasCause(own);
    }
  }

  private static final class OwnException extends Exception {
    private static final long serialVersionUID = 1L;
  }

  // ---- to lists --------------------------------------------------------------------------------

  @Test
  void toList_cancelled_cancelsTheSubscription() {
    var asked = new CompletableFuture<Long>();
    var cancelled = new CompletableFuture<Boolean>();
    CompletableFuture<List<String>> list =
        AsyncFiles.toListAsync(subscriber ->
            subscriber.onSubscribe(
                new Flow.Subscription() {
                  @Override
                  public void request(long count) {
                    asked.complete(count);
                  }

                  @Override
                  public void cancel() {
                    cancelled.complete(true);
                  }
                }));
    assertThat(asked).isCompleted();

    list.cancel(true);

    assertThat(cancelled).isCompletedWithValue(true);
  }

  @Test
  void toList_ofAFailure_failsSo() {
    assertThatThrownBy(AsyncFiles.toListAsync(AsyncFiles.path(dir.resolve("x")).list())::get)
        .hasCauseExactlyInstanceOf(NoSuchFileException.class);
  }

  @Test
  void toList_ofGivenElements_isThose() throws Exception {
    assertThat(AsyncFiles.toListAsync(new Given<>(List.of("a", "b"))).get())
        .containsExactly("a", "b");
  }
}
